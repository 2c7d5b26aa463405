import type { Strike } from '../model/fault-calendar.js'
import type { Chronicle, Judged } from '../traffic/chronicle.js'

/** Points of the share of good answers that are nothing: fewer than one in twenty more fail, or are late, than before. */
const SLACK = 0.05
/** Requests too many, in a row or nearly so, that are more than one visitor's bad luck. */
const FEW = 2
/** So much beyond chance is below one in 100,000: exp(-2 SLACK h / (b (1 - b))), for a sum that drifts by -SLACK. */
const CHANCE = 120
/** Before as many visitors have come nobody knows what was usual. */
const ENOUGH = 20
/** A stretch without an answer is one if it lasts so many times as long as the longest before the first strike ... */
const LONGEST = 2
/** ... or as long as so many answers took to come. */
const MEAN = 20
/** A share of the arrivals: answers come less often than this, and it is not a backlog that is worked off. */
const KEPT_UP = 0.95
/** A state is one of its own after as many seconds as the fault lasted, and as these. */
const LOOKED = 10

/** What visitors met after a strike. Seconds. */
export interface Sequel {
  /** The longest stretch without any answer, and all of them together. */
  noAnswer: number
  noAnswerTotal: number
  /** Nobody was answered again by the end. */
  silent: boolean
  /** Until the share of good answers was what it was before, and stayed so; to the end, if it was not. */
  goodBack: number
  back: boolean
  /** It healed, the load is no more than what was borne before, and it goes on all the same. */
  stuck: boolean
  /** Answered ok, but late, beyond the share of such answers before. */
  late: number
}

/** What was usual before the first strike. */
interface Usual {
  /** Share of the visitors who got no good answer, and who got one that was late. */
  bad: number
  late: number
  /** Visitors a second; NaN where too few came to know. */
  rate: number
  /** Seconds without an answer that are not usual. */
  gap: number
}

/**
 * What followed each strike, from what the chronicle has.
 *
 * - **Without any answer**: from the last answer (or the strike, if that is later) to the next, where that is more than
 *   twice the longest such stretch before the first strike, or more than what twenty answers took.
 * - **Good again**: the requests in the order of their arrivals add up what is bad beyond the share before the strike
 *   and five points (a CUSUM, Page 1954). The sum rises while the service is bad and falls when it is as before; where
 *   it turns, the last bad one had arrived. A rise within chance is none. What follows later counts too, up to the
 *   next strike that finds the service as it was: back is back for good.
 */
export function sequelsOf(
  strikes: readonly Strike[],
  chronicle: Chronicle,
  waiting: readonly number[],
  now: number,
): Sequel[] {
  const judged = chronicle.judged(waiting, now)
  const usual = usualOf(strikes, chronicle)
  const gaps = gapsOf(chronicle, usual.gap)
  return strikes.map((strike) => {
    const own = gaps.filter((gap) => blamed(strike, strikes, gap, usual.gap))
    const without = own.map(({ from, to }) => to - Math.max(from, strike.from))
    const { until, back, late } = goodAgain(strike, strikes, chronicle, judged, usual)
    // Where all wait who could ask, nobody is there to fare badly: it is not good before somebody is answered.
    const unheard = own.filter(({ to }) => until > 0 && to - until > chronicle.good)
    const answeredAgain = Math.max(0, ...unheard.map(({ to }) => to))
    const goodBack = Math.max(
      0,
      (back ? Math.max(until, answeredAgain) : chronicle.lasts) - Math.max(0, strike.from),
    )
    return {
      noAnswer: Math.max(0, ...without),
      noAnswerTotal: without.reduce((sum, seconds) => sum + seconds, 0),
      silent: own.some(({ to }) => to >= chronicle.lasts),
      goodBack,
      back,
      stuck: !back && isStuck(strikes, strike, chronicle, usual),
      late,
    }
  })
}

