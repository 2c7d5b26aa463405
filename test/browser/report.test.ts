import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { readScenario } from '../../cli/files.js'
import { toHtml } from '../../reports/html.js'
import { compare } from '../../sim/experiments/compare.js'
import { inline } from '../../sim/experiments/jobs.js'
import { type Ran, run } from '../../sim/experiments/run.js'
import { barriers, launch, type Opened, open, present } from './chromium.js'

const files = ['scenarios/02-distributed.yaml', 'scenarios/experiments/02-web-server-dies.yaml']

describe.runIf(present)('the report in a browser', () => {
  let browser: Browser
  let compared: string
  let alone: string
  let opened: Opened

  beforeAll(async () => {
    const scenarios = files.map((file) => readScenario(file, { replications: 2, lasts: '6min', set: [] }))
    const ran = (await run(scenarios, inline)) as [Ran, Ran]
    const results = ran.map((r) => r.result)
    compared = toHtml({ version: 1, results, comparisons: compare(ran) }, scenarios, assets(scenarios))
    alone = toHtml({ version: 1, results: [results[1]!] }, [scenarios[1]!], assets([scenarios[1]!]))
    browser = await launch()
    opened = await open(browser, compared)
  })

  afterAll(() => browser?.close())

  test('needs nothing but itself, and nothing goes wrong in it', async () => {
    for (const { complaints, requests } of [opened, await open(browser, alone)]) {
      expect(complaints).toEqual([])
      expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1)
    }
  })

  test('its policy lets nothing else in: no other script runs, and no other style', async () => {
    const evil = alone.replace(
      '</main>',
      '<script>document.title = "run"</script><p id="evil" style="color: red" onclick="document.title = \'run\'">x</p><img src="https://example.org/x.png"></main>',
    )
    const { page, complaints } = await open(browser, evil)
    await page.locator('#evil').click()
    expect(await page.title()).toBe('nines: A web server dies')
    expect(
      complaints.filter((one) => /violates the following Content Security Policy/.test(one)).length,
    ).toBe(4)
  })

  test.each(['with', 'without'])('every chart is drawn, with lines in it, %s a script', async (how) => {
    const { page } = await open(browser, compared, { javaScriptEnabled: how === 'with' })
    const charts = page.locator('.chart')
    // Two for the comparison, two for each scenario.
    expect(await charts.count()).toBe(6)
    for (const chart of await charts.all()) {
      const { height } = (await chart.locator('svg.plot').boundingBox())!
      expect(height).toBeGreaterThan(200)
      for (const line of await chart.locator('svg.plot path.line').all())
        expect((await line.boundingBox())!.width).toBeGreaterThan(300)
    }
  })

  test('a line stands where somebody points, and all values beside it', async () => {
    const { page } = opened
    const chart = page.locator('#scenario-2-time .chart')
    const plot = chart.locator('svg.plot')
    await plot.scrollIntoViewIfNeeded()
    const { x, y, width } = (await plot.boundingBox())!
    await page.mouse.move(x + width * 0.7, y + 80)
    const tip = chart.locator('.tip')
    expect(await tip.innerText()).toMatch(
      /^4:1\d\nRequests per second\nasked\n[\d.]+\/s\nanswered\n[\d.]+\/s\ngood/,
    )
    expect(await tip.innerText()).toContain('crash of server-2')
    expect(await plot.locator('.cursor').count()).toBe(1)
    // It stays within the chart, and goes with the pointer.
    const [box, room] = [(await tip.boundingBox())!, (await chart.boundingBox())!]
    expect(box.x).toBeGreaterThanOrEqual(room.x)
    expect(box.x + box.width).toBeLessThanOrEqual(room.x + room.width)
    await page.mouse.move(x + width / 2, y - 200)
    expect(await tip.isVisible()).toBe(false)
  })

  test('the fault is marked in the timeline and on the machine that it strikes', async () => {
    const scenario = opened.page.locator('#scenario-2')
    expect(await scenario.locator('.chart svg text', { hasText: 'crash of server-2' }).count()).toBe(1)
    const whole = scenario.locator('#scenario-2-architecture')
    expect(await whole.locator('[data-host="server-2"].struck').count()).toBe(1)
    expect(await whole.locator('[data-host="server-1"].struck').count()).toBe(0)
  })

  test('a drawing shows what was dead while it lasted, and where the traffic went', async () => {
    const during = opened.page.locator('#scenario-2-faults .drawing')
    expect(await during.count()).toBe(1)
    const silent = await during
      .locator('.silent')
      .evaluateAll((boxes) => boxes.map((one) => one.getAttribute('data-component')))
    expect(silent.sort()).toEqual(['app-2', 'mysql-2', 'nginx-2'])
    expect(await during.locator('.arrow', { hasText: 'app-2 → mysql-1, no requests' }).count()).toBe(1)
  })

  test('begins with one title, the verdict and the objectives, and an outline that leads to what is there', async () => {
    const { page } = await open(browser, alone)
    expect(await page.locator('h1').allInnerTexts()).toEqual(['A web server dies'])
    const order = await page
      .locator('h1, .lead, .objectives, nav, h2')
      .evaluateAll((all) => all.slice(0, 5).map((one) => one.className || one.tagName.toLowerCase()))
    expect(order).toEqual(['h1', 'lead', 'objectives', 'outline', 'h2'])
    const links = await page
      .locator('nav a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')!))
    expect(links.length).toBeGreaterThan(5)
    for (const link of links) expect(await page.locator(`section${link} > h2`).count()).toBe(1)
  })

  test('carries the scenario as it was read', async () => {
    const { page } = await open(browser, alone)
    const file = page.locator('#sources details', { hasText: files[1]! })
    expect(await file.locator('pre').isVisible()).toBe(false)
    await file.locator('summary').click()
    expect(await file.locator('pre').innerText()).toContain('target: server-2')
  })

  test('says in words what the fault cost, and which architecture is better', async () => {
    const { page } = opened
    expect(await page.locator('#scenario-2').innerText()).toMatch(
      /The crash of server-2 .* cost [\d,]+ ±[\d,]+ requests/,
    )
    expect(await page.locator('main > section').first().innerText()).toMatch(/worse/)
  })

  test.each(['light', 'dark'] as const)('keeps nobody out, %s', async (colorScheme) => {
    for (const html of [compared, alone]) {
      const { page } = await open(browser, html, { colorScheme })
      expect(await barriers(page)).toEqual([])
    }
  })

  test('fits a telephone: only drawings and tables scroll sideways, in frames of their own', async () => {
    const { page } = await open(browser, compared, { viewport: { width: 390, height: 800 } })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(wide).toBeLessThanOrEqual(0)
    // What is written in charts keeps its size, and stays within the page.
    const texts = page.locator('.chart svg.plot text:visible')
    for (const box of await texts.evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect().toJSON()),
    )) {
      expect(box.left).toBeGreaterThanOrEqual(0)
      expect(box.right).toBeLessThanOrEqual(390)
    }
  })

  test('the numbers behind a chart open as a table', async () => {
    const details = opened.page.locator('#scenario-1 details', { hasText: 'The numbers' }).first()
    expect(await details.locator('table').isVisible()).toBe(false)
    await details.locator('summary').click()
    expect(await details.locator('table').isVisible()).toBe(true)
    expect(await details.locator('tbody tr').count()).toBeGreaterThan(2)
  })
})
