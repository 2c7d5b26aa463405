import type { Estimate } from '../../stats/estimate.js'
import {
  type Bracket,
  between,
  bracketOf,
  crossingOf,
  type Mark,
  relativeHalf,
  rootOf,
  scaleUpTo,
} from './crossing.js'
import { fullAt, knownFull } from './full.js'
import { leastKept, marksOf } from './marks.js'
import { type Refined, refine } from './refine.js'
import type { Trial, Trials } from './trials.js'

/** How a capacity is searched. */
export interface Plan {
  /** Half of the interval of the answer, over it. */
  readonly within: number
  /** Replications at each rate far from the answer, and near it at most. */
  readonly first: number
  readonly most: number
  /** Requests a second that are tried first. */
  readonly from: number
  /** Whether it is asked where the other objectives break, and more precisely than was asked for where that is cheap. */
  readonly all: boolean
}

/** Rates tried for one crossing, and to find out where the bottleneck is. */
const MOST_STEPS = 16
const MOST_PROBES = 7
/** From one rate to the next, as long as nothing is known of where the bottleneck is. */
const FACTOR = 6
/** Of one replication: who needs more to find a bottleneck has none. */
const MOST_VISITORS = 1e6
/** Of the rate at which the first limit is full: what is tried next, and the lowest rate. */
const UPWARD = [0.9, 1, 1.25]
const LOWEST = 0.02
/** From one rate to the next lower one, as long as all are broken. */
const DOWNWARD = 0.4
/** How near to each other the rates come between which an objective breaks, over them, before they are looked at closer. */
const COARSE = 0.05

/**
 * The largest rate that keeps all objectives, by bisection between 0 and what the bottleneck carries: few replications
 * where it is far away, as many as it takes where it is near. Without an end where no objective breaks; 0 where one is
 * broken at the lowest rate. Null where there was nothing to judge.
 * @throws Stopped
 */
export async function search(trials: Trials, plan: Plan): Promise<Refined | null> {
  await probe(trials, plan)
  const bracket = await approach(trials, plan, null)
  const { kept, broken } = bracket
  if (kept === null && broken === null) return null
  const found =
    kept !== null && broken !== null
      ? await refine(trials, { kept, broken }, knownFull(trials), plan)
      : atAnEnd(trials, bracket)
  const breaks: (Estimate | null)[] = []
  for (const place of trials.objectives.keys()) {
    const near = found.breaks[place] ?? null
    const told = near !== null || !plan.all ? near : await breakOf(trials, plan, place)
    breaks.push(told && withinFull(fromBelow(told, marksOf(trials.all, place)), trials, place))
  }
  const told = found.qps.value === null ? byAll(found, trials) : found
  return { ...told, qps: withinFull(fromBelow(told.qps, marksOf(trials.all, null)), trials, null), breaks }
}

/** What broke where few looked, and did not where many did: between the rates that are known to keep all and not to. */
function byAll(found: Refined, trials: Trials): Refined {
  const { kept, broken } = bracketOf(marksOf(trials.all, null))
  if (kept === null || broken === null) return found
  const qps = between(kept, broken)
  const trial = trials.all.find((one) => one.qps === broken.qps)!
  return { ...found, qps, binding: leastKept(trial), reached: relativeHalf(qps) }
}

/**
 * Not beyond what is full: whoever finds a rate above it to be kept has not waited until the backlog was long. But where
 * more comes than is carried, and what is lost of it is borne, such a rate is kept.
 */
function withinFull(qps: Estimate, trials: Trials, place: number | null): Estimate {
  const full = knownFull(trials)
  const isBorne = (trial: Trial) =>
    trial.result.overloaded !== undefined && marksOf([trial], place).some(({ excess }) => excess.high <= 0)
  if (full === null || qps.value === null || qps.value <= full || trials.all.some(isBorne)) return qps
  return { ...qps, value: full, low: qps.low === null ? null : Math.min(qps.low, full) }
}

/** With a lower end, where it had none: the highest rate below it that is known to keep what is asked; else nothing is. */
function fromBelow(qps: Estimate, marks: readonly Mark[]): Estimate {
  if (qps.low !== null) return qps
  const known = marks.filter((mark) => mark.qps <= (qps.value ?? mark.qps) && mark.excess.high <= 0)
  return { ...qps, low: known.at(-1)?.qps ?? 0 }
}

