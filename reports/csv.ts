import { stringify } from 'csv-stringify/sync'
import type { ComponentResult, FaultResult, Recovery, Report, Result } from '../sim/experiments/result.js'
import { type Estimate, nothing } from '../sim/stats/estimate.js'
import { overloadOf } from './knee.js'
import { latencyCell } from './words/latency-cell.js'

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
    ...Object.assign({}, ...PERCENTILES.map((key) => ({ [`latency_all_${key}_ms`]: ofAll(r, key) }))),
    ...estimate('availability', r.availability),
    ...estimate('good', r.good),
    // Of one replication, in the mean; offered, ok, failed and in_flight are sums over all.
    offered_per_run: r.requests.offered / r.replications,
    ok_per_run: r.requests.ok / r.replications,
    failed_per_run: r.requests.failed / r.replications,
    in_flight_per_run: r.requests.in_flight / r.replications,
    limit: r.bottleneck?.name ?? null,
    limit_place: r.bottleneck?.place ?? null,
    limit_utilization: r.bottleneck?.utilization ?? null,
    full_at_per_s: r.bottleneck?.full_at_per_s ?? null,
    overloaded: overloadOf(r),
  }
}

/**
 * One row for each component of each scenario. What not all of them have stands behind: how requests ended, then what
 * the kinds count.
 */
export function componentsCsv({ results }: Report): string {
  const all = results.flatMap((r) =>
    Object.entries(r.components).map(([component, c]) => ({
      scenario: r.scenario,
      component,
      c,
      replications: r.replications,
    })),
  )
  const groups = [
    all.map(({ scenario, component, c, replications }) => ({
      scenario,
      component,
      ...common(c),
      // Of one replication, in the mean; refused, dispatched and outcomes are sums over all.
      refused_per_run: c.refused / replications,
    })),
    all.map(({ c }) => outcomes(c)),
    all.map(({ c }) => counts(c)),
  ]
  return table(
    all.map((_, i) => Object.assign({}, ...groups.map((rows) => rows[i]!))),
    groups.flatMap(columnsOf),
  )
}

const common = (c: ComponentResult): Row => ({
  kind: c.kind,
  host: c.host,
  ...estimate('utilization', c.utilization),
  ...estimate('queue', c.queue),
  ...estimate('in_service', c.in_service),
  ...estimate('throughput_per_s', c.throughput),
  ...estimate('wait_ms', c.wait_ms),
  refused: c.refused,
  ...estimate('inside', c.inside),
  ...estimate('waited_share', c.waited),
  ...(c.tries === undefined
    ? {}
    : { ...estimate('tries_outage', c.tries.outage), ...estimate('tries_usual', c.tries.usual) }),
  // One cell: `nginx-1: 1200; nginx-2: 1198`.
  dispatched: Object.entries(c.dispatched ?? {})
    .map(([to, n]) => `${to}: ${n}`)
    .join('; '),
})

const outcomes = (c: ComponentResult): Row =>
  Object.fromEntries(Object.entries(c.outcomes).map(([name, n]) => [`outcome_${name}`, n]))

const counts = ({ extra = {} }: ComponentResult): Row =>
  Object.assign({}, ...Object.entries(extra).map(([name, e]) => estimate(name, e)))

/** One row for each window of each scenario's first replication. */
export function timelineCsv({ results }: Report): string {
  return table(
    results.flatMap((r) =>
      r.timeline.map(({ replicas = {}, ...row }) => ({
        scenario: r.scenario,
        ...row,
        ...Object.fromEntries(Object.entries(replicas).map(([name, n]) => [`replicas_${name}`, n])),
      })),
    ),
  )
}

/** One row for each fault of each scenario: when it struck in the first replication, and what followed; and one for all. */
export function faultsCsv({ results }: Report): string {
  const rows = results.flatMap((r) => [
    ...r.faults.map((fault) => ({ scenario: r.scenario, ...faultRow(fault) })),
    ...(r.faults.length > 1
      ? [{ scenario: r.scenario, fault: 'all together', ...sharedRow(r.recovery!) }]
      : []),
  ])
  return table(rows, rows.length > 0 ? undefined : ['scenario', 'fault'])
}

