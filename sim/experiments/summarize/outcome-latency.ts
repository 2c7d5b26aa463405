import { Outcome, outcomeNames } from '../../parts/outcome.js'
import { type Estimate, nothing, quantileOf, ratioOf, scaled } from '../../stats/estimate.js'
import { Histogram } from '../../stats/histogram.js'
import { SparseHistogram } from '../../stats/sparse.js'
import type { AccountRecord } from '../replicate.js'
import type { Result } from '../result.js'
import { MS } from './sums.js'

/**
 * How long requests took by how they ended, in the order of the outcomes: how long a failure takes to come is what
 * tells a refusal from a timeout. Estimates are null where one of those answered ok has no steady latency.
 *
 * @param replications that the records are of
 */
export function latencyByOutcome(
  records: readonly AccountRecord[],
  replications: number,
  steady: boolean,
): Result['latency_by_outcome_ms'] {
  const entries = outcomeNames.flatMap((name, outcome) => {
    const parts = records.map((record) => partOf(record, outcome))
    const histograms = parts.map((part) => new SparseHistogram(part.latency))
    const pooled = Histogram.unpack(...parts.map((part) => part.latency))
    if (pooled.count === 0) return []
    const told = (estimate: Estimate) => (steady ? scaled(estimate, MS, 0) : nothing)
    const mean = ratioOf(
      parts.map((part) => part.sum),
      histograms.map(({ count }) => count),
    )
    const p50 = quantileOf(0.5, pooled, histograms, replications)
    return [[name, { mean: told(mean), p50: told(p50), max: pooled.max * MS }]]
  })
  return Object.fromEntries(entries)
}

const NONE: AccountRecord['failures'][number] = { sum: 0, latency: { buckets: [], counts: [], max: 0 } }

function partOf(record: AccountRecord, outcome: number): AccountRecord['failures'][number] {
  if (outcome === Outcome.ok) return { sum: record.latencySum, latency: record.latency }
  return record.failures[outcome] ?? NONE
}
