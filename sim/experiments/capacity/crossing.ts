import { exp, log } from '../../arithmetic/elementary.js'
import type { Estimate } from '../../stats/estimate.js'
import type { Excess } from './objective.js'

/** What an objective, or all of them together, is at a rate. */
export interface Mark {
  readonly qps: number
  readonly excess: Excess
}

/** Where a bound is crossed, between two rates. */
export interface Bracket {
  /** The highest rate below the crossing that keeps it; null where none did. */
  readonly kept: Mark | null
  /** The lowest that breaks it; null where none did. */
  readonly broken: Mark | null
}

/**
 * The last crossing along `marks`, which go up: the largest rate that keeps the bound is asked for. It may be broken at
 * low rates and kept above them, as where a dead server is asked again every ten seconds, by one of few or one of many.
 */
export function bracketOf(marks: readonly Mark[]): Bracket {
  const place = marks.findLastIndex(({ excess }) => excess.at <= 0)
  return { kept: marks[place] ?? null, broken: marks[place + 1] ?? null }
}

/**
 * A rate as latencies see it: they grow about like a power of 1 / (1 - rate / most), so that their logarithm is about a
 * straight line over this. `most` is a rate at which everything is full: the bottleneck law.
 */
export interface Scale {
  to(qps: number): number
  from(x: number): number
}

/** @param most above all rates that are asked for; `Infinity` where nobody knows: then over the logarithm of the rate */
export function scaleUpTo(most: number): Scale {
  if (most === Number.POSITIVE_INFINITY) return { to: log, from: exp }
  return { to: (qps) => -log(1 - qps / most), from: (x) => most * (1 - exp(-x)) }
}

/** Where a straight line between two marks is 0; null where one of them is at no finite height, or it does not go up. */
export function rootOf(a: Mark, b: Mark, scale: Scale): number | null {
  const slope = slopeOf(a, b, scale)
  return slope === null ? null : scale.from(scale.to(a.qps) - a.excess.at / slope)
}

/** By which the excess grows along the scale; null where one of the two is at no finite height, or it does not grow. */
export function slopeOf(a: Mark, b: Mark, { to }: Scale): number | null {
  const rise = b.excess.at - a.excess.at
  return Number.isFinite(rise) && rise > 0 ? rise / (to(b.qps) - to(a.qps)) : null
}

/**
 * The rate at which a bound is crossed, from two rates near it: by a straight line between them, and its interval by the
 * delta method, the interval of what was measured there over the slope. Where no line can be drawn (beyond the one
 * nothing settles, or nothing failed below the other), the crossing is between the two.
 *
 * @param most rates beyond this are not told
 */
export function crossingOf(a: Mark, b: Mark, scale: Scale, most: number): Estimate {
  const { to, from } = scale
  const slope = slopeOf(a, b, scale)
  if (slope === null) return between(a, b)
  const x = to(a.qps) - a.excess.at / slope
  // Where the ends of the intervals are at the crossing, on lines between those of the two.
  const share = Math.min(1, Math.max(0, (x - to(a.qps)) / (to(b.qps) - to(a.qps))))
  const end = (of: 'low' | 'high') => {
    const [first, second] = [a, b].map(({ excess }) => excess[of] - excess.at)
    return Number.isFinite(first! + second!) ? first! + (second! - first!) * share : null
  }
  const [above, below] = [end('high'), end('low')]
  const within = (qps: number) => Math.min(most, Math.max(0, qps))
  return {
    value: within(from(x)),
    low: above === null ? lowEnd(a) : within(from(x - above / slope)),
    high: below === null ? most : within(from(x - below / slope)),
  }
}

/** The same by one rate that is near the crossing, and a slope that is known from two others. */
export function crossingBy(
  { qps, excess }: Mark,
  slope: number,
  { to, from }: Scale,
  most: number,
): Estimate {
  const at = (height: number) => Math.min(most, Math.max(0, from(to(qps) - height / slope)))
  return {
    value: at(excess.at),
    low: Number.isFinite(excess.high) ? at(excess.high) : null,
    high: at(excess.low),
  }
}

/** Where no line can be drawn. */
export function between(a: Mark, b: Mark): Estimate {
  return { value: (a.qps + b.qps) / 2, low: lowEnd(a), high: b.excess.low > 0 ? b.qps : null }
}

/** What is kept beyond doubt; null where that is not known. */
const lowEnd = ({ qps, excess }: Mark): number | null => (excess.high <= 0 ? qps : null)

/** Half of an interval over its value; `Infinity` where it has an end that is not known. */
export function relativeHalf({ value, low, high }: Estimate): number {
  if (value === null || low === null || high === null || value === 0) return Number.POSITIVE_INFINITY
  return (high - low) / 2 / value
}
