import type { Estimate } from '../../stats/estimate.js'
import {
  type Bracket,
  crossingBy,
  crossingOf,
  relativeHalf,
  rootOf,
  type Scale,
  scaleUpTo,
  slopeOf,
} from './crossing.js'
import { leastKept, marksOf } from './marks.js'
import type { Trial, Trials } from './trials.js'

/** What rates near the answer say of it. */
export interface Refined {
  readonly qps: Estimate
  /** The objective that breaks there, by its place; null where none does. */
  readonly binding: number | null
  /** Where each objective breaks, if it does so near here; else null. */
  readonly breaks: readonly (Estimate | null)[]
  /** One of the rates that were tried, next to the answer; where nothing keeps all objectives, the lowest. */
  readonly trial: Trial
  /** Half of the interval over the value. */
  readonly reached: number
}

interface Wanted {
  readonly within: number
  readonly first: number
  readonly most: number
  readonly all: boolean
}

type Pair = readonly [Trial, Trial]

/** The rates lie so far on both sides of where the answer seems to be; at least this, and no further than it is known. */
const [LEAST_APART, MOST_APART] = [0.01, 0.05]
/** Of that: where no line is between them their distance is the interval, and has to be within what is wanted. */
const CLOSER = 0.9
/** Times that the answer turns out to be elsewhere. */
const MOVES = 6
/** Calls of visitors and of boxes, at the rate that is looked at: so many take some seconds, and need not be saved. */
const CHEAP = 6e6
/** What is cheap is made more precise than what was asked for: that many times. */
const FINER = 2
/** From one look to the next, as many times the replications. */
const MORE = { least: 1.5, most: 4, spare: 1.1, sure: 1.25 }

/**
 * Two rates, one on each side of where the objectives seem to break, with some replications: they have the same visitors,
 * so that the line between them is steadier than either. Then as many as it takes at the crossing of that line, until
 * half of the interval is within what is wanted, or there are as many as are granted. Where there is no line, since beyond
 * the one nothing settles, as many at both.
 * @param full requests a second at which the first limit is full; null where nobody knows
 * @throws Stopped
 */
export async function refine(
  trials: Trials,
  { kept, broken }: { [end in keyof Bracket]: NonNullable<Bracket[end]> },
  full: number | null,
  wanted: Wanted,
): Promise<Refined> {
  const apart = Math.min(MOST_APART, Math.max(wanted.within, LEAST_APART))
  const ceiling = 1.02 * Math.max(full ?? 0, broken.qps)
  const scale = scaleUpTo(ceiling * (1 + 2 * apart))
  const some = Math.min(wanted.most, wanted.all ? 2 * wanted.first : wanted.first)
  // More than is full is carried only where losses are borne.
  const middle = (kept.qps + broken.qps) / 2
  let centre = rootOf(kept, broken, scale) ?? Math.max(kept.qps, Math.min(middle, full ?? middle))
  const around = async (replications: number, half = apart): Promise<Pair> => [
    await trials.at(centre * (1 - half), replications),
    await trials.at(centre * (1 + half), replications),
  ]
  let pair = await around(some)
  let told = byTwo(pair, scale, ceiling)
  const isElsewhere = () =>
    told.qps.value! < pair[0].qps * (1 - apart) || told.qps.value! > pair[1].qps * (1 + apart)
  for (let moves = 0; isElsewhere() && moves < MOVES; moves++) {
    // Not beyond what is full, and not further than a line can be trusted.
    centre = Math.min(ceiling, Math.max(told.qps.value!, centre / 1.2), centre * 1.2)
    pair = await around(some)
    told = byTwo(pair, scale, ceiling)
  }
  const rate = told.qps.value!
  const byLine = told.binding !== null && !isElsewhere() && isSloping(pair, told.binding, scale)
  const look = byLine
    ? async (replications: number) => byOne(await trials.at(rate, replications), pair, scale, ceiling) ?? told
    : async (replications: number) => byTwo(await around(replications, CLOSER * apart), scale, ceiling)
  return precise(look, some, trials.callsAt(rate), { ...wanted, finer: wanted.all && byLine })
}

/**
 * Looks with more and more replications, until the interval is narrow enough or they are as many as are granted.
 * @param calls of one replication
 */
