import { parseNumber, Unreadable } from '../options/units.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Pool } from './jobs.js'
import type { Result } from './result.js'
import { jobsOf, run, type Stopping } from './run.js'

/** One letter of the settings, and the values that it takes. */
export interface Dimension {
  readonly name: string
  readonly values: readonly string[]
}

/** A point of a sweep: a value for each dimension. */
export type Point = Readonly<Record<string, string>>

const RANGE = /^(\S+?)\.\.(\S+?)(?::(\S+))?$/
/** A range as others write it: `100-300`, `100:300`, `100 to 300`. */
const OTHERWISE = /^([\d.]+)\s*(?:-|–|—|…|:|to)\s*([\d.]+)(:\S+)?$/
const MOST_VALUES = 10_000
/** Of each the result is kept. */
const MOST_POINTS = 10_000

/** Values from `100..1000:100` (both ends), or from a list `1,2,5`. */
export function valuesOf(text: string): string[] {
  const range = RANGE.exec(text.trim())
  if (range === null) {
    const otherwise = OTHERWISE.exec(text.trim())
    if (otherwise !== null)
      throw new Unreadable(
        `a range with two dots, ${otherwise[1]}..${otherwise[2]}${otherwise[3] ?? ':step'}, or values such as 1,2,5, not "${text}"`,
      )
    if (/^[\d.]+(\s+[\d.]+)+$/.test(text.trim()))
      throw new Unreadable(`values with commas, ${text.trim().split(/\s+/).join(',')}, not "${text}"`)
    const values = text.split(',').map((value) => value.trim())
    if (values.some((value) => value === ''))
      throw new Unreadable(`values such as 100..1000:100 or 1,2,5, not "${text}"`)
    const twice = values.find((value, i) => values.indexOf(value) < i)
    if (twice !== undefined) throw new Unreadable(`different values, and "${twice}" is there twice`)
    return values
  }
  const [from, to, step] = [parseNumber(range[1]!), parseNumber(range[2]!), parseNumber(range[3] ?? '1')]
  if (![from, to, step].every(Number.isFinite))
    throw new Unreadable(`a range of finite numbers, not "${text}"`)
  const count = Math.floor((to - from) / step + 1e-9) + 1
  if (!(step > 0) || !(count >= 1)) throw new Unreadable(`a range that goes up, from..to:step, not "${text}"`)
  if (count > MOST_VALUES) throw new Unreadable(`a range of at most ${MOST_VALUES} values, not ${count}`)
  return Array.from({ length: count }, (_, i) => String(+(from + i * step).toPrecision(12)))
}

/** All combinations; the last dimension changes fastest. Throws `Unreadable` where they are too many. */
export function pointsOf(dimensions: readonly Dimension[]): Point[] {
  const points = dimensions.reduce((product, { values }) => product * values.length, 1)
  if (points > MOST_POINTS) {
    const each = dimensions.map(({ name, values }) => `${values.length} of ${name}`).join(' times ')
    throw new Unreadable(`at most ${MOST_POINTS} points, not ${points}: ${each}`)
  }
  return dimensions.reduce<Point[]>(
    (points, { name, values }) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  )
}

/** A setting with `{x}` replaced by the point's value of x. */
export function settingAt(setting: string, point: Point): string {
  return setting.replace(/\{([a-z])\}/g, (all, name: string) => point[name] ?? all)
}

/** The letters in settings that no dimension gives a value. */
export function unbound(settings: readonly string[], dimensions: readonly Dimension[]): string[] {
  const names = settings.flatMap((s) => [...s.matchAll(/\{([a-z])\}/g)].map((m) => m[1]!))
  return [...new Set(names)].filter((name) => !dimensions.some((d) => d.name === name))
}

/** Jobs that are under way or waiting for their turn: enough for some hundred cores. */
const UNDER_WAY = 500

/**
 * Runs the scenarios of all points, about in their order. Of a point only the result is kept. Null where the work
 * was told to stop before anything was there.
 */
export async function runPoints(
  scenarios: readonly Scenario[],
  pool: Pool,
  stopping: Stopping | null,
): Promise<(Result | null)[]> {
  const results: (Result | null)[] = scenarios.map(() => null)
  const left = scenarios.entries()
  const lane = async () => {
    for (const [i, scenario] of left) {
      const [ran] = await run([scenario], pool, () => {}, stopping)
      results[i] = ran?.result ?? null
    }
  }
  const most = Math.max(...scenarios.map((scenario) => jobsOf(scenario).length))
  await Promise.all(Array.from({ length: Math.ceil(UNDER_WAY / most) }, lane))
  return results
}
