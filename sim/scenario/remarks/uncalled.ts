import { listed } from '../../options/spell.js'
import { reached, watches } from '../reached.js'
import type { Remark } from './remark.js'

/** A component that nobody calls. */
export const uncalled: Remark = (scenario) => {
  const called = reached(scenario)
  const alone = scenario.components.filter((spec) => !called.has(spec.name) && !watches(spec))
  const names = scenario.order.filter((name) => alone.some((spec) => spec.name === name))
  return names.length > 0 ? [`nobody calls ${listed(names)}: no request of any users comes there`] : []
}
