// Looks at every page of the site in a real browser and prints what it found as JSON. Called by tests/site/test_browser.py:
// node check.mjs ADDRESS CHROMIUM PAGE...   --use in place of a page: what a reader does
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const [address, executablePath, ...asked] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const found = { violations: [], errors: [], requests: [], wide: [], crowded: [], text: { phone: [], desktop: [] }, copied: [], weight: {}, pages: 0 };

async function open(theme, size, page) {
  const context = await browser.newContext({ viewport: SIZES[size], reducedMotion: "reduce", acceptDownloads: true });
  await context.addInitScript((mode) => { if (!localStorage.getItem("mode")) { localStorage.setItem("mode", mode); localStorage.setItem("theme", mode); } }, theme);
  const tab = await context.newPage();
  tab.on("console", (message) => message.type() === "error" && found.errors.push(`${page}: ${message.text()}`));
  tab.on("pageerror", (error) => found.errors.push(`${page}: ${error.message}`));
  tab.on("request", (request) => request.url().startsWith(address) || request.url().startsWith("data:") || found.requests.push(`${page}: ${request.url()}`));
  tab.on("response", (response) => response.status() >= 400 && found.errors.push(`${page}: ${response.status()} ${response.url()}`));
  const loaded = [];
  tab.on("response", (response) => loaded.push(response.body().then((body) => gzipSync(body).length / 1024, () => 0)));
  await tab.goto(address + page, { waitUntil: "networkidle" });
  await tab.waitForLoadState(); // a network at rest does not mean that a busy machine has read the page to its end
  if (!page.includes("?")) found.weight[page] = (await Promise.all(loaded)).reduce((sum, one) => sum + one, 0);
  return tab;
}

