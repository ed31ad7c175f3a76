// Python in a thread of its own: loaded by the first message, then a cell for each message, in the order in which they come.
// What it fetches: Pyodide from the address that the site's pyrun.json names, everything else from the site. It sends nothing anywhere: a file that
// a reader has chosen is kept in the memory of this thread.
let python, store, keep, idle;

// What Python compiles of its libraries is half of its start: a browser that lets us keep it has it the next time.
async function shelf() {
  try { return await caches.open("python"); } catch { return undefined; } // refused, or not a secure address
}

async function load({ address, packages, book, notebooks }) {
  const tell = (progress) => postMessage({ progress });
  tell("Loading Python");
  const fetched = (url) => fetch(url).then((got) => { if (!got.ok) throw new Error(`${got.status} ${url}`); return got.arrayBuffer(); });
  const files = Promise.all([book, ...Object.values(notebooks)].map(fetched));
  files.catch(() => {}); // told below
  // Some hosts give a file .mjs no type, and a browser imports it only as a script.
  const script = async (name) => import(URL.createObjectURL(new Blob([await fetched(`${address}${name}`)], { type: "text/javascript" })));
  const { loadPyodide } = await script("pyodide.mjs");
  const createPyodideModule = (await script("pyodide.asm.mjs")).default;
  const pyodide = await loadPyodide({ indexURL: address, createPyodideModule, packages, env: { MPLBACKEND: "agg" } });
  const [archive, ...others] = await files;
  pyodide.unpackArchive(archive, "zip", { extractDir: "/book" });
  store = (name, bytes) => pyodide.FS.writeFile(`/book/chapters/${name}`, new Uint8Array(bytes));
  Object.keys(notebooks).forEach((name, at) => store(name, others[at]));
  tell("Starting pandas and matplotlib");
  pyodide.FS.chdir("/book/chapters");
  pyodide.runPython("import sys; sys.path.insert(0, '/book')");
  const bytecode = pyodide.pyimport("claimbook.site.bytecode");
  const kept = await shelf(), name = `${address}?version=${pyodide.version}`, found = await kept?.match(name);
  if (found) pyodide.unpackArchive(await found.arrayBuffer(), "gztar", { extractDir: bytecode.HOME });
  else if (kept) keep = async () => {
    const compiled = bytecode.packed();
    // Whole before it is put: a stream would stand still while a cell runs, and be cut off by a stop.
    const packed = await new Response(new Blob([compiled.toJs()]).stream().pipeThrough(new CompressionStream("gzip"))).blob();
    await kept.put(name, new Response(packed));
    for (const { url } of await kept.keys()) if (url !== name) await kept.delete(url);
    compiled.destroy();
  };
  if (kept) bytecode.begin();
  python = pyodide.pyimport("claimbook.site.inpage");
  return { ready: true, compiled: !found };
}

onmessage = async ({ data }) => {
  clearTimeout(idle);
  try {
    if (data.load) {
      postMessage(await load(data.load));
    } else if (data.file) {
      store(data.file.name, data.file.bytes);
      postMessage({ kept: data.file.name });
    } else {
      postMessage({ cell: data.id, ...JSON.parse(await python.run(data.id, data.source, data.stored, data.back)) });
    }
  } catch (error) {
    postMessage({ failed: String(error.message ?? error).trim().split("\n").pop() });
  }
  // When nobody waits. What fails leaves the shelf as it is.
  if (keep) idle = setTimeout(() => { keep().catch(() => {}); keep = undefined; }, 1000);
};