/** What is known where a crossing lies beyond all rates that were tried. */
function atAnEnd(trials: Trials, bracket: Bracket): Refined {
  const all = trials.all
  const trial = bracket.kept === null ? all[0]! : all.at(-1)!
  const qps = bracket.kept === null ? none : upTo(bracket.kept)
  const binding = bracket.kept === null ? leastKept(trial) : null
  return { qps, binding, breaks: [], trial, reached: 0 }
}

const none: Estimate = { value: 0, low: 0, high: 0 }
const upTo = ({ qps }: Mark): Estimate => ({ value: null, low: qps, high: null })

/** Tries higher rates until one says what is full first, or breaks an objective. */
async function probe(trials: Trials, { from, first }: Plan): Promise<void> {
  let qps = from
  for (let probes = 0; probes < MOST_PROBES; probes++, qps *= FACTOR) {
    const trial = await trials.at(qps, first)
    if (fullAt(trial) !== null || marksOf([trial], null).some(({ excess }) => excess.at > 0)) return
    if (FACTOR * qps * trial.result.simulated_s > MOST_VISITORS) return
  }
}

/** Narrows down where an objective breaks, or any of them (null). */
async function approach(trials: Trials, { first, from }: Plan, place: number | null): Promise<Bracket> {
  let before = Number.POSITIVE_INFINITY
  for (let step = 0; ; step++) {
    const bracket = bracketOf(marksOf(trials.all, place))
    const next = nextRate(bracket, knownFull(trials), from, before)
    if (next === null || step === MOST_STEPS || (bracket.kept === null && isDead(trials))) return bracket
    before = spanOf(bracket)
    await trials.at(next, first)
  }
}

/**
 * Nobody is answered at the lowest rate that was tried, and not for want of capacity: nor will anybody be at a lower one.
 */
function isDead({ all: [lowest] }: Trials): boolean {
  if (lowest === undefined) return false
  const { requests, overloaded, unstable } = lowest.result
  return requests.offered > 0 && requests.ok === 0 && overloaded === undefined && unstable === undefined
}

const spanOf = ({ kept, broken }: Bracket): number =>
  kept !== null && broken !== null ? broken.qps - kept.qps : Number.POSITIVE_INFINITY

/**
 * The rate to be tried next; null where none would tell more.
 * @param from what was tried first
 * @param before how far apart the ends of the bracket were one step ago
 */
function nextRate(bracket: Bracket, full: number | null, from: number, before: number): number | null {
  const { kept, broken } = bracket
  if (broken === null) {
    const above = ({ qps }: Mark) =>
      UPWARD.map((share) => share * (full ?? 0)).find((rate) => rate > 1.02 * qps)
    // Where nothing ever fills, nothing will.
    return kept === null || full === null ? null : (above(kept) ?? null)
  }
  if (kept === null) {
    const lowest = LOWEST * (full ?? from)
    return broken.qps <= lowest * 1.02 ? null : Math.max(lowest, DOWNWARD * broken.qps)
  }
  const span = spanOf(bracket)
  if (span <= COARSE * broken.qps) return null
  const most = 1.02 * Math.max(full ?? 0, broken.qps)
  // Where a line did not halve it, the middle does.
  const root = span <= before / 2 ? rootOf(kept, broken, scaleUpTo(most)) : null
  const edge = span / 8
  return Math.min(broken.qps - edge, Math.max(kept.qps + edge, root ?? kept.qps + span / 2))
}

/** Where one objective breaks, by rates that are near to each other; null where there was nothing to judge. */
async function breakOf(trials: Trials, plan: Plan, place: number): Promise<Estimate | null> {
  const { kept, broken } = await approach(trials, plan, place)
  if (broken === null) return kept === null ? null : upTo(kept)
  if (kept === null) return none
  const most = 1.02 * Math.max(knownFull(trials) ?? 0, broken.qps)
  return crossingOf(kept, broken, scaleUpTo(most), broken.qps)
}
