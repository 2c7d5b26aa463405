import type { Strike } from '../model/fault-calendar.js'
import type { Detection, Loss } from '../parts/context.js'
import { type Estimate, nothing, ratioOf, scaled } from '../stats/estimate.js'
import type { Outage } from '../traffic/outages.js'
import type { FaultResult, Recovery, RecoveryTime, VisitorsRecovery } from './result.js'
import type { Sequel } from './sequel.js'

/** Nothing followed. */
const CALM: Sequel = {
  noAnswer: 0,
  noAnswerTotal: 0,
  silent: false,
  goodBack: 0,
  back: true,
  stuck: false,
  late: 0,
}

/** A strike of a fault, and what followed it. Plain data. */
export interface StrikeRecord extends Strike, Sequel {
  /** Seconds that each class was away after it; whether it was back by the end of the run. */
  away: number[]
  restored: boolean[]
  /** Who learned of it, what he did, and how many seconds after it: the first time of each. */
  detected: { component: string; says: string; after: number }[]
  /** Writes that were answered and lost, and how many seconds back they go. */
  lostWrites: number
  lostSeconds: number
}

/**
 * What followed each strike that reached into the measured span. An outage belongs to the last strike before its
 * first request failed, and to each that came in the middle of it, counted from the strike at the earliest. Writes
 * are lost by the last strike before their server failed. Where nobody was answered again by the end, no class was
 * back, though those who wait may not have failed.
 *
 * @param outages for each class, of each kind of users; like `losses` in seconds from the start of the run
 * @param start of the measured span, where strikes count from
 * @param lasts what is not over lasts to the end of the span, seconds
 * @param detections what parts have learned: of the last strike before it
 */
export function strikeRecordsOf(
  strikes: readonly (Strike & Partial<Sequel>)[],
  outages: readonly (readonly (readonly Outage[])[])[],
  losses: readonly Loss[],
  start: number,
  lasts = Number.NEGATIVE_INFINITY,
  detections: readonly Detection[] = [],
): StrikeRecord[] {
  const strikeRecords = strikes
    .filter(({ to }) => to > 0)
    .map((strike): StrikeRecord => {
      const [none, all] = [outages.map(() => 0), outages.map(() => true)]
      return { ...CALM, ...strike, away: none, restored: all, detected: [], lostWrites: 0, lostSeconds: 0 }
    })
  const blamed = (known: number, to: number) => {
    const last = Math.max(...strikeRecords.map(({ from }) => from).filter((from) => from <= known))
    return strikeRecords.filter(({ from }) => from === last || (from > known && from < to))
  }
  outages.forEach((users, kind) => {
    for (const own of users) {
      const away = new Map<StrikeRecord, number>()
      for (const { from, to: last, known, restored } of own) {
        const to = restored ? last : Math.max(last, start + lasts)
        for (const one of blamed(known - start, to - start)) {
          const seconds = Math.max(0, to - start - Math.max(one.from, from - start))
          away.set(one, (away.get(one) ?? 0) + seconds)
          if (!restored) one.restored[kind] = false
        }
      }
      for (const [one, seconds] of away) one.away[kind] = Math.max(one.away[kind]!, seconds)
    }
  })
  for (const one of strikeRecords) {
    if (!one.silent) continue
    one.away = one.away.map((seconds, kind) =>
      one.restored[kind] ? Math.max(seconds, one.noAnswer) : seconds,
    )
    one.restored.fill(false)
  }
  for (const { component, says, at, since } of detections) {
    if (at - start > lasts) continue
    for (const one of blamed(since - start, since - start)) {
      if (!one.detected.some((known) => known.component === component && known.says === says))
        one.detected.push({ component, says, after: at - start - one.from })
    }
  }
  for (const { failed, at, writes, seconds } of losses) {
    if (at < start) continue
    for (const one of blamed(failed - start, failed - start)) {
      one.lostWrites += writes
      one.lostSeconds = Math.max(one.lostSeconds, seconds)
    }
  }
  return strikeRecords
}

/** For how long something was away, added up over replications; how long at most, and in how many it was not back. */
interface AwaySums {
  seconds: number
  most: number
  unrestored: number
  endless: number
}

/** What followed strikes, added up over the replications in which there was one; of several strikes the worst. Plain data. */
export interface RecoverySums {
  struck: number
  /** The class that was away longest, and each; none where nothing struck. */
  longest: AwaySums
  classes: AwaySums[]
  noAnswer: number
  noAnswerTotal: number
  goodBack: number
  /** Replications in which good answers were not back by the end, and in which it was stuck. */
  goodUnrestored: number
  stuck: number
  lostSeconds: number
  /** Of all strikes. */
  lostWrites: number
  late: number
  /** Who learned of it, how long after it in all, and in how many replications. */
  detected: { component: string; says: string; seconds: number; replications: number }[]
  /** The same of the first thing that each did. */
  first: { component: string; says: ''; seconds: number; replications: number }[]
}

