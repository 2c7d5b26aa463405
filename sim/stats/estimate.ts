import { exp, log, powerOfTwo } from '../arithmetic/elementary.js'
import type { Histogram } from './histogram.js'
import { studentQuantile } from './quantiles.js'

/** A value and its 95 % confidence interval; null where it cannot be told. */
export interface Estimate {
  value: number | null
  low: number | null
  high: number | null
}

/** Observations that must lie beyond a quantile, per replication, for it to be told (coverage studies in docs). */
export const BEYOND = 100

/** Durations that were observed in a replication: `Histogram`, `SparseHistogram`. */
type Observed = Pick<Histogram, 'count' | 'above' | 'moment'>

export const nothing: Estimate = { value: null, low: null, high: null }

/** The factor on the standard error, for a two-sided interval of `confidence` with `degrees` of freedom. */
export function studentT(degrees: number, confidence = 0.95): number {
  return studentQuantile((1 + confidence) / 2, degrees)
}

/** The value with an interval of t(n - 1) standard errors around it; no interval from a single replication. */
function around(value: number, standardError: number, n: number, confidence = 0.95): Estimate {
  if (!Number.isFinite(value)) return nothing
  if (n < 2) return { value, low: null, high: null }
  const half = standardError * studentT(n - 1, confidence)
  return { value, low: value - half, high: value + half }
}

/** The mean of independent replications. */
export function meanOf(values: readonly number[], confidence = 0.95): Estimate {
  const n = values.length
  if (n === 0) return nothing
  const mean = values.reduce((a, b) => a + b, 0) / n
  const squares = values.reduce((a, b) => a + (b - mean) * (b - mean), 0)
  return around(mean, Math.sqrt(squares / (n - 1) / n), n, confidence)
}

/**
 * The mean over replications where some are told together: by the mean of each group of them, and how many it is of. A
 * ratio of sums, so that it is the mean of all, and groups need not be of one size.
 */
export const weightedMeanOf = (
  means: readonly number[],
  weights: readonly number[],
  confidence = 0.95,
): Estimate =>
  ratioOf(
    means.map((mean, i) => mean * weights[i]!),
    weights,
    confidence,
  )

/**
 * The mean of paired differences. Counts of what an outage costs are skewed: one run loses most of it, and an interval
 * of t standard errors holds 0 though each run lost some. Where a sign test at the same level says that they are not
 * as often below 0 as above it, on the side of the mean, the interval ends at the order statistic of that test.
 */
export function differenceOf(values: readonly number[], confidence = 0.95): Estimate {
  const { value, low, high } = meanOf(values, confidence)
  if (value === null || low === null || high === null || low > 0 || high < 0) return { value, low, high }
  const sorted = [...values].sort((a, b) => a - b)
  const rank = signRank(sorted.length, confidence)
  if (rank === 0) return { value, low, high }
  const [least, most] = [sorted[rank - 1]!, sorted.at(-rank)!]
  if (least > 0 && value > 0) return { value, low: Math.min(least, value), high }
  if (most < 0 && value < 0) return { value, low, high: Math.max(most, value) }
  return { value, low, high }
}

/** The rank from each end of n values between which their median lies; 0 where n are too few to tell. */
function signRank(n: number, confidence: number): number {
  const none = powerOfTwo(-n)
  let [rank, term, below] = [0, none, none]
  while (below <= (1 - confidence) / 2) {
    rank++
    term *= (n - rank + 1) / rank
    below += term
  }
  return rank
}

/**
 * A ratio of sums over independent replications (mean latency is latency over requests), by the delta method:
 * the standard error is that of `numerator - ratio * denominator`.
 */
export function ratioOf(
  numerators: readonly number[],
  denominators: readonly number[],
  confidence = 0.95,
): Estimate {
  const n = numerators.length
  const sum = denominators.reduce((a, b) => a + b, 0)
  if (sum === 0) return nothing
  const ratio = numerators.reduce((a, b) => a + b, 0) / sum
  const squares = numerators.reduce((a, x, i) => {
    const distance = x - ratio * denominators[i]!
    return a + distance * distance
  }, 0)
  return around(ratio, Math.sqrt(squares / (n - 1) / n) / (sum / n), n, confidence)
}

