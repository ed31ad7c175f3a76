import { chromium } from "playwright-core";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const sites = { old: process.argv[2], new: process.argv[3] };
const got = { old: [], new: [] };
for (let n = 0; n < 7; n += 1) for (const [name, url] of Object.entries(sites)) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const tab = await context.newPage();
  const cdp = await context.newCDPSession(tab);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await tab.goto(url + "chapters/01-ai-boom.html", { waitUntil: "load" });
  await tab.waitForTimeout(1500);
  got[name].push(await tab.evaluate(() => [performance.getEntriesByName("first-contentful-paint")[0]?.startTime, performance.timing.loadEventEnd - performance.timing.navigationStart]));
  const m = Object.fromEntries((await (await cdp.send("Performance.enable"), cdp.send("Performance.getMetrics"))).metrics.map(({ name, value }) => [name, value]));
  got[name].at(-1).push(m.LayoutDuration * 1000, m.RecalcStyleDuration * 1000);
  await context.close();
}
const median = (all) => all.sort((a, b) => a - b)[all.length >> 1];
for (const [at, what] of ["first paint ms", "load ms", "layout ms", "style ms"].entries()) {
  const [a, b] = ["old", "new"].map((name) => median(got[name].map((one) => one[at])));
  console.log(what, "old", a.toFixed(0), "new", b.toFixed(0), "ratio", (b / a).toFixed(2));
}
await browser.close();
