import { reached } from '../reached.js'
import { warmupOf } from '../scenario.js'
import type { Remark } from './remark.js'

/** A cache that starts empty where nothing is cut off at the start. */
export const cold: Remark = (scenario) => {
  if (warmupOf(scenario) > 0) return []
  const called = reached(scenario)
  return scenario.components.flatMap(({ name, options }) =>
    called.has(name) && options.starts === 'cold'
      ? [
          `${name} starts empty (starts: cold) and there is no warm-up: its hit ratio depends on how long one looks`,
        ]
      : [],
  )
}
