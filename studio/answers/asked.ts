import type { Pool } from '../../sim/experiments/jobs.js'
import { effortOf } from '../../sim/scenario/effort.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import type { Answer } from '../messages.js'

/** Requests at a box that a page simulates for one answer, about: minutes of all cores. */
const MOST_CALLS = 1e9

/** What is told in answer to a question. */
export type Told = Omit<Answer, 'type' | 'id' | 'question' | 'whole'>

/** A question is not to be answered on a page, and why. */
export class Unanswerable extends Error {}

/** A question under way: what it is about, who simulates for it, and whom it tells. */
export interface Asked {
  readonly scenarios: readonly Scenario[]
  readonly pool: Pool
  /** So many replications will be simulated, about. */
  plans(replications: number): void
}

/** @throws Unanswerable where so many replications are more work than a page should do */
export function bounded(all: readonly { scenario: Scenario; replications: number }[]): void {
  const sum = all.reduce((calls, { scenario, replications }) => {
    const effort = effortOf(scenario)
    return calls + (effort.requests * effort.calls + effort.periodic) * replications
  }, 0)
  if (sum > MOST_CALLS)
    throw new Unanswerable(
      `some ${(+sum.toPrecision(2)).toLocaleString('en')} requests would have to be simulated, counted at each box: more than ${MOST_CALLS.toLocaleString('en')}, which a page does at most; on the command line there is no bound`,
    )
}
