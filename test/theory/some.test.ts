import { afterAll, describe } from 'vitest'
import { holdExactly, shortCases } from '../support/exact.js'
import { builtThreads } from '../support/threads.js'

/** All of them take as long as a third of all other tests: they have a script of their own, `npm run test:exact`. */
const some = shortCases.filter((_, i) => i % 10 === 0)

describe('exact results, one case in ten', async () => {
  const pool = await builtThreads(2)
  afterAll(() => pool.close())
  holdExactly(some, pool)
})
