import { afterAll, describe, expect, it } from 'vitest'
import { readScenario, readSuite } from '../../cli/files.js'
import type { Case } from '../../sim/experiments/suite.js'
import { spreadOf, type Validated, validate } from '../../sim/experiments/validate.js'
import { builtThreads } from '../support/threads.js'

const { cases } = readSuite('validation', [], 'short', 40)

/** The same case in a fifth of the time, and without the metrics that need longer than that. */
function short({ scenario, exact, ...rest }: Case): Case {
  const { file, source, lasts } = scenario
  return {
    ...rest,
    scenario: readScenario(file, { ...source.overrides, lasts: `${lasts / 5}s` }),
    exact: exact.filter(({ metric }) => !/p99/.test(metric)),
  }
}

/** Those that take long enough to be left to `nines validate`. */
const LONG = ['fanout-100-lognormal', 'avail-series-spof5', 'arch-single-chain']
const quick = cases.filter(({ name }) => !LONG.includes(name)).map(short)

describe('exact results, in short runs of the validation suite', async () => {
  // Two at a time, as `nines validate` has them: this is the longest of all tests.
  const pool = await builtThreads(2)
  const validated: Validated[] = []
  afterAll(() => pool.close())

  it.each(quick)('$name', async (one) => {
    const [{ verdicts }] = (await validate([one], pool)) as [Validated]
    validated.push({ case: one, verdicts })
    expect(verdicts.filter(({ passes }) => !passes)).toEqual([])
  })

  it('is neither too far off nor too near too often', () => {
    const { metrics, beyond, least, most } = spreadOf(validated)
    expect(metrics).toBeGreaterThan(200)
    expect(beyond).toBeLessThanOrEqual(most)
    expect(beyond).toBeGreaterThanOrEqual(least)
  })
})
