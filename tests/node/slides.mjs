// Every slide of every deck in a browser: no text may be cut off, hang over an edge, stand under a control or be too small to read, and no other host
// may be asked. Usage: slides.mjs FOLDER CHROMIUM [shots]
import { readdirSync, mkdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const [folder, executablePath, shots] = process.argv.slice(2)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
const faults = []
let slides = 0

// Run in the page: what is wrong with the slide that is shown, once it was drawn (a text of a chart has its place then) and brought to rest.
async function look() {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
  for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish()
  const slide = Reveal.getCurrentSlide(), told = new Set()
  const frame = document.querySelector('.slides').getBoundingClientRect()
  const shown = (box) => box.width > 0 && box.height > 0
  const within = (box, other) => box.left >= other.left - 1 && box.right <= other.right + 1 && box.top >= other.top - 1 && box.bottom <= other.bottom + 1
  const apart = (box, other) => box.right <= other.left || box.left >= other.right || box.bottom <= other.top || box.top >= other.bottom
  const number = document.querySelector('.slide-number'), buttons = [...document.querySelectorAll('.controls button.enabled')]
  const controls = [number, ...buttons].map((one) => one.getBoundingClientRect()).filter(shown)
  if (buttons.some((one) => !apart(one.getBoundingClientRect(), number.getBoundingClientRect()))) told.add('the page number stands under an arrow')
  const texts = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const text = texts.currentNode, around = text.parentElement, words = text.data.trim()
    if (!words || around.closest('aside, style, title, .sr-only')) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    const boxes = [...range.getClientRects()].filter(shown), name = `: ${words.slice(0, 40)}`
    if (!boxes.every((box) => within(box, frame))) told.add(`hangs over the edge${name}`)
    for (let one = around; one !== slide; one = one.parentElement)
      if (getComputedStyle(one).overflow !== 'visible' && !boxes.every((box) => within(box, one.getBoundingClientRect()))) told.add(`is cut off${name}`)
    if (!boxes.every((box) => controls.every((other) => apart(box, other)))) told.add(`stands under a control${name}`)
    const svg = around.ownerSVGElement, size = parseFloat(getComputedStyle(around).fontSize) * (svg ? svg.getScreenCTM().a : Reveal.getScale())
    if (size < (svg ? 12 : 14) * Reveal.getScale() - 0.1) told.add(`is ${size.toFixed(1)} px small${name}`)
  }
  const words = slide.querySelector('h1, h2, .verdict, blockquote')?.textContent ?? ''
  const unseen = frame.height < 600 || getComputedStyle(slide).visibility === 'hidden' || !document.elementFromPoint(frame.x + 480, frame.y + 350)?.closest('.reveal')
  if (unseen) told.add('cannot be seen')
  if (!slide.innerText.trim() && !slide.querySelector('svg')) told.add('is empty')
  if (slide.querySelector('blockquote') && !slide.querySelector('aside.notes')) told.add('has no speaker notes')
  return [...told].map((fault) => `${fault} (${words.trim().slice(0, 50)})`)
}

for (const deck of readdirSync(folder).filter(name => /^\d\d-.*\.html$/.test(name)).sort()) {
  const page = await browser.newPage({ viewport: { width: 960, height: 700 } })
  page.on('request', request => request.url().startsWith('file:') || request.url().startsWith('data:') || faults.push(`${deck}: asks ${request.url()}`))
  page.on('pageerror', error => faults.push(`${deck}: ${error.message}`))
  page.on('console', message => message.type() === 'error' && faults.push(`${deck}: ${message.text()}`))
  await page.goto(`${pathToFileURL(folder)}/${deck}`)
  await page.waitForFunction(() => window.Reveal?.isReady())
  const total = await page.evaluate(() => Reveal.getTotalSlides())
  for (let n = 1; n <= total; n++) {
    const found = await page.evaluate(look)
    faults.push(...found.map((fault) => `${deck}, slide ${n}: ${fault}`))
    if (shots) { mkdirSync(shots, { recursive: true }); await page.screenshot({ path: `${shots}/${deck.slice(0, 2)}-${String(n).padStart(2, '0')}.png` }) }
    slides++
    await page.evaluate(() => Reveal.next())
  }
  await page.close()
}
await browser.close()
console.log(JSON.stringify({ slides, faults }, null, 1))
process.exit(faults.length ? 1 : 0)
