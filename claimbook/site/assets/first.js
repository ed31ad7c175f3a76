// What must run before anything is shown: the one script that stands in the page itself, the same in all. Its hash is in the policy.
// Where a frame or a browser refuses to store anything, the page keeps it for itself: everything works, and nothing is remembered.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].setItem("works", "");
    window[name].removeItem("works");
  } catch {
    const kept = new Map();
    const storage = { forgets: true, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, `${value}`), removeItem: (key) => kept.delete(key) };
    Object.defineProperty(window, name, { value: storage });
  }
}
// The theme sets its colours only at the end: a flash of light in the dark, and everything styled anew.
{
  const set = document.documentElement.dataset;
  set.mode = localStorage.getItem("mode") || "auto";
  set.theme = set.mode !== "auto" ? set.mode : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
