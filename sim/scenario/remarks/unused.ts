import { reached, watches } from '../reached.js'
import type { Remark } from './remark.js'

/** A fault that strikes what nobody uses. */
export const unused: Remark = (scenario) => {
  const { components, hosts, users, faults } = scenario
  const called = reached(scenario)
  const used = components.filter((spec) => called.has(spec.name) || watches(spec))
  const matters = (target: string): boolean => {
    const from = target.split(' -> ')[0]!
    if (users.some(({ name }) => name === from)) return true
    const machines = hosts.filter(({ name, zone }) => name === target || zone === target)
    return used.some(({ name, host }) => name === from || machines.some((machine) => machine.name === host))
  }
  return faults.flatMap(({ says, targets }) =>
    targets.some(matters) ? [] : [`the ${says} strikes nothing that anybody uses`],
  )
}