/**
 * The share of `parts` in `totals` (of failures in requests) over independent replications: an interval of
 * t(n - 1) standard errors around its log-odds, the standard error by the delta method as in `ratioOf`.
 *
 * Failures come as outages: few, and of very unequal size. The share is then skewed, and an interval around it
 * lies too low; around the log-odds (for small shares: the logarithm, as of a rate of failures) it does not. Each
 * replication is a cycle of its own; where some saw no failure, failures are so few that the spread itself is badly
 * known, and the interval is widened by 1 + 1 / (replications that saw any). From 3 expected outages in all on it
 * covers in 0.93 to 0.98 of the cases, where t around the share does in 0.77 to 0.95, and an interval from the pooled
 * failure cycles in 0.92 to 0.96 (docs/intervals.md).
 */
export function shareOf(parts: readonly number[], totals: readonly number[], confidence = 0.95): Estimate {
  const plain = ratioOf(parts, totals, confidence)
  const { value, low, high } = plain
  if (value === null || low === null || high === null || value === 0 || value === 1 || high === low)
    return plain
  const struck = parts.filter((x) => x > 0).length
  const wider = struck < parts.length ? 1 + 1 / struck : 1
  const half = ((high - low) / 2 / (value * (1 - value))) * wider
  const odds = log(value / (1 - value))
  return { value, low: logistic(odds - half), high: logistic(odds + half) }
}

const logistic = (x: number): number => 1 / (1 + exp(-x))

/**
 * A quantile: the point from all replications pooled. The interval by Woodruff (1952): that of the share which lies
 * beyond the point, a ratio over replications, read as quantiles of all. So it is wider towards the tail, as what is
 * known of it is; an interval from the spread of the replications' own quantiles lies too low where they depend on a
 * few busy periods (p99 of M/M/1 at 0.9, 180 observations beyond it in each of 20 replications: coverage 0.89 instead
 * of 0.94, docs/intervals.md). Null below `BEYOND` observations beyond it per replication.
 *
 * @param parts of each replication, or of each group of them
 * @param replications how many these are
 */
export function quantileOf(
  p: number,
  pooled: Histogram,
  parts: readonly Observed[],
  replications = parts.length,
  confidence = 0.95,
): Estimate {
  if (pooled.count === 0 || pooled.count * (1 - p) < BEYOND * replications) return nothing
  const value = pooled.quantile(p)
  const { low, high } = ratioOf(
    parts.map((h) => h.above(value)),
    parts.map((h) => h.count),
    confidence,
  )
  if (low === null || high === null) return { value, low, high }
  const half = (high - low) / 2
  const at = (share: number) => (share < 1 ? pooled.quantile(Math.max(share, 0)) : pooled.max)
  return { value, low: at(p - half), high: at(p + half) }
}

/**
 * The same of all who asked, `offered` in each replication, those without an observation being above all others. Null
 * where it is one of those; without an upper end where the interval reaches them.
 */
export function quantileOfAll(
  p: number,
  pooled: Histogram,
  replications: readonly Observed[],
  offered: readonly number[],
  confidence = 0.95,
): Estimate {
  const all = offered.reduce((a, b) => a + b, 0)
  const value = pooled.quantileOfAll(p, all)
  if (pooled.count === 0 || Number.isNaN(value)) return nothing
  const { low, high } = ratioOf(
    replications.map((h, i) => h.above(value) + offered[i]! - h.count),
    offered,
    confidence,
  )
  if (low === null || high === null) return { value, low, high }
  const half = (high - low) / 2
  const above = pooled.quantileOfAll(Math.min(1, p + half), all)
  return {
    value,
    low: pooled.quantileOfAll(Math.max(p - half, 0), all),
    high: Number.isNaN(above) ? null : above,
  }
}

/**
 * The standard deviation of all observations: the root of the mean squared distance from the pooled mean, with the
 * interval of that (delta method). Each observation is taken as the middle of its bucket, 3e-4 of it off at most.
 */
export function deviationOf(replications: readonly Observed[], confidence = 0.95): Estimate {
  const counts = replications.map((h) => h.count)
  const mean = ratioOf(
    replications.map((h) => h.moment(1, 0)),
    counts,
  ).value
  if (mean === null) return nothing
  const { value, low, high } = ratioOf(
    replications.map((h) => h.moment(2, mean)),
    counts,
    confidence,
  )
  const deviation = Math.sqrt(value!)
  if (deviation === 0 || low === null) return { value: deviation, low: null, high: null }
  const half = (high! - low) / 2 / (2 * deviation)
  return { value: deviation, low: deviation - half, high: deviation + half }
}

/** An estimate in another unit, kept within `low` to `high` (a share cannot be above 1). */
export function scaled(
  estimate: Estimate,
  factor: number,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): Estimate {
  const of = (x: number | null) => (x === null ? null : Math.min(high, Math.max(low, x * factor)))
  return { value: of(estimate.value), low: of(estimate.low), high: of(estimate.high) }
}
