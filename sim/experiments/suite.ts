import { parse } from 'yaml'
import * as z from 'zod'
import type { Overrides, Scenario } from '../scenario/scenario.js'

/** What theory says about one metric of a case. */
export interface Exact {
  /** Where the result has it (`latency_ms.mean`), perhaps as `1 - availability`. */
  metric: string
  value: number
  unit: string
  formula: string
}

/** A system whose behaviour is known exactly. */
export interface Case {
  name: string
  source: string
  scenario: Scenario
  exact: readonly Exact[]
}

/** The cases, and what is known of systems that no scenario can express, with the reason. */
export interface Suite {
  cases: readonly Case[]
  leftOut: Readonly<Record<string, string>>
}

const exact = z.strictObject({ value: z.number(), unit: z.string(), formula: z.string() })
const contents = z.strictObject({
  cases: z.record(z.string(), z.strictObject({ source: z.string(), exact: z.record(z.string(), exact) })),
  left_out: z.record(z.string(), z.string()),
})

/**
 * The cases of a suite. Each has random numbers of its own, so that no two of them are right or wrong together.
 * @param text what is exact, as YAML
 * @param read gives the scenario of a case
 * @param filters parts of names; only cases that have one of them, all if there are none
 */
export function suiteOf(
  text: string,
  read: (name: string, overrides: Overrides) => Scenario,
  filters: readonly string[] = [],
  seed = '1',
  replications?: number,
): Suite {
  const { cases, left_out } = contents.parse(parse(text))
  return {
    leftOut: left_out,
    cases: Object.entries(cases)
      .filter(([name]) => filters.length === 0 || filters.some((part) => name.includes(part)))
      .map(([name, { source, exact }]) => ({
        name,
        source,
        scenario: read(name, { seed: `${seed}/${name}`, replications }),
        exact: Object.entries(exact).map(([metric, one]) => ({ metric, ...one })),
      })),
  }
}
