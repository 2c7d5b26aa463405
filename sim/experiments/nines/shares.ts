import type { Occupancy } from '../../reliability/system.js'
import { type Estimate, meanOf } from '../../stats/estimate.js'

/**
 * The mean over all situations of what is known of each, from 0 to 1: the sum of the shares of the time. What is left to
 * those that are not told apart counts with a half, and is in the interval.
 */
export function meanOver({ situations, rest }: Occupancy, of: (lost: readonly number[]) => number): Estimate {
  const values = situations.map(({ lost }) => of(lost))
  const value = situations.reduce((sum, { probability }, i) => sum + probability * values[i]!, rest / 2)
  const half = rest / 2 + deviationOf(situations, values)
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) }
}

/** Half of the 95 % interval of a sum over situations that were simulated; 0 where all is exact. */
export function deviationOf(situations: Occupancy['situations'], values: readonly number[]): number {
  const batches = situations.find((one) => one.batches !== undefined)?.batches?.length ?? 0
  if (batches === 0) return 0
  const sums = Array.from({ length: batches }, (_, batch) =>
    situations.reduce((sum, one, i) => sum + (one.batches?.[batch] ?? 0) * values[i]!, 0),
  )
  const { low, high } = meanOf(sums)
  return (high! - low!) / 2
}

/** One less an estimate of what is amiss. */
export const lessThanOne = ({ value, low, high }: Estimate): Estimate => ({
  value: value === null ? null : 1 - value,
  low: high === null ? null : 1 - high,
  high: low === null ? null : 1 - low,
})
