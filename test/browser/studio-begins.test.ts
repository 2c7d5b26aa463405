import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { present } from './chromium.js'
import { visiting } from './visiting.js'

/** The processor is so many times slower: a slow laptop. */
const SLOWER = 4
/** When something was there first: milliseconds, and frames of the screen before. */
interface Seen {
  readonly at: number
  readonly frame: number
}

/** At the beginning: while it warms up, or just after. */
const STRUCK = /^Crash of nginx-1 at 0(\.001)? s\.$/
const EDITOR = /\/editor-\w+\.js$/

describe.runIf(present)('how the studio begins', () => {
  const visit = visiting()
  let page: Page

  test('the drawing is there before charts are made and the editor is asked for, on a slow processor too', async () => {
    page = await visit.page()
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    await page.addInitScript(() => {
      const seen: Record<string, Seen> = {}
      Object.assign(globalThis, { seen })
      let frame = 0
      const count = () => {
        frame++
        requestAnimationFrame(count)
      }
      requestAnimationFrame(count)
      new MutationObserver(() => {
        for (const what of ['.card.component', '#charts figure'])
          if (document.querySelector(what) !== null) seen[what] ??= { at: performance.now(), frame }
      }).observe(document, { childList: true, subtree: true })
    })
    await page.goto(`${visit.address}#@04-scale-up`)
    for (const there of ['.card.component', '#charts figure', '.cm-content'])
      await page.locator(there).first().waitFor()
    const asked = await page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name, startTime }) => [name, startTime] as const),
    )
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: Record<string, Seen> }).seen)
    const drawing = seen['.card.component']!
    const editor = asked.filter(([name]) => EDITOR.test(name))
    expect(editor).toHaveLength(1)
    expect(drawing.at).toBeLessThanOrEqual(editor[0]![1])
    expect(drawing.frame).toBeLessThan(seen['#charts figure']!.frame)
    // What is asked for ahead is what is used.
    const once = ['engine.js', 'shelf.json']
    expect(asked.filter(([name]) => once.some((one) => name.endsWith(`/${one}`)))).toHaveLength(once.length)
  })

  test('what is struck before the editor is there is a line of the text when it comes', async () => {
    page = await visit.page()
    let letGo = () => {}
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    await page.route(EDITOR, async (route) => {
      await held
      await route.continue()
    })
    await page.goto(`${visit.address}#@02-distributed`)
    await page.getByRole('button', { name: 'nginx-1', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Crash' }).click()
    await expect.poll(() => page.locator('.said').textContent()).toMatch(STRUCK)
    expect(await page.locator('.cm-content').count()).toBe(0)
    letGo()
    const line = page.locator('.cm-line', { hasText: /- \{ kind: crash, target: nginx-1, at: 0(\.001)?s \}/ })
    await line.waitFor()
    expect(await page.locator('.said').textContent()).toMatch(STRUCK)
  })
})
