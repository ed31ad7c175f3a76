// A number typed under a chart is placed on its axis and told against its neighbours. Without script the table does that.
for (const svg of document.querySelectorAll('svg[data-chart*="-which-"]')) {
  const figures = [...svg.closest("section").querySelectorAll(".data-table tbody tr")]
    .map((row) => ({ name: row.cells[0].textContent, value: Number(row.cells[1].textContent) }))
    .sort((a, b) => a.value - b.value);
  const form = document.createElement("label");
  form.className = "place";
  form.append("Your number ");
  const field = form.appendChild(Object.assign(document.createElement("input"), { type: "text", inputMode: "decimal" }));
  const answer = form.appendChild(document.createElement("output"));
  const chart = svg.parentElement;
  chart.after(form);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  line.setAttribute("style", "stroke: var(--cb-red); stroke-width: 1.5");
  field.addEventListener("input", () => {
    const number = Number(field.value.replace(",", "."));
    line.remove();
    answer.textContent = "";
    if (!field.value.trim() || Number.isNaN(number)) return;
    const drawn = chart.querySelector("svg"); // the page may have been run since
    const [low, high, left, right, top, bottom] = drawn.dataset.axis.split(" ").map(Number);
    const x = left + ((Math.min(Math.max(number, low), high) - low) / (high - low)) * (right - left);
    for (const [key, value] of Object.entries({ x1: x, x2: x, y1: top, y2: bottom })) line.setAttribute(key, value);
    drawn.append(line);
    const told = (figure) => `${figure.name} (${figure.value})`;
    const same = figures.filter((figure) => figure.value === number);
    const below = figures.findLast((figure) => figure.value < number);
    const above = figures.find((figure) => figure.value > number);
    answer.textContent = same.length ? `equals ${same.map(told).join(", ")}`
      : below && above ? `lies between ${told(below)} and ${told(above)}`
      : below ? `is above every count; the highest is ${told(below)}` : `is below every count; the lowest is ${told(above)}`;
  });
}
