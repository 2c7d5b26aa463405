import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { barriers, present } from './chromium.js'
import { visiting } from './visiting.js'

describe.runIf(present)('the studio', () => {
  const visit = visiting()

  async function open(id: string): Promise<Page> {
    const page = await visit.page()
    await page.goto(`${visit.address}#@${id}`)
    await page.locator('.card.component').first().waitFor()
    await page.locator('.cm-content').waitFor()
    return page
  }

  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
  const figure = async (page: Page, name: string) =>
    (await page.getByLabel(name, { exact: true }).textContent())!
  const failed = async (page: Page) => Number.parseFloat((await figure(page, 'Failed')).replace(',', ''))
  const second = async (page: Page) => {
    const [minutes, seconds] = (await figure(page, 'Second')).split(':').map(Number)
    return minutes! * 60 + seconds!
  }
  const until = (page: Page, seconds: number) =>
    expect.poll(() => second(page), { timeout: 40_000, interval: 50 }).toBeGreaterThanOrEqual(seconds)
  /** The lines of the editor that are drawn and match. */
  const lines = async (page: Page, like: RegExp) =>
    (await page.locator('.cm-line').allTextContents()).filter((line) => like.test(line))
  const fast = (page: Page) => page.getByRole('slider', { name: 'Speed' }).fill('6')

  test('02 is played, nginx-1 killed by clicking: failures rise and fall, and the text has the line', async () => {
    const page = await open('02-distributed')
    await fast(page)
    await button(page, 'Play').click()
    await until(page, 5)
    expect(Number(await figure(page, 'QPS'))).toBeGreaterThan(150)
    expect(await failed(page)).toBe(0)
    await button(page, 'nginx-1').click()
    await page.getByRole('menuitem', { name: 'Crash' }).click()
    await expect.poll(() => failed(page), { timeout: 30_000, interval: 50 }).toBeGreaterThan(60)
    expect(await page.locator('.card.gone').textContent()).toContain('down')
    const [line] = await lines(page, /kind: crash/)
    expect(line).toMatch(/^ {2}- \{ kind: crash, target: nginx-1, at: [\d.]+s \}$/)
    const struck = Number(/at: ([\d.]+)s/.exec(line!)![1])
    // Its checks take it out.
    await expect.poll(() => failed(page), { timeout: 30_000, interval: 50 }).toBe(0)
    await until(page, struck + 12)
    await button(page, 'nginx-1').click()
    await page.getByRole('menuitem', { name: 'Heal' }).click()
    await expect.poll(() => page.locator('.card.gone').count()).toBe(0)
    const healed = Number(/for: ([\d.]+)s/.exec((await lines(page, /kind: crash/))[0]!)![1])
    expect(healed).toBeGreaterThanOrEqual(12)
    expect(await page.locator('.said').textContent()).toMatch(/healed at|good/)
    await button(page, 'Pause').click()
  })

  test('what was played is played the same when time is gone back', async () => {
    const page = await open('02-distributed')
    await button(page, 'Play').click()
    await until(page, 1)
    await button(page, 'app-1').click()
    await page.getByRole('menuitem', { name: 'Hang' }).click()
    await fast(page)
    await until(page, 20)
    await button(page, 'Pause').click()
    const moment = page.getByRole('slider', { name: 'Moment of the run' })
    const seen: string[][] = []
    for (let i = 0; i < 2; i++) {
      await moment.fill('0')
      await expect.poll(() => second(page)).toBe(0)
      await moment.fill('18')
      await expect.poll(() => second(page), { timeout: 20_000 }).toBe(18)
      seen.push(await Promise.all(['QPS', 'Good', 'p99', 'Failed'].map((name) => figure(page, name))))
    }
    expect(seen[1]).toEqual(seen[0])
    expect(await page.locator('.card.hanging').count()).toBe(1)
  })

  test('a point of a chart leads to the requests of then, and one of them to its way', async () => {
    const page = await open('02-distributed')
    await fast(page)
    await button(page, 'Play').click()
    await until(page, 4)
    await button(page, 'Pause').click()
    await page
      .locator('#charts .u-over')
      .first()
      .click({ position: { x: 4, y: 20 } })
    await page.locator('.ways button').first().click()
    await page.getByRole('img', { name: /haproxy: .*nginx-/ }).waitFor()
    expect(await page.locator('.waterfall g').count()).toBeGreaterThan(2)
  })

  test('by keyboard alone', async () => {
    const page = await open('02-distributed')
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim())
    await page.keyboard.press(']')
    await page.keyboard.press(' ')
    await until(page, 0.5)
    await page.keyboard.press(' ')
    await button(page, 'Play').waitFor()
    // By Tab to the first box, by arrows along the wires.
    await page.locator('body').focus()
    for (let i = 0; i < 80 && (await focused()) !== 'visitors'; i++) await page.keyboard.press('Tab')
    expect(await focused()).toBe('visitors')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('haproxy')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toBe('nginx-2')
    await page.keyboard.press('Enter')
    expect(await focused()).toBe('Crash')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('s')
    expect(await focused()).toBe('Slow')
    await page.keyboard.press('Escape')
    expect(await focused()).toBe('nginx-2')
    await page.keyboard.press('Delete')
    await expect.poll(() => page.locator('.card.gone').textContent()).toContain('nginx-2')
    await page.keyboard.press('h')
    await page.keyboard.press('.')
    await expect.poll(() => page.locator('.card.gone').count()).toBe(0)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.keyboard.press('2')
    expect(await page.getByRole('tab', { selected: true }).textContent()).toMatch(/^Answer/)
  })

  test('a fault with options asks for them; what is wrong with them is said, and nothing is written', async () => {
    const page = await open('02-distributed')
    await button(page, 'Step').click()
    for (const [factor, then] of [
      ['much', /factor/],
      ['5', /^Slow of mysql-1/],
    ] as const) {
      await button(page, 'mysql-1').click()
      await page.getByRole('menuitem', { name: 'Slow' }).click()
      await page.getByRole('textbox', { name: 'factor' }).fill(factor)
      await page.keyboard.press('Enter')
      await expect.poll(() => page.locator('.said').textContent()).toMatch(then)
    }
    await page.getByText('5 times slower').waitFor()
    expect(await lines(page, /kind: slow/)).toHaveLength(1)
  })

  test('users come more often by the slider, which is a surge in the text', async () => {
    const page = await open('02-distributed')
    await fast(page)
    await button(page, 'Play').click()
    await until(page, 2)
    await page.getByRole('slider', { name: 'How often visitors come' }).fill('7')
    await expect.poll(async () => Number(await figure(page, 'QPS')), { timeout: 20_000 }).toBeGreaterThan(380)
    expect((await lines(page, /surge/))[0]).toMatch(/target: visitors, factor: 2, at: [\d.]+s/)
  })

  test('two at once', async () => {
    const [one, other] = [await open('02-distributed'), await open('01-simple-web-stack')]
    for (const page of [one, other]) await button(page, 'Play').click()
    await Promise.all([until(one, 1), until(other, 1)])
    expect(await one.locator('h1').textContent()).not.toBe(await other.locator('h1').textContent())
  })

  test.each(['light', 'dark'] as const)('axe finds nothing serious, %s', async (colorScheme) => {
    const page = await open('02-distributed')
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await button(page, 'Step').click()
    await button(page, 'nginx-1').click()
    await page.getByRole('menuitem', { name: 'Crash' }).click()
    await button(page, 'app-2').click()
    await page.getByRole('menuitem', { name: 'Hang' }).click()
    await expect.poll(() => page.locator('.card.hanging').count()).toBe(1)
    expect(await barriers(page)).toEqual([])
    await button(page, 'haproxy').click()
    expect(await barriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('tab', { name: /^Answer/ }).click()
    expect(await barriers(page)).toEqual([])
  })

  test('on a phone everything is below one another, and Play stays at the bottom', async () => {
    const page = await open('02-distributed')
    await page.setViewportSize({ width: 390, height: 844 })
    const top = async (selector: string) => (await page.locator(selector).boundingBox())!.y
    expect(await top('.architecture')).toBeLessThan(await top('.run'))
    expect(await top('.run')).toBeLessThan(await top('.text'))
    expect((await button(page, 'Play').boundingBox())!.y).toBeGreaterThan(700)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(wide).toBeLessThanOrEqual(390)
  })
})