/** What followed the strikes of one replication. */
export function recoverySumsOf(strikes: readonly StrikeRecord[]): RecoverySums {
  const worst = (of: (strike: StrikeRecord) => number) => Math.max(0, ...strikes.map(of))
  const all = (of: (strike: StrikeRecord) => number) => strikes.reduce((sum, strike) => sum + of(strike), 0)
  const is = (of: (strike: StrikeRecord) => boolean) => (strikes.some(of) ? 1 : 0)
  const away = (of: <T>(byClass: readonly T[]) => readonly T[]): AwaySums => {
    const seconds = worst((s) => Math.max(...of(s.away)))
    return {
      seconds,
      most: seconds,
      unrestored: is((s) => of(s.restored).includes(false)),
      endless: is((s) => s.forever && of(s.restored).includes(false)),
    }
  }
  return {
    struck: strikes.length > 0 ? 1 : 0,
    longest: away((byClass) => byClass),
    classes: (strikes[0]?.away ?? []).map((_, kind) => away((byClass) => [byClass[kind]!])),
    noAnswer: worst((s) => s.noAnswer),
    noAnswerTotal: worst((s) => s.noAnswerTotal),
    goodBack: worst((s) => s.goodBack),
    goodUnrestored: is((s) => !s.back),
    stuck: is((s) => s.stuck),
    lostSeconds: worst((s) => s.lostSeconds),
    lostWrites: all((s) => s.lostWrites),
    late: all((s) => s.late),
    detected: detectedIn(strikes.flatMap((strike) => strike.detected)),
    first: detectedIn(strikes.flatMap(firstOfEach)),
  }
}

/** The first thing that each learned of a strike, whatever it was. */
function firstOfEach({ detected }: StrikeRecord): { component: string; says: ''; after: number }[] {
  const components = [...new Set(detected.map(({ component }) => component))]
  return components.map((component) => {
    const own = detected.filter((one) => one.component === component)
    return { component, says: '', after: Math.min(...own.map(({ after }) => after)) }
  })
}

/** Of several strikes that somebody learned of, the mean. */
function detectedIn<Says extends string>(
  all: readonly { component: string; says: Says; after: number }[],
): { component: string; says: Says; seconds: number; replications: number }[] {
  const known = new Map<string, { component: string; says: Says; times: number[] }>()
  for (const { component, says, after } of all) {
    const key = JSON.stringify([component, says])
    const one = known.get(key) ?? { component, says, times: [] }
    one.times.push(after)
    known.set(key, one)
  }
  return [...known.values()].map(({ times, ...who }) => ({
    ...who,
    seconds: times.reduce((sum, time) => sum + time, 0) / times.length,
    replications: 1,
  }))
}

export function recoveryTogether(one: RecoverySums, other: RecoverySums): RecoverySums {
  const away = (a: AwaySums, b: AwaySums): AwaySums => ({
    seconds: a.seconds + b.seconds,
    most: Math.max(a.most, b.most),
    unrestored: a.unrestored + b.unrestored,
    endless: a.endless + b.endless,
  })
  if (other.struck === 0) return one
  if (one.struck === 0) return other
  return {
    struck: one.struck + other.struck,
    longest: away(one.longest, other.longest),
    classes: one.classes.map((own, kind) => away(own, other.classes[kind]!)),
    noAnswer: one.noAnswer + other.noAnswer,
    noAnswerTotal: one.noAnswerTotal + other.noAnswerTotal,
    goodBack: one.goodBack + other.goodBack,
    goodUnrestored: one.goodUnrestored + other.goodUnrestored,
    stuck: one.stuck + other.stuck,
    lostSeconds: one.lostSeconds + other.lostSeconds,
    lostWrites: one.lostWrites + other.lostWrites,
    late: one.late + other.late,
    detected: addedUp([...one.detected, ...other.detected]),
    first: addedUp([...one.first, ...other.first]),
  }
}

function addedUp<Says extends string>(
  all: readonly { component: string; says: Says; seconds: number; replications: number }[],
): { component: string; says: Says; seconds: number; replications: number }[] {
  const sums = new Map<string, (typeof all)[number]>()
  for (const { seconds, replications, ...who } of all) {
    const key = JSON.stringify(who)
    const known = sums.get(key) ?? { ...who, seconds: 0, replications: 0 }
    sums.set(key, {
      ...who,
      seconds: known.seconds + seconds,
      replications: known.replications + replications,
    })
  }
  return [...sums.values()]
}

