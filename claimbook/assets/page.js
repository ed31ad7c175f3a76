// A page is printed as in light mode; Escape closes the preview of a term; what scrolls can be reached by keyboard; the theme's buttons.
const root = document.documentElement;
let theme;
addEventListener("beforeprint", () => { theme ??= root.dataset.theme; root.dataset.theme = "light"; });
addEventListener("afterprint", () => { root.dataset.theme = theme ?? root.dataset.theme; theme = undefined; });
addEventListener("keydown", (event) => { if (event.key === "Escape" && document.activeElement.matches(".term")) document.activeElement.blur(); });
// Called for a box when it is first drawn and whenever its size changes.
const scrolls = new ResizeObserver((boxes) => boxes.forEach(({ target }) => { target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1; }));
document.querySelectorAll("pre, .pst-scrollable-table-container").forEach((box) => scrolls.observe(box));
document.querySelectorAll("[data-does]").forEach((button) => button.addEventListener("click", () => (button.dataset.does === "window.print" ? print() : toggleFullScreen())));
document.querySelector("main form.bd-search input")?.focus();
