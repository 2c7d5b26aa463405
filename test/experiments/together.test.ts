import { describe, expect, it } from 'vitest'
import { compare as comparisonsOf } from '../../sim/experiments/compare.js'
import { regrouped, weightOf } from '../../sim/experiments/groups.js'
import { inline, type Job, runJob } from '../../sim/experiments/jobs.js'
import { precise } from '../../sim/experiments/precision.js'
import type { ReplicationRecord } from '../../sim/experiments/replicate.js'
import { Runs, replicationsOf, supply } from '../../sim/experiments/runs.js'
import { summarize } from '../../sim/experiments/summarize.js'
import { recordTogether } from '../../sim/experiments/together.js'
import { warmupJudged } from '../../sim/experiments/warmup.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { warmupOf } from '../../sim/scenario/scenario.js'
import { Histogram } from '../../sim/stats/histogram.js'

/**
 * Servers fail in some of the runs, in some of these to the end; who learns of it is the balancer. What one has in memory
 * does not always fit, and its disk is full in the end.
 */
const scenario = parseScenario(
  `lasts: 6s
warmup: 0s
good: 100ms
replications: 300
hosts: { m: { cores: 64, memory: 1GB, swap: 1GB, disk_size: 2GB } }
users:
  web: { arrive: poisson(60/s), to: lb, mix: { read: 70%, write: 30% }, timeout: 500ms }
components:
  lb:
    kind: haproxy
    timeout_connect: 300ms
    default_server: { check: on, inter: 200ms, fall: 2, rise: 1 }
    servers: [a, b]
  a: { kind: service, servers: 2, service: exponential(20ms) }
  b: { kind: service, host: m, servers: 2, service: exponential(20ms), memory: 900MB, memory_per_request: 100MB, disk_per_request: 20MB }
faults:
  - { kind: crash, target: [a, b], mtbf: exponential(15s), mttr: exponential(3s) }
  - { kind: slow, target: b, factor: 4, mtbf: exponential(30s), mttr: 1s }`,
  'test.yaml',
)
const jobs: Job[] = Array.from({ length: 300 }, (_, replication) => ({
  source: scenario.source,
  without: null,
  warmup: null,
  replication,
}))
const singles = jobs.map((job) => runJob(job))
const groups = regrouped(singles, 8)
const [apart, together] = [summarize(scenario, singles), summarize(scenario, groups)]

const isEstimate = (
  value: object,
): value is { value: number | null; low: number | null; high: number | null } =>
  'value' in value && 'low' in value && 'high' in value

/** All that is the same; of estimates the value, and how much wider the interval is. */
function compare(one: unknown, other: unknown, path: string, widths: Map<string, number>): void {
  if (typeof one === 'number') {
    const near = Math.abs(one - (other as number)) <= 1e-9 * Math.max(1e-3, Math.abs(one))
    expect({ path, value: near ? one : other }).toEqual({ path, value: one })
  } else if (typeof one !== 'object' || one === null) {
    expect({ path, value: other }).toEqual({ path, value: one })
  } else if (!Array.isArray(one) && isEstimate(one)) {
    const [a, b] = [one, other as typeof one]
    compare(a.value, b.value, `${path}.value`, widths)
    expect({ path, open: [b.low === null, b.high === null] }).toEqual({
      path,
      open: [a.low === null, a.high === null],
    })
    if (a.value !== null && a.low !== null && a.high !== null && a.high > a.low)
      widths.set(path, (b.high! - b.low!) / (a.high - a.low))
  } else {
    expect({ path, keys: Object.keys(other as object) }).toEqual({ path, keys: Object.keys(one) })
    for (const [key, own] of Object.entries(one))
      compare(own, (other as Record<string, unknown>)[key], `${path}.${key}`, widths)
  }
}

