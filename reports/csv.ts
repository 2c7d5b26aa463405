import { stringify } from 'csv-stringify/sync'
import type { Report, Result } from '../sim/experiments/result.js'
import type { Estimate } from '../sim/stats/estimate.js'

export type Row = Record<string, string | number | null>

/** One row a scenario; every estimate with its interval. */
export function summaryCsv({ results }: Report): string {
  return table(results.map(summaryRow))
}

export function summaryRow(r: Result): Row {
  return {
    scenario: r.scenario,
    seed: r.seed,
    replications: r.replications,
    simulated_s: r.simulated_s,
    offered: r.requests.offered,
    ok: r.requests.ok,
    failed: r.requests.failed,
    in_flight: r.requests.in_flight,
    ...estimate('qps_offered', r.qps.offered),
    ...estimate('qps_ok', r.qps.ok),
    ...Object.assign({}, ...LATENCIES.map((key) => estimate(`latency_${key}_ms`, r.latency_ms[key]))),
    latency_max_ms: r.latency_ms.max,
    ...estimate('availability', r.availability),
  }
}

/** One row for each component of each scenario. */
export function componentsCsv({ results }: Report): string {
  return table(
    results.flatMap((r) =>
      Object.entries(r.components).map(([component, c]) => ({
        scenario: r.scenario,
        component,
        kind: c.kind,
        host: c.host,
        ...estimate('utilization', c.utilization),
        ...estimate('queue', c.queue),
        ...estimate('in_service', c.in_service),
        ...estimate('throughput_per_s', c.throughput),
        ...estimate('wait_ms', c.wait_ms),
        refused: c.refused,
      })),
    ),
  )
}

/** One row for each window of each scenario's first replication. */
export function timelineCsv({ results }: Report): string {
  return table(results.flatMap((r) => r.timeline.map((row) => ({ scenario: r.scenario, ...row }))))
}

const LATENCIES = [
  'mean',
  'p50',
  'p90',
  'p95',
  'p99',
  'p999',
] as const satisfies readonly (keyof Result['latency_ms'])[]

function estimate(name: string, { value, low, high }: Estimate): Row {
  return { [name]: value, [`${name}_low`]: low, [`${name}_high`]: high }
}

export function table(rows: readonly Row[]): string {
  return stringify(rows as Row[], { header: true })
}
