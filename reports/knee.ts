import type { Judgement, Result } from '../sim/experiments/result.js'
import type { Dimension } from '../sim/experiments/sweep.js'
import type { SweepPoint } from './sweep-table.js'
import { capital } from './words/capital.js'
import { whoOf } from './words/limits.js'

/** The points along the first dimension, at one value of each of the others. */
export interface Curve {
  /** `y=4, z=leastconn`; empty for a sweep of one dimension. */
  readonly name: string
  /** In the order of x. */
  readonly points: readonly SweepPoint[]
  readonly x: string
}

/** One curve for each combination of the dimensions after the first. */
export function curvesOf(dimensions: readonly Dimension[], points: readonly SweepPoint[]): Curve[] {
  const [x, ...others] = dimensions
  const curves = new Map<string, SweepPoint[]>()
  for (const one of points) {
    const name = others.map(({ name }) => `${name}=${one.point[name]}`).join(', ')
    curves.set(name, [...(curves.get(name) ?? []), one])
  }
  const at = ({ point }: SweepPoint) => Number(point[x!.name])
  return [...curves].map(([name, own]) => ({
    name,
    x: x!.name,
    points: isNumeric(x!) ? own.sort((a, b) => at(a) - at(b)) : own,
  }))
}

/** Whether the values are numbers, so that distances between them mean something. */
export const isNumeric = ({ values }: Dimension): boolean =>
  values.every((value) => Number.isFinite(Number(value)))

/** What cannot keep up, if something cannot and visitors feel it: the name of a component or host. */
export function overloadOf({ overloaded }: Result): string | null {
  return overloaded === undefined || overloaded.lag_growth !== undefined ? null : overloaded.component
}

/** What cannot keep up, for people: `q`, `the CPU of server-1`. */
export const sayOverload = ({ overloaded }: Result): string => whoOf(overloaded!)

/** Where a curve is overloaded, and by whom. */
export function overloads({ name, points, x }: Curve): string {
  const by = points.map(({ result }) => (overloadOf(result) === null ? null : sayOverload(result)))
  const at = (i: number) => `${x}=${points[i]!.point[x]}`
  const say = (text: string) => (name === '' ? `${capital(text)}.` : `With ${name}: ${text}.`)
  const first = by.findIndex((component) => component !== null)
  if (first < 0) return say('no point is overloaded')
  if (by.every((component) => component !== null)) {
    return say(`overloaded at every point: ${by[0]} cannot keep up from ${at(0)} on`)
  }
  // From one x on, as it is with load; else the points one by one.
  if (first > 0 && by.slice(first).every((component) => component !== null)) {
    return say(`carries the load up to ${at(first - 1)}; from ${at(first)} on ${by[first]} cannot keep up`)
  }
  return say(`overloaded at ${by.flatMap((c, i) => (c === null ? [] : [`${at(i)} (${c})`])).join(', ')}`)
}

/** Which objectives of the file are missed along a curve, and where; and which cannot be told. */
export function missed(curve: Curve): string[] {
  return (['not met', 'undecided'] as const).flatMap((verdict) => {
    const told = whereJudged(curve, verdict)
    if (told.length === 0) return []
    const text = `${verdict}: ${told.join('; ')}.`
    return [curve.name === '' ? capital(text) : `With ${curve.name}: ${text}`]
  })
}

function whereJudged({ points, x }: Curve, verdict: Verdict): string[] {
  const texts = [...new Set(points.flatMap(({ result }) => judgedAs(verdict, result)))]
  return texts.map((text) => {
    const at = points.flatMap(({ result }, i) => (judgedAs(verdict, result).includes(text) ? [i] : []))
    const value = (i: number) => `${x}=${points[i]!.point[x]}`
    const onwards = at.length > 1 && at[0]! + at.length === points.length
    return onwards ? `${text} from ${value(at[0]!)} on` : `${text} at ${at.map(value).join(', ')}`
  })
}

type Verdict = Judgement['verdict']

/** The objectives of which a point says so. */
export const judgedAs = (verdict: Verdict, { expectations = [] }: Result): string[] =>
  expectations.filter((one) => one.verdict === verdict).map(({ text }) => text)

export function interruptedWords(points: readonly SweepPoint[], planned: number): string {
  const whole = points.filter(({ result }) => !result.interrupted).length
  return `Interrupted: ${whole} of ${planned} points are finished.`
}
