// Makes the scoreboard's table sortable and filterable, and shows it as of a day. The choice stands in the address, so that a view can be linked.
const board = document.querySelector(".board");
const body = board.querySelector("tbody");
const rows = [...body.rows];
const marks = JSON.parse(board.dataset.marks);
const state = new URLSearchParams(location.search);
const words = { theme: "Theme", article: "Article", quoted: "Quoted", then: "Then", verdict: "Now", firm: "Firm by", read: "Read on" };
const today = rows.map((row) => ({ word: row.dataset.verdict, cells: [...row.querySelector(".now").childNodes] }));
const days = rows.flatMap((row) => row.dataset.days.split(";")).filter(Boolean).map((entry) => entry.slice(0, 10)).sort();

const bar = document.createElement("div");
bar.className = "filters";
const told = document.createElement("output");
for (const [key, name] of Object.entries(words)) {
  const label = bar.appendChild(document.createElement("label"));
  label.append(`${name} `);
  const select = label.appendChild(document.createElement("select"));
  select.append(new Option("all", ""));
  const values = key === "verdict" ? Object.keys(marks) : rows.flatMap((row) => row.dataset[key].split("|"));
  for (const value of new Set(values)) if (value) select.append(new Option(value.replaceAll("-", " "), value));
  select.value = state.get(key) ?? "";
  if (select.selectedIndex < 0) select.value = "";
  select.addEventListener("change", () => { select.value ? state.set(key, select.value) : state.delete(key); show(); });
}
const label = bar.appendChild(document.createElement("label"));
label.append("As of ");
const day = label.appendChild(document.createElement("input"));
Object.assign(day, { type: "date", min: "2024-01-01", max: days.at(-1), value: state.get("asof") ?? "" });
day.addEventListener("change", () => { day.value ? state.set("asof", day.value) : state.delete("asof"); show(); });
bar.append(told);
board.before(bar);

const heads = [...board.querySelectorAll("th")];
heads.forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = state.get("sort") === String(column) && !state.has("down");
    state.set("sort", column);
    down ? state.set("down", "") : state.delete("down");
    show();
  });
});

// The word of a claim on a day stands in its row, as the build reckoned it: no rule is written twice.
function turn(row, at) {
  const cell = row.querySelector(".now"), asof = state.get("asof");
  if (asof && row.dataset.days) {
    const entry = row.dataset.days.split(";").filter((one) => one.slice(0, 10) <= asof).at(-1);
    row.dataset.verdict = entry ? entry.slice(11) : "no count";
    cell.replaceChildren(`${marks[row.dataset.verdict]} ${row.dataset.verdict}`);
  } else {
    row.dataset.verdict = today[at].word;
    cell.replaceChildren(...today[at].cells);
  }
}

function show() {
  rows.forEach(turn);
  const keys = Object.keys(words).filter((key) => state.get(key));
  const column = state.has("sort") ? Number(state.get("sort")) : -1;
  const sign = state.has("down") ? -1 : 1;
  const text = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent;
  if (column >= 0 && column < heads.length) {
    body.append(...[...rows].sort((a, b) => sign * text(a).localeCompare(text(b), "en", { numeric: true })));
  }
  heads.forEach((head, index) => {
    if (index === column) head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  });
  let count = 0;
  for (const row of rows) {
    row.hidden = !keys.every((key) => row.dataset[key].split("|").includes(state.get(key)));
    count += !row.hidden;
  }
  const asof = state.get("asof");
  told.textContent = `${count} of ${rows.length} claims${asof ? `, “now” by what was known on ${asof}` : ""}`;
  const query = state.toString();
  history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
}
show();
