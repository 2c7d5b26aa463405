import { MINUTES_A_YEAR } from '../../reliability/history.js'
import { occupancyOf } from '../../reliability/occupancy.js'
import type { Lost } from '../../reliability/system.js'
import { eachOf, ScenarioError } from '../../scenario/problem.js'
import type { Scenario } from '../../scenario/scenario.js'
import { type Estimate, scaled } from '../../stats/estimate.js'
import type { Pool } from '../jobs.js'
import { type Asking, ninesOf, resultOf } from './assemble.js'
import { Decomposition } from './decomposition.js'
import { FailingSystem } from './failing-system.js'
import { type Joint, together } from './joint.js'
import { budgetOf, judgedBy, MORE_REQUESTS, objectiveOf } from './kept-objectives.js'
import type { NinesResult } from './nines-result.js'
import { lessThanOne } from './shares.js'

/** A share of what goes unanswered may be wrong for want of time to settle; from here on it is too much. */
const TOO_MUCH = 0.1

/** Situations are told apart until the others together are more seldom than this. */
const BOUNDS = { rest: 1e-10, most: 20_000 }

/** Work that can be planned before it is done. */
export interface Planned {
  /** Replications that are known to be needed. */
  readonly replications: number
  /** As much as it simulates if the effort is spent, about: of everything in order. */
  readonly most: { readonly scenario: Scenario; readonly replications: number }
  run(pool: Pool): Promise<NinesResult>
}

/** The same of several. @throws ScenarioError with the problems of all of them */
export const plansOf = (scenarios: readonly Scenario[], asking: Asking): Planned[] =>
  eachOf(scenarios, (scenario) => plan(scenario, asking))

/**
 * How available a scenario is over years, from how often its parts fail and for how long they are away.
 * @throws ScenarioError where more comes than can be looked at
 */
export function plan(scenario: Scenario, asking: Asking): Planned {
  const failing = new FailingSystem(scenario)
  const isOut = (lost: Lost) => failing.isOut(lost)
  const occupancy = occupancyOf(failing.system, isOut, `${scenario.seed}/nines`, BOUNDS)
  if (asking.effort === 0)
    return {
      replications: 0,
      most: { scenario, replications: 0 },
      run: async () => resultOf(failing, occupancy, asking, null),
    }
  const decomposition = new Decomposition(failing, occupancy, asking.effort)
  if (decomposition.leastEffort > decomposition.mostEffort) throw tooMany(scenario, decomposition.leastEffort)
  const { order, planned } = decomposition
  return {
    replications: planned,
    most: { scenario: order.scenario, replications: Math.max(planned, asking.effort / order.effort) },
    run: async (pool) => {
      await decomposition.run(pool)
      const there = decomposition.order.records.length > 0
      const result = resultOf(failing, occupancy, asking, there ? decomposition : null, decomposition.cut)
      if (
        there &&
        !decomposition.cut &&
        (asking.joint || decomposition.isHurried || result.method.unsettled > TOO_MUCH)
      )
        joined(
          scenario,
          result,
          decomposition.isHurried,
          await together(failing, decomposition.rate, asking.effort, pool),
        )
      return result
    },
  }
}

/** Nothing can be said of what is not even looked at with everything in order. */
function tooMany({ file }: Scenario, least: number): ScenarioError {
  const needed = `${Math.ceil(least / 1e6)}M`
  const message = `so many come that the shortest look takes ${needed} requests: --effort ${needed} or more goes for it; a lower rate does, too, and --structure simulates none`
  return new ScenarioError([{ file, line: 0, column: 0, path: 'users', message }])
}

/** What both simulated together say takes the place of what they say apart. */
function joined(scenario: Scenario, result: NinesResult, isHurried: boolean, joint: Joint | string): void {
  const { unsettled } = result.method
  const why = isHurried
    ? 'something fails again before all has settled, more often than not'
    : unsettled > TOO_MUCH
      ? `failures and repairs follow so closely on one another that ${percentOf(unsettled)} of what goes unanswered comes before anything has settled`
      : 'failures and requests were to be simulated together'
  if (typeof joint === 'string') {
    const known = isHurried
      ? 'what is told is a guess, and the interval is open'
      : 'the interval has all that may be wrong'
    result.notes.push(`${why}; they cannot be simulated together, since ${joint}: ${known}`)
    if (isHurried) answered(scenario, result, { ...result.availability.requests, low: 0, high: 1 }, joint)
    return
  }
  const { availability, requests } = joint.result
  result.method = {
    ...result.method,
    requests: 'joint',
    simulated_requests: result.method.simulated_requests + requests.offered,
    decomposed: result.availability.requests,
  }
  answered(scenario, result, availability, joint.cut ? 'interrupted' : MORE_REQUESTS)
  result.notes.push(
    `${why}: the share of requests that is answered is from ${Math.round(joint.seconds)} s in which both were simulated together; what each part costs, and chances, are still as if they were apart`,
  )
  if (joint.cut) result.interrupted = true
}

/**
 * What follows from the share of the requests that is answered.
 * @param open why it is not known more precisely
 */
function answered(scenario: Scenario, result: NinesResult, availability: Estimate, open: string): void {
  result.availability.requests = availability
  result.downtime_min_per_year = scaled(lessThanOne(availability), MINUTES_A_YEAR)
  result.nines = ninesOf(1 - availability.value!)
  const objective = objectiveOf(scenario)
  if (objective !== null) result.budget = budgetOf(objective.bound, result.downtime_min_per_year)
  if (result.expectations !== undefined)
    result.expectations = result.expectations.map((one) => judgedBy(one, availability, open))
}

const percentOf = (share: number): string => `${Math.round(share * 100)}%`
