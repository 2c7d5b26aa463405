import { eachOf, ScenarioError } from '../../scenario/problem.js'
import type { Expectation, Scenario } from '../../scenario/scenario.js'
import { variantOf } from '../../scenario/variant.js'
import { keepable, USUAL } from './objective.js'
import { offeredOf, unscalable } from './offered.js'

/** What is asked of a scenario. */
export interface Ask {
  readonly scenario: Scenario
  readonly objectives: readonly Expectation[]
  /** Whether they are the usual ones, for want of others. */
  readonly assumed: boolean
  /** Hosts, or components where there are no hosts, that are lost in turn. */
  readonly parts: readonly { readonly part: string; readonly components: readonly string[] }[]
  readonly notes: readonly string[]
}

/** What stands for the file's objectives: metrics, and conditions on them. */
export type Objectives = Readonly<Record<string, string>>

/**
 * What is asked of each scenario: by its own objectives, or by others. Faults do not strike.
 * @param instead null: its own
 * @throws ScenarioError with all problems of all of them
 */
export const asksOf = (scenarios: readonly Scenario[], instead: Objectives | null, lose: boolean): Ask[] =>
  eachOf(scenarios, (scenario) => {
    const problems = unscalable(scenario)
    if (problems.length > 0) throw new ScenarioError(problems)
    return askOf(scenario, instead, lose)
  })

function askOf(scenario: Scenario, instead: Objectives | null, lose: boolean): Ask {
  const { kept, notes } = keepable(withObjectives(scenario, instead))
  const assumed = kept.length === 0
  if (assumed && instead !== null)
    throw new ScenarioError([
      {
        file: '--slo',
        line: 0,
        column: 0,
        path: '',
        message: `nothing is left to keep: ${notes.join('; ')}`,
      },
    ])
  if (scenario.faults.length > 0)
    notes.push('faults of the file do not strike: a capacity is that of what is whole')
  if (offeredOf(scenario) > 0 && scenario.users.some((one) => one.profile !== null))
    notes.push('where the load comes and goes, a rate is the mean over the measured span')
  if (scenario.users.some(({ arrive }) => !('open' in arrive)))
    notes.push('closed users stay as many as they are: only the rate of open ones is scaled, and told')
  if (scenario.users.some(({ malicious }) => malicious))
    notes.push('attackers come as often as the file says')
  return {
    scenario,
    objectives: assumed ? withObjectives(scenario, USUAL).expect : kept,
    assumed,
    parts: lose ? partsOf(scenario) : [],
    notes,
  }
}

const withObjectives = (scenario: Scenario, objectives: Objectives | null): Scenario =>
  variantOf(scenario, {
    set: ['faults=null', ...(objectives === null ? [] : [`expect=${JSON.stringify(objectives)}`])],
  })

/** What can be lost: hosts on which something runs; of a scenario without hosts its components. */
function partsOf({ hosts, components, order }: Scenario): Ask['parts'] {
  if (hosts.length === 0) return order.map((part) => ({ part, components: [part] }))
  return hosts.flatMap(({ name }) => {
    const own = order.filter((one) => components.find((spec) => spec.name === one)?.host === name)
    return own.length > 0 ? [{ part: name, components: own }] : []
  })
}
