import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launch } from './chromium.js'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
}

/** The files of the live page as they are given away, in a folder of their own. */
export async function studioFiles(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'studio-'))
  const { bundleStudio } = (await import('../../studio/bundle.mjs' as string)) as {
    bundleStudio(folder: string): Promise<void>
  }
  await bundleStudio(folder)
  return folder
}

/** The live page as static files, and a browser that looks at it. */
export class Visit {
  /** What the browser said was wrong: errors of scripts, and what the page's policy has forbidden. */
  readonly complaints: string[] = []
  /** Requests to anybody but the server. */
  readonly elsewhere: string[] = []

  private constructor(
    readonly address: string,
    private readonly server: Server,
    private readonly folder: string,
    private readonly browser: Browser,
    private readonly context: BrowserContext,
  ) {}

  static async begin(): Promise<Visit> {
    const folder = await studioFiles()
    const server = createServer(({ url }, response) => {
      const file = path.join(
        folder,
        url === '/' ? 'index.html' : path.basename(new URL(url!, 'http://a').pathname),
      )
      if (!existsSync(file)) response.statusCode = 404
      else response.setHeader('content-type', TYPES[path.extname(file)] ?? 'text/plain')
      response.end(existsSync(file) ? readFileSync(file) : '')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const browser = await launch()
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    return new Visit(address, server, folder, browser, context)
  }

  async page(): Promise<Page> {
    const page = await this.context.newPage()
    page.setDefaultTimeout(40_000)
    page.on('pageerror', ({ message }) => this.complaints.push(message))
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()))
    page.on('request', (request) => {
      const url = request.url()
      if (!/^(blob:|data:|about:)/.test(url) && !url.startsWith(this.address)) this.elsewhere.push(url)
    })
    return page
  }

  async end(): Promise<void> {
    await this.browser.close()
    this.server.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
