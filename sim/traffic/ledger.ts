import { Outcome, outcomeNames } from '../parts/outcome.js'
import type { Request } from '../parts/request.js'
import { Histogram } from '../stats/histogram.js'
import type { Chronicle } from './chronicle.js'
import { Outages } from './outages.js'

/** What is noted of a page. */
type Visit = Pick<Request, 'arrived' | 'number' | 'malicious' | 'outcome'>

const nothing = () => {}

/** Durations in seconds: their sum, and how they are spread. */
class Durations {
  sum = 0
  readonly histogram = new Histogram()

  record(seconds: number): void {
    this.sum += seconds
    this.histogram.record(seconds)
  }

  merge(other: Durations): void {
    this.sum += other.sum
    this.histogram.merge(other.histogram)
  }
}

/** The account of the requests of one class of one kind of users: what was asked in the measured span, and what became of it. */
export class Account {
  offered = 0
  /** Answered ok in the measured span, whenever they had arrived: the goodput, also of a growing backlog. */
  answered = 0
  /** Answered ok, and soon enough. */
  good = 0
  readonly outcomes = new Float64Array(outcomeNames.length)
  /** Latencies of the requests answered ok, seconds. */
  readonly latency = new Histogram()
  latencySum = 0.5
  /** How long those took that were not answered ok, by outcome, where there are any. */
  readonly failures = new Map<Outcome, Durations>()
  readonly outages = new Outages()

  constructor() {
    this.latencySum = 0
  }

  merge(other: Account): void {
    this.offered += other.offered
    this.answered += other.answered
    this.good += other.good
    other.outcomes.forEach((n, outcome) => {
      this.outcomes[outcome]! += n
    })
    this.latency.merge(other.latency)
    this.latencySum += other.latencySum
    for (const [outcome, durations] of other.failures) this.failuresBy(outcome).merge(durations)
  }

  /** Something of the measured span has ended so, after `seconds`. */
  note(outcome: Outcome, seconds: number, good: boolean): void {
    if (good) this.good++
    this.outcomes[outcome]!++
    if (outcome === Outcome.ok) {
      this.latency.record(seconds)
      this.latencySum += seconds
    } else this.failuresBy(outcome).record(seconds)
  }

  failuresBy(outcome: Outcome): Durations {
    const known = this.failures.get(outcome)
    if (known !== undefined) return known
    const durations = new Durations()
    this.failures.set(outcome, durations)
    return durations
  }

  /** One account for several. */
  static sum(accounts: readonly Account[]): Account {
    const sum = new Account()
    for (const account of accounts) sum.merge(account)
    return sum
  }
}

/** One row of the timeline. */
export interface Window {
  /** Start, seconds from the beginning of the measured span. */
  start: number
  offered: number
  ok: number
  /**
   * The same by account: of each kind of users, in the scenario's order, each request class. Those of attackers stay 0.
   */
  asks: number[]
  oks: number[]
  /** Of those that were answered ok, the ones that were soon enough. */
  good: number
  failed: number
  /** Seconds; NaN without an ok answer in the window. */
  p50: number
  p99: number
  /** The same of all that ended; NaN where it lies among those that failed. */
  allP50: number
  allP99: number
}

/** What became of an account since the last window ended. */
class Progress {
  private offered = 0
  private ok = 0
  private good = 0
  private ended = 0

  constructor(private readonly account: Account) {}

  /** Enters it into `window`, of which this is the next account. */
  enter(window: Window): void {
    const { offered, good, outcomes } = this.account
    const ok = outcomes[Outcome.ok]!
    const ended = outcomes.reduce((sum, n) => sum + n, 0)
    const [asks, oks] = [offered - this.offered, ok - this.ok]
    window.asks.push(asks)
    window.oks.push(oks)
    window.offered += asks
    window.ok += oks
    window.good += good - this.good
    window.failed += ended - this.ended - oks
    this.offered = offered
    this.ok = ok
    this.good = good
    this.ended = ended
  }
}

/**
 * Requests per window, by when they arrived (offered) and by when they ended (ok, failed, latency). Counts are read off
 * the accounts when a window ends: so they cost a request nothing.
 */
class Timeline {
  readonly windows: Window[] = []
  /** Buckets of 0.8 %: small, because every request is entered here besides. */
  private readonly latency = new Histogram(7)
  /** In the order of the accounts; null for one that does not count. */
  private readonly progress: (Progress | null)[] = []

  /** @param latencies whether windows have percentiles, or only counts */
  constructor(
    readonly length: number,
    private readonly latencies: boolean,
  ) {}

