import type { Estimate } from '../stats/estimate.js'
import type { Precision, Result } from './result.js'
import type { Need, Runs } from './runs.js'

/** When there are replications enough. */
export interface Stopping {
  /** Half the width of the intervals of mean, p99 and failures, over the estimate. */
  precision: number
  /** Replications at most. */
  most: number
  /** Whether the time that was granted is over. */
  outOfTime(): boolean
}

/** Further replications, until the precision is reached. */
export function* precise(runs: Runs, { precision, most, outOfTime }: Stopping): Need {
  while (!isPrecise(runs.result, precision) && runs.result.replications < most && !outOfTime()) {
    const { replications } = runs.result
    // By halves: the interval shrinks with the root, and a stop soon after each look keeps its coverage.
    const count = Math.min(Math.ceil(replications * 1.5), most)
    yield runs.more(count)
  }
}

/**
 * The relative errors, half width over estimate, of mean and p99 latency and of the share that fails; null where
 * replications cannot tell: too few of the requests of each lie beyond the p99, no failure was seen, nothing settles.
 */
export function precisionOf({ latency_ms, availability }: Result, target: number): Precision {
  const of = ({ value, low, high }: Estimate, base = value) =>
    value === null || low === null || high === null || base === 0 ? null : (high - low) / 2 / base!
  const errors = {
    latency_mean: of(latency_ms.mean),
    latency_p99: of(latency_ms.p99),
    failing: availability.value! < 1 ? of(availability, 1 - availability.value!) : null,
  }
  const told = Object.values(errors).filter((error) => error !== null)
  return { target, reached: told.length > 0 ? Math.max(...told) : null, ...errors }
}

/** Whether more replications would tell nothing that was asked for. One alone has no interval. */
function isPrecise(result: Result, target: number): boolean {
  return result.replications > 1 && (precisionOf(result, target).reached ?? 0) <= target
}
