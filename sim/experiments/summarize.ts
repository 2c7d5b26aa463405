import { Outcome, outcomeNames } from '../parts/outcome.js'
import { type Scenario, warmupOf } from '../scenario/scenario.js'
import {
  deviationOf,
  type Estimate,
  meanOf,
  nothing,
  quantileOf,
  ratioOf,
  scaled,
  shareOf,
} from '../stats/estimate.js'
import { Histogram } from '../stats/histogram.js'
import { availabilityOf } from './availability.js'
import { bottleneckOf } from './bottleneck.js'
import { judge } from './judge.js'
import { recoveryOf, recoveryTimeOf, slowest } from './recovery.js'
import type { AccountRecord, ReplicationRecord } from './replicate.js'
import type { AccountResult, ComponentResult, FaultResult, Latency, Requests, Result } from './result.js'
import { instabilityOf } from './stability.js'

const MS = 1000
const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const

/**
 * The replications of a scenario, in their order, as one result.
 * @param without for each fault the same replications (or the first of them) without it; null if they were not run
 * @param restless a component that did not settle, however long the warm-up
 */
export function summarize(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
  without: readonly (readonly ReplicationRecord[] | null)[] = [],
  restless: string | null = null,
): Result {
  const span = scenario.lasts
  const notes: string[] = []
  const unstable = instabilityOf(scenario, records)
  const busiest = busiestOf(records)
  const account = (of: (record: ReplicationRecord) => AccountRecord) =>
    accountOf(scenario, records.map(of), busiest, unstable === null)
  const all = account((r) => r.all)
  const classes = Object.fromEntries(scenario.classes.map((name, i) => [name, account((r) => r.classes[i]!)]))
  if (unstable !== null) {
    notes.push(
      `${unstable.component} never settles (${unstable.reason}), so there is no steady latency and no steady queue to report: what was answered, what failed, and the growth of the backlog are true of this run`,
    )
  } else {
    if (restless !== null) {
      notes.push(
        `${restless} did not settle in ${warmupOf(scenario)} s of warm-up: the run is unstable or not stationary, and its means depend on when one looks`,
      )
    }
    const missing = untold({ all, ...(scenario.classes.length > 1 ? classes : {}) })
    if (missing !== null) {
      notes.push(
        `${missing}: fewer than 100 requests per replication lie beyond it; a longer run (--lasts) would tell`,
      )
    }
  }
  if (all.requests.ok > 0 && all.requests.failed === 0) notes.push(unfailing(scenario, all, records.length))
  const result: Result = {
    scenario: scenario.name,
    file: scenario.file,
    seed: scenario.seed,
    replications: records.length,
    simulated_s: span,
    warmup_s: warmupOf(scenario),
    requests: all.requests,
    qps: {
      offered: meanOf(records.map((r) => r.all.offered / span)),
      ok: all.qps,
    },
    latency_ms: all.latency_ms,
    availability: all.availability,
    outcome_shares: outcomeShares(records),
    components: Object.fromEntries(
      // In the order of the file, not of the calls.
      scenario.order.map((name) => [name, component(scenario, name, records, unstable !== null)]),
    ),
    hosts: Object.fromEntries(
      scenario.hosts.map(({ name }) => [
        name,
        {
          utilization: scaled(meanOf(records.map((r) => r.hosts[name]!.utilization)), 1, 0, 1),
          components: scenario.components.filter((c) => c.host === name).map((c) => c.name),
        },
      ]),
    ),
    classes,
    users: Object.fromEntries(
      scenario.users.map(({ name, malicious }) => [
        name,
        {
          ...account((r) => r.users[name]!),
          malicious,
        },
      ]),
    ),
    timeline: records[0]!.timeline.map((w) => ({
      t_s: w.start,
      offered: w.offered,
      ok: w.ok,
      failed: w.failed,
      p50_ms: Number.isNaN(w.p50) ? null : w.p50 * MS,
      p99_ms: Number.isNaN(w.p99) ? null : w.p99 * MS,
    })),
    faults: scenario.faults.map((_, i) => fault(scenario, i, records, without[i] ?? null)),
    bottleneck: null,
    distribution: distribution(Histogram.sum(records.map((r) => Histogram.unpack(r.all.latency)))),
    notes,
  }
  result.bottleneck = bottleneckOf(scenario, result, records)
  if (scenario.faults.length > 0) {
    const strikes = records.map((r) => r.strikes)
    const classes = scenario.classes.map((name, i) => [name, recoveryTimeOf(strikes, i)] as const)
    result.recovery = { ...recoveryOf(strikes), classes: Object.fromEntries(classes) }
  }
  if (unstable !== null) result.unstable = unstable
  if (scenario.expect.length > 0) result.expectations = scenario.expect.map((e) => judge(e, result))
  return result
}

