import { parse } from 'yaml'
import * as z from 'zod'
import type { Overrides, Scenario } from '../scenario/scenario.js'
import type { Pool } from './jobs.js'
import type { Result } from './result.js'
import { Runs, supply } from './runs.js'
import { needed } from './validate.js'

/** What was measured on the real program, over a few repeats. */
export interface Measurement {
  /** Where the result has it; what a result counts over all replications is taken for each of them. */
  metric: string
  unit: string
  mean: number
  least: number
  most: number
  /** Standard deviation between the repeats, and their number. */
  sd: number
  n: number
  /** What is added to the simulated value: what a connection costs there and is not simulated, or minus a start. */
  add: number
}

/** An experiment that was made with real programs, and the scenario of it. */
export interface MeasuredCase {
  name: string
  /** With its version. */
  program: string
  /** What was done. */
  conditions: string
  scenario: Scenario
  measured: readonly Measurement[]
}

export interface MeasuredSuite {
  cases: readonly MeasuredCase[]
  /** Experiments that no scenario can express, or whose outcome no result has, with the reason. */
  leftOut: Readonly<Record<string, string>>
}

/** How near the simulated value is to what was measured, best first. */
export type Nearness = 'between least and most' | 'within 3 %' | 'within 2 sd' | 'differs'

export interface MeasuredVerdict extends Measurement {
  /** With what is added; null where the result has none. */
  simulated: number | null
  nearness: Nearness
}

export interface Compared {
  case: MeasuredCase
  verdicts: readonly MeasuredVerdict[]
}

const measurement = z.strictObject({
  unit: z.string(),
  mean: z.number(),
  least: z.number(),
  most: z.number(),
  sd: z.number(),
  n: z.number(),
  add: z.number().prefault(0),
})
const contents = z.strictObject({
  cases: z.record(
    z.string(),
    z.strictObject({
      program: z.string(),
      conditions: z.string(),
      measured: z.record(z.string(), measurement),
    }),
  ),
  left_out: z.record(z.string(), z.string()),
})

/**
 * The measured cases, named `measured/...`.
 * @param text what was measured, as YAML
 * @param read gives the scenario of a case
 * @param filters parts of names; only cases that have one of them, all if there are none
 */
export function measuredOf(
  text: string,
  read: (name: string, overrides: Overrides) => Scenario,
  filters: readonly string[] = [],
  seed = '1',
  replications?: number,
): MeasuredSuite {
  const { cases, left_out } = contents.parse(parse(text))
  return {
    leftOut: left_out,
    cases: Object.entries(cases)
      .map(([short, one]) => ({ name: `measured/${short}`, ...one }))
      .filter(({ name }) => filters.length === 0 || filters.some((part) => name.includes(part)))
      .map(({ name, program, conditions, measured }) => ({
        name,
        program,
        conditions,
        scenario: read(name, { seed: `${seed}/${name}`, replications }),
        measured: Object.entries(measured).map(([metric, one]) => ({ metric, ...one })),
      })),
  }
}

/** Runs the cases, one after the other; where the pool is told to stop, those that are finished. */
export async function compareMeasured(cases: readonly MeasuredCase[], pool: Pool): Promise<Compared[]> {
  const compared: Compared[] = []
  for (const one of cases) {
    const runs = new Runs(one.scenario)
    await supply(needed(runs), runs, pool)
    if (runs.cut) break
    const verdicts = one.measured.map((m) => judgeMeasured(m, valueAt(runs.result, m.metric)))
    compared.push({ case: one, verdicts })
  }
  return compared
}

/**
 * A simulated value belongs between the least and the most that was measured. A mean over few repeats is itself
 * uncertain: within 3 % of it, or two standard deviations between repeats, no difference is told.
 */
export function judgeMeasured(measured: Measurement, value: number | null): MeasuredVerdict {
  const simulated = value === null ? null : value + measured.add
  return { ...measured, simulated, nearness: nearnessOf(measured, simulated) }
}

function nearnessOf({ mean, least, most, sd }: Measurement, simulated: number | null): Nearness {
  if (simulated === null) return 'differs'
  if (simulated >= least && simulated <= most) return 'between least and most'
  const distance = Math.abs(simulated - mean)
  if (distance <= 0.03 * Math.abs(mean)) return 'within 3 %'
  return distance <= 2 * sd ? 'within 2 sd' : 'differs'
}

/** What `metric` names: the value of an estimate, or of a sum over the replications what there is in one of them. */
export function valueAt(result: Result, metric: string): number | null {
  const way = metric.split('.')
  let at: unknown = result
  for (const key of way) at = (at as Record<string, unknown> | undefined)?.[key]
  const summed = way.includes('by_outcome') || way.includes('outcomes') || way.includes('dispatched')
  // An outcome that never came about is not in the list.
  if (at === undefined && summed) return 0
  if (typeof at === 'number') return summed || way[0] === 'requests' ? at / result.replications : at
  const found = at as { value?: number | null } | null | undefined
  if (found?.value === undefined) throw new Error(`nothing is at ${metric}`)
  return found.value
}
