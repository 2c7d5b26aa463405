import { firstNotBelow } from '../arithmetic/first-not-below.js'
import { Histogram, momentOf, type PackedHistogram } from './histogram.js'

/** Which bucket takes what. */
const scale = new Histogram()

/**
 * A histogram as it is packed, to be read: only the buckets that hold something. One that is unpacked takes 400 kB,
 * however few these are; of hundreds of replications at once that is more than all else. What it tells is the same as
 * `Histogram` tells, to the bit.
 */
export class SparseHistogram {
  readonly count: number

  constructor(private readonly packed: PackedHistogram) {
    this.count = packed.counts.reduce((sum, count) => sum + count, 0)
  }

  get max(): number {
    return this.packed.max
  }

  /** The `p` quantile (0 < p < 1), linear within a bucket; `NaN` without observations. */
  quantile(p: number): number {
    if (this.count === 0) return Number.NaN
    const rank = p * this.count
    let seen = 0
    for (const [lower, upper, here] of this.buckets()) {
      if (seen + here >= rank) return Math.min(lower + (upper - lower) * ((rank - seen) / here), this.max)
      seen += here
    }
    return this.max
  }

  /** How many lie above, linear within a bucket: what `quantile` inverts. */
  above(seconds: number): number {
    const { buckets, counts } = this.packed
    if (seconds >= this.max) return 0
    const bucket = scale.bucketOf(seconds)
    let at = firstNotBelow(this.packed.buckets, bucket)
    let above = 0
    if (buckets[at] === bucket) {
      const upper = scale.edge(bucket + 1)
      above = counts[at]! * Math.min(1, (upper - seconds) / (upper - scale.edge(bucket)))
      at++
    }
    for (; at < counts.length; at++) above += counts[at]!
    return above
  }

  /** Its buckets as `[lower edge, upper edge, count]`, in order. */
  *buckets(): Generator<[number, number, number]> {
    const { buckets, counts } = this.packed
    for (const [i, bucket] of buckets.entries())
      yield [scale.edge(bucket), scale.edge(bucket + 1), counts[i]!]
  }

  moment(order: 1 | 2, about: number): number {
    return momentOf(this.buckets(), order, about)
  }
}

/** One histogram for two: of each bucket that either has, the counts of both. */
export function mergedHistogram(one: PackedHistogram, other: PackedHistogram): PackedHistogram {
  const merged: PackedHistogram = { buckets: [], counts: [], max: Math.max(one.max, other.max) }
  let [i, j] = [0, 0]
  while (i < one.buckets.length || j < other.buckets.length) {
    const mine = one.buckets[i] ?? Number.POSITIVE_INFINITY
    const theirs = other.buckets[j] ?? Number.POSITIVE_INFINITY
    merged.buckets.push(Math.min(mine, theirs))
    merged.counts.push((mine <= theirs ? one.counts[i++]! : 0) + (theirs <= mine ? other.counts[j++]! : 0))
  }
  return merged
}
