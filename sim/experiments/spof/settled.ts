import type { Expectation, Scenario } from '../../scenario/scenario.js'
import { type Estimate, ratioOf, scaled } from '../../stats/estimate.js'
import { holds } from '../judge.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Lost } from './spof-result.js'

/** Share of the run after the loss from which on all that takes over is taken to have done so. */
const FROM = 2 / 3

export type Windows = ReplicationRecord['timeline']

/** Of each run the windows of the last third. */
export const lastOf = ({ timeline }: ReplicationRecord): Windows =>
  timeline.slice(Math.round(timeline.length * FROM))

export const sum = (windows: Windows, of: (window: Windows[number]) => number): number =>
  windows.reduce((total, window) => total + of(window), 0)

/**
 * What is answered when all that takes over has done so, as a share of the answers of the same replications without the
 * loss: so it is of as many as asked, also where they wait for an answer before they ask again.
 */
export function settledOf(
  records: readonly ReplicationRecord[],
  calm: readonly ReplicationRecord[],
): Lost['settled'] {
  return {
    answered: shareOfUsual(records, calm, lastOf, ({ ok }) => ok),
    good: shareOfUsual(records, calm, lastOf, ({ good }) => good),
  }
}

/** The same in all the time after the loss: answers. */
export const answeredOf = (
  records: readonly ReplicationRecord[],
  calm: readonly ReplicationRecord[],
): Lost['answered'] =>
  shareOfUsual(
    records,
    calm,
    ({ timeline }) => timeline,
    ({ ok }) => ok,
  )

function shareOfUsual(
  records: readonly ReplicationRecord[],
  calm: readonly ReplicationRecord[],
  of: (record: ReplicationRecord) => Windows,
  count: (window: Windows[number]) => number,
): Estimate {
  const there = records.map((record) => sum(of(record), count))
  const without = records.map((_, i) => sum(of(calm[i]!), count))
  return scaled(ratioOf(there, without), 1, 0, 1)
}

/** Of so many good answers and more it is told whether some are missing ... */
const ENOUGH = 100
/** ... which is a gap where it is more than one in twenty, and more than comes and goes by chance: standard deviations. */
const GAP = 0.05
const CHANCE = 2

/** Whether fewer are there than usual, of so many that it can be told. */
export const isShort = (usual: number, there: number): boolean =>
  usual >= ENOUGH && usual - there > Math.max(GAP * usual, CHANCE * Math.sqrt(usual))

/**
 * Seconds until good answers came as without the loss, and went on so; over all replications together, by stretches of
 * time in which enough come. Null where that was not so by the end.
 */
export function settlesAfter(
  records: readonly ReplicationRecord[],
  calm: readonly ReplicationRecord[],
): number | null {
  const good = (some: readonly ReplicationRecord[], i: number) =>
    some.slice(0, records.length).reduce((n, { timeline }) => n + timeline[i]!.good, 0)
  let [settles, bad, usual, there] = [0, false, 0, 0] as [number | null, boolean, number, number]
  for (const [i] of records[0]!.timeline.entries()) {
    usual += good(calm, i)
    there += good(records, i)
    if (usual < ENOUGH) continue
    bad = isShort(usual, there)
    if (bad) settles = records[0]!.timeline[i + 1]?.start ?? null
    usual = 0
    there = 0
  }
  // Where hardly anybody comes any more, nobody can tell that it is over.
  const isOver = !bad || (usual > 0 && usual - there <= GAP * usual)
  return isOver ? settles : null
}

/**
 * Objectives that are met in the last third without the loss, and not with it: on the share of answers, of good ones, on
 * percentiles, and on the use of hosts and components. Others are not judged: they are about what a third of a run does
 * not tell.
 */
export function missedIn(
  { expect }: Scenario,
  records: readonly ReplicationRecord[],
  calm: readonly ReplicationRecord[],
): Lost['missed'] {
  return expect.flatMap((one) => {
    const unit = one.unit === 's' || one.unit === 'share' ? one.unit : null
    const [before, after] = [measuredIn(one, calm), measuredIn(one, records)]
    if (unit === null || before === undefined || after === undefined) return []
    return kept(one, before) && !kept(one, after) ? [{ text: one.text, value: after, unit }] : []
  })
}

/** Null is beyond every bound: a percentile among those who were not answered. */
const kept = (one: Expectation, value: number | null): boolean => value !== null && holds(one, value)

/** What an objective is about, in the last third; undefined where that is not told. */
function measuredIn(
  { of, measure }: Expectation,
  records: readonly ReplicationRecord[],
): number | null | undefined {
  const all = records.map(lastOf)
  const total = (count: (window: Windows[number]) => number) =>
    all.reduce((n, windows) => n + sum(windows, count), 0)
  if (of === null) {
    const ended = total(({ ok, failed }) => ok + failed)
    if (measure === 'availability') return ended > 0 ? total(({ ok }) => ok) / ended : undefined
    if (measure === 'good') return ended > 0 ? total(({ good }) => good) / ended : undefined
    if (measure === 'latency_p50') return percentileOf(records, ({ allP50 }) => allP50)
    return measure === 'latency_p99' ? percentileOf(records, ({ allP99 }) => allP99) : undefined
  }
  if (measure !== 'utilization') return undefined
  const used = records.flatMap(({ used: own, timeline }) => {
    const series = own[of.name]
    return series === undefined ? [] : [series.slice(Math.round(timeline.length * FROM))]
  })
  const values = used.flat()
  return values.length > 0 ? values.reduce((n, value) => n + value, 0) / values.length : undefined
}

/**
 * Windows have percentiles in the first replication: their median; null where that lies among those who were not answered.
 * The mean would be that of the few windows in which somebody waited long.
 */
function percentileOf(
  records: readonly ReplicationRecord[],
  of: (window: Windows[number]) => number,
): number | null | undefined {
  const first = records.find(({ replication }) => replication === 0)
  const windows = first === undefined ? [] : lastOf(first).filter(({ ok, failed }) => ok + failed > 0)
  if (windows.length === 0) return undefined
  const values = windows.map((window) => (Number.isNaN(of(window)) ? Number.POSITIVE_INFINITY : of(window)))
  const median = values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!
  return Number.isFinite(median) ? median : null
}
