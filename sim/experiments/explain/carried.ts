import { ScenarioError } from '../../scenario/problem.js'
import type { Scenario } from '../../scenario/scenario.js'
import type { Capacity } from '../capacity/answer.js'
import { asksOf } from '../capacity/ask.js'
import { capacities, type Precisely, type Search, searchesOf } from '../capacity/capacity.js'
import type { Pool } from '../jobs.js'

/** The pool was told to stop before all was known. */
export class Unexplained extends Error {}

/** What the search for it runs, about; nothing where it cannot be asked. */
export function searchesIn(scenario: Scenario, precisely: Precisely): Search[] {
  try {
    return searchesOf(asksOf([scenario], null, false), precisely)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return []
  }
}

/** What a scenario carries, or why that cannot be asked. */
export async function capacityOf(
  scenario: Scenario,
  precisely: Precisely,
  pool: Pool,
): Promise<Capacity | { because: string }> {
  try {
    const [capacity] = await capacities(asksOf([scenario], null, false), precisely, pool)
    if (capacity === undefined || capacity.interrupted) throw new Unexplained()
    return capacity
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
    return { because: error.problems[0]!.message }
  }
}
