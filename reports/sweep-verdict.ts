import type { Judgement, Result } from '../sim/experiments/result.js'
import { type Curve, curvesOf, overloadOf, sayOverload } from './knee.js'
import type { Sweep, SweepPoint } from './sweep-table.js'
import { FULL, whereOf } from './words/limits.js'
import { digits, whole } from './words/numbers.js'

/** The first line of a sweep: until where all objectives hold, what is missed first, from where it is overloaded. */
export function sweepLine(sweep: Sweep): string {
  const { settings, dimensions, points, interrupted } = sweep
  const varied = settings.filter((setting) => /\{[a-z]\}/.test(setting))
  const curves = curvesOf(dimensions, points)
  const found = curves.length === 1 ? ofCurve(curves[0]!) : ofSeveral(curves, points)
  const cut = interrupted === undefined ? '' : `, of the ${whole(points.length)} points that are there`
  return `${points[0]!.result.scenario}, ${varied.join(', ')}${cut}: ${found.join('; ')}.`
}

/** Whether an objective is not met at a point, or cannot be told to be: what `--check` ends with. */
export const isMissed = ({ points }: Pick<Sweep, 'points'>): boolean =>
  points.some(({ result }) => !holds(result))

const openAt = ({ expectations = [] }: Result): Judgement[] =>
  expectations.filter(({ verdict }) => verdict !== 'met')

const holds = (result: Result): boolean => openAt(result).length === 0

const isJudged = (points: readonly SweepPoint[]): boolean =>
  points.some(({ result }) => result.expectations !== undefined)

const ofCurve = (curve: Curve): string[] => [...objectivesAlong(curve), ...loadAlong(curve)]

/** Whether there is a further on: values that are names have none. */
const isOrdered = ({ points, x }: Pick<Curve, 'points' | 'x'>): boolean =>
  points.every(({ point }) => Number.isFinite(Number(point[x])))

/** So many points are named. */
const MOST = 6

/** Where all objectives hold, and which is the first that does not. */
function objectivesAlong({ points, x }: Curve): string[] {
  if (!isJudged(points)) return []
  const at = (i: number) => `${x}=${points[i]!.point[x]}`
  const first = points.findIndex(({ result }) => !holds(result))
  if (first < 0)
    return [points.length === 1 ? `all objectives hold at ${at(0)}` : 'all objectives hold at every point']
  const held = points.flatMap(({ result }, i) => (holds(result) ? [i] : []))
  const until =
    held.length === 0
      ? 'no point keeps all objectives'
      : held.length === first && isOrdered({ points, x })
        ? `all objectives hold ${first === 1 ? 'at' : 'up to'} ${at(first - 1)}`
        : `all objectives hold at ${held.length > MOST ? `${held.length} of ${points.length} points` : held.map(at).join(', ')}`
  return [until, `${firstOpen(points[first]!.result)} at ${at(first)}`]
}

/** `latency_p99 <= 100ms is missed first`; what is not met before what is undecided. */
function firstOpen(result: Result): string {
  const open = openAt(result)
  const missed = open.filter(({ verdict }) => verdict === 'not met')
  const those = missed.length > 0 ? missed : open
  const is = those.length === 1 ? 'is' : 'are'
  return `${those.map(({ text }) => text).join(' and ')} ${is} ${missed.length > 0 ? 'missed first' : `the first that ${is} undecided`}`
}

/** From where it is overloaded, and what cannot keep up; else what would be full next. */
function loadAlong({ points, x }: Curve): string[] {
  const at = (i: number) => `${x}=${points[i]!.point[x]}`
  const over = points.flatMap(({ result }, i) => (overloadOf(result) === null ? [] : [i]))
  if (over.length === 0) {
    const isNone = points.length === 1 ? 'it is not' : 'no point is'
    return [`${isNone} overloaded${nextLimit(points)}`]
  }
  const first = points[over[0]!]!.result
  const fully = over[0]! + over.length === points.length && isOrdered({ points, x })
  const where =
    over.length === points.length && over.length > 1
      ? 'at every point'
      : fully && over.length > 1
        ? `from ${at(over[0]!)} on`
        : `at ${over.map(at).join(', ')}`
  return [
    `overloaded ${where}: ${sayOverload(first)} cannot keep up beyond about ${digits(first.overloaded!.capacity_per_s)} requests/s`,
  ]
}

/** Of the point at which it is used most, where it is known what would fill it. */
function nextLimit(points: readonly SweepPoint[]): string {
  const [most] = points
    .map(({ result }) => result)
    .sort((a, b) => (b.bottleneck?.utilization ?? 0) - (a.bottleneck?.utilization ?? 0))
  const bottleneck = most?.bottleneck
  if (!bottleneck) return ''
  const full =
    bottleneck.full_at_per_s === null ? '' : `, full at about ${digits(bottleneck.full_at_per_s)} requests/s`
  return `; the ${bottleneck.utilization < FULL ? 'next limit' : 'limit'} is ${whereOf(bottleneck, most!)}${full}`
}

/** Of several curves: at how many points what holds, and the first of those at which something does not. */
function ofSeveral(curves: readonly Curve[], points: readonly SweepPoint[]): string[] {
  const of = `of ${whole(points.length)} points`
  const over = points.filter(({ result }) => overloadOf(result) !== null)
  const parts: string[] = []
  if (isJudged(points)) {
    const held = points.filter(({ result }) => holds(result)).length
    parts.push(
      `all objectives hold at ${held === points.length ? 'every point' : `${held === 0 ? 'none' : whole(held)} ${of}`}`,
    )
    const first = firstAlong(curves, ({ result }) => !holds(result))
    if (first !== null) parts.push(`${firstOpen(first.result)} at ${saidOf(first)}`)
  }
  const overloaded = firstAlong(curves, ({ result }) => overloadOf(result) !== null)
  parts.push(
    overloaded === null
      ? 'no point is overloaded'
      : `overloaded at ${over.length === points.length ? 'every point' : `${whole(over.length)} ${of}`}, at ${saidOf(overloaded)} first: ${sayOverload(overloaded.result)} cannot keep up`,
  )
  return parts
}

/** The point that is the least far along its curve, of those of which it is the case. */
function firstAlong(curves: readonly Curve[], isCase: (point: SweepPoint) => boolean): SweepPoint | null {
  const found = curves.flatMap(({ points }) => {
    const i = points.findIndex(isCase)
    return i < 0 ? [] : [{ i, point: points[i]! }]
  })
  return found.sort((a, b) => a.i - b.i)[0]?.point ?? null
}

const saidOf = ({ point }: SweepPoint): string =>
  Object.entries(point)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