async function precise(
  look: (replications: number) => Promise<Refined>,
  some: number,
  calls: number,
  { within, most, all, finer }: Wanted & { finer: boolean },
): Promise<Refined> {
  let reached = false
  for (let replications = some; ; ) {
    const told = await look(replications)
    const isCheap = all && replications * calls < CHEAP
    const aim = isCheap && finer ? within / FINER : within
    // Few long waits make a narrow interval, and a high rate: who stops at the first one leans that way.
    if ((told.reached <= aim && (reached || isCheap || !all)) || replications >= most)
      return told.binding === null ? { ...told, qps: { ...told.qps, value: null } } : told
    reached = told.reached <= aim
    const wider = told.reached / aim
    const times = reached ? MORE.sure : Math.min(MORE.most, Math.max(MORE.least, MORE.spare * wider * wider))
    const next = Math.ceil(replications * times)
    // Not far beyond what is cheap, if what was asked for is reached.
    const enough = told.reached <= within ? Math.max(replications + 1, Math.ceil(CHEAP / calls)) : next
    replications = Math.min(most, next, enough)
  }
}

/** Whether a line says where each objective breaks that may do so near here. */
function isSloping(pair: Pair, binding: number, scale: Scale): boolean {
  return pair[0].excesses.every((_, place) => {
    const [a, b] = marksOf(pair, place)
    if (a === undefined || b === undefined) return place !== binding
    return b.excess.at <= 0 && place !== binding ? true : slopeOf(a, b, scale) !== null
  })
}

/** By the line between two rates, and what is at their crossing. Null where there is nothing to judge. */
function byOne(trial: Trial, pair: Pair, scale: Scale, ceiling: number): Refined | null {
  const breaks = trial.excesses.map((_, place) => {
    const [a, b] = marksOf(pair, place)
    const [mark] = marksOf([trial], place)
    if (a === undefined || b === undefined || mark === undefined) return null
    const slope = slopeOf(a, b, scale)
    return slope === null || !Number.isFinite(mark.excess.at) ? null : crossingBy(mark, slope, scale, ceiling)
  })
  const [, b] = pair
  return firstOf(breaks, trial, b.qps, trial)
}

/** By two rates. */
function byTwo(pair: Pair, scale: Scale, ceiling: number): Refined {
  const [a, b] = pair
  const breaks = a.excesses.map((_, place): Estimate | null => {
    const [from, to] = marksOf(pair, place)
    if (from === undefined || to === undefined) return null
    const flat = slopeOf(from, to, scale) === null
    // Kept at both, and no line that says where it ends; or broken at both.
    if (flat && to.excess.at <= 0) return null
    if (flat && from.excess.at > 0) return { value: 0.98 * a.qps, low: null, high: a.qps }
    return crossingOf(from, to, scale, ceiling)
  })
  const beyond: Refined = {
    qps: { value: 1.02 * b.qps, low: b.qps, high: null },
    binding: null,
    breaks,
    trial: b,
    reached: Number.POSITIVE_INFINITY,
  }
  return firstOf(breaks, a, b.qps, a) ?? beyond
}

/**
 * The lowest of the rates at which an objective breaks; null where none does. All have to be kept, so each end of the
 * interval is that of the objective which is first there.
 * @param below the highest rate that keeps all, or nearly
 * @param above breaks beyond this rate are told by others, which are nearer to them
 */
function firstOf(
  breaks: readonly (Estimate | null)[],
  below: Trial,
  above: number,
  trial: Trial,
): Refined | null {
  const told = breaks.flatMap((one, place) => (one?.value == null ? [] : [{ one, place, value: one.value }]))
  if (told.length === 0) return null
  const { value, place } = told.reduce((least, one) => (one.value < least.value ? one : least))
  const lows = told.map(({ one }) => one.low)
  const highs = told.flatMap(({ one }) => (one.high === null ? [] : [one.high]))
  const qps: Estimate = {
    value,
    low: lows.some((low) => low === null) ? null : Math.min(...lows.map((low) => low ?? 0)),
    high: highs.length > 0 ? Math.min(...highs) : null,
  }
  const tied = told.filter((one) => one.value <= value * 1.0001)
  const least = leastKept(below)
  const binding = tied.some((one) => one.place === least) ? least : place
  const near = breaks.map((one) => (one?.value != null && one.value <= above * 1.02 ? one : null))
  return { qps, binding, breaks: near, trial, reached: relativeHalf(qps) }
}