/** The recovery from faults, over the replications in which one struck; some may be told together. */
export function recoveryOf(replications: readonly RecoverySums[]): Recovery {
  return {
    ...recoveryTimeOf(replications),
    ...visitorsRecoveryOf(replications),
    rpo_s: meanOfStruck(replications, (r) => r.lostSeconds),
    lost_writes: meanOfStruck(replications, (r) => r.lostWrites),
  }
}

/** What visitors met: of several strikes the worst, where one outage may be the work of several. */
function visitorsRecoveryOf(replications: readonly RecoverySums[]): VisitorsRecovery {
  const goodUnrestored = total(replications, (r) => r.goodUnrestored)
  const good = meanOfStruck(replications, (r) => r.goodBack)
  return {
    no_answer_s: meanOfStruck(replications, (r) => r.noAnswer),
    no_answer_total_s: meanOfStruck(replications, (r) => r.noAnswerTotal),
    good_back_s: goodUnrestored > 0 ? atLeast(good) : good,
    good_unrestored: goodUnrestored,
    metastable: total(replications, (r) => r.stuck) * 2 > total(replications, (r) => r.struck),
  }
}

/** @param kind index of the class of requests that counts; default: all of them */
export function recoveryTimeOf(replications: readonly RecoverySums[], kind?: number): RecoveryTime {
  const struck = replications.filter((r) => r.struck > 0)
  const of = (r: RecoverySums) => (kind === undefined ? r.longest : r.classes[kind]!)
  const unrestored = total(struck, (r) => of(r).unrestored)
  const longest = meanOfStruck(struck, (r) => of(r).seconds)
  return {
    recovery_s: unrestored > 0 ? atLeast(longest) : longest,
    recovery_max_s: struck.length > 0 ? Math.max(...struck.map((r) => of(r).most)) : null,
    unrestored,
    endless: total(struck, (r) => of(r).endless),
  }
}

const total = (replications: readonly RecoverySums[], of: (one: RecoverySums) => number): number =>
  replications.reduce((sum, one) => sum + of(one), 0)

/** Over the replications in which something struck. */
function meanOfStruck(
  replications: readonly RecoverySums[],
  sumOf: (replications: RecoverySums) => number,
): Estimate {
  const struck = replications.filter((r) => r.struck > 0)
  return notNegative(
    struck.map(sumOf),
    struck.map((r) => r.struck),
  )
}

/** Some were still going on at the end of the run: the mean cannot be told, only what it is not below. */
const atLeast = ({ value, low }: Estimate): Estimate => ({ ...nothing, low: low ?? value })

const notNegative = (sums: readonly number[], replications: readonly number[]): Estimate =>
  scaled(ratioOf(sums, replications), 1, 0)

/** The class that was away longest, in the mean over the replications; null if none was away at all. */
export function slowest(classes: readonly string[], replications: readonly RecoverySums[]): string | null {
  const away = classes.map((_, i) => total(replications, (r) => r.classes[i]?.seconds ?? 0))
  const most = Math.max(...away)
  return most > 0 ? classes[away.indexOf(most)]! : null
}

/** Who learned of a fault, in the order in which they mostly did; means over the replications in which they did. */
export const detectedOf = (replications: readonly RecoverySums[]): FaultResult['detected'] =>
  inOrder(replications.flatMap(({ detected }) => detected))

/**
 * Of those who tell people, the names of whom are given, who did so first of a fault, and when; those who never did
 * come last. In the mean over the replications in which each did.
 */
export function noticedOf(
  names: readonly string[],
  replications: readonly RecoverySums[],
): NonNullable<FaultResult['noticed']> {
  const found = inOrder(replications.flatMap(({ first }) => first)).filter((one) =>
    names.includes(one.component),
  )
  const never = names.filter((name) => found.every(({ component }) => component !== name))
  return [
    ...found.map(({ component, after_s, replications }) => ({ component, after_s, replications })),
    ...never.map((component) => ({ component, after_s: nothing, replications: 0 })),
  ]
}

function inOrder(all: RecoverySums['detected']): FaultResult['detected'] {
  const known = new Map<string, RecoverySums['detected']>()
  for (const one of all) {
    const key = JSON.stringify([one.component, one.says])
    known.set(key, [...(known.get(key) ?? []), one])
  }
  return [...known.values()]
    .map((own) => ({
      component: own[0]!.component,
      says: own[0]!.says,
      after_s: timeOf(own),
      replications: own.reduce((sum, one) => sum + one.replications, 0),
    }))
    .sort((a, b) => a.after_s.value! - b.after_s.value!)
}

/** Who learns of it when it is there learns of it later; of what was foreseen, before. */
function timeOf(own: RecoverySums['detected']): Estimate {
  const [seconds, counts] = [own.map((one) => one.seconds), own.map((one) => one.replications)]
  return seconds.some((one) => one < 0) ? ratioOf(seconds, counts) : notNegative(seconds, counts)
}