async function audit(tab, state, scope, rules) {
  const broken = await tab.evaluate(([within, only]) => window.axe.run(within, { resultTypes: ["violations"], ...(only && { runOnly: only }) })
    .then((result) => result.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id} ${node.html.slice(0, 150)}`))), [scope, rules]);
  found.violations.push(...broken.map((text) => `${state}: ${text}`));
}

// The smallest and the largest text of each chart, in pixels of the screen.
const sizes = (tab) => tab.evaluate(() => [...document.querySelectorAll(".chart svg")].map((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const all = [...svg.querySelectorAll("text")].map((text) => parseFloat(getComputedStyle(text).fontSize) * scale);
  return [svg.dataset.chart, Math.min(...all), Math.max(...all)];
}));

// Texts of charts that run out of their picture or over another text.
const crowded = (tab) => tab.evaluate(() => [...document.querySelectorAll(".chart svg")].flatMap((svg) => {
  const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim()).map((text) => [text.textContent, text.getBoundingClientRect()]);
  const shared = (a, b) => [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
  const frame = svg.getBoundingClientRect();
  const out = texts.filter(([, box]) => box.width - shared(box, frame)[0] > 0.5 || box.height - shared(box, frame)[1] > 0.5).map(([text]) => `${svg.dataset.chart}: ${text} runs out of the picture`);
  const over = texts.flatMap(([text, box], at) => texts.slice(at + 1).filter(([, other]) => { const [across, down] = shared(box, other); return across > 0.5 && down > box.height / 5; }).map(([other]) => `${svg.dataset.chart}: ${text} over ${other}`));
  return [...out, ...over];
}));
const style = (tab, css) => tab.evaluate((text) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text); document.adoptedStyleSheets.push(sheet); }, css); // the page's policy takes no <style>
const SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"; // WCAG 1.4.12

// What a spreadsheet is given when the whole page is copied: the cells whose number has a sign, as text and as HTML.
const copied = (tab) => tab.evaluate(() => {
  getSelection().selectAllChildren(document.querySelector("main"));
  const clipboardData = new DataTransfer(), event = new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true });
  const signed = [...document.querySelectorAll("main td")].filter((cell) => /^\u2212/.test(cell.textContent.trim())).map((cell) => [cell.textContent.trim(), cell.checkVisibility()]);
  document.dispatchEvent(event);
  getSelection().removeAllRanges();
  const made = new DOMParser().parseFromString(clipboardData.getData("text/html"), "text/html");
  return signed.length ? [[signed, [...made.querySelectorAll("td")].map((cell) => cell.textContent.trim()), clipboardData.getData("text/plain")]] : [];
});

// One page in all its states: desktop and phone, navigation open and closed, light and dark.
async function look(page) {
  const tab = await open("light", "desktop", page);
  const navigation = tab.locator("#pst-primary-sidebar .toctree-l1").first();
  const press = () => tab.locator(".primary-toggle").click();
  const drawer = tab.locator("#pst-primary-sidebar-modal .toctree-l1").first();
  found.copied.push(...(await copied(tab)));
  // What waits to be drawn until it is near has no true place and size yet, and axe would see it lie over its neighbours.
  await style(tab, "* { content-visibility: visible !important; }");
  await tab.setViewportSize(SIZES.phone);
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) found.wide.push(`${page}: ${wide} pixels too wide`);
  found.text.phone.push(...await sizes(tab));
  await tab.setViewportSize(SIZES.desktop);
  found.text.desktop.push(...await sizes(tab));
  for (const spaced of [false, true]) {
    if (spaced) await style(tab, SPACED);
    for (const size of ["phone", "desktop"]) {
      await tab.setViewportSize(SIZES[size]);
      await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))); // the page sees the spacing by the size that it gives the article
      found.crowded.push(...(await crowded(tab)).map((text) => `${size}${spaced ? ", spaced" : ""}: ${text}`));
    }
  }
  await tab.evaluate(() => { document.adoptedStyleSheets.pop(); });
  // A chart is one picture with a name (role img): axe need not walk through its hundreds of marks.
  await tab.evaluate(() => document.querySelectorAll(".chart svg[role=img]").forEach((svg) => svg.replaceChildren()));
  // The buttons that copy code come once somebody shows interest in code.
  const code = tab.locator("div.highlight").first();
  if (await code.count()) {
    await code.dispatchEvent("focusin");
    await tab.locator(".copybtn").first().waitFor({ state: "attached" });
  }
  await tab.evaluate(axe);
  for (const size of ["desktop", "phone"]) {
    await tab.setViewportSize(SIZES[size]);
    await tab.evaluate(() => new Promise((done) => setTimeout(done, 600))); // the theme looks for what can scroll only after a while
    if (size === "phone") {
      const tables = await tab.evaluate(async () => {
        const closed = [...document.querySelectorAll("main details:not([open])")];
        closed.forEach((one) => { one.open = true; });
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))); // tables are laid out anew once they are drawn
        const wide = [...document.querySelectorAll("main table")].filter((table) => table.scrollWidth > table.parentElement.clientWidth + 1).map((table) => table.textContent.replace(/\s+/g, " ").slice(0, 60));
        closed.forEach((one) => { one.open = false; });
        return wide;
      });
      found.wide.push(...tables.map((text) => `${page}: a table that does not fit a phone: ${text}`));
    }
    for (const theme of ["light", "dark"]) {
      await tab.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
      const state = `${page} ${theme} ${size}`;
      const rules = theme === "dark" ? ["color-contrast", "link-in-text-block"] : undefined; // what colours can break
      await audit(tab, state, "html", rules);
      await press();
      await (size === "phone" ? drawer.waitFor() : navigation.waitFor({ state: "hidden" }));
      await audit(tab, `${state}, navigation ${size === "phone" ? "open" : "closed"}`, size === "phone" ? "#pst-primary-sidebar-modal" : "header, .bd-header-article, .bd-sidebar-primary", rules);
      await (size === "phone" ? tab.keyboard.press("Escape") : press());
      await (size === "phone" ? drawer.waitFor({ state: "hidden" }) : navigation.waitFor());
    }
  }
  found.pages += 1;
  await tab.context().close();
}

// What a reader does: each answer is compared with what it should be by tests/site/test_browser.py.
async function use() {
  const did = {};
  const search = async (words) => {
    const tab = await open("light", "desktop", `search.html?q=${encodeURIComponent(words)}`);
    // Each result is completed by what was read of its page.
    await tab.waitForFunction(() => /finished/.test(document.querySelector(".search-summary")?.textContent) && !document.querySelector("#search-results ul.search li:not(:has(.context))"));
    await tab.evaluate(axe);
    for (const theme of ["light", "dark"]) {
      await tab.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
      await audit(tab, `search for ${words} ${theme}`, "main");
    }
    const results = await tab.locator("#search-results ul.search li").evaluateAll((items) => items.slice(0, 5).map((item) => ({ links: [...item.querySelectorAll("a")].map((link) => link.getAttribute("href")), text: item.textContent.replace(/\s+/g, " ") })));
    await tab.context().close();
    return results;
  };
  did.searchId = await search("boom-03");
  did.searchWords = await search("Anthropic raised 14.3");
  did.searchText = await search("convertible note");
  did.searchPart = await search("Mistral star metropolitan");
  did.searchNumber = await search("Crunchbase 96.4");

  let tab = await open("light", "desktop", "chapters/07-scoreboard.html?verdict=fails");
  const told = () => tab.locator(".filters output").textContent();
  did.linked = await told();
  did.marks = await tab.locator(".chart a").evaluateAll((links) => links.map((link) => [link.getAttribute("href"), link.querySelector("title").textContent]));
  await tab.locator(".chart a").nth(12).focus();
  await tab.locator(".filters select").nth(4).focus();
  await tab.keyboard.press("Home");
  did.all = await told();
  await tab.locator(".filters select").nth(0).focus();
  await tab.keyboard.press("ArrowDown");
  did.theme = [await tab.locator(".filters select").nth(0).inputValue(), await told(), new URL(tab.url()).search];
  await tab.locator(".board th button").nth(5).focus();
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("Enter");
  did.sorted = [await tab.locator(".board th").nth(5).getAttribute("aria-sort"), new URL(tab.url()).search, await tab.locator(".board tbody tr:not([hidden]) td:nth-child(6)").evaluateAll((cells) => cells.map((cell) => cell.dataset.sort))];
  await tab.context().close();

  tab = await open("light", "desktop", "chapters/01-ai-boom.html");
  const colours = () => tab.evaluate(() => ["svg text", "svg [style*='fill: var(--cb-teal']"].map((what) => getComputedStyle(document.querySelector(`.chart ${what}`)).fill).concat(getComputedStyle(document.body).backgroundColor));
  did.light = await colours();
  for (let n = 0; n < 3 && (await tab.evaluate(() => document.documentElement.dataset.theme)) !== "dark"; n++) await tab.locator(".theme-switch-button").first().click();
  did.dark = await colours();
  await tab.reload();
  did.kept = await tab.evaluate(() => document.documentElement.dataset.theme);
  await tab.keyboard.press("Tab");
  did.skip = await tab.evaluate(() => document.activeElement.getAttribute("href"));
  await tab.locator(".term").first().focus();
  await tab.keyboard.press("Shift+Tab");
  await tab.keyboard.press("Tab");
  did.preview = await tab.locator(".tip").first().evaluate((tip) => [getComputedStyle(tip).visibility, tip.textContent]);
  await tab.keyboard.press("Escape");
  did.closed = await tab.locator(".tip").first().evaluate((tip) => getComputedStyle(tip).visibility);
  did.files = {};
  for (const kind of ["csv", "svg", "png"]) {
    const [file] = await Promise.all([tab.waitForEvent("download"), tab.locator(`#chart-boom-03 a[href$='.${kind}']`).click()]);
    did.files[file.suggestedFilename()] = readFileSync(await file.path()).subarray(0, 60).toString("latin1");
  }
  const notebook = await tab.locator("a[href$='.ipynb'][href*='_sources']").first().getAttribute("href");
  did.notebook = await (await tab.request.get(new URL(notebook, tab.url()).href)).text().then((text) => JSON.parse(text).cells.length);
  did.next = await tab.locator("a.right-next").getAttribute("href");
  // Printed from dark mode: the event tells the page, as the print dialog of a browser does.
  await tab.emulateMedia({ media: "print" });
  await tab.evaluate(() => dispatchEvent(new Event("beforeprint")));
  did.printed = await colours();
  did.pdf = (await tab.pdf({ format: "A4" })).length;
  did.after = await tab.evaluate(() => document.documentElement.dataset.theme);
  await tab.context().close();

  // Code is copied by mouse; and by keyboard, in a window that no mouse has entered, though code that does not scroll takes no focus.
  const reader = async (page = "chapters/01-ai-boom.html") => {
    tab = await open("light", "desktop", page);
    await tab.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  };
  await reader();
  const details = () => tab.locator("details:has(div.highlight)").first(), code = () => details().locator("div.highlight pre").first(), copy = () => details().locator(".copybtn").first();
  const copied = async () => [await tab.evaluate(() => navigator.clipboard.readText()), await code().innerText()];
  did.copied = [await tab.locator(".copybtn").count()];
  await details().evaluate((box) => { box.open = true; });
  await code().hover();
  await copy().click();
  did.copied.push(...(await copied()));
  await tab.evaluate(() => navigator.clipboard.writeText(""));
  await tab.context().close();
  await reader();
  await details().locator("summary").first().focus();
  await tab.keyboard.press("Enter");
  await copy().waitFor({ state: "attached" });
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Enter");
  did.copiedByKeyboard = await copied();
  await tab.context().close();
  // So is a sentence to say.
  await reader("chapters/11-say-do-not-say.html");
  await tab.locator(".copy-quote").first().focus();
  await tab.keyboard.press("Enter");
  await tab.locator(".copy-quote:text('Copied')").waitFor();
  did.sentence = [await tab.evaluate(() => navigator.clipboard.readText()), await tab.locator(".cell_output blockquote p").first().innerText()];
  await tab.context().close();

  // On a dark machine nothing flashes: the first script alone chooses the theme, before anything is shown.
  const dark = await browser.newContext({ colorScheme: "dark" });
  tab = await dark.newPage();
  await tab.route("**/*.js*", (route) => route.abort());
  await tab.goto(`${address}chapters/01-ai-boom.html`);
  did.first = await tab.evaluate(() => document.documentElement.dataset.theme);
  await dark.close();

  // What somebody might smuggle into a page must not run; the theme's buttons must.
  const attacked = await browser.newContext();
  tab = await attacked.newPage();
  await tab.goto(`${address}chapters/01-ai-boom.html`);
  did.smuggled = await tab.evaluate(async () => {
    const refused = [];
    addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    const script = Object.assign(document.createElement("script"), { textContent: "window.smuggled = 'script'" });
    const box = Object.assign(document.createElement("div"), { innerHTML: '<img src="data:," onerror="window.smuggled = 1"><style>body { display: none }</style><img src="https://example.org/x.png"><form action="https://example.org"></form>' });
    document.body.append(script, box);
    await fetch("https://example.org/").catch(() => {});
    await new Promise((done) => setTimeout(done, 500));
    return [window.smuggled ?? "nothing", [...new Set(refused)].sort()];
  });
  did.printed_by_button = await tab.evaluate(() => { let asked = 0; window.print = () => { asked += 1; }; document.querySelector("[data-does='window.print']").click(); return asked; });
  await tab.locator("[data-does=toggleFullScreen]").first().click();
  did.fullscreen = await tab.waitForFunction(() => document.fullscreenElement).then(() => true, () => false);
  await attacked.close();

  // The frame of a learning platform: without an origin of its own, where nothing is stored.
  const platform = await browser.newContext();
  tab = await platform.newPage();
  tab.on("pageerror", (error) => found.errors.push(`in a frame: ${error.message}`));
  await tab.goto(`${address}robots.txt`);
  await tab.evaluate((src) => document.body.append(Object.assign(document.createElement("iframe"), { sandbox: "allow-scripts", src, width: 1200, height: 700 })), `${address}chapters/01-ai-boom.html`);
  let frame = await (await tab.waitForSelector("iframe")).contentFrame();
  await frame.waitForURL("**/01-ai-boom.html");
  const mode = () => frame.evaluate(() => document.documentElement.dataset.mode);
  did.framed = [await mode()];
  await frame.locator(".theme-switch-button").first().click();
  did.framed.push(await mode());
  await tab.keyboard.press("Control+k");
  did.framed.push(await frame.evaluate(() => Boolean(document.querySelector("dialog[open], input[type=search]:focus"))));
  await frame.goto(`${address}search.html?q=boom-03`);
  did.framed.push(await frame.locator("#search-results ul.search li").first().textContent());
  await platform.close();

  const plain = await browser.newContext({ javaScriptEnabled: false });
  tab = await plain.newPage();
  await tab.goto(`${address}chapters/07-scoreboard.html`);
  did.withoutScript = await tab.locator(".board tbody tr:visible").count();
  await plain.close();
  return did;
}

const jobs = asked.map((page) => async () => { if (page === "--use") found.use = await use(); else await look(page); });
await Promise.all([0, 1].map(async () => { for (let job; (job = jobs.pop()); ) await job(); }));
console.log(JSON.stringify(found));
await browser.close();