const faultRow = (f: FaultResult): Row => ({
  fault: f.fault,
  kind: f.kind,
  targets: f.targets.join('; '),
  // One cell: `30 to 50; 90 to end`.
  struck_s: f.strikes.map(({ from_s, to_s }) => `${from_s} to ${to_s ?? 'end'}`).join('; '),
  recovery_class: f.recovery_class,
  ...sharedRow(f),
  ...estimate('delayed', f.delayed ?? nothing),
  ...estimate('delay_s', f.delay_s ?? nothing),
  // One cell: `haproxy marked server-1 down: 4.1; ...`, seconds after the strike.
  detected: f.detected.map((d) => `${d.component} ${d.says}: ${d.after_s.value}`).join('; '),
  // One cell: `prometheus: 41.2; logs: never`, seconds after the strike; only where several tell people.
  ...(f.noticed && {
    noticed: f.noticed.map((n) => `${n.component}: ${n.after_s.value ?? 'never'}`).join('; '),
  }),
})

/** What is known of one fault, and of all together. */
const sharedRow = (r: Recovery & Pick<FaultResult, 'cost'>): Row => ({
  ...estimate('cost', r.cost ?? nothing),
  ...estimate('recovery_s', r.recovery_s),
  recovery_max_s: r.recovery_max_s,
  unrestored: r.unrestored,
  ...estimate('no_answer_s', r.no_answer_s),
  ...estimate('no_answer_total_s', r.no_answer_total_s),
  ...estimate('good_back_s', r.good_back_s),
  good_unrestored: r.good_unrestored,
  metastable: r.metastable ? 1 : 0,
  ...estimate('writes_lost', r.lost_writes),
  ...estimate('rpo_s', r.rpo_s),
})

/** One row for each pair and metric: the difference, whether it is certain, and whether it matters. */
export function comparisonsCsv({ comparisons = [] }: Report): string {
  return table(
    comparisons.map((c) => ({
      a: c.a,
      b: c.b,
      metric: c.metric,
      ...estimate('difference', c.difference),
      relative: c.relative,
      confidence: c.confidence,
      verdict: c.verdict,
      important: c.important ? 1 : 0,
      answers_fewer: c.answers_fewer === undefined ? null : c[c.answers_fewer],
      reason: c.reason ?? null,
    })),
  )
}

/** One row for each cause that is told: of a fault, or of a class. */
export function causesCsv({ results }: Report): string {
  const rows = results.flatMap((r) =>
    r.causes.map(({ of, name, explains, share, chain, sample, says }) => ({
      scenario: r.scenario,
      of,
      name,
      explains,
      share,
      // One cell: `app-1 full; mysql-2 machine dead`; boxes that do the same stand together: `app-1, app-2 full`.
      chain: chain
        .map(({ component, what, twins = [] }) => `${[component, ...twins].join(', ')} ${what}`)
        .join('; '),
      sample,
      says,
    })),
  )
  return table(rows, rows.length > 0 ? undefined : ['scenario', 'of', 'name'])
}

/** One row for each class, how its requests ended, and box that they spent time at. */
export function timeByBoxCsv({ results }: Report): string {
  const rows = results.flatMap((r) => r.time_by_box.map((row) => ({ scenario: r.scenario, ...row })))
  return table(rows, rows.length > 0 ? undefined : ['scenario', 'class', 'group', 'component'])
}

const PERCENTILES = ['p50', 'p90', 'p95', 'p99', 'p999'] as const
const LATENCIES = ['mean', ...PERCENTILES] as const satisfies readonly (keyof Result['latency_ms'])[]

/** Of all who asked; in words where it lies among those who were not answered. */
const ofAll = (result: Result, key: (typeof PERCENTILES)[number]): number | string | null =>
  latencyCell(result, key, result).beyond ?? result.latency_all_ms[key].value

/** A column for the value and one for each end of its interval. */
export function estimate(name: string, { value, low, high }: Estimate): Row {
  return { [name]: value, [`${name}_low`]: low, [`${name}_high`]: high }
}

/** In the order in which they first appear. */
const columnsOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))]

/** Empty where a row has nothing in a column. */
export function table(rows: readonly Row[], columns = columnsOf(rows)): string {
  return stringify(rows.map(inert), { header: true, columns })
}

/**
 * What spreadsheets take for a formula where a name begins so (OWASP, "CSV Injection"): it stands behind an apostrophe.
 * Numbers are no names.
 */
const FORMULA = /^[=+\-@\t\r]/
const inert = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([key, cell]) => [
      key,
      typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : cell,
    ]),
  )
