import { log } from '../../arithmetic/elementary.js'
import type { Expectation, Scenario } from '../../scenario/scenario.js'
import type { Judgement, Result } from '../result.js'

/** What a rate is held against; where a scenario has no objectives that can be, these. */
export const USUAL = { availability: '>= 99.9%', good: '>= 99%' } as const

/** What is asked instead of borne, or grows with the length of a run, and not with the load. */
const COUNTED = ['qps', 'throughput', 'failed', 'refused']
const OF_FAULTS = /^rto|^rpo$|^lost_writes$|^no_answer$|^good_back$/

/** Objectives that a rate can keep or break, and why the others are left out. */
export function keepable({ expect, expectIdle }: Pick<Scenario, 'expect' | 'expectIdle'>): {
  kept: Expectation[]
  notes: string[]
} {
  const notes = expectIdle.map((metric) => `${metric} is left out: ${NOTHING_STRIKES}`)
  const kept = expect.filter((one) => {
    const why = reasonAgainst(one)
    if (why !== null) notes.push(`${one.text} is left out: ${why}`)
    return why === null
  })
  return { kept, notes }
}

const NOTHING_STRIKES = 'faults do not strike here'

function reasonAgainst({ measure, unit, relation, bound }: Expectation): string | null {
  if (OF_FAULTS.test(measure)) return NOTHING_STRIKES
  if (COUNTED.includes(measure))
    return 'it depends on how much comes, or for how long, and that is what varies'
  if (unit === 'share' && relation.startsWith('>') && bound >= 1)
    return 'no number of requests shows that none ever fails'
  return null
}

/**
 * How far a value is beyond its bound, as the logarithm of a ratio: below 0 it is kept, above 0 broken; of shares that
 * are to be large what is missing counts. `Infinity` where nothing settles. `low` and `high` are the ends of the interval.
 */
export interface Excess {
  readonly at: number
  readonly low: number
  readonly high: number
}

/** Below e to this, a ratio says no more than "far below". */
const FAR = -7
export const BROKEN: Excess = {
  at: Number.POSITIVE_INFINITY,
  low: Number.POSITIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
}

/** Null where there is nothing to judge. Where nobody is answered nothing is kept: an idle machine is no answer. */
export function excessOf(judgement: Judgement, result: Pick<Result, 'unstable' | 'requests'>): Excess | null {
  const { offered, ok } = result.requests
  const excess = measuredExcess(judgement, result)
  return offered > 0 && ok === 0 && !(excess !== null && excess.at > 0) ? BROKEN : excess
}

function measuredExcess(judgement: Judgement, { unstable }: Pick<Result, 'unstable'>): Excess | null {
  if (unstable !== undefined) return BROKEN
  const { value, verdict, reason } = judgement
  if (value.value === null) {
    if (verdict === 'not met') return BROKEN
    // The percentile may be among those who were not answered.
    return reason?.startsWith('of all who asked') ? { ...BROKEN, low: FAR } : null
  }
  const of = ratioOf(judgement)
  const [best, worst] = judgement.relation.startsWith('<') ? [value.low, value.high] : [value.high, value.low]
  return {
    at: of(value.value),
    low: best === null ? FAR : of(best),
    high: worst === null ? Number.POSITIVE_INFINITY : of(worst),
  }
}

function ratioOf({ relation, unit, bound }: Judgement): (x: number) => number {
  const atMost = relation.startsWith('<')
  const ratio = (x: number): number => {
    if (atMost) return x / bound
    return unit === 'share' ? (1 - x) / (1 - bound) : bound / x
  }
  return (x) => {
    const of = ratio(x)
    // A bound of nothing is kept by nothing.
    if (Number.isNaN(of) || of <= 0) return FAR
    return of === Number.POSITIVE_INFINITY ? of : Math.max(FAR, log(of))
  }
}