/** The percentiles that are not told; of classes those that are told of all: `p999, p99 of write`. */
function untold({ all, ...classes }: Record<string, AccountResult>): string | null {
  const of = ({ latency_ms, requests }: AccountResult) =>
    Object.keys(QUANTILES).filter((key) => requests.ok > 0 && latency_ms[key as 'p50'].value === null)
  const missing = of(all!)
  const also = Object.entries(classes).flatMap(([name, account]) => {
    const own = of(account).filter((key) => !missing.includes(key))
    return own.length > 0 ? [`${own.join(' and ')} of ${name}`] : []
  })
  return [...missing, ...also].join(', ') || null
}

/** What is known of failures when none was seen. */
function unfailing(
  scenario: Scenario,
  { requests, availability }: AccountResult,
  replications: number,
): string {
  const seen = `none of ${requests.ok} requests failed, so availability is not 100 % but at least ${atLeast(availability.low!)} %, at 95 % confidence`
  const hours = (replications * scenario.lasts) / 3600
  return scenario.faults.some((f) => f.random !== null)
    ? `${seen}: outages that come by mtbf are seldom, and ${+hours.toPrecision(3)} h were simulated`
    : seen
}

/** In percent, rounded down to two digits of what is missing: 99.9868. */
function atLeast(share: number): string {
  let decimals = 1
  let scale = 10
  // Until what is missing, 100 (1 - share) percent, has a digit before the last decimal.
  for (; (1 - share) * 10 * scale < 1; scale *= 10) decimals++
  return (Math.floor(share * 100 * scale) / scale).toFixed(decimals)
}

/** Utilization of what is used most. */
function busiestOf(records: readonly ReplicationRecord[]): number {
  const of = ({ components, hosts }: ReplicationRecord) => [
    ...Object.values(components).map((c) => c.utilization),
    ...Object.values(hosts).map((h) => h.utilization),
  ]
  const first = of(records[0]!)
  return Math.max(0, ...first.map((_, i) => sum(records.map((r) => of(r)[i]!)) / records.length))
}

/** @param steady whether there is a steady latency to report */
function accountOf(
  scenario: Scenario,
  records: readonly AccountRecord[],
  busiest: number,
  steady: boolean,
): AccountResult {
  const offered = sum(records.map((r) => r.offered))
  const outcomes = addUp(records.map((r) => r.outcomes))
  const ok = outcomes[Outcome.ok]!
  const ended = sum(outcomes)
  const requests: Requests = {
    offered,
    ok,
    failed: ended - ok,
    in_flight: offered - ended,
    by_outcome: named(outcomes),
  }
  const histograms = records.map((r) => Histogram.unpack(r.latency))
  const pooled = Histogram.sum(histograms)
  const oks = records.map((r) => r.outcomes[Outcome.ok]!)
  const latency = (estimate: Estimate) => (steady ? scaled(estimate, MS, 0) : nothing)
  const sums = records.map((r) => r.latencySum)
  const latency_ms = {
    mean: latency(ratioOf(sums, oks)),
    sd: latency(deviationOf(histograms)),
    ...Object.fromEntries(
      Object.entries(QUANTILES).map(([key, p]) => [key, latency(quantileOf(p, pooled, histograms))]),
    ),
    max: pooled.count > 0 ? pooled.max * MS : null,
  } as Latency
  const endedEach = records.map((r) => sum(r.outcomes))
  const availability = availabilityOf(scenario, oks, endedEach, busiest)
  const qps = meanOf(records.map((r) => r.answered / scenario.lasts))
  return { requests, qps, latency_ms, availability }
}

