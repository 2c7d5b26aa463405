import { expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { sweepHtml } from '../../reports/html/sweep-page.js'
import { sweptStack } from '../support/swept.js'
import { barriers, launch, open, present } from './chromium.js'

test.runIf(present)(
  'a sweep draws a ribbon around each curve, and crosses out what is overloaded',
  async () => {
    const html = sweepHtml(await sweptStack('10s', 2), assets())
    const browser = await launch()
    try {
      const { page, complaints } = await open(browser, html)
      expect(complaints).toEqual([])
      expect(await barriers(page)).toEqual([])
      // Two curves in the panels of answers, availability and good, from the first point to the last; of latencies to
      // where they are overloaded.
      expect(await page.locator('svg.plot path.ribbon').count()).toBeGreaterThanOrEqual(2 * 3 + 2)
      // Three points are overloaded: crossed out in the panels of answers, availability and good at least.
      expect(await page.locator('svg.plot .cross').count()).toBeGreaterThanOrEqual(3 * 3)
      // What the axis shows is said below its numbers, and within the chart.
      const plot = page.locator('svg.plot')
      const edges = await Promise.all([
        plot.getByText('900', { exact: true }).boundingBox(),
        plot.getByText('x in users.visitors.arrive=poisson({x}/s)').boundingBox(),
        plot.boundingBox(),
      ])
      const [numbers, title, whole] = edges.map((box) => ({ from: box!.y, to: box!.y + box!.height }))
      expect(title!.from).toBeGreaterThanOrEqual(numbers!.to)
      expect(title!.to).toBeLessThanOrEqual(whole!.to)
      // At a point, each curve with its interval.
      await plot.scrollIntoViewIfNeeded()
      const { x, y, width } = (await plot.boundingBox())!
      await page.mouse.move(x + width - 5, y + 60)
      expect(await page.locator('.tip').innerText()).toMatch(
        /^x 900\nAnswered per second\ny=2\n\d+\/s \(\d+\/s – \d+\/s\), overloaded\ny=4\n\d+\/s/,
      )
    } finally {
      await browser.close()
    }
  },
)
