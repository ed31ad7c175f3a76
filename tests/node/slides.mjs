// Every slide of every deck in a browser: nothing may hang over its edge, no other host may be asked. Usage: slides.mjs FOLDER CHROMIUM [shots]
import { readdirSync, mkdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const [folder, executablePath, shots] = process.argv.slice(2)
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
const faults = []
let slides = 0
for (const deck of readdirSync(folder).filter(name => /^\d\d-.*\.html$/.test(name)).sort()) {
  const page = await browser.newPage({ viewport: { width: 960, height: 700 } })
  page.on('request', request => request.url().startsWith('file:') || request.url().startsWith('data:') || faults.push(`${deck}: asks ${request.url()}`))
  page.on('pageerror', error => faults.push(`${deck}: ${error.message}`))
  page.on('console', message => message.type() === 'error' && faults.push(`${deck}: ${message.text()}`))
  await page.goto(`${pathToFileURL(folder)}/${deck}`)
  await page.waitForFunction(() => window.Reveal?.isReady())
  const total = await page.evaluate(() => Reveal.getTotalSlides())
  for (let n = 1; n <= total; n++) {
    const fault = await page.evaluate(() => {
      const slide = Reveal.getCurrentSlide(), frame = document.querySelector('.slides').getBoundingClientRect()
      const out = [...slide.children].filter(child => child.tagName !== 'ASIDE').map(child => child.getBoundingClientRect())
        .some(box => box.bottom > frame.bottom + 1 || box.right > frame.right + 1)
      const words = slide.querySelector('h1, h2, .verdict')?.textContent ?? slide.querySelector('svg')?.getAttribute('aria-label') ?? ''
      const notes = slide.parentElement.querySelectorAll('aside.notes').length
      const unseen = frame.height < 600 || getComputedStyle(slide).visibility === 'hidden' || !document.elementFromPoint(frame.x + 480, frame.y + 350)?.closest('.reveal')
      return { unseen, out, words: words.trim().slice(0, 60), empty: !slide.innerText.trim() && !slide.querySelector('svg'), claim: slide.querySelector('blockquote') !== null, notes }
    })
    if (fault.out) faults.push(`${deck}, slide ${n}: hangs over the edge: ${fault.words}`)
    if (fault.unseen) faults.push(`${deck}, slide ${n}: cannot be seen`)
    if (fault.empty) faults.push(`${deck}, slide ${n}: empty`)
    if (fault.claim && !fault.notes) faults.push(`${deck}, slide ${n}: no speaker notes: ${fault.words}`)
    if (shots) { mkdirSync(shots, { recursive: true }); await page.screenshot({ path: `${shots}/${deck.slice(0, 2)}-${String(n).padStart(2, '0')}.png` }) }
    slides++
    await page.evaluate(() => Reveal.next())
  }
  await page.close()
}
await browser.close()
console.log(JSON.stringify({ slides, faults }, null, 1))
process.exit(faults.length ? 1 : 0)
