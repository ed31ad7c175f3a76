// Python in a thread of its own: loaded by the first message, then a cell for each message, in the order in which they come.
// What it fetches: Pyodide from the address that the site's pyrun.json names, everything else from the site. It sends nothing anywhere: a file that
// a reader has chosen is kept in the memory of this thread.
let python, store;

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
  return pyodide.pyimport("claimbook.site.inpage");
}

onmessage = async ({ data }) => {
  try {
    if (data.load) {
      python = await load(data.load);
      postMessage({ ready: true });
    } else if (data.file) {
      store(data.file.name, data.file.bytes);
      postMessage({ kept: data.file.name });
    } else {
      postMessage({ cell: data.id, ...JSON.parse(await python.run(data.id, data.source, data.stored, data.back)) });
    }
  } catch (error) {
    postMessage({ failed: String(error.message ?? error).trim().split("\n").pop() });
  }
};
