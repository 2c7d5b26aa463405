import { cosOfTurns } from '../arithmetic/elementary.js'
import type { Parameter, Signature } from '../options/signature.js'
import { parseDuration, parseFactor } from '../options/units.js'

/**
 * A factor on the arrival rate over time: straight lines between points. Before the first point and after the
 * last it stays; a `period` repeats it.
 */
export class Profile {
  /** @param points `[seconds from the start of the measured span, factor]`, ascending; a jump is two points at one time */
  constructor(
    readonly points: readonly (readonly [number, number])[],
    readonly period = Number.POSITIVE_INFINITY,
  ) {}

  /** The line that `time` lies on: factor now, change per second, and the time of the next corner. */
  line(time: number): { factor: number; slope: number; until: number } {
    const repeats = this.period < Number.POSITIVE_INFINITY
    const offset = repeats ? Math.floor(time / this.period) * this.period : 0
    const local = time - offset
    const after = this.points.findIndex(([t]) => t > local)
    if (after < 0) return { factor: this.points.at(-1)![1], slope: 0, until: offset + this.period }
    const [t1, f1] = this.points[after]!
    if (after === 0) return { factor: this.points[0]![1], slope: 0, until: offset + t1 }
    const [t0, f0] = this.points[after - 1]!
    const slope = (f1 - f0) / (t1 - t0)
    return { factor: f0 + slope * (local - t0), slope, until: offset + t1 }
  }
}

const time = (name: string, fallback?: string): Parameter<number> => ({
  name,
  unit: 'duration',
  fallback,
  read: (text) => parseDuration(text),
})
const factor = (name: string, fallback?: string): Parameter<number> => ({
  name,
  unit: 'factor',
  fallback,
  read: (text) => parseFactor(text),
})

const POINTS_A_DAY = 288

/** The named profiles; a map of times and factors (`{ 0s: 100%, 5min: 300% }`) is a profile of steps. */
export const profiles: readonly Signature<Profile>[] = [
  {
    name: 'ramp',
    says: 'from one factor to another, in a straight line',
    parameters: [factor('to'), time('at', '0s'), time('over', '1min'), factor('from', '100%')],
    make: (to: number, at: number, over: number, from: number) =>
      new Profile([
        [at, from],
        [at + over, to],
      ]),
  },
  {
    name: 'spike',
    says: 'a higher factor for a while, at once and over at once',
    parameters: [factor('to'), time('at'), time('for')],
    make: (to: number, at: number, lasts: number) =>
      steps([
        [at, to],
        [at + lasts, 1],
      ]),
  },
  {
    name: 'daily',
    says: 'a sine over 24 hours between two factors, lowest at the start',
    parameters: [factor('low'), factor('high')],
    make: (low: number, high: number) =>
      new Profile(
        Array.from({ length: POINTS_A_DAY + 1 }, (_, i) => [
          (i * 86400) / POINTS_A_DAY,
          low + ((high - low) * (1 - cosOfTurns(i / POINTS_A_DAY))) / 2,
        ]),
        86400,
      ),
  },
]

/** A profile that jumps to each factor at its time; 100 % before the first. */
export function steps(at: readonly (readonly [number, number])[]): Profile {
  const points: [number, number][] = []
  let before = 1
  for (const [t, f] of at) {
    points.push([t, before], [t, f])
    before = f
  }
  return new Profile(points)
}
