import { expect, it } from 'vitest'
import { readScenario, readSuite } from '../../cli/files.js'
import type { Pool } from '../../sim/experiments/jobs.js'
import type { Case } from '../../sim/experiments/suite.js'
import { type Validated, validate } from '../../sim/experiments/validate.js'

/** Those that take long enough to be left to `nines validate`. */
const LONG = ['fanout-100-lognormal', 'avail-series-spof5', 'arch-single-chain']

/** The cases of the validation suite, in short runs. */
export const shortCases: readonly Case[] = readSuite('validation', [], 'short', 40)
  .cases.filter(({ name }) => !LONG.includes(name))
  .map(short)

/** The same case in a fifth of the time, and without the metrics that need longer than that. */
function short({ scenario, exact, ...rest }: Case): Case {
  const { file, source, lasts } = scenario
  return {
    ...rest,
    scenario: readScenario(file, { ...source.overrides, lasts: `${lasts / 5}s` }),
    exact: exact.filter(({ metric }) => !/p99/.test(metric)),
  }
}

/** A test for each case: all of its metrics pass. Gives what was validated. */
export function holdExactly(cases: readonly Case[], pool: Pool): readonly Validated[] {
  const validated: Validated[] = []
  it.each(cases)('$name', async (one) => {
    const [{ verdicts }] = (await validate([one], pool)) as [Validated]
    validated.push({ case: one, verdicts })
    expect(verdicts.filter(({ passes }) => !passes)).toEqual([])
  })
  return validated
}
