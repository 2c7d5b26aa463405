import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { hashOf } from '../../studio/page/address.js'
import { barriers, present } from './chromium.js'
import { visiting } from './visiting.js'

const root = path.resolve(import.meta.dirname, '../..')
const shippedText = (name: string) => readFileSync(path.join(root, 'scenarios', `${name}.yaml`), 'utf8')

describe.runIf(present)('the text of the live page', () => {
  const visit = visiting()
  let page: Page

  beforeEach(async () => {
    page = await visit.page()
  })

  const editor = () => page.getByRole('textbox', { name: 'Text of the scenario', exact: true })
  const text = async () => (await editor().innerText()).replace(/\u200b/g, '')

  test('a newcomer sees the gallery, finds an experiment, and has it again when he loads the page anew', async () => {
    await page.goto(visit.address)
    const gallery = page.getByRole('dialog', { name: 'Gallery' })
    await gallery.waitFor()
    expect(await gallery.getByRole('button').count()).toBeGreaterThan(30)
    expect(await barriers(page)).toEqual([])
    await page.keyboard.type('nginx dies')
    const cards = gallery.locator('.scenario-card button')
    await page.waitForFunction(() => document.querySelectorAll('.scenario-card').length < 5)
    await gallery.getByRole('searchbox').press('Tab')
    await page.keyboard.press('Tab')
    expect(await cards.first().evaluate((card) => card === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await gallery.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'An Nginx process dies' }).waitFor()
    expect(new URL(page.url()).hash).toBe('#@02-nginx-dies')
    await page.reload()
    await page.getByRole('heading', { name: 'An Nginx process dies' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('completes what is typed, underlines what is wrong, and leads to it', async () => {
    await page.goto(`${visit.address}#@04-scale-up`)
    await editor().click()
    await page.keyboard.press('Control+Home')
    await editor().getByText('seed', { exact: true }).hover()
    await page.getByText('the same seed gives the same run').waitFor()
    await page.keyboard.type('go')
    const offered = page.getByRole('listbox').getByRole('option')
    await offered.filter({ hasText: 'good' }).waitFor()
    // So that nobody takes what he had not the time to see.
    await page.waitForTimeout(100)
    await page.keyboard.press('Enter')
    await page.keyboard.type('fast')
    await page.keyboard.press('Enter')
    const problem = page.getByRole('button', { name: '1 problem', exact: true })
    await problem.waitFor()
    expect(await barriers(page)).toEqual([])
    expect(await page.locator('.cm-lintRange-error').innerText()).toBe('good')
    await page.keyboard.press('Control+End')
    await problem.click()
    expect(await page.locator('.cm-activeLine').innerText()).toBe('good: fast')
    await page.keyboard.press('End')
    for (let i = 0; i < 4; i++) await page.keyboard.press('Backspace')
    await page.keyboard.type('700ms')
    await problem.waitFor({ state: 'hidden' })
    // Tab leads out of the text.
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('editor')
  })

  test('a shared address gives the same text again, and does not play by itself', async () => {
    await page.goto(`${visit.address}#@02-distributed`)
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await editor().click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('# <script>alert(1)</script> é')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Share' })
    expect(await barriers(page)).toEqual([])
    const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue()
    expect(link.length).toBeLessThan(2000)
    expect(page.url()).toBe(link)
    await dialog.getByText('The link is copied.').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link)
    const before = `# <script>alert(1)</script> é\n${shippedText('02-distributed')}`
    await dialog.getByRole('button', { name: 'Copy YAML' }).click()
    await dialog.getByText('The text is copied.').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(before)
    await dialog.getByRole('button', { name: 'Copy Markdown' }).click()
    await dialog.getByText('The Markdown is copied.').waitFor()
    const markdown = await page.evaluate(() => navigator.clipboard.readText())
    expect(markdown).toContain('# Distributed web infrastructure')
    expect(markdown).toContain('```mermaid\nflowchart TB\n')
    expect(markdown).toContain(`[See it run](${link})`)

    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('heading', { name: 'Distributed web infrastructure' }).waitFor()
    await editor().waitFor()
    expect(await text()).toContain('# <script>alert(1)</script> é\n')
    await page.waitForTimeout(500)
    expect(await page.getByRole('status', { name: 'Second' }).innerText()).toMatch(/^0:00/)
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
  })

  const saved = async (name: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name, exact: true }).click(),
    ])
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
  }

  test('the report is saved as one file, and the results as JSON', async () => {
    const text = shippedText('02-distributed')
      .replace('lasts: 10min', 'lasts: 5s')
      .replace('replications: 20', 'replications: 2')
    await page.goto(`${visit.address}#${await hashOf({ text, file: 'short.yaml', files: {} })}`)
    await page.getByRole('button', { name: 'haproxy', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    const report = await saved('Save report')
    expect(report.name).toBe('short.html')
    expect(String(report.bytes)).toMatch(/^<!doctype html>/i)
    expect(String(report.bytes)).toContain('Distributed web infrastructure')
    await page.getByText('The report is saved.').waitFor()
    const results = await saved('Save JSON')
    expect(results.name).toBe('short.json')
    expect(JSON.parse(String(results.bytes))).toMatchObject({ version: 1, results: [{ replications: 2 }] })
    await page.getByText('The JSON is saved.').waitFor()
  })

  test('pictures are saved as SVG and as PNG, each with its colours', async () => {
    await page.goto(`${visit.address}#@02-distributed`)
    await page.getByRole('button', { name: 'haproxy', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    const svg = await saved('Save SVG')
    expect(svg.name).toBe('02-distributed.svg')
    expect(String(svg.bytes)).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(String(svg.bytes)).toContain('--card: #ffffff')
    expect(String(svg.bytes)).toContain('.drawing .shape')
    expect(String(svg.bytes)).not.toContain('0/s<')
    const png = await saved('Save PNG')
    expect(png.name).toBe('02-distributed.png')
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG')
    // Not of one colour: that would be a few hundred bytes.
    expect(png.bytes.length).toBeGreaterThan(10_000)
    const yaml = await saved('Save YAML')
    expect(String(yaml.bytes)).toBe(shippedText('02-distributed'))
  })

  test('an address that holds too much, or nonsense, is told and harms nobody', async () => {
    for (const hash of ['#1.%%%', '#@no-such', `#1.${'A'.repeat(70_000)}`]) {
      await page.goto('about:blank')
      await page.goto(visit.address + hash)
      await page
        .getByText(/cannot be read: |comes with the program is called no-such/)
        .first()
        .waitFor()
      await page.getByRole('heading', { name: 'Distributed web infrastructure' }).waitFor()
    }
  })

  test('shows the file as it is edited elsewhere, and asks where it was changed here too', async () => {
    const first = shippedText('01-simple-web-stack')
    const file = 'own.yaml'
    const json = (text: string) => JSON.stringify({ scenario: { text, file, files: {} }, followed: true })
    let now = first
    await page.route('**/scenario.json', (route) => route.fulfill({ body: json(first) }))
    // A stream that ends is asked for again.
    await page.route('**/changes', (route) =>
      route.fulfill({
        contentType: 'text/event-stream',
        body: `retry: 100\nevent: changed\ndata: ${json(now)}\n\n`,
      }),
    )
    await page.goto(visit.address)
    await page.getByRole('heading', { name: 'Simple web stack' }).waitFor()
    await editor().waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    now = first.replace('name: Simple web stack', 'name: Saved elsewhere')
    await page.getByRole('heading', { name: 'Saved elsewhere' }).waitFor()
    await editor().click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('# Mine.')
    now = first.replace('name: Simple web stack', 'name: Saved again')
    const asked = page.getByRole('dialog', { name: 'own.yaml was changed elsewhere' })
    await asked.getByRole('button', { name: 'Keep what is here' }).click()
    await page.waitForTimeout(500)
    expect(await asked.count()).toBe(0)
    expect(await text()).toMatch(/^# Mine\./)
    now = first.replace('name: Simple web stack', 'name: Saved once more')
    await asked.getByRole('button', { name: 'Take the file' }).click()
    await page.getByRole('heading', { name: 'Saved once more' }).waitFor()
    expect(await text()).not.toContain('# Mine.')
  })

  test('the tour waits for the reader’s own click, and tells what his run has shown', async () => {
    await page.goto(`${visit.address}#@04-scale-up`)
    await page.getByRole('button', { name: 'Tour', exact: true }).click()
    const tour = page.getByRole('complementary', { name: 'Tour' })
    await tour.getByText('One server carries everything').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('heading', { name: 'Simple web stack' }).waitFor()
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await tour.getByText(/^[\d,]+ requests got an answer, and no request failed/).waitFor()
    await tour.getByRole('button', { name: 'Next', exact: true }).click()
    await tour.getByText('click the box nginx and choose Crash').waitFor()
    await page.getByRole('button', { name: 'nginx', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Crash', exact: true }).click()
    await tour.getByText(/requests failed, each at once/).waitFor()
    expect(await text()).toMatch(/- \{ kind: crash, target: nginx, at: [\d.]+s \}/)
    // Another drawing: it waits, and leads back.
    await page.getByRole('button', { name: 'Gallery', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Scaled-up web infrastructure' }).click()
    await tour.getByText('another drawing is open').waitFor()
    await tour.getByRole('button', { name: 'Back to the tour' }).click()
    await tour.getByText('One server carries everything').waitFor()
    await tour.getByRole('button', { name: 'Skip this step' }).press('Escape')
    expect(await tour.count()).toBe(0)
  })
})
