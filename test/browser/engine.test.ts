import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { type BuildResult, build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answers } from './answers.js'
import { launch, present } from './chromium.js'

const root = path.resolve(import.meta.dirname, '../..')

/** Bytes of the module, minified: it comes over a wire. */
const MOST_BYTES = 1_000_000

/** Scripts from one place only, and nothing that makes code of text. */
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'"

/** The engine with what asks it, as one module. */
const bundled = (entry: string) =>
  build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  })

test('the engine is one small module that imports nothing', async () => {
  const { outputFiles, metafile } = await bundled('sim/index.ts')
  expect(outputFiles).toHaveLength(1)
  expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([])
  expect(outputFiles[0]!.contents.length).toBeLessThan(MOST_BYTES)
  const languages = Object.keys(Object.values(metafile.outputs)[0]!.inputs).filter((file) =>
    /\/locales\//.test(file),
  )
  expect(languages.map((file) => path.basename(file))).toEqual(['en.js'])
})

describe.runIf(present)('the engine in a worker of a browser', () => {
  let server: Server
  let browser: Browser
  let built: BuildResult<{ write: false }>
  const complaints: string[] = []

  beforeAll(async () => {
    built = await bundled('test/browser/engine-worker.ts')
    server = createServer(({ url }, response) => {
      const script = url === '/engine.js'
      response.setHeader('content-security-policy', policy)
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
      response.end(script ? built.outputFiles[0]!.contents : '<!doctype html><title>engine</title>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  test('gives the same numbers as under Node, to the bit, and asks for nothing that a page may forbid', async () => {
    const shipped = readFileSync(path.join(root, 'scenarios/02-distributed.yaml'), 'utf8')
    const page = await browser.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const there = await page.evaluate(
      (text) =>
        new Promise<Record<string, unknown>>((resolve) => {
          const worker = new Worker('/engine.js', { type: 'module' })
          worker.onmessage = ({ data }) => resolve(data)
          worker.onerror = ({ message }) => resolve({ failed: message })
          worker.postMessage(text)
        }),
      shipped,
    )
    const { given, ...about } = there
    expect(about).toEqual({ forbidden: [], ofNode: [], page: false })
    const here = await answers(shipped)
    expect(Object.keys(here)).toHaveLength(7)
    for (const [what, text] of Object.entries(here)) {
      expect(text.length, what).toBeGreaterThan(50)
      // Not compared as one: a difference is megabytes long.
      expect((given as Record<string, string>)[what] === text, `${what} differ`).toBe(true)
    }
    expect(complaints).toEqual([])
  })
})
