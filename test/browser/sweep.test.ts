import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { sweepHtml } from '../../reports/html/sweep-page.js'
import { sweptStack } from '../support/swept.js'

/** Where Debian installs Chromium; another one is named by CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

test.runIf(existsSync(executablePath))(
  'a sweep draws a ribbon around each curve, and crosses out what is overloaded',
  async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'nines-browser-')), 'sweep.html')
    writeFileSync(file, sweepHtml(await sweptStack('20s', 3), assets()))
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    try {
      const page = await browser.newPage({ viewport: { width: 1100, height: 900 } })
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      await page.goto(pathToFileURL(file).href)
      await page.locator('.chart .canvas svg').waitFor()
      const drawn = async () => ({
        // Translucent: a quadrangle from point to point.
        ribbons: await page
          .locator('.chart .canvas svg path[fill-opacity="0.2"], .chart .canvas svg path[opacity="0.2"]')
          .count(),
        // The cross has twelve corners.
        crosses: await page
          .locator('.chart .canvas svg path')
          .evaluateAll(
            (paths) => paths.filter((one) => one.getAttribute('d')!.match(/L/g)?.length === 11).length,
          ),
      })
      const both = await drawn()
      expect(complaints).toEqual([])
      // Two curves in three panels, from the first point to the second; to the third, which is overloaded, no latency.
      expect(both.ribbons).toBeGreaterThanOrEqual(2 * (3 + 2))
      // Three points are overloaded: crossed out in the panels of answers and availability at least.
      expect(both.crosses).toBeGreaterThanOrEqual(3 * 2)
      // What the axis shows is said below its numbers, and within the chart.
      const canvas = page.locator('.chart .canvas')
      const edges = await Promise.all([
        canvas.getByText('900', { exact: true }).boundingBox(),
        canvas.getByText('x in users.visitors.arrive=poisson({x}/s)').boundingBox(),
        canvas.boundingBox(),
      ])
      const [numbers, title, whole] = edges.map((box) => ({ from: box!.y, to: box!.y + box!.height }))
      expect(title!.from).toBeGreaterThanOrEqual(numbers!.to)
      expect(title!.to).toBeLessThanOrEqual(whole!.to)
      // The legend switches a curve with its ribbon.
      await page.getByRole('button', { name: 'y=2' }).click()
      const one = await drawn()
      expect(one.ribbons).toBeLessThan(both.ribbons)
      expect(one.crosses).toBeLessThan(both.crosses)
    } finally {
      await browser.close()
    }
  },
)
