import type { Server } from 'node:http'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launch } from './chromium.js'
import { served } from './served.js'

/** The live page as static files, and a browser that looks at it. */
export class Visit {
  /** What the browser said was wrong: errors of scripts, and what the page's policy has forbidden. */
  readonly complaints: string[] = []
  /** Requests to anybody but the server. */
  readonly elsewhere: string[] = []

  private constructor(
    readonly address: string,
    private readonly server: Server,
    private readonly browser: Browser,
    private readonly context: BrowserContext,
  ) {}

  static async begin(): Promise<Visit> {
    const { address, server } = await served()
    const browser = await launch()
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    return new Visit(address, server, browser, context)
  }

  async page(): Promise<Page> {
    const page = await this.context.newPage()
    page.setDefaultTimeout(40_000)
    page.on('pageerror', ({ message }) => this.complaints.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    page.on('request', (request) => {
      const url = request.url()
      if (!/^(blob:|data:|about:)/.test(url) && !url.startsWith(this.address)) this.elsewhere.push(url)
    })
    return page
  }

  async end(): Promise<void> {
    await this.browser.close()
    this.server.close()
  }
}
