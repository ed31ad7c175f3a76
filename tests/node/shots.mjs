// Pictures of every chart of the site, for a reviewer: two widths, two themes. Called by `make shots`: node shots.mjs SITE FOLDER CHROMIUM
import { mkdirSync, readdirSync, realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [site, folder, executablePath] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
for (const page of readdirSync(`${site}/chapters`).filter((name) => /^\d/.test(name))) {
  for (const width of [1280, 360]) {
    const tab = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: "reduce" });
    await tab.goto(pathToFileURL(realpathSync(`${site}/chapters/${page}`)).href);
    await tab.evaluate((css) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets.push(sheet); }, ".bd-header-article, .bd-sidebar { display: none !important; } main * { content-visibility: visible !important; }"); // the page's policy takes no <style>; a part just come into view may not be painted yet
    for (const theme of ["light", "dark"]) {
      await tab.evaluate((name) => { document.documentElement.dataset.theme = name; }, theme);
      for (const chart of await tab.locator(".chart-figure").all()) {
        await chart.screenshot({ path: `${folder}/${(await chart.getAttribute("id")).replace("chart-", "")}-${width}-${theme}.png` });
      }
    }
    await tab.close();
  }
}
await browser.close();
