import { reached, watches } from '../reached.js'
import type { Remark } from './remark.js'

/** A monitor that watches nothing on the way of any request. */
export const blind: Remark = (scenario) => {
  const called = reached(scenario)
  return scenario.components.flatMap((spec) =>
    watches(spec) && !spec.refs.some((name) => called.has(name))
      ? [`${spec.name} watches nothing that requests pass through`]
      : [],
  )
}