describe('replications in groups give', () => {
  it('the result of each by itself: all counts, values and words', () => {
    expect(groups.length).toBe(10 + Math.ceil(290 / 8))
    expect(together.replications).toBe(300)
    const widths = new Map<string, number>()
    compare(apart, together, '', widths)
    // From 46 means instead of 300.
    const all = [...widths.values()]
    expect(all.length).toBeGreaterThan(40)
    expect(all.reduce((sum, one) => sum + one, 0) / all.length).toBeGreaterThan(0.85)
    expect(all.reduce((sum, one) => sum + one, 0) / all.length).toBeLessThan(1.15)
  })

  it('the same requests, outcomes, percentiles and recovery to the bit', () => {
    expect(together.requests).toEqual(apart.requests)
    expect(together.distribution).toEqual(apart.distribution)
    expect(together.latency_ms.p90.value).toBe(apart.latency_ms.p90.value)
    expect(together.timeline).toEqual(apart.timeline)
    for (const [i, fault] of apart.faults.entries()) {
      const { strikes, unrestored, good_unrestored, endless, recovery_max_s, metastable } = fault
      expect(together.faults[i]).toMatchObject({
        strikes,
        unrestored,
        good_unrestored,
        endless,
        recovery_max_s,
        metastable,
      })
    }
    // Some struck, and some were not over: not none of them, nor all.
    const struck = singles.filter(({ strikes }) => strikes.length > 0).length
    const { unrestored, detected } = together.faults[0]!
    expect([struck > 50, struck < 250, unrestored > 3, unrestored < struck]).toEqual([true, true, true, true])
    expect(detected[0]!.replications).toBeGreaterThan(unrestored)
    expect(together.components.a!.tries).toBeDefined()
    expect(together.faults[0]!.delayed!.value).toBeGreaterThan(0)
  })

  it('estimates that take a group for as much as it is of', () => {
    // All runs of group after group are the same but for one group: it weighs as its runs do.
    const weighed = groups.map((r) => ({
      ...r,
      all: { ...r.all, answered: weightOf(r) * scenario.lasts * r.replication },
    }))
    const mean = singles.reduce((sum, _, i) => sum + (i < 10 ? i : i - ((i - 10) % 8)), 0) / 300
    expect(summarize(scenario, weighed).qps.ok.value).toBeCloseTo(mean, 9)
  })
})

/** Each of 40 replications by itself, and in groups of four. */
function twice(text: string) {
  const one = parseScenario(`lasts: 6s\nreplications: 40\n${text}`, 'test.yaml')
  const job = { source: one.source, without: null, warmup: null }
  const records = Array.from({ length: 40 }, (_, replication) => runJob({ ...job, replication }))
  return { scenario: one, records, groups: regrouped(records, 4) }
}

const OPEN = 'users: { u: { arrive: poisson(100/s), to: q, timeout: 2s } }'
const kinds: Record<string, string> = {
  'nothing fails, though something strikes': `warmup: auto
${OPEN}
components: { q: { kind: service, service: exponential(4ms) } }
faults: [{ kind: slow, target: q, factor: 2, mtbf: exponential(30s), mttr: 1s }]`,
  'nothing settles': `warmup: 0s
users: { u: { arrive: poisson(100/s), to: q } }
components: { q: { kind: service, service: exponential(14ms) } }`,
  'more comes than is served, and is refused': `warmup: 0s
${OPEN}
components: { q: { kind: service, servers: 2, queue: 5, service: exponential(40ms) } }`,
  'pages are loaded': `warmup: 0s
users: { u: { arrive: poisson(20/s), to: q, timeout: 1s, page: { assets: 4, class: img } } }
components: { q: { kind: service, servers: 2, queue: 9, service: exponential(18ms) } }`,
  'a load comes and goes over lines, to a replicated database': `warmup: 0s
sizes: { page: { request: 500B, answer: 20kB } }
hosts: { h: { cores: 2, bandwidth: 20Mbit/s } }
users: { u: { arrive: poisson(60/s), to: app, timeout: 2s, profile: { 2s: 300%, 4s: 50% }, mix: { page: 100% } } }
components:
  app: { kind: app, host: h, workers: 20, service: 2ms, database: [db, db2] }
  db: { kind: mysql, service: 1ms, replicas: [db2] }
  db2: { kind: mysql, service: 1ms }`,
}

it.each(Object.entries(kinds))('groups give the same where %s', (_, text) => {
  const { scenario, records, groups } = twice(text)
  expect(groups).toHaveLength(18)
  const [one, other] = [summarize(scenario, records), summarize(scenario, groups)]
  compare(one, other, '', new Map())
  // With no failure seen the bound is of what was simulated, however it was counted.
  if (one.availability.value === 1)
    expect((1 - other.availability.low!) / (1 - one.availability.low!)).toBeCloseTo(1, 9)
})

