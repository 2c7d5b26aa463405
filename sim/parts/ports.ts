import type { Limit } from './limit.js'
import { shareOf } from './limit.js'

/** Linux: ip_local_port_range 32768 to 60999. */
export const EPHEMERAL = 28_232
/** Linux: TCP_TIMEWAIT_LEN, seconds. */
export const TIME_WAIT = 60

/**
 * The ports of a machine from which it connects to one address: a connection has one, and who closes first keeps it
 * for another minute (TIME_WAIT). When all are in use connecting fails at once (EADDRNOTAVAIL).
 *
 * Sources: ip(7), tcp(7); measured on Linux 6.18: 50 ports and TIME_WAIT of 60 s carry 0.83 connections/s.
 */
export class Ports {
  private open = 0
  /** When those in TIME_WAIT were closed, the longest first, from `first` on. */
  private closed: number[] = []
  private first = 0
  private taken = 0
  private failed = 0
  /** Seconds that ports were in use since the measured span began, of those that are free again. */
  private seconds = 0
  private since = 0
  /** The integral of `open`, and when it was brought up to date. */
  private held = 0
  private at = 0

  /**
   * @param towards the name of what stands at the address
   * @param linger seconds in TIME_WAIT
   */
  constructor(
    private readonly towards: string,
    private readonly count = EPHEMERAL,
    private readonly linger = TIME_WAIT,
  ) {}

  /** Whether all were in use when one was last wanted or became free. */
  get exhausted(): boolean {
    return this.open + this.closed.length - this.first >= this.count
  }

  /** Takes a port; false: none is left. */
  take(now: number): boolean {
    this.prune(now)
    if (this.exhausted) {
      this.failed++
      return false
    }
    this.taken++
    this.change(now, 1)
    return true
  }

  /** Its connection is over. @param lingers whether this side closed it first */
  give(now: number, lingers: boolean): void {
    this.change(now, -1)
    if (lingers) this.closed.push(now)
  }

  /** The process died: its machine closes all connections. */
  giveAll(now: number): void {
    while (this.open > 0) this.give(now, true)
  }

  restart(now: number): void {
    this.prune(now)
    this.taken = 0
    this.failed = 0
    this.seconds = 0
    this.since = now
    this.held = 0
    this.at = now
  }

  get limit(): Limit {
    return {
      says: `ports towards ${this.towards}`,
      capacity: this.count,
      used: (now) => this.used(now),
      refused: () => shareOf(this.failed, this.taken),
    }
  }

  private used(now: number): number {
    this.prune(now)
    this.change(now, 0)
    let lingering = 0
    for (let i = this.first; i < this.closed.length; i++)
      lingering += now - Math.max(this.since, this.closed[i]!)
    return now > this.since ? (this.held + this.seconds + lingering) / (now - this.since) : 0
  }

  private change(now: number, by: number): void {
    this.held += this.open * (now - this.at)
    this.at = now
    this.open += by
  }

  /** Those whose time is over are free again. */
  private prune(now: number): void {
    const { closed, linger, since } = this
    while (this.first < closed.length && closed[this.first]! + linger <= now) {
      this.seconds += Math.max(0, closed[this.first]! + linger - Math.max(since, closed[this.first]!))
      this.first++
    }
    // What was read is cut off now and then, so that each is moved about once.
    if (this.first > 1024 && this.first > closed.length / 2) {
      this.closed = closed.slice(this.first)
      this.first = 0
    }
  }
}
