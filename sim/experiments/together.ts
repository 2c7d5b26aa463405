import type { LimitRecord } from '../parts/limit.js'
import { mergedHistogram } from '../stats/sparse.js'
import type { Window } from '../traffic/ledger.js'
import { causesTogether } from './causes/causes-together.js'
import { recoverySumsOf, recoveryTogether } from './recovery.js'
import type { AccountRecord, ComponentRecord, GroupRecord, ReplicationRecord } from './replicate.js'
import { triesIn, triesTogether } from './summarize/tries.js'

/**
 * Two records as one, of all replications that they are of: counts are added up, means are those of all, and what
 * followed strikes is kept as it was in each replication, and added up.
 */
export function recordTogether(one: ReplicationRecord, other: ReplicationRecord): ReplicationRecord {
  const groups = [groupIn(one), groupIn(other)] as const
  const mean = meanBy(groups[0].replications, groups[1].replications)
  const means = (a: readonly number[], b: readonly number[]) => a.map((x, i) => mean(x, b[i]!))
  const limit = limitBy(mean)
  return {
    replication: one.replication,
    all: accountTogether(one.all, other.all),
    classes: one.classes.map((account, i) => accountTogether(account, other.classes[i]!)),
    users: each(one.users, other.users, accountTogether),
    ...(one.pages && { pages: each(one.pages, other.pages!, accountTogether) }),
    components: each(one.components, other.components, (a, b, name) =>
      componentTogether(a, b, mean, [groups[0].told[name]!, groups[1].told[name]!]),
    ),
    hosts: each(one.hosts, other.hosts, (a, b) => ({
      utilization: mean(a.utilization, b.utilization),
      aside: a.aside && b.aside,
      ...(a.disk && {
        disk: { used: mean(a.disk.used, b.disk!.used), full: mean(a.disk.full, b.disk!.full) },
      }),
      ...(a.memory && {
        memory: {
          used: mean(a.memory.used, b.memory!.used),
          swap: mean(a.memory.swap, b.memory!.swap),
          oomKills: a.memory.oomKills + b.memory!.oomKills,
        },
      }),
    })),
    ...(one.lines && {
      lines: one.lines.map((line, i) => ({ ...line, limit: limit(line.limit, other.lines![i]!.limit) })),
    }),
    timeline: one.timeline.map((window, i) => windowTogether(window, other.timeline[i]!)),
    inside: each(one.inside, other.inside, means),
    warmBins: one.warmBins,
    used: each(one.used, other.used, means),
    entered: each(one.entered, other.entered, sums),
    events: one.events + other.events,
    strikes: [],
    group: groupTogether(...groups),
    ...(one.causes && other.causes && { causes: causesTogether(one.causes, other.causes) }),
  }
}

/** What a group knows of its replications, of one that is by itself. */
function groupIn(record: ReplicationRecord): GroupRecord {
  if (record.group !== undefined) return record.group
  const { strikes, components } = record
  const struck = new Set(strikes.map(({ fault }) => fault))
  return {
    replications: 1,
    recovery: recoverySumsOf(strikes),
    faults: Object.fromEntries(
      [...struck].map((index) => [index, recoverySumsOf(strikes.filter(({ fault }) => fault === index))]),
    ),
    tries: triesIn(record),
    told: mapped(components, ({ extra }) => mapped(extra, (value) => (Number.isFinite(value) ? 1 : 0))),
  }
}

function groupTogether(one: GroupRecord, other: GroupRecord): GroupRecord {
  const indices = new Set([...Object.keys(one.faults), ...Object.keys(other.faults)].map(Number))
  const none = recoverySumsOf([])
  return {
    replications: one.replications + other.replications,
    recovery: recoveryTogether(one.recovery, other.recovery),
    faults: Object.fromEntries(
      [...indices].map((index) => [
        index,
        recoveryTogether(one.faults[index] ?? none, other.faults[index] ?? none),
      ]),
    ),
    tries: triesTogether(one.tries, other.tries),
    told: each(one.told, other.told, (a, b) => each(a, b, (x, y) => x + y)),
  }
}

