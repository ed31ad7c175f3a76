// "Run this page": the cells of the page's notebook are executed in the reader's browser, can be edited and run again.
// Fetched when the button is pressed for the first time. Until a cell gives something else, the page shows what is stored.
const bar = document.querySelector(".run-page");
const button = bar.querySelector("button");
const told = bar.querySelector("output");
const meter = bar.appendChild(document.createElement("progress"));
meter.setAttribute("aria-label", "Cells that were run");
const site = (path) => new URL(`../${path}?v=${bar.dataset.version}`, import.meta.url).href;
const where = bar.appendChild(document.createElement("span")); // for the eye: a screen reader hears of cells that take long
where.ariaHidden = "true";
let cells, worker, answer, chosen, next = 0, running = false;

// What a reader has written, by the cell: a reload and a look at another page keep it, as long as this tab is open.
const drawer = `run ${location.pathname}`;
const written = JSON.parse(sessionStorage.getItem(drawer)) ?? {};
let refused = sessionStorage.forgets; // first.js keeps it for the page alone
function keep(id, text, original) {
  if (text === original) delete written[id];
  else written[id] = text;
  try { sessionStorage.setItem(drawer, JSON.stringify(written)); } catch { refused = true; }
}
addEventListener("beforeunload", (event) => { if (refused && Object.keys(written).length) event.preventDefault(); });

function element(tag, properties, ...content) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
}

// A box for code, as it was left; Ctrl or Shift with Enter runs it, and a button takes back what was written.
function box(id, original, label, run) {
  const code = element("textarea", { className: "run-code", value: written[id] ?? original, rows: original.split("\n").length + 1, spellcheck: false });
  code.setAttribute("aria-label", label);
  code.addEventListener("input", () => keep(id, code.value, original));
  code.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.shiftKey)) { event.preventDefault(); run(); } });
  const back = named("Take back", id);
  back.addEventListener("click", () => { code.value = original; keep(id, original, original); });
  return [code, back];
}

// A button whose name says to a screen reader what it is for.
const named = (text, id) => element("button", { type: "button", text }, element("span", {}, text), element("span", { className: "sr-only" }, ` ${id}`));

