// A page is printed as in light mode; Escape closes the preview of a term.
const root = document.documentElement;
let theme;
addEventListener("beforeprint", () => { theme ??= root.dataset.theme; root.dataset.theme = "light"; });
addEventListener("afterprint", () => { root.dataset.theme = theme ?? root.dataset.theme; theme = undefined; });
addEventListener("keydown", (event) => { if (event.key === "Escape" && document.activeElement.matches(".term")) document.activeElement.blur(); });
