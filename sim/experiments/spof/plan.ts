import { ScenarioError } from '../../scenario/problem.js'
import type { Scenario } from '../../scenario/scenario.js'
import { variantOf } from '../../scenario/variant.js'
import { type Losable, losableOf, pairsOf } from './losable.js'

/** How losses are tried. */
export interface Trial {
  /** Texts as a scenario has them: for how long everything is lost, and for how long all is there before. */
  readonly lasts: string
  readonly warmup: string
  readonly replications: number
}

/** A loss, and the scenario that has it. */
export interface Planned {
  readonly losable: Losable
  readonly scenario: Scenario
}

/** All that is to be run of a scenario: without a loss, and with each. */
export interface Plan {
  readonly scenario: Scenario
  readonly trial: Trial
  readonly calm: Scenario
  readonly losses: readonly Planned[]
}

/** Replications that are never told together, so that each has its own difference. */
export const MOST_REPLICATIONS = 30

/**
 * The scenario with each of its parts lost in turn, when the measured span begins and for all of it; its own faults do not
 * strike. The visitors are the same in all of them.
 * @throws ScenarioError where these are too many replications
 */
export function planOf(scenario: Scenario, trial: Trial): Plan {
  if (trial.replications > MOST_REPLICATIONS)
    throw new ScenarioError([
      {
        file: '--replications',
        line: 0,
        column: 0,
        path: '',
        message: `expected at most ${MOST_REPLICATIONS} of each loss, not ${trial.replications}`,
      },
    ])
  return {
    scenario,
    trial,
    calm: withFaults(scenario, [], trial),
    losses: losableOf(scenario).map(planned(scenario, trial)),
  }
}

/** All scenarios that are run, each as often as it says. */
export const runsOf = ({ calm, losses }: Plan): { scenario: Scenario; replications: number }[] =>
  [calm, ...losses.map((one) => one.scenario)].map((scenario) => ({
    scenario,
    replications: scenario.replications,
  }))

/** The same of two at once, of parts of these names. */
export const planPairs = ({ scenario, trial }: Plan, names: readonly string[]): Planned[] =>
  pairsOf(scenario, names).map(planned(scenario, trial))

const planned =
  (scenario: Scenario, trial: Trial) =>
  (losable: Losable): Planned => ({ losable, scenario: withFaults(scenario, losable.faults, trial) })

function withFaults(
  scenario: Scenario,
  faults: readonly string[],
  { lasts, warmup, replications }: Trial,
): Scenario {
  const all = faults.map((fault) => `{ ${fault}, at: 0s }`).join(', ')
  return variantOf(scenario, { lasts, warmup, replications, set: [`faults=[${all}]`, 'expect=null'] })
}
