/** 2^-24 s (60 ns) to 2^24 s (194 days). */
const OCTAVES = 48
const LOWEST = 2 ** -24
/** Sub-buckets per power of two, as a power of two: the width of a bucket is at most 1/1024 of its value. */
const FINE = 10
/** Bits of the mantissa in the high word of a double, and the exponent of `LOWEST`. */
const MANTISSA = 20
const EXPONENT = 1023 - 24

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

/** The sum of `x - about` over the observations, or of its square, each taken as the middle of its bucket. */
export function momentOf(
  buckets: Iterable<readonly [lower: number, upper: number, count: number]>,
  order: 1 | 2,
  about: number,
): number {
  let sum = 0
  for (const [lower, upper, count] of buckets) {
    const distance = (lower + upper) / 2 - about
    sum += count * (order === 1 ? distance : distance * distance)
  }
  return sum
}

/** The buckets of a histogram that hold something: what travels between threads. */
export interface PackedHistogram {
  buckets: number[]
  counts: number[]
  max: number
}

/**
 * A log-linear histogram of durations in seconds: fixed size, relative error at most 0.05 % (half a bucket)
 * between 60 ns and 194 days, merged exactly by adding counts. The bucket is read off the bits of the double:
 * exponent and the first 10 bits of the mantissa.
 */
export class Histogram {
  private readonly counts: Float64Array
  count = 0
  max = 0
  // All that is not empty lies in between: scans and restarts need not go further.
  private low: number
  private high = -1
  private readonly shift: number
  private readonly base: number

  /** @param bits sub-buckets per power of two, as a power of two: 10 are 1024; only alike ones can be merged */
  constructor(bits = FINE) {
    this.counts = new Float64Array(OCTAVES << bits)
    this.low = this.counts.length
    // Exponent and the first bits of the mantissa number the bucket.
    this.shift = MANTISSA - bits
    this.base = EXPONENT << bits
  }

  record(seconds: number): void {
    const bucket = this.bucketOf(seconds)
    this.counts[bucket]!++
    if (bucket < this.low) this.low = bucket
    if (bucket > this.high) this.high = bucket
    this.count++
    if (seconds > this.max) this.max = seconds
  }

  merge(other: Histogram): void {
    for (let i = other.low; i <= other.high; i++) this.counts[i]! += other.counts[i]!
    this.low = Math.min(this.low, other.low)
    this.high = Math.max(this.high, other.high)
    this.count += other.count
    if (other.max > this.max) this.max = other.max
  }

  /** One histogram for several. */
  static sum(histograms: readonly Histogram[]): Histogram {
    const sum = new Histogram()
    for (const histogram of histograms) sum.merge(histogram)
    return sum
  }

  restart(): void {
    if (this.count > 0) this.counts.fill(0, this.low, this.high + 1)
    this.count = 0
    this.max = 0
    this.low = this.counts.length
    this.high = -1
  }

  /**
   * The `p` quantile (0 < p < 1), linear within a bucket; `NaN` without observations.
   */
  quantile(p: number): number {
    if (this.count === 0) return Number.NaN
    const rank = p * this.count
    let seen = 0
    for (let i = this.low; i <= this.high; i++) {
      const here = this.counts[i]!
      if (here > 0 && seen + here >= rank) {
        const value = this.edge(i) + (this.edge(i + 1) - this.edge(i)) * ((rank - seen) / here)
        return Math.min(value, this.max)
      }
      seen += here
    }
    return this.max
  }

  /**
   * The `p` quantile of `all` durations, of which those that are not here are longer than all that are; `NaN` where it
   * is one of these.
   */
  quantileOfAll(p: number, all: number): number {
    const share = (p * all) / this.count
    return share <= 1 ? this.quantile(share) : Number.NaN
  }

  /** How many lie above, linear within a bucket: what `quantile` inverts. */
  above(seconds: number): number {
    if (seconds >= this.max) return 0
    const bucket = this.bucketOf(seconds)
    const width = this.edge(bucket + 1) - this.edge(bucket)
    let above = this.counts[bucket]! * Math.min(1, (this.edge(bucket + 1) - seconds) / width)
    for (let i = Math.max(bucket + 1, this.low); i <= this.high; i++) above += this.counts[i]!
    return above
  }

  /** Non-empty buckets as `[lower edge, upper edge, count]`, in order. */
  *buckets(): Generator<[number, number, number]> {
    for (let i = this.low; i <= this.high; i++) {
      if (this.counts[i]! > 0) yield [this.edge(i), this.edge(i + 1), this.counts[i]!]
    }
  }

  moment(order: 1 | 2, about: number): number {
    return momentOf(this.buckets(), order, about)
  }

  pack(): PackedHistogram {
    const packed: PackedHistogram = { buckets: [], counts: [], max: this.max }
    for (let i = this.low; i <= this.high; i++) {
      if (this.counts[i]! > 0) {
        packed.buckets.push(i)
        packed.counts.push(this.counts[i]!)
      }
    }
    return packed
  }

  /** What was packed, of several together. */
  static unpack(...parts: readonly PackedHistogram[]): Histogram {
    const histogram = new Histogram()
    for (const packed of parts) histogram.add(packed)
    return histogram
  }

  private add({ buckets, counts, max }: PackedHistogram): void {
    if (buckets.length === 0) return
    buckets.forEach((bucket, i) => {
      this.counts[bucket]! += counts[i]!
      this.count += counts[i]!
    })
    this.low = Math.min(this.low, buckets[0]!)
    this.high = Math.max(this.high, buckets.at(-1)!)
    if (max > this.max) this.max = max
  }

  /** The number of the bucket that takes it. */
  bucketOf(seconds: number): number {
    if (!(seconds > LOWEST)) return 0
    double[0] = seconds
    const bucket = (words[HIGH]! >>> this.shift) - this.base
    return bucket < this.counts.length ? bucket : this.counts.length - 1
  }

  /** The lower edge of a bucket: the bits that `bucketOf` reads, and no others. */
  edge(bucket: number): number {
    words[HIGH] = (bucket + this.base) << this.shift
    words[1 - HIGH] = 0
    return double[0]!
  }
}
