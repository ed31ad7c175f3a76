// The search says what became of a claim, and leads to the parts of a page that hold the words. Sphinx, whose search this is, leads to its top.
const NOT_READ = "script, style, svg, figcaption, thead, details.hide, .headerlink, .cell_input, .run-page, .verdict-strip, .sr-only, .tip";
const ROOM = 220, PARTS = 3;
const pages = new Map();
// A number is meant whole: 84 is not found in 384.
const places = (text, word) => [...text.toLowerCase().matchAll(/^\d/.test(word) ? `(?<!\\d|\\d[.,])${_escapeRegExp(word)}(?!\\d|[.,]\\d)` : _escapeRegExp(word))];
const plain = (node) => node.textContent.replace(/\s+/g, " ").trim();

// In a frame without an origin, or from a folder of one's own, no page can be read: the results then stand without an excerpt.
const load = window.fetch;
window.fetch = (...asked) => load(...asked).catch(() => new Response(""));

// The parts of a page, each with its heading and the text under it, without that of the parts within.
function read(html) {
  const page = new DOMParser().parseFromString(html, "text/html").querySelector("[role=main] article");
  page.querySelectorAll("svg[aria-label]").forEach((chart) => chart.replaceWith(` ${chart.ariaLabel} `));
  page.querySelectorAll(NOT_READ).forEach((node) => node.remove());
  page.querySelectorAll("tr").forEach((row) => { row.textContent = `${[...row.cells].map(plain).filter(Boolean).join(" · ")}; `; });
  return [...page.querySelectorAll("section")].reverse().map((section) => {
    section.remove(); // the inner ones first
    const [heading, card] = ["h1, h2, h3, h4", ".verdict-card"].map((what) => section.querySelector(what));
    const ids = [section, ...section.querySelectorAll(":scope > span[id]")].map(({ id }) => id);
    heading.remove();
    return { ids, title: plain(heading), text: [...section.children].map(plain).join(" "), card };
  }).reverse();
}

// The stretch of a part's text that holds the most of the words, and how many it and its heading hold.
function stretch({ title, text }, words) {
  const at = words.flatMap((word) => places(text, word).map(({ index }) => ({ index, word })));
  const held = at.map(({ index: from }) => new Set(at.filter(({ index }) => index >= from && index < from + ROOM / 2).map(({ word }) => word)).size);
  const most = Math.max(0, ...held), first = at[held.indexOf(most)]?.index ?? 0;
  const from = first < ROOM / 3 ? 0 : text.indexOf(" ", first - ROOM / 3) + 1;
  const to = from + ROOM < text.length ? text.lastIndexOf(" ", from + ROOM) : text.length;
  return { most: most + words.filter((word) => places(title, word).length).length, excerpt: `${from ? "… " : ""}${text.slice(from, to)}${to < text.length ? " …" : ""}` };
}

function line(...content) {
  const made = document.createElement("p");
  made.append(...content);
  return made;
}

// Sphinx drops numbers from what is asked, though its index has them. Here they are asked for too, unless nothing has them.
const numbers = new URLSearchParams(location.search).get("q")?.match(/\d+([.,]\d+)*/g) ?? [];
const [parse, pagesWith, claimsWith] = [Search._parseQuery, Search.performTermsSearch, Search.performObjectSearch];
Search._parseQuery = (query) => {
  const asked = parse(query);
  numbers.forEach((number) => asked[3].add(number)); // marked in the results
  return asked;
};
Search.performTermsSearch = (words, without) => {
  const exact = pagesWith(new Set([...words, ...numbers.flatMap(splitQuery)]), without);
  return exact.length || !words.size ? exact : pagesWith(words, without);
};
// A claim is then told as a page is, by what stands there.
Search.performObjectSearch = (...asked) => claimsWith(...asked).map((found) => found.with(3, null));

Search.makeSearchSummary = (html, terms, anchor) => {
  if (!pages.has(html)) pages.set(html, read(html));
  const parts = pages.get(html), words = [...terms, ...numbers], context = Object.assign(document.createElement("div"), { className: "context" });
  const here = anchor && parts.find(({ ids }) => ids.includes(anchor.slice(1)));
  if (here?.card) {
    context.dataset.verdict = here.card.dataset.verdict;
    context.append(line(`${parts[0].title}. `, ...here.card.querySelector(".verdict").cloneNode(true).childNodes));
    return context;
  }
  const found = (here ? [here] : parts).map((part) => ({ ...part, ...stretch(part, words) })).filter(({ most }) => most || here);
  for (const { ids, title, excerpt } of found.sort((a, b) => b.most - a.most).slice(0, PARTS)) {
    const link = Object.assign(document.createElement("a"), { textContent: title, href: `#${ids.at(-1)}` });
    context.append(ids === parts[0].ids || here ? line(excerpt) : line(link, `: ${excerpt}`));
  }
  // The index knows 96.4 as a 96 and a 4: pages that hold it only so come last.
  const elsewhere = !anchor && numbers.some((number) => !parts.some(({ text }) => places(text, number).length));
  // The address of the page is that of the result, into which this is put next.
  queueMicrotask(() => {
    const result = context.closest("li"), list = result.parentElement, [title, ...links] = result.querySelectorAll("a");
    links.forEach((link) => { link.href = Object.assign(new URL(title.href), { hash: link.hash }).href; });
    result.classList.toggle("elsewhere", elsewhere);
    list.append(...list.querySelectorAll(".elsewhere"));
  });
  return context;
};
