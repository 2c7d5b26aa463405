import { ScenarioError } from '../../scenario/problem.js'
import type { Scenario } from '../../scenario/scenario.js'
import { rewritten } from '../../scenario/variant.js'
import type { Result } from '../result.js'
import { withCopies } from './copies.js'
import type { Remedy } from './remedy.js'
import { choiceIn, servedBy, serverOf, servingOf } from './serving.js'

/** More servers: one more like the one that is used most, of those among whom somebody chooses. */
export const moreServers: Remedy = ({ scenario, result }) => {
  if (choiceIn(scenario) === null)
    return { because: 'nobody chooses among several: a second server needs a balancer first' }
  const servers = chosenIn(scenario).map((name) => serverOf(scenario, name))
  const busiest = servers.reduce((most, one) =>
    usedBy(one, scenario, result) > usedBy(most, scenario, result) ? one : most,
  )
  const { sections, copies } = withCopies(scenario, busiest)
  try {
    return {
      says: `one more server like ${busiest[0]}: ${[...copies.values()].join(', ')}`,
      scenario: rewritten(scenario, sections),
    }
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return { because: `a second ${busiest.join(', ')} does not fit: ${error.problems[0]!.message}` }
  }
}

/** What is chosen among several, and keeps no data. */
function chosenIn(scenario: Scenario): string[] {
  const { components } = scenario
  const chosen = servingOf(scenario).flatMap((name) =>
    servedBy(name, components).filter((names) => names.length > 1),
  )
  const keepsData = (name: string) => components.find((one) => one.name === name)!.kind.keepsData === true
  return [...new Set(chosen.flat())].filter((name) => !keepsData(name))
}

/** Of its machines, or of what has a machine of its own, the share that is used most. */
function usedBy(names: readonly string[], scenario: Scenario, { hosts, components }: Result): number {
  const used = names.map((name) => {
    const { host } = scenario.components.find((one) => one.name === name)!
    return (host === null ? components[name]! : hosts[host]!).utilization.value ?? 0
  })
  return Math.max(...used)
}
