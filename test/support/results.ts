import { replicate } from '../../sim/experiments/replicate.js'
import type { Result } from '../../sim/experiments/result.js'
import { summarize } from '../../sim/experiments/summarize.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import type { Scenario } from '../../sim/scenario/scenario.js'

/** The result of a few replications of the scenario `text`; what faults cost is not found out. */
export function resultOf(text: string, replications = 3): { scenario: Scenario; result: Result } {
  const scenario = parseScenario(text, 'test.yaml')
  const records = Array.from({ length: replications }, (_, replication) => replicate(scenario, replication))
  return { scenario, result: summarize(scenario, records) }
}
