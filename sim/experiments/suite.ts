import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { readScenario } from '../scenario/parse.js'
import type { Scenario } from '../scenario/scenario.js'

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
 * Reads the suite in `folder`: `suite.yaml` with what is exact, and for each case a scenario of its name. Each case
 * has random numbers of its own, so that no two of them are right or wrong together.
 * @param filters parts of names; only cases that have one of them, all if there are none
 */
export function readSuite(
  folder: string,
  filters: readonly string[] = [],
  seed = '1',
  replications?: number,
): Suite {
  const { cases, left_out } = contents.parse(parse(readFileSync(path.join(folder, 'suite.yaml'), 'utf8')))
  return {
    leftOut: left_out,
    cases: Object.entries(cases)
      .filter(([name]) => filters.length === 0 || filters.some((part) => name.includes(part)))
      .map(([name, { source, exact }]) => ({
        name,
        source,
        scenario: readScenario(path.join(folder, `${name}.yaml`), { seed: `${seed}/${name}`, replications }),
        exact: Object.entries(exact).map(([metric, one]) => ({ metric, ...one })),
      })),
  }
}