// The notebook's cells with their places in the page.
async function read() {
  const notebook = await (await fetch(site(`_sources/chapters/${bar.dataset.notebook}`))).json();
  const code = notebook.cells.filter((cell) => cell.cell_type === "code" && !cell.metadata.tags?.includes("remove-cell"));
  cells = code.map(({ id, source, outputs }) => {
    const place = document.getElementById(`cell-${id}`);
    const shown = place.querySelector(".cell_output") ?? element("div", { className: "cell_output" });
    const whole = [source].flat().join(""), text = whole.replace(/### (BEGIN|END) SOLUTION\n/g, "");
    return { id, place, shown, source: text, posed: whole.replace(/### BEGIN SOLUTION\n[^]*?### END SOLUTION\n/, "answer = ...  # yours in place of the dots\n"), stored: JSON.stringify(outputs), nodes: [...shown.childNodes] };
  });
  cells.forEach(offer);
  cells.filter(({ place }) => place.closest("details.solution")).forEach(pose);
}

// An exercise as students get it, before its folded solution: a box for the answer, and the check of it.
function pose(cell) {
  const id = cell.id.replace("-solution", "");
  const check = named("Check", id), said = element("div", { role: "status" });
  const [code, back] = box(id, cell.posed, `Answer to ${id}`, () => check.click());
  check.addEventListener("click", async () => {
    if (check.hasAttribute("data-runs")) return press();
    if (running || !worker) { said.textContent = running ? "Wait until the page has run." : "Run the page first, with the button at its top."; return; }
    busy(true);
    mark(check, id);
    said.textContent = "Running …";
    try {
      const { error, html } = await ask({ id: cell.id, source: code.value, stored: cell.stored, back: true });
      const missing = error?.startsWith("NameError") && cells.slice(0, cells.indexOf(cell)).find(({ result }) => !result || result.error);
      if (missing) said.replaceChildren(`${error}. Run first `, element("a", { href: `#${missing.place.id}` }, `cell ${missing.id}`), " and what stands between.");
      else if (html === null) said.replaceChildren(...cell.nodes.map((node) => node.cloneNode(true)));
      else if (error) said.textContent = error;
      else said.innerHTML = html;
    } catch (error) {
      said.textContent = `${error.stopped ? "Stopped" : `Python has ended (${error.message})`}. Run the page again, with the button at its top: your answer stays.`;
      stop();
    }
    busy(false);
    mark(check);
  });
  cell.place.closest("details.solution").before(element("div", { className: "run-exercise" }, code, element("p", { className: "run-cell" }, check, back), said));
}

// Something runs, or nothing any more: the button at the top stops it.
function busy(on) {
  running = on;
  button.textContent = on ? "Stop" : "Run all again";
}

// What runs is named in the bar, and its own button stops it too. Without a name: it has ended.
function mark(own, name) {
  where.textContent = name ?? "";
  own?.toggleAttribute("data-runs", Boolean(name));
  if (own) own.firstChild.textContent = name ? "Stop" : own.text;
}

// Buttons below a cell whose code is shown.
function offer(cell, index) {
  const code = cell.place.querySelector(".cell_input");
  if (!code) return;
  const edit = named("Edit", cell.id);
  cell.rerun = named("Run from here", cell.id);
  const open = () => {
    const [editor, back] = box(cell.id, cell.source, `Code of ${cell.id}`, () => runFrom(index));
    cell.editor = editor;
    code.querySelector(".highlight").replaceWith(editor);
    edit.replaceWith(back);
  };
  edit.addEventListener("click", () => {
    open();
    cell.editor.focus();
    cell.editor.setSelectionRange(0, 0);
    cell.editor.scrollTo(0, 0);
  });
  cell.rerun.addEventListener("click", () => cell.rerun.hasAttribute("data-runs") ? press() : runFrom(index));
  code.append(element("p", { className: "run-cell" }, edit, cell.rerun, ...choose(cell, open, index)));
  if (cell.id in written) open();
}

// A cell that asks for a file by its path: one that the reader chooses is handed to the page's Python, and to nobody else.
const ASKS = /^path = None\b.*$/m;
function choose(cell, open, index) {
  if (!ASKS.test(cell.source)) return [];
  const picker = element("input", { type: "file", accept: ".csv,.tsv,.txt,.zip", hidden: true });
  const button = named("Choose a file", cell.id);
  button.addEventListener("click", () => picker.click());
  picker.addEventListener("change", async () => {
    const [file] = picker.files;
    if (!file) return;
    chosen = { name: file.name, bytes: await file.arrayBuffer() };
    picker.value = "";
    if (!cell.editor) open();
    cell.editor.value = cell.source.replace(ASKS, () => `path = ${JSON.stringify(file.name)}`);
    cell.editor.dispatchEvent(new Event("input"));
    runFrom(index);
  });
  return [button, picker];
}

// Sends the worker a message and waits for its answer; what it tells on the way is shown.
const ask = (message) => new Promise((resolve, reject) => {
  answer = { resolve, reject };
  worker.postMessage(message);
});

async function start() {
  const setting = await (await fetch(site("_static/pyrun.json"))).json();
  const notebooks = Object.fromEntries((setting.reads[bar.dataset.notebook] ?? []).map((name) => [name, site(`_sources/chapters/${name}`)]));
  const address = new URL(setting.python, site("")).href;
  worker = new Worker(site("_static/pyrun-worker.js"), { type: "module" });
  worker.onerror = (event) => answer.reject(new Error(event.message || "the worker could not be started"));
  worker.onmessage = ({ data }) => {
    if (data.progress) told.textContent = `${data.progress} …`;
    else data.failed ? answer.reject(new Error(data.failed)) : answer.resolve(data);
  };
  told.textContent = "Loading Python …";
  await ask({ load: { address, packages: setting.packages, book: site("_static/book.zip"), notebooks } });
}

function stop() {
  worker?.terminate();
  worker = undefined;
  next = 0;
  cells?.forEach((cell) => { cell.result = undefined; });
  if (chosen) chosen.handed = false;
}

// Runs this cell and all that follow. While others run, they first come to an end.
async function runFrom(index) {
  next = running ? Math.min(next, index) : worker ? index : 0;
  if (running) return;
  busy(true);
  meter.hidden = false;
  meter.removeAttribute("value");
  const began = performance.now();
  let cell;
  try {
    if (!cells) await read();
    if (!worker) await start();
    meter.max = cells.length;
    told.textContent = "Running the cells …";
    for (let at, last = -1; next < cells.length; last = at) {
      meter.value = at = next++;
      cell = cells[at];
      const back = at === 0 || at !== last + 1; // what came after it has changed what it starts from
      const source = cell.editor?.value ?? cell.source;
      if (chosen && !chosen.handed) chosen.handed = Boolean(await ask({ file: { name: chosen.name, bytes: chosen.bytes } }));
      cell.result = undefined;
      cell.result = await marked(cell, () => ask({ id: cell.id, source, stored: cell.stored, back }));
      show(cell, cell.result);
      if (cell.result.error) throw new Error(cell.result.error);
    }
    const other = cells.filter(({ result }) => !result?.same).length;
    const seconds = Math.round((performance.now() - began) / 1000);
    const outcome = other ? `${other} of ${cells.length} cells give something else than the book prints` : `all ${cells.length} cells give what the book prints`;
    told.textContent = `Done in ${seconds} s: ${outcome}. Edit one and run from there.`;
  } catch (error) {
    if (error.stopped) told.textContent = "Stopped. The page shows what was there.";
    else if (cell?.result?.error === error.message) fail(element("a", { href: `#${cell.place.id}` }, `Cell ${cell.id}`), ` raised ${error.message}. The cells after it were not run and show what was there.`);
    else { stop(); fail(`Python could not be loaded here (${error.message}). The page shows what is stored.`); }
  }
  busy(false);
  meter.hidden = true;
}

// While a cell runs, its place and the bar show so; if it takes long, that is said.
async function marked(cell, work) {
  mark(cell.rerun, cell.id);
  cell.place.classList.add("run-now");
  meter.setAttribute("aria-valuetext", `Cell ${cell.id}`);
  const long = setTimeout(() => { told.textContent = `Cell ${cell.id} is running …`; }, 2000);
  try { return await work(); } finally {
    clearTimeout(long);
    cell.place.classList.remove("run-now");
    mark(cell.rerun);
  }
}

// One message, with the ways to run the page elsewhere that its menu offers.
function fail(...words) {
  const ways = [...document.querySelectorAll(".dropdown-launch-buttons a")].slice(0, 2).map((way) => element("a", { href: way.href }, way.textContent.trim()));
  told.replaceChildren(...words, " It can also be run on ", ...ways.flatMap((way) => [" or ", way]).slice(1), ".");
}

// What a cell gave, in the place of what is stored; where they are the same, the stored one.
function show(cell, { html, same, error }) {
  if (error) return;
  const edited = cells.slice(0, cells.indexOf(cell) + 1).some(({ editor, source }) => editor && editor.value !== source);
  cell.shown.replaceChildren(...cell.nodes);
  cell.place.classList.toggle("run-edited", edited);
  if (html === null) return;
  const fresh = element("template", { innerHTML: html }).content;
  const chart = cell.shown.querySelector(".chart");
  if (chart && fresh.childElementCount === 1 && fresh.firstElementChild.matches(".chart")) {
    chart.replaceChildren(...fresh.firstElementChild.childNodes);
    chart.style.aspectRatio = fresh.firstElementChild.style.aspectRatio;
  } else if (html || !same) cell.shown.replaceChildren(fresh);
  if (!cell.shown.parentElement) cell.place.append(cell.shown);
}

export function press() {
  if (!running) return runFrom(0);
  const waiting = answer;
  stop();
  waiting?.reject(Object.assign(new Error(), { stopped: true }));
}
