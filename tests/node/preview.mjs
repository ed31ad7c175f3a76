// Opens a page that reloads when its source was changed, and prints a line whenever it has been loaded and painted. Called by make bench:
// node preview.mjs CHROMIUM ADDRESS
import { chromium } from "playwright-core";

const [executablePath, address] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
// The page's policy would refuse the script by which another tool reloads it.
const tab = await browser.newPage({ viewport: { width: 1000, height: 800 }, bypassCSP: true });
tab.on("load", async () => {
  try {
    console.log(await tab.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => painted("seen"))))));
  } catch { /* it is loaded anew already */ }
});
await tab.goto(address);
await new Promise(() => {});