  /** There is one more account. @param counts whether it does */
  open(account: Account, counts: boolean): void {
    this.progress.push(counts ? new Progress(account) : null)
  }

  answered(latency: number): void {
    if (this.latencies) this.latency.record(latency)
  }

  /** Ends a window; the next begins. */
  turn(): void {
    const { latency } = this
    const window = blank(this.windows.length * this.length)
    for (const progress of this.progress)
      if (progress !== null) progress.enter(window)
      else {
        window.asks.push(0)
        window.oks.push(0)
      }
    const ended = window.ok + window.failed
    window.p50 = latency.quantile(0.5)
    window.p99 = latency.quantile(0.99)
    window.allP50 = latency.quantileOfAll(0.5, ended)
    window.allP99 = latency.quantileOfAll(0.99, ended)
    this.windows.push(window)
    latency.restart()
  }
}

const blank = (start: number): Window => ({
  start,
  offered: 0,
  ok: 0,
  asks: [],
  oks: [],
  good: 0,
  failed: 0,
  p50: Number.NaN,
  p99: Number.NaN,
  allP50: Number.NaN,
  allP99: Number.NaN,
})

/**
 * What the users saw. Requests count by when they arrived: those of the measured span, each of which ends as ok,
 * failed or still in flight. After the span it is closed: who comes then is not counted, and what becomes of those
 * who came before is.
 */
export class Ledger {
  readonly timeline: Timeline
  /** The measured span is over. */
  private closed = false
  /** After that: those who are still to have an answer, attackers left out, and what is done after the last of them. */
  private awaited = 0
  private done: () => void = nothing

  /**
   * @param from when the measured span begins; who arrives at that instant belongs to it
   * @param window length of a window of the timeline, seconds
   * @param outages whether outages are looked for
   * @param good seconds within which an answer is soon enough
   * @param chronicle what is to be known of the course of the span; null if nothing is
   */
  constructor(
    private readonly from: number,
    window: number,
    latencies: boolean,
    public outages = false,
    private readonly good = 1,
    private readonly chronicle: Chronicle | null = null,
  ) {
    this.timeline = new Timeline(window, latencies)
  }

  /** The accounts of one more kind of users, one for each class of requests. */
  open(classes: number, malicious = false): Account[] {
    const accounts = Array.from({ length: classes }, () => new Account())
    for (const account of accounts) this.timeline.open(account, !malicious)
    return accounts
  }

  /** A visitor asks: the request gets its number. Attackers do not count in the timeline. */
  offer(account: Account, request: Visit): void {
    if (request.arrived < this.from || this.closed === true) {
      request.number = 0
      return
    }
    if (!request.malicious) this.chronicle?.offer(request.arrived)
    request.number = ++account.offered
  }

  /** A visitor's request has its outcome. */
  settle(account: Account, request: Visit, now: number): void {
    const { arrived, outcome } = request
    if (outcome === Outcome.ok && now >= this.from && this.closed === false) {
      account.answered++
      if (!request.malicious) this.chronicle?.answer(now)
    }
    if (request.number === 0) return
    const latency = now - arrived
    const good = outcome === Outcome.ok && latency <= this.good
    account.note(outcome, latency, good)
    if (request.malicious) return
    if (outcome !== Outcome.ok && this.outages) account.outages.fail(arrived, request.number, now)
    this.chronicle?.settle(arrived, now, outcome === Outcome.ok)
    if (this.closed === true) this.late()
    else if (outcome === Outcome.ok) this.timeline.answered(latency)
  }

  /** A visitor wants a page, whose requests are noted besides: it counts by when he meant to ask. */
  beginPage(account: Account, page: Visit): void {
    page.number = page.arrived < this.from || this.closed ? 0 : ++account.offered
  }

  /** All that belongs to a page has its outcome. */
  endPage(account: Account, page: Visit, now: number): void {
    const { arrived, outcome, malicious } = page
    const loaded = outcome === Outcome.ok
    if (loaded && now >= this.from && !this.closed) account.answered++
    if (page.number === 0) return
    account.note(outcome, now - arrived, loaded && now - arrived <= this.good)
    if (this.closed && !malicious) this.late()
  }

  private late(): void {
    this.awaited--
    if (this.awaited === 0) this.done()
  }

  /**
   * The measured span is over.
   * @param awaited requests and pages of it, those of attackers left out, that have no outcome yet
   * @param done called when the last of them has one
   */
  close(awaited: number, done: () => void): void {
    this.closed = true
    this.awaited = awaited
    this.done = done
  }
}
