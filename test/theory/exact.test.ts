import { afterAll, describe, expect, it } from 'vitest'
import { spreadOf } from '../../sim/experiments/validate.js'
import { holdExactly, shortCases } from '../support/exact.js'
import { builtThreads } from '../support/threads.js'

describe('exact results, in short runs of the validation suite', async () => {
  // Two at a time, as `nines validate` has them.
  const pool = await builtThreads(2)
  afterAll(() => pool.close())
  const validated = holdExactly(shortCases, pool)

  it('is neither too far off nor too near too often', () => {
    const { metrics, beyond, least, most } = spreadOf(validated)
    expect(metrics).toBeGreaterThan(200)
    expect(beyond).toBeLessThanOrEqual(most)
    expect(beyond).toBeGreaterThanOrEqual(least)
  })
})