function usualOf(strikes: readonly Strike[], chronicle: Chronicle): Usual {
  const first = Math.min(chronicle.lasts, ...strikes.map(({ from }) => Math.max(0, from)))
  const before = first > 0 ? chronicle.cellAt(first) : 0
  const sum = (of: Float64Array, to = before) => of.subarray(0, to).reduce((a, b) => a + b, 0)
  const offered = sum(chronicle.offered)
  const answered = sum(chronicle.answered)
  const known = offered >= ENOUGH
  const longest = chronicle.gap.subarray(0, before).reduce((a, b) => Math.max(a, b), 0)
  // Where too little is known of before, all who asked in the span tell how often somebody is to be answered.
  const all = sum(chronicle.offered, chronicle.cells)
  const mean = answered >= ENOUGH ? first / answered : chronicle.lasts / Math.max(1, all)
  return {
    bad: known ? sum(chronicle.bad) / offered : 0,
    late: known ? sum(chronicle.late) / offered : 0,
    rate: known ? offered / first : Number.NaN,
    gap: answered >= ENOUGH ? Math.min(LONGEST * longest, MEAN * mean) : MEAN * mean,
  }
}

interface Gap {
  from: number
  to: number
}

/** Stretches without an answer in which somebody asked. */
function gapsOf(chronicle: Chronicle, usual: number): Gap[] {
  const { gap, gapEnd, offered, lasts, lastAnswer, cells } = chronicle
  const gaps: Gap[] = []
  for (let cell = 0; cell < cells; cell++)
    if (gap[cell]! > usual) gaps.push({ from: gapEnd[cell]! - gap[cell]!, to: gapEnd[cell]! })
  if (lasts - lastAnswer > usual) gaps.push({ from: lastAnswer, to: lasts })
  return gaps.flatMap(({ from, to }) => {
    // From when somebody asked again: nobody waits for an answer at night.
    let cell = chronicle.cellAt(from)
    while (cell <= chronicle.cellAt(to) && offered[cell] === 0) cell++
    const asked = chronicle.startOf(cell)
    const since = asked - from > usual ? asked : from
    return to - since > usual ? [{ from: since, to }] : []
  })
}

/** The last strike before the stretch became unusual, and those in the middle of it. */
function blamed(strike: Strike, strikes: readonly Strike[], { from, to }: Gap, usual: number): boolean {
  if (strike.from >= to) return false
  if (strike.from > from + usual) return true
  return !strikes.some((other) => other.from > strike.from && other.from <= from + usual)
}

function goodAgain(
  strike: Strike,
  strikes: readonly Strike[],
  chronicle: Chronicle,
  { offered, bad, lastBad }: Judged,
  usual: Usual,
): { until: number; back: boolean; late: number } {
  const { cells, late } = chronicle
  const enough = FEW + CHANCE * usual.bad * (1 - usual.bad)
  const start = chronicle.cellAt(strike.from)
  const next = new Set(
    strikes.filter(({ from }) => from > strike.from).map(({ from }) => chronicle.cellAt(from)),
  )
  let [sum, peak, at, until, tooLate, open] = [0, 0, 0, 0, 0, false]
  // How many were bad since the sum rose, and how many after the last of them were not.
  let [taken, since] = [0, 0]
  for (let cell = start; cell < cells; cell++) {
    if (cell > start && next.has(cell) && !open) break
    tooLate += late[cell]! - usual.late * offered[cell]!
    sum = Math.max(0, sum + bad[cell]! - (usual.bad + SLACK) * offered[cell]!)
    taken = sum === 0 ? 0 : taken + bad[cell]!
    since = bad[cell]! > 0 ? 0 : since + offered[cell]!
    if (sum > peak) {
      peak = sum
      at = lastBad[cell]!
      open = peak > enough
    } else if (sum === 0 || sum <= peak - Math.max(1, enough - FEW)) {
      if (open) until = at
      sum = 0
      peak = 0
      open = false
    }
  }
  // At the end of a run no more need come than fared badly: few come where there are few.
  return { until: open ? at : until, back: !open || since >= taken, late: Math.max(0, tooLate) }
}

/** Whether it goes on by itself: nothing strikes any more, no more come than before, and fewer are answered than come. */
function isStuck(
  strikes: readonly Strike[],
  strike: Strike,
  chronicle: Chronicle,
  { rate, bad }: Usual,
): boolean {
  const healed = Math.max(...strikes.map(({ to }) => to))
  const rest = chronicle.lasts - healed
  if (!(rest >= Math.max(LOOKED, strike.to - Math.max(0, strike.from))) || !(bad < SLACK)) return false
  const half = chronicle.cellAt(healed + rest / 2)
  const sum = (of: Float64Array) => of.subarray(half).reduce((a, b) => a + b, 0)
  const came = sum(chronicle.offered)
  const isLoad = came / (rest / 2) <= rate * (1 + SLACK)
  return isLoad && sum(chronicle.answered) < KEPT_UP * came
}
