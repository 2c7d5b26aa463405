import { Outcome, outcomeNames } from '../components/outcome.js'
import { Histogram } from '../stats/histogram.js'
import { Tally } from '../stats/tally.js'

/** The account of one kind of requests: what was asked in the measured span, and what became of it. */
export class Account {
  offered = 0
  readonly outcomes = new Float64Array(outcomeNames.length)
  /** Latencies of the requests answered ok, seconds. */
  readonly latency = new Histogram()
  readonly latencies = new Tally()

  get ok(): number {
    return this.outcomes[Outcome.ok]!
  }

  get ended(): number {
    return this.outcomes.reduce((sum, n) => sum + n, 0)
  }

  settle(outcome: Outcome, latency: number): void {
    this.outcomes[outcome]!++
    if (outcome === Outcome.ok) {
      this.latency.record(latency)
      this.latencies.record(latency)
    }
  }
}

/** One row of the timeline. */
export interface Window {
  /** Start, seconds from the beginning of the measured span. */
  start: number
  offered: number
  ok: number
  failed: number
  /** Seconds; NaN without an ok answer in the window. */
  p50: number
  p99: number
}

/** Requests per window, by when they arrived (offered) and by when they ended (ok, failed, latency). */
export class Timeline {
  readonly windows: Window[] = []
  private readonly latency = new Histogram()
  private current: Window

  constructor(readonly length: number) {
    this.current = { start: 0, offered: 0, ok: 0, failed: 0, p50: Number.NaN, p99: Number.NaN }
  }

  offer(): void {
    this.current.offered++
  }

  settle(outcome: Outcome, latency: number): void {
    if (outcome === Outcome.ok) {
      this.current.ok++
      this.latency.record(latency)
    } else {
      this.current.failed++
    }
  }

  /** Ends a window; the next begins. */
  turn(): void {
    this.current.p50 = this.latency.quantile(0.5)
    this.current.p99 = this.latency.quantile(0.99)
    this.windows.push(this.current)
    this.latency.restart()
    const start = this.windows.length * this.length
    this.current = { start, offered: 0, ok: 0, failed: 0, p50: Number.NaN, p99: Number.NaN }
  }
}

/**
 * What the users saw. Requests count by when they arrived: those of the measured span, each of which ends as ok,
 * failed or still in flight. Attackers are kept apart: their failures are no loss.
 */
export class Ledger {
  /** All legitimate requests. */
  readonly all = new Account()
  /** By request class. */
  readonly classes: readonly Account[]
  /** By the name under `users:`. */
  readonly users = new Map<string, Account>()
  /** Requests sent with ill intent, by what became of them. */
  readonly malicious = new Account()
  readonly timeline: Timeline
  /** Seconds of simulated time. */
  private from = Number.POSITIVE_INFINITY

  constructor(classes: number, window: number) {
    this.classes = Array.from({ length: classes }, () => new Account())
    this.timeline = new Timeline(window)
  }

  /** The start of the measured span. */
  open(now: number): void {
    this.from = now
  }

  offer(user: Account, kind: number, arrived: number, malicious: boolean): void {
    if (arrived < this.from) return
    user.offered++
    if (malicious) {
      this.malicious.offered++
      return
    }
    this.all.offered++
    this.classes[kind]!.offered++
    this.timeline.offer()
  }

  settle(user: Account, kind: number, arrived: number, malicious: boolean, outcome: Outcome, now: number): void {
    if (arrived < this.from) return
    const latency = now - arrived
    user.settle(outcome, latency)
    if (malicious) {
      this.malicious.settle(outcome, latency)
      return
    }
    this.all.settle(outcome, latency)
    this.classes[kind]!.settle(outcome, latency)
    this.timeline.settle(outcome, latency)
  }
}
