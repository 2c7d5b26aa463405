import { readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toJson } from '../../reports/json.js'
import { reportOf } from '../../sim/experiments/compare.js'
import { inline } from '../../sim/experiments/jobs.js'
import { recordOf, replicate } from '../../sim/experiments/replicate.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { loadedOf } from '../../studio/live/loaded.js'
import { SeenRun } from '../../studio/live/seen-run.js'
import type { Frame, FromAnswers, FromLive, Text, ToAnswers, ToLive } from '../../studio/messages.js'
import { launch, present } from './chromium.js'
import { studioFiles } from './studio-visit.js'

const root = path.resolve(import.meta.dirname, '../..')
/** Bytes that come over a wire. */
const MOST_BYTES = 385_000

/** With a warm-up of its own, which a fault in the text does not change. */
const textOf = (name: string): Text => ({
  text: readFileSync(path.join(root, `scenarios/${name}.yaml`), 'utf8')
    .replace(/^lasts:.*$/m, 'lasts: 1min\nwarmup: 5s')
    .replace(/^replications:.*$/m, 'replications: 4'),
  file: `${name}.yaml`,
  files: {},
})

describe.runIf(present)('the engine in the workers of a page', () => {
  let server: Server
  let browser: Browser
  let page: Page
  let engine: Uint8Array
  const complaints: string[] = []

  beforeAll(async () => {
    const folder = await studioFiles()
    // As the page puts it together.
    engine = Buffer.concat(['yaml.js', 'engine.js'].map((file) => readFileSync(path.join(folder, file))))
    const shell = readFileSync(path.join(folder, 'index.html'), 'utf8')
    rmSync(folder, { recursive: true, force: true })
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(shell)![1]!
    server = createServer(({ url }, response) => {
      const script = url === '/engine.js'
      if (!script) response.setHeader('content-security-policy', policy)
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
      response.end(script ? engine : '<!doctype html><title>engine</title><link rel="icon" href="data:,">')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    browser = await launch()
    page = await browser.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  /** Says `said` to a worker of that name, one after the other as soon as the one before is answered by what `till` names. */
  const talk = <To, From>(name: string, said: readonly To[], till: readonly string[]) =>
    page.evaluate(
      async ({ name, said, till }) => {
        const text = await (await fetch('engine.js')).text()
        const source = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
        const worker = new Worker(source, { type: 'module', name })
        const heard: unknown[] = []
        await new Promise<void>((resolve, reject) => {
          let next = 0
          const say = () => {
            if (next === said.length) resolve()
            else worker.postMessage(said[next++])
          }
          worker.onmessage = ({ data }) => {
            // What a page gets as numbers travels to the test as lists.
            const plain = Object.fromEntries(
              Object.entries(data).map(([key, value]) => [
                key,
                value instanceof Float32Array ? [...value] : value,
              ]),
            )
            heard.push(plain)
            const { type, whole } = data as { type: string; whole?: boolean }
            if (till.includes(type) && whole !== false) say()
          }
          worker.onerror = ({ message }) => reject(new Error(message))
          say()
        })
        worker.terminate()
        URL.revokeObjectURL(source)
        return heard
      },
      { name, said: said as unknown[], till },
    ) as Promise<From[]>

  test('is small', () => {
    expect(gzipSync(engine).length).toBeLessThan(MOST_BYTES)
  })

  test('gives the numbers of the command, to the bit, from workers of its own', async () => {
    const text = textOf('02-distributed')
    const ask: ToAnswers = { id: 1, question: 'json', scenarios: [text], jobs: 2 }
    const heard = await talk<ToAnswers, FromAnswers>('answers', [ask], ['answer', 'failed', 'mistakes'])
    const scenario = parseScenario(text.text, text.file)
    const there = heard.at(-1)!
    if (there.type !== 'answer') throw new Error(JSON.stringify(there))
    // Not compared as one: a difference is megabytes long.
    expect(there.saved === toJson(reportOf(await run([scenario], inline), false)), 'they differ').toBe(true)
    expect(there.saved!.length).toBeGreaterThan(10_000)
    expect(heard.some((one) => one.type === 'progress' && one.done === 2 && one.planned === 4)).toBe(true)
    expect(complaints).toEqual([])
  })

  test('shows a run that is the first replication, also where somebody strikes', async () => {
    const scenario = textOf('02-distributed')
    const tick = (to: number): ToLive => ({ type: 'tick', id: 7, to, budget: 1e6, every: 9, window: 1 })
    const said: ToLive[] = [
      { type: 'load', id: 7, scenario },
      tick(10),
      { type: 'strike', id: 7, strike: 1, blow: { kind: 'crash', target: 'nginx-1' }, at: 10 },
      tick(20),
      { type: 'heal', id: 7, strike: 1, at: 20 },
      tick(30),
      { type: 'ways', id: 7, from: 11, to: 12 },
    ]
    const answers = ['loaded', 'frame', 'struck', 'healed', 'ways', 'failed', 'refused', 'mistakes']
    const heard = await talk<ToLive, FromLive>('live', said, answers)
    expect(heard.map(({ type }) => type)).toEqual([
      'loaded',
      'picture',
      'frame',
      'struck',
      'frame',
      'healed',
      'frame',
      'ways',
    ])
    const read = parseScenario(scenario.text, scenario.file)
    const { places, arrows } = loadedOf(7, read)
    const here = new SeenRun(read, places, arrows, () => 0)
    const order = { budget: 1, every: 9, window: 1 }
    const frames = [here.step({ ...order, to: 10 })]
    here.strike(1, { kind: 'crash', target: 'nginx-1' }, 10)
    frames.push(here.step({ ...order, to: 20 }))
    here.heal(1, 20)
    frames.push(here.step({ ...order, to: 30 }))
    const seen = heard.filter((one): one is Frame => one.type === 'frame')
    for (const [i, { dots, boxes, windows, now }] of frames.entries()) {
      expect(seen[i]).toMatchObject({ now, windows })
      expect(seen[i]!.boxes).toEqual([...boxes])
      expect(seen[i]!.dots).toEqual([...dots])
    }
    expect(seen[1]!.windows.some(({ ok, asked }) => ok < asked)).toBe(true)
    here.session.drain()
    const text = `${scenario.text.trimEnd()}\nfaults: [{ kind: crash, target: nginx-1, at: 10.001s, for: 10s }]\n`
    expect(JSON.stringify(recordOf(here.session))).toBe(
      JSON.stringify(replicate(parseScenario(text, scenario.file), 0)),
    )
    expect(complaints).toEqual([])
  })
})
