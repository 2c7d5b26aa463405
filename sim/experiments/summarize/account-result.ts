import { Outcome, outcomeNames } from '../../parts/outcome.js'
import type { Scenario } from '../../scenario/scenario.js'
import {
  deviationOf,
  type Estimate,
  nothing,
  quantileOf,
  quantileOfAll,
  ratioOf,
  scaled,
  shareOf,
} from '../../stats/estimate.js'
import { Histogram } from '../../stats/histogram.js'
import { SparseHistogram } from '../../stats/sparse.js'
import { availabilityOf } from '../availability.js'
import { weightOf, weightOfAll } from '../groups.js'
import type { AccountRecord, ReplicationRecord } from '../replicate.js'
import type { AccountResult, Latency, LatencyOfAll, Requests, Result } from '../result.js'
import { addUp, MS, named, sum } from './sums.js'

export const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const

/** As people write it: p99.9. */
export const spelledQuantile = (key: string): string => key.replace('p999', 'p99.9')

/** Utilization of what is used most. */
export function busiestOf(records: readonly ReplicationRecord[]): number {
  const of = ({ components, hosts }: ReplicationRecord) => [
    ...Object.values(components).map((c) => c.utilization),
    ...Object.values(hosts).map((h) => h.utilization),
  ]
  const first = of(records[0]!)
  const all = weightOfAll(records)
  return Math.max(0, ...first.map((_, i) => sum(records.map((r) => of(r)[i]! * weightOf(r))) / all))
}

/**
 * @param weights replications that each of the records is of
 * @param steady whether there is a steady latency to report
 */
export function accountOf(
  scenario: Scenario,
  records: readonly AccountRecord[],
  weights: readonly number[],
  busiest: number,
  steady: boolean,
): AccountResult {
  const replications = sum(weights)
  const offered = sum(records.map((r) => r.offered))
  const outcomes = addUp(records.map((r) => r.outcomes))
  const ok = outcomes[Outcome.ok]!
  const requests: Requests = {
    offered,
    ok,
    failed: sum(outcomes) - ok,
    in_flight: sum(records.map((r) => r.underWay)),
    by_outcome: named(outcomes),
  }
  const histograms = records.map((r) => new SparseHistogram(r.latency))
  const pooled = Histogram.unpack(...records.map((r) => r.latency))
  const oks = records.map((r) => r.outcomes[Outcome.ok]!)
  const latency = (estimate: Estimate) => (steady ? scaled(estimate, MS, 0) : nothing)
  const sums = records.map((r) => r.latencySum)
  const latency_ms = {
    mean: latency(ratioOf(sums, oks)),
    sd: latency(deviationOf(histograms)),
    ...Object.fromEntries(
      Object.entries(QUANTILES).map(([key, p]) => [
        key,
        latency(quantileOf(p, pooled, histograms, replications)),
      ]),
    ),
    max: pooled.count > 0 ? pooled.max * MS : null,
  } as Latency
  const share = (parts: readonly number[]) =>
    availabilityOf(
      scenario,
      parts,
      records.map((r) => r.offered),
      busiest,
      replications,
    )
  const availability = share(oks)
  const good = share(records.map((r) => r.good))
  const qps = ratioOf(
    records.map((r) => r.answered / scenario.lasts),
    weights,
  )
  const latency_all_ms = Object.fromEntries(
    Object.entries(QUANTILES).map(([key, p]) => {
      const of = quantileOfAll(
        p,
        pooled,
        histograms,
        records.map((r) => r.offered),
      )
      return [key, latency_ms[key as 'p50'].value === null ? nothing : latency(of)]
    }),
  ) as LatencyOfAll
  return { requests, qps, latency_ms, latency_all_ms, availability, good }
}

/** The share of the requests that were offered which ended so, by outcome. */
export function outcomeShares(records: readonly ReplicationRecord[]): Record<string, Estimate> {
  const offered = records.map((r) => r.all.offered)
  const seen = Object.keys(named(addUp(records.map((r) => r.all.outcomes))))
  return Object.fromEntries(
    seen.map((name) => {
      const those = records.map((r) => r.all.outcomes[outcomeNames.indexOf(name)]!)
      return [name, shareOf(those, offered)]
    }),
  )
}

/** A few hundred points of the latency's distribution function. */
export function distribution(latency: Histogram): Result['distribution'] {
  const points: Result['distribution'] = []
  let seen = 0
  let shown = 0
  for (const [, upper, count] of latency.buckets()) {
    seen += count
    // Close together in the tail, where the shares differ by little.
    const share = seen / latency.count
    if (share - shown > 0.005 || (1 - share) * 1.05 < 1 - shown || seen === latency.count) {
      points.push({ ms: Math.min(upper, latency.max) * MS, share })
      shown = share
    }
  }
  return points
}
