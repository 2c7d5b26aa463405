/** What `limit_req` says about a request that must not be answered. */
export const REJECTED = -1

/**
 * The leaky bucket of `limit_req`, with one key for all traffic: what a proxy in front of nginx makes of
 * `$binary_remote_addr`. Counts in thousandths of a request and whole milliseconds, as nginx does.
 * Source: the limit_req module of nginx; measured on nginx 1.22.1.
 */
export class Bucket {
  private excess = 0
  private last = Number.NEGATIVE_INFINITY

  /**
   * @param rate requests per second
   * @param burst requests above the rate that are not rejected
   * @param delay requests above the rate that are not delayed; `Infinity`: none is
   */
  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly delay: number,
  ) {}

  /** Seconds that a request of now has to wait, or `REJECTED`. */
  take(now: number): number {
    const ms = Math.round(now * 1000)
    const excess =
      this.last === Number.NEGATIVE_INFINITY
        ? 0
        : Math.max(0, this.excess - Math.floor(this.rate * (ms - this.last)) + 1000)
    if (excess > this.burst * 1000) return REJECTED
    this.excess = excess
    this.last = ms
    const late = excess - this.delay * 1000
    return late > 0 ? Math.floor(late / this.rate) / 1000 : 0
  }
}
