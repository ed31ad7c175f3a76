// Presses "Run this page" in a real browser and prints what came of it as JSON. Called by tests/site/test_pyodide.py and make bench:
// node pyrun.mjs CHROMIUM LOCAL PUBLIC PROFILE WHAT PAGE...   LOCAL: the site with Python in a folder of its own, PUBLIC: as it is published.
// WHAT: "run" the pages; "turns": each in turn with the bare start; "use": what a reader does after; "elsewhere": where it cannot run.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [executablePath, local, published, profile, what, ...pages] = process.argv.slice(2);
// No other host can be reached.
const settings = { executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"] };
// Pages that are only run are run by one reader, whose browser keeps what Python compiled of its libraries; else each page has a reader of its own.
const viewport = { width: 1000, height: 800 };
const reader = what === "run" ? await chromium.launchPersistentContext(profile, { ...settings, viewport }) : undefined;
const browser = reader ?? await chromium.launch(settings);

const shelved = (tab) => tab.waitForFunction(() => caches.open("python").then((kept) => kept.keys()).then((all) => all.length));

// A page whose worker's messages are kept in `heard`, each with its time. `before`: what happens in it before all else.
async function open(address, rules = {}, before) {
  const tab = await (reader ?? await browser.newContext({ viewport, ...rules })).newPage();
  await tab.addInitScript(() => {
    window.heard = [];
    const Plain = Worker;
    window.Worker = class extends Plain {
      constructor(...given) { super(...given); this.addEventListener("message", ({ data }) => heard.push({ at: performance.now(), ...data })); }
    };
  });
  if (before) await tab.addInitScript(before);
  tab.setDefaultTimeout(180_000);
  tab.asked = [];
  tab.on("request", (request) => tab.asked.push(request.url()));
  await tab.goto(address, { waitUntil: "networkidle" });
  return tab;
}

// What was told before goes first: a run begins a moment after the click, and must not be taken for the one that has ended.
const press = async (tab) => { await tab.locator(".run-page output").evaluate((output) => output.replaceChildren()); await tab.locator(".run-page button").click(); };
const told = (tab) => tab.locator(".run-page output").textContent();
const ended = async (tab) => {
  await tab.waitForFunction(() => document.querySelector(".run-page button").textContent.includes("Run all again") && document.querySelector(".run-page output").textContent);
  return told(tab);
};
const links = (tab) => tab.locator(".run-page output a").evaluateAll((all) => all.map((link) => link.href));
// Without what the page's own scripts add when they come to it: the copy buttons, and which boxes take the focus.
const outputs = (tab) => tab.locator(".cell_output").evaluateAll((all) => all.map((one) => {
  const shown = one.cloneNode(true);
  shown.querySelectorAll(".copybtn").forEach((button) => button.remove());
  shown.querySelectorAll("pre").forEach((box) => box.removeAttribute("id"));
  shown.querySelectorAll("[tabindex]").forEach((box) => box.removeAttribute("tabindex"));
  return shown.innerHTML;
}));
const charts = (tab) => tab.locator(".chart-figure").evaluateAll((all) => Object.fromEntries(all.map((figure) => {
  const svg = figure.querySelector("svg");
  return [figure.id, { words: [...svg.querySelectorAll("text")].map((text) => text.textContent), marks: svg.querySelectorAll("path, use").length, paint: svg.outerHTML.match(/var\(--cb-\w+/g)?.length ?? 0, edited: getComputedStyle(figure.querySelector("figcaption")).display }];
})));

// The bare start: Pyodide with the same packages imported, and nothing of the book.
async function bare() {
  const tab = await open(`${local}chapters/glossary.html`, { bypassCSP: true }); // the worker below stands in the page itself
  const seconds = await tab.evaluate(async (site) => {
    const work = `onmessage = async () => {
      const files = fetch("${site}_static/book.zip").then((got) => got.arrayBuffer());
      const script = async (name) => import(URL.createObjectURL(new Blob([await (await fetch("${site}pyodide/" + name)).arrayBuffer()], { type: "text/javascript" }))); // the host gives .mjs no type
      const { loadPyodide } = await script("pyodide.mjs");
      const createPyodideModule = (await script("pyodide.asm.mjs")).default;
      const pyodide = await loadPyodide({ indexURL: "${site}pyodide/", createPyodideModule, packages: ["matplotlib", "pandas"], env: { MPLBACKEND: "agg" } });
      pyodide.unpackArchive(await files, "zip", { extractDir: "/bare" });
      pyodide.runPython("import sys; sys.path.insert(0, '/bare'); import pandas, matplotlib.pyplot, seaborn");
      postMessage(1);
    }`;
    const began = performance.now();
    const worker = new Worker(URL.createObjectURL(new Blob([work], { type: "text/javascript" })), { type: "module" });
    await new Promise((resolve) => { worker.onmessage = resolve; worker.postMessage(0); });
    return (performance.now() - began) / 1000;
  }, local);
  await tab.context().close();
  return seconds;
}

const found = { chapters: {}, starts: [] };
for (const page of what === "elsewhere" ? [] : pages) {
  const alone = what === "turns" ? await bare() : undefined; // in turns with the page's own, as the machine's load changes
  const tab = await open(local + page);
  const before = tab.asked.splice(0);
  const began = await tab.evaluate(() => performance.now());
  await press(tab);
  const end = await ended(tab);
  const heard = await tab.evaluate(() => heard);
  const results = heard.filter(({ cell }) => cell);
  const at = (test) => ((results.find(test)?.at ?? NaN) - began) / 1000;
  const one = { end, before, fetched: tab.asked.splice(0), results, charts: await charts(tab), text: at(({ text }) => text), chart: at(({ html }) => html?.includes("<svg")), done: (heard.at(-1).at - began) / 1000 };
  found.chapters[page] = one;
  if (alone) found.starts.push([one.text, alone]);
  if (page.endsWith("08-which-number.html")) {
    await tab.locator(".place input").first().fill("300");
    found.place = await tab.locator(".chart-figure:has(.place) svg").first().evaluate((svg) => svg.querySelectorAll("line").length);
  }
  if (what === "use") found.use = await use(tab);
  if (page.endsWith("your-own-deals.html")) found.own = await own(tab);
  if (reader) await shelved(tab);
  await (reader ? tab : tab.context()).close();
}

// A file of the reader's own: chosen, answered, refused with its reason. What was asked of any host meanwhile, with what was sent.
async function own(tab) {
  const did = { sent: [] };
  const watch = (request) => did.sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ""}`);
  tab.context().on("request", watch);
  tab.on("websocket", (socket) => did.sent.push(`websocket ${socket.url()}`));
  const cell = tab.locator("#cell-own-file-2");
  const give = async (name, text) => {
    await tab.locator(".run-page output").evaluate((output) => output.replaceChildren());
    await cell.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
    const said = await ended(tab);
    return { said, shown: await cell.locator(".cell_output").textContent() };
  };
  did.button = await cell.getByRole("button", { name: "Choose a file" }).count();
  did.good = await give("mine.csv", "company,date,type,amount USD,industries\nSecretive,2024-01-05,Seed,7000000,AI\nSecretive,2024-01-05,Seed,7000000,AI\nOther,2024-02-05,Debt Financing,EUR 5,\n");
  did.bad = await give("both.csv", "company,date,type,amount USD\nSecretive,03/04/2024,Seed,7000000\n");
  tab.context().off("request", watch);
  return did;
}

// What a reader does after the first run: each answer is compared with what it should be by tests/site/test_pyodide.py.
async function use(tab) {
  const did = {};
  const compiled = () => tab.evaluate(() => heard.find(({ ready }) => ready).compiled);
  did.compiled = [await compiled()];
  // What was compiled is kept once nothing runs, and what follows stops Python again and again.
  await shelved(tab);
  await tab.evaluate(() => document.querySelectorAll("main details").forEach((one) => { one.open = true; }));
  // The page lays a section out when it comes into view. Here all of it is, or a click could miss a button that moves just then.
  await tab.evaluate(() => document.querySelectorAll("main *").forEach((one) => { one.style.contentVisibility = "visible"; }));
  const cell = (id) => tab.locator(`#cell-${id}`);
  const edit = async (id, change) => {
    if (await cell(id).locator("textarea").count() === 0) await cell(id).getByRole("button", { name: "Edit" }).click();
    const editor = cell(id).locator("textarea");
    await editor.fill(change(await editor.inputValue()));
    return editor;
  };
  const exercise = tab.locator(".run-exercise").first(), said = exercise.getByRole("status");
  did.exercises = await tab.locator(".run-exercise").count();
  await exercise.getByRole("button", { name: "Check" }).click();
  await said.getByText("boom-ex-1").waitFor();
  did.exercise = [await said.textContent()];
  await exercise.locator("textarea").fill(await cell("boom-ex-1-solution").locator(".cell_input pre").textContent());
  await exercise.getByRole("button", { name: "Check" }).click();
  await said.getByText("right").waitFor();
  did.exercise.push(await said.textContent());
  await cell("boom-ex-1-solution").getByRole("button", { name: "Edit" }).click();
  did.exercise.push(await cell("boom-ex-1-solution").locator("textarea").count());
  did.before = (await charts(tab))["chart-boom-01"];
  await (await edit("boom-01-5", (code) => code.replace("$314 billion is one publisher's first count", "A title of my own"))).press("Control+Enter");
  did.titled = [await ended(tab), (await charts(tab))["chart-boom-01"].words];
  await tab.evaluate(() => { heard.length = 0; });
  await (await edit("boom-01-3", (code) => code.replace("\nevidence[[", "\nevidence = evidence[evidence['label'] != 'KPMG Venture Pulse, April 2025']\nevidence[["))).press("Control+Enter");
  did.edited = await ended(tab);
  did.ran = await tab.evaluate(() => heard.map(({ cell }) => cell));
  did.after = (await charts(tab))["chart-boom-01"];
  await tab.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  did.violations = await tab.evaluate(() => axe.run({ include: [".run-page", ".run-exercise", "#cell-boom-01-3 .cell_input"] }).then(({ violations }) => violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`)));
  did.table = await cell("boom-01-3").locator(".cell_output").textContent();
  const kept = await outputs(tab);
  await edit("boom-01-3", (code) => `1 / 0\n${code}`);
  await cell("boom-01-3").getByRole("button", { name: "Run from here" }).click();
  did.raised = [await ended(tab), (await links(tab)).slice(1), JSON.stringify(kept) === JSON.stringify(await outputs(tab))];
  // Cells without end: each says that it runs, and its own button stops it, as does the one at the top.
  const state = () => tab.evaluate(() => ({ bar: document.querySelector(".run-page").innerText, marked: document.querySelectorAll(".run-now").length,
    value: document.querySelector(".run-page progress").getAttribute("aria-valuetext"), top: document.querySelector(".run-page button").textContent }));
  await edit("boom-01-3", () => "while True:\n    pass");
  await cell("boom-01-3").getByRole("button", { name: "Run from here" }).click();
  await tab.locator(".run-page output", { hasText: "is running" }).waitFor();
  did.endless = [await state()];
  await press(tab);
  did.stopped = [await ended(tab)];
  await exercise.getByRole("button", { name: "Check" }).click();
  did.stopped.push(await said.textContent());
  await press(tab);
  await cell("boom-01-3").getByRole("button", { name: "Stop" }).click();
  did.stopped.push(await ended(tab));
  // An exercise before the cells that it needs have run, then one without end.
  await edit("boom-01-3", () => "1 / 0");
  await press(tab);
  await ended(tab);
  await exercise.locator("textarea").fill("answer = implied\ncheck('boom-ex-1', answer)");
  await exercise.locator("textarea").press("Control+Enter");
  await said.getByText("NameError").waitFor();
  did.first = [await said.textContent(), await said.locator("a").getAttribute("href")];
  await exercise.locator("textarea").fill("while True:\n    pass");
  await exercise.getByRole("button", { name: "Check" }).click();
  await exercise.getByRole("button", { name: "Stop" }).waitFor();
  did.endless.push({ ...(await state()), said: await said.textContent(), outline: await exercise.evaluate((one) => getComputedStyle(one).outlineStyle) });
  await exercise.getByRole("button", { name: "Stop" }).click();
  await said.getByText("Stopped").waitFor();
  did.endless.push({ ...(await state()), said: await said.textContent() });
  // A reload keeps what was written; it stands there again as soon as the page has its boxes, and can be taken back. What Python compiled is kept, too.
  const shelf = () => caches.open("python").then((kept) => kept.keys()).then((all) => all.map(({ url }) => url));
  did.shelf = await tab.evaluate(shelf);
  await tab.reload();
  await press(tab);
  await tab.waitForFunction(() => heard.some(({ ready }) => ready));
  did.compiled.push(await compiled());
  await cell("boom-01-3").locator("textarea").waitFor({ state: "attached" });
  did.kept = [await cell("boom-01-3").locator("textarea").inputValue(), await exercise.locator("textarea").inputValue()];
  await tab.evaluate(() => document.querySelectorAll("main details").forEach((one) => { one.open = true; }));
  await exercise.getByRole("button", { name: "Take back" }).click();
  await cell("boom-01-3").getByRole("button", { name: "Take back" }).click();
  did.kept.push(await exercise.locator("textarea").inputValue(), await tab.evaluate(() => sessionStorage.getItem(`run ${location.pathname}`)));
  return did;
}

// Where a browser refuses storage, nothing breaks, and it asks before it drops what was written.
async function refused() {
  const refuse = () => Object.defineProperty(window, "sessionStorage", { configurable: true, get() { throw new DOMException("refused", "SecurityError"); } });
  const tab = await open(published + pages[0], {}, refuse);
  const errors = [], asked = [], seen = []; // what the theme does when it is left is not looked at
  tab.on("pageerror", (error) => errors.push(error.message));
  tab.on("dialog", (dialog) => { asked.push(dialog.type()); dialog.accept(); });
  await press(tab);
  await ended(tab);
  seen.push(...errors.splice(0));
  await tab.reload();
  errors.splice(0);
  const before = asked.length;
  await press(tab);
  await ended(tab);
  await tab.locator(".run-exercise textarea").first().fill("answer = 1");
  seen.push(...errors.splice(0));
  await tab.reload();
  return { errors: seen, before, asked };
}

if (what === "elsewhere") {
  found.refused = await refused();
  const phone = await open(published + pages[0], { viewport: { width: 360, height: 740 } });
  await press(phone);
  await ended(phone);
  found.phone = await phone.evaluate(() => document.documentElement.scrollWidth);

  const tab = await open(published + pages[0]);
  const shown = await outputs(tab);
  await press(tab);
  found.unreachable = [await ended(tab), await links(tab), JSON.stringify(shown) === JSON.stringify(await outputs(tab)), tab.asked.filter((url) => !url.startsWith(published))];
}
console.log(JSON.stringify(found));
await browser.close();
