import { BUCKETS, type Sample } from './counters.js'

/** So many intervals between two samples a sample may be from the end of a range, and still stand for all up to there. */
const NEAR = 1.1

/**
 * The samples of one target, and what PromQL makes of them: `rate()`, by `extrapolatedRate` of its source
 * (promql/functions.go), and `histogram_quantile()`, by `bucketQuantile` (promql/quantile.go). A scrape that fails
 * leaves no sample; those before it stay in the range.
 */
export class Series {
  private readonly samples: Sample[] = []

  /** @param longest seconds: what is older is forgotten */
  constructor(private readonly longest: number) {}

  add(sample: Sample): void {
    while (this.samples.length > 0 && this.samples[0]!.at <= sample.at - this.longest) this.samples.shift()
    this.samples.push(sample)
  }

  /**
   * The increase of a counter per second over the last `range` seconds, by which the samples in it are extrapolated to
   * its ends, or by half an interval where the ends are farther; not below 0. A counter that fell began anew. NaN for
   * fewer than two samples.
   */
  rate(counter: (sample: Sample) => number, range: number, now: number): number {
    const inRange = this.samples.filter(({ at }) => at > now - range && at <= now)
    const [first, last] = [inRange[0], inRange.at(-1)]
    if (first === undefined || last === undefined || first === last) return Number.NaN
    let increase = counter(last) - counter(first)
    for (const [i, sample] of inRange.entries())
      if (i > 0 && counter(sample) < counter(inRange[i - 1]!)) increase += counter(inRange[i - 1]!)
    const sampled = last.at - first.at
    const interval = sampled / (inRange.length - 1)
    const reach = (distance: number) => (distance >= interval * NEAR ? interval / 2 : distance)
    let before = reach(first.at - (now - range))
    // At the rate that it has it was 0 then.
    if (increase > 0) before = Math.min(before, sampled * (counter(first) / increase))
    return (increase * ((sampled + before + reach(now - last.at)) / sampled)) / range
  }

  /** As if those in a bucket were spread over it evenly; of what is longer than all bounds, the longest. NaN for none. */
  quantile(q: number, range: number, now: number): number {
    let most = 0
    // Extrapolated each for itself, a bucket may come out below the one before it.
    const counts = BUCKETS.map((_, i) => {
      most = Math.max(
        most,
        this.rate(({ buckets }) => buckets[i]!, range, now),
      )
      return most
    })
    const all = Math.max(
      most,
      this.rate(({ requests }) => requests, range, now),
    )
    if (!(all > 0)) return Number.NaN
    const rank = q * all
    const place = counts.findIndex((count) => count >= rank)
    if (place < 0) return BUCKETS.at(-1)!
    const [start, below] = place === 0 ? [0, 0] : [BUCKETS[place - 1]!, counts[place - 1]!]
    const inside = counts[place]! - below
    return inside > 0 ? start + (BUCKETS[place]! - start) * ((rank - below) / inside) : start
  }
}
