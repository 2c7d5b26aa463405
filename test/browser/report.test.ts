import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { readScenario } from '../../cli/files.js'
import { toHtml } from '../../reports/html.js'
import { compare } from '../../sim/experiments/compare.js'
import { inline } from '../../sim/experiments/jobs.js'
import { run } from '../../sim/experiments/run.js'

/** Where Debian installs Chromium; another one is named by CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const present = existsSync(executablePath)
if (!present) process.stderr.write(`skipped: no browser at ${executablePath} (CHROMIUM names another)\n`)

const files = ['scenarios/02-distributed.yaml', 'scenarios/experiments/02-web-server-dies.yaml']

describe.runIf(present)('the report in a browser', () => {
  let browser: Browser
  let page: Page
  const complaints: string[] = []
  const requests: string[] = []

  beforeAll(async () => {
    const scenarios = files.map((file) => readScenario(file, { replications: 2, lasts: '6min', set: [] }))
    const ran = await run(scenarios, inline)
    const report = { version: 1 as const, results: ran.map((r) => r.result), comparisons: compare(ran) }
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'nines-browser-')), 'report.html')
    writeFileSync(file, toHtml(report, scenarios, assets()))
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    })
    page = await browser.newPage({ viewport: { width: 1100, height: 900 } })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    await page.locator('.chart svg').first().waitFor()
  })

  afterAll(() => browser?.close())

  test('needs nothing but itself, and nothing goes wrong in it', () => {
    expect(complaints).toEqual([])
    expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1)
  })

  test('every chart is drawn, with lines in it', async () => {
    const charts = page.locator('.chart')
    // Two for the comparison, two for each scenario.
    expect(await charts.count()).toBe(6)
    for (const chart of await charts.all()) {
      await chart.scrollIntoViewIfNeeded()
      expect(await chart.locator('svg path').count()).toBeGreaterThan(3)
    }
  })

  test('the fault is marked in the timeline and on the machine that it strikes', async () => {
    const scenario = page.locator('#scenario-2')
    await expect
      .poll(() => scenario.locator('.chart svg text', { hasText: 'crash of server-2' }).count())
      .toBe(1)
    expect(await scenario.locator('[data-host="server-2"].struck').count()).toBe(1)
    expect(await scenario.locator('[data-host="server-1"].struck').count()).toBe(0)
  })

  test('says in words what the fault cost, and which architecture is better', async () => {
    expect(await page.locator('#scenario-2').innerText()).toMatch(
      /The crash of server-2 .* cost [\d,]+ ±[\d,]+ requests/,
    )
    expect(await page.locator('main > section').first().innerText()).toMatch(/worse/)
  })

  test('fits a telephone: only drawings and tables scroll sideways, in frames of their own', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(wide).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1100, height: 900 })
  })

  test('the numbers behind a chart open as a table', async () => {
    const details = page.locator('#scenario-1 details', { hasText: 'The numbers' }).first()
    expect(await details.locator('table').isVisible()).toBe(false)
    await details.locator('summary').click()
    expect(await details.locator('table').isVisible()).toBe(true)
    expect(await details.locator('tbody tr').count()).toBeGreaterThan(2)
  })
})