function accountTogether(one: AccountRecord, other: AccountRecord): AccountRecord {
  const outcomes = new Set([...Object.keys(one.failures), ...Object.keys(other.failures)].map(Number))
  return {
    offered: one.offered + other.offered,
    answered: one.answered + other.answered,
    good: one.good + other.good,
    outcomes: sums(one.outcomes, other.outcomes),
    underWay: one.underWay + other.underWay,
    latencySum: one.latencySum + other.latencySum,
    latency: mergedHistogram(one.latency, other.latency),
    failures: Object.fromEntries(
      [...outcomes].map((outcome) => {
        const [a, b] = [one.failures[outcome], other.failures[outcome]]
        if (a === undefined || b === undefined) return [outcome, a ?? b!]
        return [outcome, { sum: a.sum + b.sum, latency: mergedHistogram(a.latency, b.latency) }]
      }),
    ),
  }
}

type Mean = (one: number, other: number) => number

/** @param told in how many replications each of its counts had a value */
function componentTogether(
  one: ComponentRecord,
  other: ComponentRecord,
  mean: Mean,
  told: readonly [Record<string, number>, Record<string, number>],
): ComponentRecord {
  const limit = limitBy(mean)
  return {
    utilization: mean(one.utilization, other.utilization),
    queue: mean(one.queue, other.queue),
    inService: mean(one.inService, other.inService),
    inside: mean(one.inside, other.inside),
    throughput: mean(one.throughput, other.throughput),
    queues: one.queues,
    waits: one.waits + other.waits,
    waitSum: one.waitSum + other.waitSum,
    joined: one.joined + other.joined,
    delayed: one.delayed + other.delayed,
    refused: one.refused + other.refused,
    entered: one.entered + other.entered,
    outcomes: sums(one.outcomes, other.outcomes),
    unheard: one.unheard + other.unheard,
    limits: one.limits.map((own, i) => limit(own, other.limits[i]!)),
    dispatched: each(one.dispatched, other.dispatched, (a, b) => a + b),
    extra: each(one.extra, other.extra, (a, b, key) => meanBy(told[0][key]!, told[1][key]!)(a, b)),
  }
}

const limitBy =
  (mean: Mean) =>
  (one: LimitRecord, other: LimitRecord): LimitRecord => ({
    says: one.says,
    capacity: one.capacity,
    used: mean(one.used, other.used),
    load: one.load === null ? null : mean(one.load, other.load!),
    refused: mean(one.refused, other.refused),
    aside: one.aside && other.aside,
  })

/** Percentiles are those of the windows of one replication. */
const windowTogether = (one: Window, other: Window): Window => ({
  start: one.start,
  offered: one.offered + other.offered,
  ok: one.ok + other.ok,
  asks: sums(one.asks, other.asks),
  oks: sums(one.oks, other.oks),
  good: one.good + other.good,
  failed: one.failed + other.failed,
  p50: Number.NaN,
  p99: Number.NaN,
  allP50: Number.NaN,
  allP99: Number.NaN,
})

/** The mean of two means, of so many replications each; of none there is nothing to be counted. */
function meanBy(these: number, those: number): Mean {
  if (those === 0) return (one) => one
  if (these === 0) return (_, other) => other
  return (one, other) => (one * these + other * those) / (these + those)
}

const sums = (one: readonly number[], other: readonly number[]): number[] => one.map((x, i) => x + other[i]!)

function each<T>(
  one: Record<string, T>,
  other: Record<string, T>,
  both: (a: T, b: T, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(one).map(([name, own]) => [name, both(own, other[name]!, name)]))
}

const mapped = <T, U>(all: Record<string, T>, of: (one: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, of(one)]))