function outcomeShares(records: readonly ReplicationRecord[]): Record<string, Estimate> {
  const ended = records.map((r) => sum(r.all.outcomes))
  const seen = Object.keys(named(addUp(records.map((r) => r.all.outcomes))))
  return Object.fromEntries(
    seen.map((name) => {
      const those = records.map((r) => r.all.outcomes[outcomeNames.indexOf(name)]!)
      return [name, shareOf(those, ended)]
    }),
  )
}

function component(
  scenario: Scenario,
  name: string,
  records: readonly ReplicationRecord[],
  unstable: boolean,
): ComponentResult {
  const own = records.map((r) => r.components[name]!)
  const spec = scenario.components.find((c) => c.name === name)!
  const steady = (values: number[]): Estimate => (unstable ? nothing : scaled(meanOf(values), 1, 0))
  const result: ComponentResult = {
    kind: spec.kind.kind,
    host: spec.host,
    utilization: scaled(meanOf(own.map((c) => c.utilization)), 1, 0, 1),
    queue: steady(own.map((c) => c.queue)),
    in_service: steady(own.map((c) => c.inService)),
    inside: steady(own.map((c) => c.inside)),
    throughput: scaled(meanOf(own.map((c) => c.throughput)), 1, 0),
    wait_ms:
      unstable || !own[0]!.queues
        ? nothing
        : scaled(
            ratioOf(
              own.map((c) => c.waitSum),
              own.map((c) => c.waits),
            ),
            MS,
            0,
          ),
    waited:
      unstable || !own[0]!.queues
        ? nothing
        : scaled(
            ratioOf(
              own.map((c) => c.delayed),
              own.map((c) => c.joined),
            ),
            1,
            0,
            1,
          ),
    refused: sum(own.map((c) => c.refused)),
    outcomes: named(addUp(own.map((c) => c.outcomes))),
  }
  const targets = Object.keys(own[0]!.dispatched)
  if (targets.length > 0) {
    result.dispatched = Object.fromEntries(targets.map((to) => [to, sum(own.map((c) => c.dispatched[to]!))]))
  }
  const extras = Object.keys(own[0]!.extra)
  if (extras.length > 0) {
    result.extra = Object.fromEntries(
      extras.map((key) => [key, meanOf(own.map((c) => c.extra[key]!).filter(Number.isFinite))]),
    )
  }
  return result
}

function fault(
  scenario: Scenario,
  index: number,
  records: readonly ReplicationRecord[],
  without: readonly ReplicationRecord[] | null,
): FaultResult {
  const { kind, targets, says } = scenario.faults[index]!
  const own = records.map((r) => r.strikes.filter((s) => s.fault === index))
  const unanswered = ({ all }: ReplicationRecord) => all.offered - all.outcomes[Outcome.ok]!
  return {
    fault: says,
    kind: kind.kind,
    targets: [...targets],
    strikes: records[0]!.strikes
      .filter((s) => s.fault === index)
      .map(({ from, to }) => ({ from_s: from, to_s: Number.isFinite(to) ? to : null })),
    recovery_class: slowest(scenario.classes, own),
    ...recoveryOf(own),
    cost: without && meanOf(without.map((other, i) => unanswered(records[i]!) - unanswered(other))),
  }
}

/** A few hundred points of the latency's distribution function. */
function distribution(latency: Histogram): Result['distribution'] {
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

function addUp(rows: readonly (readonly number[])[]): number[] {
  return outcomeNames.map((_, i) => sum(rows.map((row) => row[i]!)))
}

function named(outcomes: readonly number[]): Record<string, number> {
  return Object.fromEntries(
    outcomeNames.map((name, i) => [name, outcomes[i]!] as const).filter(([, n]) => n > 0),
  )
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
