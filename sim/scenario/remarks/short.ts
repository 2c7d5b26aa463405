import { neededFor, spelled } from '../length.js'
import type { Remark } from './remark.js'

/** A percentile in `expect:` that a run of this length cannot give. */
export const short: Remark = (scenario) =>
  scenario.expect.flatMap((expectation) => {
    const needed = neededFor(expectation, scenario)
    return needed !== null && needed > scenario.lasts
      ? [
          `${expectation.metric} in expect: cannot be told from ${spelled(scenario.lasts)} (lasts:): 100 requests beyond it take ${spelled(Math.ceil(needed))}`,
        ]
      : []
  })
