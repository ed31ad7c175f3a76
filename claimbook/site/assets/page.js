// A page is printed as in light mode; Escape closes the preview of a term; what scrolls can be reached by keyboard; the theme's buttons;
// Python comes when it is asked for.
const root = document.documentElement;
let theme;
addEventListener("beforeprint", () => { theme ??= root.dataset.theme; root.dataset.theme = "light"; });
addEventListener("afterprint", () => { root.dataset.theme = theme ?? root.dataset.theme; theme = undefined; });
// Tables print true minus signs; a spreadsheet takes a number with one for text.
addEventListener("copy", (event) => {
  const chosen = getSelection(), held = document.createElement("div");
  if (!/\u2212\$?\d/.test(chosen)) return;
  for (let n = 0; n < chosen.rangeCount; n += 1) held.append(chosen.getRangeAt(n).cloneContents());
  const plain = (text) => text.replace(/\u2212(?=\$?\d)/g, "-");
  event.clipboardData.setData("text/plain", plain(chosen.toString()));
  event.clipboardData.setData("text/html", plain(held.innerHTML));
  event.preventDefault();
});
addEventListener("keydown", (event) => { if (event.key === "Escape" && document.activeElement.matches(".term")) document.activeElement.blur(); });
// Called for a box when it is first drawn and whenever its size changes.
const scrolls = new ResizeObserver((boxes) => boxes.forEach(({ target }) => {
  const heads = target.querySelector(":scope > table > thead");
  if (heads && matchMedia("(max-width: 40rem)").matches && (target.scrollWidth > target.clientWidth || target.matches(".board"))) stack(heads.parentElement);
  target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
}));
document.querySelectorAll("pre, .data-table, .pst-scrollable-table-container").forEach((box) => scrolls.observe(box));
// A reader's own spacing of letters and words makes texts too wide for their places in a picture. Half an em is a letter, six of them a word.
const drawn = document.querySelector(".chart svg text");
if (drawn) new ResizeObserver(() => {
  const { fontSize, letterSpacing, wordSpacing } = getComputedStyle(drawn), of = (length) => (parseFloat(length) || 0) / parseFloat(fontSize);
  const wider = 1 + (of(letterSpacing) + of(wordSpacing) / 6) / 0.5;
  root.classList.toggle("spaced", wider > 1);
  root.style.setProperty("--fit", 1 / wider);
}).observe(drawn.closest("article"));
// On a narrow screen a table that does not fit shows the cells of a row one under the other, each with the head of its column.
function stack(table) {
  const heads = [...table.tHead.rows].map((row) => [...row.cells].flatMap((cell) => Array(cell.colSpan).fill(cell.textContent.trim())));
  const names = heads[0].map((_, column) => heads.map((row) => row[column]).filter(Boolean).join(" "));
  for (const row of table.tBodies[0].rows) [...row.cells].reverse().forEach((cell, at) => { cell.dataset.head = names.at(-1 - at); });
  table.classList.add("stacked");
}
document.querySelectorAll("[data-does]").forEach((button) => button.addEventListener("click", () => (button.dataset.does === "window.print" ? print() : toggleFullScreen())));
document.querySelector("main form.bd-search input")?.focus();
// A sentence that can be printed as it stands is copied whole; where a browser forbids that, it is selected.
for (const quote of document.querySelectorAll(".cell_output blockquote")) {
  const button = Object.assign(document.createElement("button"), { className: "copy-quote", textContent: "Copy" }), text = quote.textContent.trim();
  button.addEventListener("click", () => (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(() => { button.textContent = "Copied"; }, () => getSelection().selectAllChildren(quote.firstElementChild)));
  quote.append(button);
}
const run = document.querySelector(".run-page"), scripts = document.currentScript.src;
run?.querySelector("button").addEventListener("click", () => import(new URL(`pyrun.js?v=${run.dataset.version}`, scripts)).then(({ press }) => press(), () => {
  run.querySelector("output").textContent = "Python cannot be loaded here. The menu above offers Binder and Colab.";
}));
// Most readers never copy code: the buttons for it come when code is first pointed at, or with the first focus: code that does not scroll takes none.
const interest = new AbortController();
const wanted = ({ type, target }) => {
  if (type === "pointerover" && !target.closest("div.highlight")) return;
  interest.abort();
  for (const name of ["clipboard.min.js", "copybutton.js"]) document.head.append(Object.assign(document.createElement("script"), { src: new URL(name, scripts), async: false }));
};
for (const kind of ["pointerover", "focusin"]) addEventListener(kind, wanted, { signal: interest.signal });
