import type { Strike } from '../model/fault-calendar.js'
import type { Detection, Loss } from '../parts/context.js'
import { type Estimate, meanOf, nothing, scaled } from '../stats/estimate.js'
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

/** The recovery from faults, over the replications in which one struck. */
export function recoveryOf(replications: readonly (readonly StrikeRecord[])[]): Recovery {
  const struck = replications.filter((strikes) => strikes.length > 0)
  return {
    ...recoveryTimeOf(replications),
    ...visitorsRecoveryOf(struck),
    rpo_s: notNegative(struck.map((strikes) => Math.max(...strikes.map((s) => s.lostSeconds)))),
    lost_writes: notNegative(struck.map((strikes) => strikes.reduce((sum, s) => sum + s.lostWrites, 0))),
  }
}

/** What visitors met: of several strikes the worst, where one outage may be the work of several. */
function visitorsRecoveryOf(struck: readonly (readonly StrikeRecord[])[]): VisitorsRecovery {
  const worst = (of: (strike: StrikeRecord) => number) =>
    struck.map((strikes) => Math.max(...strikes.map(of)))
  const good = worst((s) => s.goodBack)
  const goodUnrestored = struck.filter((strikes) => strikes.some((s) => !s.back)).length
  const stuck = struck.filter((strikes) => strikes.some((s) => s.stuck)).length
  return {
    no_answer_s: notNegative(worst((s) => s.noAnswer)),
    no_answer_total_s: notNegative(worst((s) => s.noAnswerTotal)),
    good_back_s: goodUnrestored > 0 ? atLeast(good) : notNegative(good),
    good_unrestored: goodUnrestored,
    metastable: stuck * 2 > struck.length,
  }
}

/** @param kind index of the class of requests that counts; default: all of them */
export function recoveryTimeOf(
  replications: readonly (readonly StrikeRecord[])[],
  kind?: number,
): RecoveryTime {
  const struck = replications.filter((strikes) => strikes.length > 0)
  const of = <T>(values: readonly T[]) => (kind === undefined ? values : [values[kind]!])
  const longest = struck.map((strikes) => Math.max(...strikes.flatMap((s) => of(s.away))))
  const unrestored = struck.filter((strikes) => strikes.some((s) => of(s.restored).includes(false))).length
  return {
    recovery_s: unrestored > 0 ? atLeast(longest) : notNegative(longest),
    recovery_max_s: longest.length > 0 ? Math.max(...longest) : null,
    unrestored,
    endless: struck.filter((strikes) => strikes.some((s) => s.forever && of(s.restored).includes(false)))
      .length,
  }
}

/** Some were still going on at the end of the run: the mean cannot be told, only what it is not below. */
function atLeast(values: readonly number[]): Estimate {
  const { value, low } = notNegative(values)
  return { ...nothing, low: low ?? value }
}

const notNegative = (values: readonly number[]): Estimate => scaled(meanOf(values), 1, 0)

/** The class that was away longest, in the mean over the replications; null if none was away at all. */
export function slowest(
  classes: readonly string[],
  replications: readonly (readonly StrikeRecord[])[],
): string | null {
  const away = classes.map((_, i) =>
    replications.reduce((sum, strikes) => sum + Math.max(0, ...strikes.map((s) => s.away[i]!)), 0),
  )
  const most = Math.max(...away)
  return most > 0 ? classes[away.indexOf(most)]! : null
}

/** Who learned of a fault, in the order in which they mostly did; means over the replications in which they did. */
export function detectedOf(replications: readonly (readonly StrikeRecord[])[]): FaultResult['detected'] {
  const known = new Map<string, { component: string; says: string; after: number[] }>()
  for (const strikes of replications) {
    const here = new Map<string, number[]>()
    for (const { component, says, after } of strikes.flatMap((strike) => strike.detected)) {
      const key = JSON.stringify([component, says])
      if (!known.has(key)) known.set(key, { component, says, after: [] })
      here.set(key, [...(here.get(key) ?? []), after])
    }
    for (const [key, times] of here)
      known.get(key)!.after.push(times.reduce((sum, time) => sum + time, 0) / times.length)
  }
  return [...known.values()]
    .map(({ component, says, after }) => ({
      component,
      says,
      after_s: notNegative(after),
      replications: after.length,
    }))
    .sort((a, b) => a.after_s.value! - b.after_s.value!)
}