it('a warm-up is judged by the same means', () => {
  const { scenario, records, groups } = twice(kinds['nothing fails, though something strikes']!)
  const warm = { ...scenario, faults: [] }
  const [one, other] = [records, groups].map((all) => warmupJudged(warm, all, warmupOf(warm))!)
  expect(other).toEqual(one)
  expect(one!.needed).toBeGreaterThanOrEqual(warmupOf(warm))
})

it('scenarios are compared by groups of the same replications, each by what it is of', () => {
  const [a, b] = ['4ms', '6ms'].map((service) =>
    twice(`warmup: 0s\n${OPEN}\ncomponents: { q: { kind: service, service: exponential(${service}) } }`),
  )
  const compared = (one: ReplicationRecord[], other: ReplicationRecord[]) =>
    comparisonsOf(
      [one, other].map((records, i) => {
        const own = [a!, b!][i]!.scenario
        return { scenario: own, records, result: summarize(own, records) }
      }),
    )
  const of = (metric: string, comparisons: ReturnType<typeof compared>) =>
    comparisons.find((one) => one.metric === metric)!
  const apart = compared(a!.records, b!.records)
  const both = compared(a!.groups, b!.groups)
  const mixed = compared(a!.records, b!.groups)
  expect(mixed).toEqual(both)
  for (const metric of ['qps_ok', 'latency_mean_ms']) {
    const [one, other] = [of(metric, apart), of(metric, both)]
    expect(other.verdict).toBe(one.verdict)
    // A mean of ratios is not quite the ratio of means.
    expect(other.difference.value! / one.difference.value!).toBeCloseTo(1, metric === 'qps_ok' ? 9 : 1)
  }
  const fewer = b!.records.slice(0, 30)
  const value = (comparisons: ReturnType<typeof compared>) => of('qps_ok', comparisons).difference.value!
  expect(value(compared(a!.groups, fewer))).toBeCloseTo(value(compared(a!.records.slice(0, 30), fewer)), 9)
})

describe('a record of several replications', () => {
  const [one, other, third] = singles as [ReplicationRecord, ReplicationRecord, ReplicationRecord]

  it('is made by a job that counts them, in whatever thread, and told of as it goes', async () => {
    const whole = [other, third].reduce(recordTogether, one)
    const shares: number[] = []
    const made = runJob({ ...jobs[0]!, count: 3 }, (share) => shares.push(share))
    expect(made).toEqual(whole)
    expect(weightOf(made)).toBe(3)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares.filter((share) => share < 1 / 3).length).toBe(99)
    expect(shares.at(-1)).toBeLessThan(1)
    let done = 0
    const [inTurns] = await inline.run([{ ...jobs[0]!, count: 3 }], () => done++)
    expect(inTurns).toEqual(made)
    expect(done).toBe(3)
    expect(runJob({ ...jobs[0]!, count: 1 })).toEqual(one)
  })

  it('has the sum of what is counted, and the mean of what is a mean', () => {
    const both = recordTogether(one, other)
    expect(both.events).toBe(one.events + other.events)
    const added = <T>(whole: T, a: T, b: T, ...keys: (keyof T)[]) => {
      for (const key of keys) expect([key, whole[key]]).toEqual([key, Number(a[key]) + Number(b[key])])
    }
    const waiting = { ...other, all: { ...other.all, underWay: 3 } }
    const standing = recordTogether({ ...one, all: { ...one.all, underWay: 4 } }, waiting)
    expect(standing.all.underWay).toBe(7)
    added(both.all, one.all, other.all, 'offered', 'answered', 'good', 'latencySum')
    for (const name of ['lb', 'a', 'b']) {
      const [all, a, b] = [both, one, other].map((record) => record.components[name]!)
      added(all!, a!, b!, 'waits', 'waitSum', 'joined', 'delayed', 'refused', 'entered', 'unheard')
      added(all!.dispatched, a!.dispatched, b!.dispatched, ...Object.keys(a!.dispatched))
      added(both.entered[name]!, one.entered[name]!, other.entered[name]!, ...both.entered[name]!.keys())
    }
    for (const [i, window] of both.timeline.entries())
      added(window, one.timeline[i]!, other.timeline[i]!, 'offered', 'ok', 'good', 'failed')
    expect(Histogram.unpack(both.all.latency).count).toBe(both.all.outcomes[0])
    expect(both.components.a!.utilization).toBeCloseTo(
      (one.components.a!.utilization + other.components.a!.utilization) / 2,
      12,
    )
    const three = recordTogether(both, third)
    const uses = [one, other, third].map((r) => r.hosts)
    expect(Object.keys(three.hosts)).toEqual(Object.keys(uses[0]!))
    const inside = [one, other, third].map((r) => r.inside.lb![40]!)
    expect(three.inside.lb![40]).toBeCloseTo(inside.reduce((a, b) => a + b) / 3, 12)
  })

  it('counts what had no value in some of them over the others', () => {
    const having = (record: ReplicationRecord, value: number) => {
      const lb = { ...record.components.lb!, extra: { ...record.components.lb!.extra, stale: value } }
      return { ...record, components: { ...record.components, lb } }
    }
    const values = [Number.NaN, 2, Number.NaN, 4, 9]
    const five = values.map((value, i) => having(singles[i]!, value))
    const first = [five[1]!, five[2]!].reduce(recordTogether, five[0]!)
    const all = recordTogether(first, recordTogether(five[3]!, five[4]!))
    expect(first.components.lb!.extra.stale).toBe(2)
    expect(all.components.lb!.extra.stale).toBe(5)
    expect(all.group!.told.lb!.stale).toBe(3)
    const none = recordTogether(five[0]!, five[2]!)
    expect(none.components.lb!.extra.stale).toBeNaN()
    const stale = (records: ReplicationRecord[]) => summarize(scenario, records).components.lb!.extra!.stale!
    expect(stale([none, recordTogether(five[1]!, five[3]!), five[4]!]).value).toBe(5)
    expect(stale([none]).value).toBeNull()
  })

  it('does not grow with them', () => {
    // A histogram has as many buckets as there are.
    const size = (record: ReplicationRecord) =>
      JSON.stringify(record, (key, value) => (key === 'latency' ? null : value)).length
    const [few, many] = [60, 240].map((n) => singles.slice(1, n).reduce(recordTogether, one))
    expect(size(many!) / size(few!)).toBeLessThan(1.1)
  })
})

