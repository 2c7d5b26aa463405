import { Deadlines } from '../kernel/deadlines.js'
import type { Handler } from '../kernel/event.js'
import type { Probe } from '../stats/probe.js'
import type { Context } from './context.js'
import type { Request } from './request.js'
import { queue } from './station.js'

/**
 * Requests that wait for something of which there are several kinds, or that is not a slot of a `Station`: first in first
 * out, until they are taken or a timeout ends the wait.
 */
export class Queue {
  private head: Request | null = null
  private tail: Request | null = null
  length = 0
  private readonly timers: Deadlines<Request> | null

  /**
   * @param timeout seconds, `Infinity` for no limit
   * @param expired what then becomes of a request, which is no longer in the queue
   */
  constructor(
    private readonly context: Context,
    private readonly probe: Probe,
    timeout = Number.POSITIVE_INFINITY,
    expired?: Handler<Request>,
  ) {
    this.timers =
      timeout < Number.POSITIVE_INFINITY
        ? new Deadlines(
            context.kernel,
            timeout,
            (request, ticket) => request[queue.patience] === ticket,
            (request) => {
              this.withdraw(request)
              expired?.(request)
            },
          )
        : null
  }

  get empty(): boolean {
    return this.head === null
  }

  /** When the one that has waited longest came. */
  get since(): number {
    return this.head![queue.since]
  }

  join(request: Request): void {
    request[queue.since] = this.context.kernel.now
    request.ahead = this.tail
    request.behind = null
    if (this.tail === null) this.head = request
    else this.tail.behind = request
    this.tail = request
    if (this.timers !== null) request[queue.patience] = this.timers.set(request)
    this.probe.delayed++
    this.count(1)
    if (request.traced) this.context.tap?.queued(request)
  }

  /** The one that has waited longest leaves the queue. */
  take(): Request {
    const request = this.head!
    this.withdraw(request)
    return request
  }

  /** `request` leaves the queue, if it waits in this one: who gives up is mostly one of the first. */
  remove(request: Request): boolean {
    let first = request
    while (first.ahead !== null) first = first.ahead
    if (first !== this.head) return false
    this.withdraw(request)
    return true
  }

  clear(): void {
    while (this.head !== null) this.withdraw(this.head)
  }

  private withdraw(request: Request): void {
    if (request.ahead === null) this.head = request.behind
    else request.ahead.behind = request.behind
    if (request.behind === null) this.tail = request.ahead
    else request.behind.ahead = request.ahead
    request.ahead = null
    request.behind = null
    request[queue.patience] = 0
    this.count(-1)
  }

  private count(by: number): void {
    this.length += by
    this.probe.waiting.add(this.context.kernel.now, by)
  }
}
