import type { Event } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { whenBroken } from './port.js'
import type { Wire } from './wire.js'

interface KeptOptions {
  /** Idle ones at most; one that comes back when there are so many is closed. */
  readonly most: number
  /** Seconds after which an idle one is closed; up to a hundredth later. */
  readonly idle: number
  /** Requests that one carries at most. */
  readonly requests?: number
}

/**
 * The connections to one box that a caller keeps while they are idle: the last that came back is the next to be used.
 * Where the process at the other end dies, its machine closes them; where the machine dies, nobody does, and the next
 * request on one is sent into the void. The other side may close them too after a time (`idleTimeout`): a request that
 * meets its FIN on the way is reset. Those who use them mark their requests (`Request.keeps`), so that the other side
 * counts them as long as they are kept.
 */
export class KeptConnections {
  /** When each became idle, and how many requests it has carried; the longest idle first. */
  private readonly since: number[] = []
  private readonly carried: number[] = []
  /** Their numbers, where they have such. */
  private readonly routes: number[] | null
  /** That of the last one that was taken. */
  route = 0
  /** Seconds that the last one was idle that was taken. */
  pause = 0.5
  private expiry: Event | null = null
  private readonly most: number
  /** Seconds until one of both sides closes one that is idle, and whether that is this one. */
  private readonly idle: number
  private readonly first: boolean
  private readonly requests: number
  /** Whether the one that was taken last is being closed by the other side, which is not known here yet. */
  stale = false

  /** @param closed told of each that is closed, and whether this side did it first */
  constructor(
    private readonly kernel: Kernel,
    private readonly wire: Pick<Wire, 'to' | 'latency'>,
    options: KeptOptions,
    private readonly closed: (first: boolean) => void = nothing,
  ) {
    this.most = options.most
    this.idle = Math.min(options.idle, wire.to.idleTimeout)
    this.first = options.idle <= wire.to.idleTimeout
    this.requests = options.requests ?? Number.POSITIVE_INFINITY
    this.routes = wire.to.pins ? [] : null
    whenBroken(wire.to, () => this.close(false))
  }

  /** Takes one: how many requests it has carried. 0: none is kept. */
  take(): number {
    this.look()
    if (this.routes !== null) this.dropBroken(this.routes)
    if (this.since.length === 0) return 0
    // The other side has been idle since a latency before, and what is sent now is there a latency later.
    const { latency, to } = this.wire
    this.pause = this.kernel.now - this.since.pop()!
    to.connectionRests(-1)
    this.stale = this.pause > to.idleTimeout - 2 * latency.value
    if (this.routes !== null) this.route = this.routes.pop()!
    if (this.stale) to.connectionClosed(this.route)
    return this.carried.pop()!
  }

  /** What they lead on to has closed some of those that were used last. */
  private dropBroken(routes: number[]): void {
    while (routes.length > 0 && !this.wire.to.leadsOn(routes.at(-1)!)) {
      this.since.pop()
      this.carried.pop()
      this.endIdle(false, routes.pop()!)
    }
  }

  /** Whether one is kept that has carried so many. */
  has(carried: number): boolean {
    this.look()
    if (this.routes !== null) this.dropBroken(this.routes)
    return this.carried.length > 0 && this.carried.at(-1)! >= carried
  }

  /** Those whose time is over are gone: all, where that of the youngest is. */
  private look(): void {
    const { length } = this.since
    if (length > 0 && this.kernel.now - this.since[length - 1]! >= this.idle) this.close(this.first)
  }

  /** One that has carried `carried` requests is idle from now on, or closed. @param route its number, if it has one */
  give(carried: number, route = 0): void {
    if (this.since.length >= this.most || carried >= this.requests) {
      this.end(true, route)
      return
    }
    this.routes?.push(route)
    this.wire.to.connectionRests(1)
    this.since.push(this.kernel.now)
    this.carried.push(carried)
    this.expiry ??= this.kernel.after(this.idle, this.expire, null)
  }

  /** All are closed. @param first whether by this side */
  close(first: boolean): void {
    const { length } = this.since
    this.since.length = 0
    this.carried.length = 0
    const routes = this.routes?.splice(0)
    for (let i = 0; i < length; i++) this.endIdle(first, routes?.[i])
  }

  private endIdle(first: boolean, route?: number): void {
    this.wire.to.connectionRests(-1)
    this.end(first, route)
  }

  private end(first: boolean, route?: number): void {
    this.wire.to.connectionClosed(route)
    this.closed(first)
  }

  /** Closes those that have been idle for so long, and looks again when the next will have been. */
  private readonly expire = (): void => {
    this.expiry = null
    const { kernel, since, carried, idle } = this
    let over = 0
    while (over < since.length && since[over]! + idle <= kernel.now) over++
    since.splice(0, over)
    carried.splice(0, over)
    const routes = this.routes?.splice(0, over)
    for (let i = 0; i < over; i++) this.endIdle(this.first, routes?.[i])
    if (since.length === 0) return
    // Not an event for each: now and then for all whose time has come.
    const next = Math.max(idle / 100, since[0]! + idle - kernel.now)
    this.expiry = kernel.after(next, this.expire, null)
  }
}

const nothing = () => {}