describe('runs of more replications than records are kept', () => {
  const MOST = 40
  const made = (job: Job) =>
    singles.slice(job.replication, job.replication + (job.count ?? 1)).reduce(recordTogether)
  const taken = (there: (job: Job) => boolean): Runs => {
    const runs = new Runs(scenario, MOST)
    const own = replicationsOf(scenario, null, 300, MOST)
    runs.take(
      own,
      own.map((job) => (there(job) ? made(job) : undefined)),
    )
    return runs
  }

  it('have no more, and all of them', () => {
    const runs = taken(() => true)
    expect(runs.inARow()).toHaveLength(10 + Math.ceil(290 / 16))
    expect(runs.result.replications).toBe(300)
    expect(runs.result.requests).toEqual(apart.requests)
  })

  it('are those in a row where some were not finished', () => {
    const runs = taken(({ replication }) => replication !== 42)
    expect(runs.cut).toBe(true)
    expect(runs.result.replications).toBe(42)
    expect(runs.result.requests).toEqual(summarize(scenario, singles.slice(0, 42)).requests)
  })

  it('stay so few where a precision takes more and more', async () => {
    const runs = new Runs(scenario, MOST)
    const pool = { ...inline, run: async (list: readonly Job[]) => list.map(made) }
    await runs.run(replicationsOf(scenario, null, 35, MOST), pool)
    let peak = 0
    const stopping = {
      precision: 1e-9,
      most: 290,
      outOfTime: () => {
        peak = Math.max(peak, runs.inARow().length)
        return false
      },
    }
    await supply(precise(runs, stopping), runs, pool)
    expect(peak).toBeGreaterThan(30)
    expect(peak).toBeLessThanOrEqual(MOST)
    expect(runs.result.replications).toBe(290)
    expect(runs.result.requests).toEqual(summarize(scenario, singles.slice(0, 290)).requests)
    const direct = replicationsOf(scenario, null, 290, MOST)
    expect(runs.inARow().map((r) => [r.replication, weightOf(r)])).toEqual(
      direct.map(({ replication, count = 1 }) => [replication, count]),
    )
  })
})
