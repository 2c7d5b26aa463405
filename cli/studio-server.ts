import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Unusable } from './exit.js'
import { reasonOf } from './reasons.js'

/** Texts by name, as the server gives them. */
export type Texts = Readonly<Record<string, string>>

/** What is sent with everything: nobody else may frame it, read it, or take it for another kind of file. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
}

interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** All of it, or `FOLLOW`: what comes as it happens. */
  readonly text: string | typeof FOLLOW
}

const FOLLOW = Symbol('follow')

/**
 * Gives the studio to the one who has its address, on this machine only: what it gives is a fixed list, and no path
 * that somebody asks for is ever joined to a folder. It answers nobody whose `Host` is another (a name that was bound
 * anew to 127.0.0.1), whose `Origin` is another page's, or who does not have the token of the first address, which
 * becomes a cookie.
 */
export class StudioServer {
  /** Of the address that is told, and of the cookie that it is exchanged for. */
  private readonly token = secret()
  private readonly pass = secret()
  /** Those of addresses that are good once. */
  private readonly invitations = new Set<string>()
  private readonly followers = new Set<ServerResponse>()
  private readonly server: Server
  private port = 0

  /**
   * @param files of the page
   * @param scenario what the page begins with, as JSON
   */
  constructor(
    private readonly files: Texts,
    private scenario: string,
  ) {
    this.server = createServer((request, response) => this.answer(request, response))
  }

  /**
   * Listens at `port`, or at any that is free if that is 0. Gives the address that opens the page.
   * @throws Unusable where it is not free
   */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) =>
        reject(new Unusable(`--port: cannot listen at 127.0.0.1:${port}: ${reasonOf(error)}`)),
      )
      this.server.listen(port, '127.0.0.1', resolve)
    })
    this.port = (this.server.address() as AddressInfo).port
    return this.addressWith(this.token)
  }

  /**
   * An address that opens the page once: for a program that is started with it, since everybody on the machine can read
   * what programs were started with.
   */
  invitation(): string {
    const token = secret()
    this.invitations.add(token)
    return this.addressWith(token)
  }

  private addressWith(token: string): string {
    return `http://${authorities(this.port)[0]}/?token=${token}`
  }

  /** The file has changed: all pages are told. */
  change(scenario: string): void {
    if (scenario === this.scenario) return
    this.scenario = scenario
    for (const follower of this.followers) follower.write(event(scenario))
  }

  close(): Promise<void> {
    for (const follower of this.followers) follower.end()
    this.server.closeAllConnections()
    return new Promise((resolve) => this.server.close(() => resolve()))
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, headers, text } = this.replyTo(request)
    response.writeHead(status, { ...HEADERS, ...headers })
    if (text !== FOLLOW) response.end(text)
    else this.follow(request, response)
  }

  private replyTo(request: IncomingMessage): Reply {
    if (request.method !== 'GET') return refusal(405, 'GET only')
    if (!this.isOurs(request)) return refusal(403, 'not from here')
    // Not by URL, which throws on some of what can be asked for: '//'.
    const [pathname = '', query = ''] = request.url!.split('?', 2)
    const token = new URLSearchParams(query).get('token') ?? ''
    if (pathname === '/' && (isSame(token, this.token) || this.invitations.delete(token)))
      return this.entrance()
    if (!isSame(this.cookieOf(request), this.pass))
      return refusal(403, 'open the address that nines studio has told: it has a token')
    if (pathname === '/changes')
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, text: FOLLOW }
    if (pathname === '/scenario.json') return given('.json', this.scenario)
    const name = pathname === '/' ? 'index.html' : pathname.slice(1)
    return Object.hasOwn(this.files, name)
      ? given(path.extname(name), this.files[name]!)
      : refusal(404, 'there is no such file')
  }

  /** The token goes out of the address, where it could be copied with it, into a cookie. */
  private entrance(): Reply {
    const cookie = `${this.cookie}=${this.pass}; HttpOnly; SameSite=Strict; Path=/`
    return { status: 303, headers: { 'set-cookie': cookie, location: '/' }, text: '' }
  }

  private follow(request: IncomingMessage, response: ServerResponse): void {
    // Whoever comes back after a pause has missed what happened in it.
    response.write(event(this.scenario))
    this.followers.add(response)
    request.on('close', () => this.followers.delete(response))
  }

  private isOurs({ headers: { host, origin } }: IncomingMessage): boolean {
    if (!authorities(this.port).includes(host ?? '')) return false
    return origin === undefined || origin === `http://${host}`
  }

  /** Cookies are of a machine, whatever the port: one for each server. */
  private get cookie(): string {
    return `nines-${this.port}`
  }

  private cookieOf({ headers }: IncomingMessage): string {
    const pairs = (headers.cookie ?? '').split(/;\s*/).map((pair) => pair.split('='))
    return pairs.find(([name]) => name === this.cookie)?.[1] ?? ''
  }
}

const secret = (): string => randomBytes(16).toString('hex')

/** Takes as long for one that is nearly right as for any other. */
function isSame(given: string, own: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(own)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** What stands in `Host` of who asks at `port`: browsers leave out the usual one. */
export const authorities = (port: number): string[] =>
  ['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${port}`).host)

const event = (scenario: string): string => `event: changed\ndata: ${scenario}\n\n`

const given = (type: string, text: string): Reply => ({
  status: 200,
  headers: { 'content-type': TYPES[type] ?? 'text/plain; charset=utf-8' },
  text,
})

const refusal = (status: number, why: string): Reply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  text: `${why}\n`,
})
