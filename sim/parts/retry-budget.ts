import * as z from 'zod'
import { count, interval, share } from '../options/types.js'

/** The names are those of Linkerd 2 (ServiceProfile, spec.retryBudget), the defaults Finagle's. */
export const retryBudgetOptions = z.strictObject({
  retry_ratio: share().prefault('20%').describe('retries for each request at most (retryRatio)'),
  min_retries_per_second: count(0, 1_000_000)
    .prefault(10)
    .describe('and so many in any case, in the mean over ttl (minRetriesPerSecond)'),
  ttl: interval().prefault('10s').describe('for so long a request that has come allows a retry'),
})

/** In whole numbers, as Finagle counts: sums of shares would not be exact. */
const SCALE = 1000
const SLICES = 10

/**
 * What a program lets its retries be, together: each request deposits, each retry takes the price of one, and where that
 * is not there, nobody tries again. So what is asked of a dead dependency is `1 + retry_ratio` times what came, however
 * many retries each request may have, and `min_retries_per_second` on top.
 *
 * A deposit, and what was taken, counts until `ttl` later, to a tenth of that.
 * Source: Finagle, RetryBudget (a token bucket over a windowed adder of ten slices; 20 % of the requests on top of 10
 * retries a second, ttl 10 s), of which Linkerd's budget and tower's are copies.
 */
export class RetryBudget {
  /** What was deposited less what was taken, by tenths of the last `ttl`. */
  private readonly slices = new Array<number>(SLICES).fill(0)
  private sum = 0
  private slice = 0
  private readonly width: number
  private readonly deposited: number
  private readonly price: number
  private readonly reserve: number
  /** Retries that were refused in the measured span. */
  refused = 0

  constructor({ retry_ratio, min_retries_per_second, ttl }: z.output<typeof retryBudgetOptions>) {
    this.width = ttl / SLICES
    this.deposited = retry_ratio > 0 ? SCALE : 0
    this.price = retry_ratio > 0 ? Math.round(SCALE / retry_ratio) : 1
    this.reserve = min_retries_per_second * ttl * this.price
  }

  /** A request comes. @param now seconds */
  deposit(now: number): void {
    this.add(this.deposited, now)
  }

  /** Takes the price of a retry; false if that is not there. @param now seconds */
  withdraw(now: number): boolean {
    this.advance(now)
    if (this.sum + this.reserve < this.price) {
      this.refused++
      return false
    }
    this.add(-this.price, now)
    return true
  }

  private add(amount: number, now: number): void {
    this.advance(now)
    this.slices[this.slice % SLICES]! += amount
    this.sum += amount
  }

  /** What is older than `ttl` counts no more. */
  private advance(now: number): void {
    const slice = Math.floor(now / this.width)
    for (let gone = Math.min(SLICES, slice - this.slice); gone > 0; gone--) {
      const place = (slice - gone + 1) % SLICES
      this.sum -= this.slices[place]!
      this.slices[place] = 0
    }
    this.slice = slice
  }
}
