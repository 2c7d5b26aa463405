import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Where Debian installs Chromium; another one is named by CHROMIUM. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const present = existsSync(executablePath)
if (!present) process.stderr.write(`skipped: no browser at ${executablePath} (CHROMIUM names another)\n`)

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  })

/** A page as a file of its own, and what it complained of and asked for. */
export interface Opened {
  readonly page: Page
  readonly complaints: string[]
  readonly requests: string[]
}

export async function open(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'nines-browser-')), 'page.html')
  writeFileSync(file, html)
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...options })
  const page = await context.newPage()
  const [complaints, requests]: [string[], string[]] = [[], []]
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  return { page, complaints, requests }
}

/** What keeps people out, by axe: serious findings and worse, each with the first element. */
export async function barriers(page: Page): Promise<string[]> {
  // Not as a script of the page, whose policy lets none in.
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run()
    return violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes[0]!.html.slice(0, 200) }))
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, where }) => `${id}: ${where}`)
}
