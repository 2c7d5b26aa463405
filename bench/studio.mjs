/*
 * How soon the page of `nines studio` shows its first drawing, and how smoothly it moves: `node bench/studio.mjs`, after
 * `npm run build`, with a Chromium at /usr/bin/chromium or the one that CHROMIUM names. Wall clock: on a machine that has
 * nothing else to do.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const site = fileURLToPath(new URL('../dist/studio/', import.meta.url))
const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css', json: 'application/json' }
/** The processor is so many times slower: a slow laptop. */
const SLOWER = 4
const ROUNDS = 5
/** Seconds for which frames are counted, at ten times real speed. */
const SECONDS = 10

const server = createServer(({ url }, response) => {
  const name = url === '/' ? 'index.html' : url.slice(1)
  try {
    const file = readFileSync(site + name)
    response.writeHead(200, { 'content-type': TYPES[name.split('.').at(-1)] ?? 'text/plain' }).end(file)
  } catch {
    response.writeHead(404).end()
  }
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = `http://127.0.0.1:${server.address().port}/#@04-scale-up`
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})

/**
 * Milliseconds from the start of the navigation until the boxes of 04 are in the page, and until they have been painted. The
 * page looks itself, once a frame: who asks it from outside keeps the slow processor busy.
 */
async function firstDrawing(slower) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower })
  await page.addInitScript(() => {
    globalThis.drawing = new Promise((resolve) => {
      const look = () => {
        if (document.querySelector('.card.component') === null) requestAnimationFrame(look)
        else {
          const there = performance.now()
          // The frame in which they are found is painted before the next task.
          setTimeout(() => resolve({ there, painted: performance.now() }))
        }
      }
      requestAnimationFrame(look)
    })
  })
  await page.goto(address, { waitUntil: 'commit' })
  const taken = await page.evaluate(() => globalThis.drawing)
  await page.close()
  return taken
}

async function framesPerSecond() {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(address)
  // From 1 by 2 and 5 to 10.
  for (let step = 0; step < 3; step++) await page.getByRole('slider', { name: 'Speed' }).press('ArrowRight')
  await page.getByRole('button', { name: 'Play' }).click()
  const counted = await page.evaluate(
    (milliseconds) =>
      new Promise((resolve) => {
        let frames = 0
        const from = performance.now()
        const next = (now) => {
          if (now - from >= milliseconds) resolve((frames * 1000) / (now - from))
          else {
            frames++
            requestAnimationFrame(next)
          }
        }
        requestAnimationFrame(next)
      }),
    SECONDS * 1000,
  )
  const said = await page.getByRole('slider', { name: 'Speed' }).getAttribute('aria-valuetext')
  await page.close()
  return { counted, said }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]
for (const slower of [1, SLOWER]) {
  const taken = []
  for (let round = 0; round < ROUNDS; round++) taken.push(await firstDrawing(slower))
  const [there, painted] = ['there', 'painted'].map((what) => median(taken.map((one) => one[what])))
  console.log(
    `first drawing of 04, processor ${slower} times slower: ${there.toFixed(0)} ms, painted after ${painted.toFixed(0)} ms (medians of ${ROUNDS})`,
  )
}
const { counted, said } = await framesPerSecond()
console.log(`04 playing (${said}): ${counted.toFixed(1)} frames a second`)
await browser.close()
server.close()
