import type { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import type { Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request, RequestPool } from '../../parts/request.js'
import type { Calling } from './call-options.js'
import { Client } from './client.js'

/** What it notes on a call: which of the clients has it. */
const noted = notes({ client: 'note5' })

/** What the calls have of the box that makes them. */
interface Caller {
  timers(seconds: number, strike: Handler<Request>): Deadlines<Request>
  /** A page has the answers that it needs: of so many calls. */
  served(page: Request, calls: number): void
  /** One of them failed, and it cannot go without. */
  failed(page: Request): void
}

/**
 * What an application calls beside its databases, page by page. The calls that a page waits for are a list, from its
 * `child` on, by `behind`; they stand in the process of the application and came by no wire.
 */
export class Calls {
  private readonly clients: readonly Client[]
  /** By request class: those that it needs, in their order. */
  private readonly needed: readonly (readonly number[])[]
  private readonly parallel: boolean
  private readonly requests: RequestPool

  constructor(
    site: Site,
    { calls = [], call }: Calling,
    private readonly caller: Caller,
  ) {
    this.requests = site.context.requests
    this.parallel = call === 'parallel'
    this.clients = calls.map(
      (options) =>
        new Client(
          {
            kernel: site.context.kernel,
            wire: site.wire(options.name.name),
            pauses: site.context.stream(site.role, `backoff ${options.name.name}`),
            timers: caller.timers,
            ended: this.ended,
            beside: this.beside,
            drop: this.drop,
          },
          options,
        ),
    )
    this.needed = site.classes.map((name) =>
      calls.flatMap(({ classes }, place) => (classes?.names.includes(name) === false ? [] : [place])),
    )
  }

  /** How many calls `page` needs. */
  of(page: Request): number {
    return this.needed[page.class]!.length
  }

  /**
   * Calls for `page` what comes after the first `made` calls, of which there are some.
   * @param step of these among all that the box asks for `page`
   */
  begin(page: Request, made: number, step: number): void {
    const needed = this.needed[page.class]!
    page.outcome = Outcome.ok
    if (!this.parallel) {
      this.clients[needed[made]!]!.begin(this.prepare(page, needed[made]!, step))
      return
    }
    // All are there before the first is answered.
    const all = needed.map((client, i) => this.prepare(page, client, step + i))
    for (const call of all) this.clients[call[noted.client]]!.begin(call)
  }

  private prepare(page: Request, client: number, step: number): Request {
    const others = page.child
    const call = page.at!.attempt(page, step, 0)
    call.at = page.at
    call.behind = others
    call[noted.client] = client
    return call
  }

  /** The answer to a try of `call` is there. */
  answered(call: Request, outcome: Outcome): void {
    this.clients[call[noted.client]]!.answered(call, outcome)
  }

  private readonly ended = (call: Request, outcome: Outcome): void => {
    const page = call.parent!
    const client = this.clients[call[noted.client]]!
    if (client.hedged) this.dropOther(call)
    this.takeOut(page, call)
    if (outcome !== Outcome.ok && !client.fallback) page.outcome = Outcome.internalError
    if (page.child !== null) return
    if (page.outcome === Outcome.ok) this.caller.served(page, this.parallel ? this.of(page) : 1)
    else this.caller.failed(page)
  }

  private readonly beside = (call: Request): Request => {
    const second = this.prepare(call.parent!, call[noted.client], 0)
    second.lineage = call.lineage
    return second
  }

  private readonly drop = (call: Request): boolean => {
    if (this.otherOf(call) === null) return false
    this.giveUp(call)
    this.takeOut(call.parent!, call)
    return true
  }

  private dropOther(call: Request): void {
    const other = this.otherOf(call)
    if (other !== null) this.drop(other)
  }

  /** What asks the same as `call` for its page. */
  private otherOf(call: Request): Request | null {
    for (let other = call.parent!.child; other !== null; other = other.behind)
      if (other !== call && other[noted.client] === call[noted.client]) return other
    return null
  }

  /** Nobody waits for `call` any more. */
  private giveUp(call: Request): void {
    this.clients[call[noted.client]]!.forgotten(call)
    call.at!.forget(call)
  }

  private takeOut(page: Request, call: Request): void {
    if (page.child === call) page.child = call.behind
    else {
      let before = page.child!
      while (before.behind !== call) before = before.behind!
      before.behind = call.behind
    }
    this.release(call)
  }

  private release(call: Request): void {
    call.behind = null
    call.event?.cancel()
    call.event = null
    this.requests.release(call)
  }

  /** `page` waits no more for what it called. The tries burn on below. */
  forget(page: Request): void {
    if (page.child === null || !isCall(page.child)) return
    for (let call: Request | null = page.child; call !== null; ) {
      const next: Request | null = call.behind
      this.giveUp(call)
      this.release(call)
      call = next
    }
    page.child = null
  }

  crashed(): void {
    for (const client of this.clients) client.crashed()
  }

  restart(now: number): void {
    for (const client of this.clients) client.restart(now)
  }

  /** What all clients count, together; of shares the mean over those that have one. */
  extra(now: number): Record<string, number> {
    const sums: Record<string, number> = {}
    const all = this.clients.map((client) => client.extra(now))
    for (const counts of all)
      for (const [name, count] of Object.entries(counts)) {
        const among = name.endsWith('_share') ? all.filter((other) => name in other).length : 1
        sums[name] = (sums[name] ?? 0) + count / among
      }
    return sums
  }
}

/** Whether `child` is a call, and no query: it came by no wire. */
export const isCall = (child: Request): boolean => child.wire === null
