import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { hashOf } from '../../studio/page/address.js'
import { barriers, present } from './chromium.js'
import { visiting } from './visiting.js'

const [FIRST, SECOND] = ['Distributed web infrastructure', 'Scaled-up web infrastructure']

/** The architectures with few and short runs, so that the verdict comes soon. */
const brief = (id: string) => {
  const text = readFileSync(new URL(`../../scenarios/${id}.yaml`, import.meta.url), 'utf8')
  return {
    text: text
      .replace(/^lasts: .*/m, 'lasts: 1min')
      .replace(/^replications: .*/m, 'replications: 3\nwarmup: 5s'),
    file: `${id}.yaml`,
    files: {},
  }
}

describe.runIf(present)('two scenarios beside one another', () => {
  const visit = visiting()
  let page: Page

  async function open(hash: string): Promise<void> {
    page = await visit.page()
    await page.goto(`${visit.address}#${hash}`)
    await page.locator('.card.component').first().waitFor()
    await page.locator('.cm-content').waitFor({ state: 'attached' })
  }

  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const drawing = (name: string) => page.getByRole('group', { name, exact: true })
  const text = async (label: string) => (await page.getByLabel(label, { exact: true }).textContent())!
  const number = async (label: string) => Number.parseFloat((await text(label)).replace(',', ''))
  const second = async () => {
    const [minutes, seconds] = (await text('Second')).split(':').map(Number)
    return minutes! * 60 + seconds!
  }
  const until = (seconds: number) =>
    expect.poll(second, { timeout: 40_000, interval: 50 }).toBeGreaterThanOrEqual(seconds)
  const box = (scenario: string, name: string) => drawing(scenario).getByRole('button', { name, exact: true })

  test('04 is chosen beside 02: what is struck in one fails in that one, and closing gives the page back', async () => {
    await open(await hashOf(brief('02-distributed')))
    const tabs = () => page.getByRole('tab').allTextContents()
    await button('Compare').click()
    await page.getByRole('dialog').getByRole('button', { name: SECOND, exact: true }).click()
    await box(SECOND, 'haproxy-2').waitFor()
    expect(await page.locator('.one-run').textContent()).toBe('one run each, seed 1')
    await page.getByRole('slider', { name: 'Speed' }).fill('6')
    await button('Play').click()
    await until(4)
    for (const label of ['QPS', `QPS of ${SECOND}`]) expect(await number(label)).toBeGreaterThan(150)
    await box(FIRST, 'nginx-1').click()
    await page.getByRole('menuitem', { name: 'Crash' }).click()
    let most = 0
    const looked = async () => {
      most = Math.max(most, await number(`Failed of ${SECOND}`))
      return number('Failed')
    }
    await expect.poll(looked, { timeout: 30_000, interval: 50 }).toBeGreaterThan(60)
    expect(most).toBe(0)
    expect(await drawing(FIRST).locator('.card.gone').count()).toBe(1)
    expect(await drawing(SECOND).locator('.card.gone').count()).toBe(0)
    await page.getByRole('button', { name: `Heal nginx-1 of ${FIRST}` }).waitFor()
    await button('Pause').click()
    await button('Play').waitFor()
    await button('End comparison').click()
    await expect.poll(() => drawing(SECOND).count()).toBe(0)
    expect(await page.getByLabel(`QPS of ${SECOND}`, { exact: true }).count()).toBe(0)
    expect((await tabs())[0]).toBe('Live')
    await page.getByRole('img', { name: /^(Per second|At .* asked)/ }).waitFor()
    expect(await page.locator('.cm-content').isVisible()).toBe(true)
    expect(await page.locator('.card.gone').count()).toBe(1)
  })

  test('an address has both, and the verdict comes in words', async () => {
    await open(await hashOf(brief('02-distributed'), brief('04-scale-up')))
    await box(SECOND, 'haproxy-2').waitFor()
    await page.getByRole('tab', { name: /^Answer/ }).click()
    const verdict = page.locator('.sentence-of')
    await verdict.waitFor()
    expect(await verdict.textContent()).toContain(SECOND)
    const rows = await page.locator('.section-of tr').allTextContents()
    expect(rows.find((row) => row.startsWith('answered a second'))).toMatch(/±.*±/)
    // What is struck in the second is in its text: another question.
    await box(SECOND, 'nginx-1').click()
    await page.getByRole('menuitem', { name: 'Crash' }).click()
    await expect.poll(() => page.getByRole('progressbar', { name: 'Runs' }).count()).toBe(1)
    expect(await page.locator('.said').textContent()).toBe(`${SECOND}: Crash of nginx-1 at 0.001 s.`)
  })

  test('both go to a moment, and back, and what was struck in the second is played again', async () => {
    await open(await hashOf(brief('02-distributed'), brief('04-scale-up')))
    await box(SECOND, 'app-1').click()
    await page.getByRole('menuitem', { name: 'Hang' }).click()
    await expect.poll(() => page.locator('.said').textContent()).toMatch(/Hang of app-1/)
    const moment = page.getByRole('slider', { name: 'Moment of the run' })
    const seen: string[][] = []
    for (let i = 0; i < 2; i++) {
      await moment.fill('12')
      await expect.poll(second, { timeout: 20_000 }).toBe(12)
      await expect.poll(() => drawing(SECOND).locator('.card.hanging').count()).toBe(1)
      seen.push(await Promise.all(['QPS', `QPS of ${SECOND}`, `p99 of ${SECOND}`].map(text)))
      await moment.fill('0')
      await expect.poll(second).toBe(0)
    }
    expect(seen[1]).toEqual(seen[0])
    expect(await drawing(FIRST).locator('.card.hanging').count()).toBe(0)
  })

  test('the text as it was opened, beside it as it is; a text with mistakes is told', async () => {
    await open('@02-distributed')
    await button('nginx-1').click()
    await page.getByRole('menuitem', { name: 'Crash' }).click()
    await button('Compare').click()
    await button('The text as it was opened').click()
    const before = `${FIRST} (as it was opened)`
    await box(before, 'nginx-1').waitFor()
    await button('Step').click()
    await expect.poll(() => drawing(FIRST).locator('.card.gone').count()).toBe(1)
    expect(await drawing(before).locator('.card.gone').count()).toBe(0)
    await button('Compare').click()
    await page.getByText('Another text').click()
    await page.getByRole('textbox', { name: 'Text of the scenario' }).fill('lasts: soon')
    await button('Compare with this text').click()
    await expect.poll(() => page.locator('.said').textContent()).toMatch(/^It cannot be compared: line 1: /)
    expect(await page.locator('#beside').count()).toBe(0)
  })

  test('axe finds nothing serious, and on a phone one stands below the other', async () => {
    await open(await hashOf(brief('02-distributed'), brief('04-scale-up')))
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await box(SECOND, 'nginx-1').click()
    await page.getByRole('menuitem', { name: 'Crash' }).click()
    await button('Step').click()
    await expect.poll(() => page.locator('.card.gone').count()).toBe(1)
    expect(await barriers(page)).toEqual([])
    await page.getByRole('tab', { name: /^Answer/ }).click()
    expect(await barriers(page)).toEqual([])
    // By arrows within a drawing.
    await box(SECOND, 'vip').focus()
    await page.keyboard.press('ArrowDown')
    const focused = await page.evaluate(() => document.activeElement?.closest('.seen')?.ariaLabel)
    expect(focused).toBe(SECOND)
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('haproxy-1')
    await button('Compare').click()
    expect(await barriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 390, height: 844 })
    const place = async (name: string) => (await drawing(name).boundingBox())!
    const [one, other] = [await place(FIRST), await place(SECOND)]
    expect(other.y).toBeGreaterThanOrEqual(one.y + one.height)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  })
})
