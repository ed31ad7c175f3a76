// Makes the scoreboard's table sortable and filterable. The choice stands in the address, so that a view can be linked.
const board = document.querySelector(".board");
const body = board.querySelector("tbody");
const rows = [...body.rows];
const state = new URLSearchParams(location.search);

const bar = document.createElement("div");
bar.className = "filters";
const told = document.createElement("output");
for (const key of ["theme", "article", "verdict"]) {
  const label = bar.appendChild(document.createElement("label"));
  label.append(`${key[0].toUpperCase()}${key.slice(1)} `);
  const select = label.appendChild(document.createElement("select"));
  select.append(new Option("all", ""));
  for (const value of new Set(rows.map((row) => row.dataset[key]))) select.append(new Option(value.replaceAll("-", " "), value));
  select.value = state.get(key) ?? "";
  if (select.selectedIndex < 0) select.value = "";
  select.addEventListener("change", () => { select.value ? state.set(key, select.value) : state.delete(key); show(); });
}
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

function show() {
  const keys = ["theme", "article", "verdict"].filter((key) => state.get(key));
  const column = state.has("sort") ? Number(state.get("sort")) : -1;
  const sign = state.has("down") ? -1 : 1;
  const text = (row) => row.cells[column].textContent;
  if (column >= 0 && column < heads.length) {
    body.append(...[...rows].sort((a, b) => sign * text(a).localeCompare(text(b), "en", { numeric: true })));
  }
  heads.forEach((head, index) => {
    if (index === column) head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    else head.removeAttribute("aria-sort");
  });
  let count = 0;
  for (const row of rows) {
    row.hidden = !keys.every((key) => row.dataset[key] === state.get(key));
    count += !row.hidden;
  }
  told.textContent = `${count} of ${rows.length} claims`;
  const query = state.toString();
  history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
}
show();
