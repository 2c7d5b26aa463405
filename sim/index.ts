/**
 * The door of the package, for programs, workers and pages alike: what is given away here is kept, and listed in
 * docs/api.md. It knows neither files nor threads: texts come in, plain data goes out.
 */
import { replicationsIn } from './experiments/groups.js'
import { inline } from './experiments/jobs.js'
import { jobsOf, type Ran, run as runIn } from './experiments/run.js'
import type { HandMade } from './model/by-hand.js'
import { Model } from './model/model.js'
import { Session as Running, type Struck } from './model/session.js'
import type { Snapshot } from './model/snapshot.js'
import type { Scenario } from './scenario/scenario.js'

export { compare } from './experiments/compare.js'
export type {
  AccountResult,
  Bottleneck,
  Comparison,
  ComponentResult,
  FaultResult,
  FullPlace,
  Judgement,
  Latency,
  Overloaded,
  Precision,
  Recovery,
  RecoveryTime,
  Requests,
  Result,
  TimelineRow,
} from './experiments/result.js'
export type { Ran } from './experiments/run.js'
export type { HandMade } from './model/by-hand.js'
export type { Strike } from './model/fault-calendar.js'
export type { Struck } from './model/session.js'
export type { ComponentState, HostState, Snapshot, UsersState, WireState } from './model/snapshot.js'
export type { Role } from './options/types.js'
export { Unreadable } from './options/units.js'
export type { BoundUnit } from './parts/count.js'
export {
  type Catalog,
  type CatalogEntry,
  type ComponentEntry,
  type CountEntry,
  catalog,
  type OptionEntry,
  type Written,
} from './scenario/catalog.js'
export { parseScenario, type Reading } from './scenario/parse.js'
export { type Problem, ScenarioError, showProblem } from './scenario/problem.js'
export type { Overrides, Scenario } from './scenario/scenario.js'
export type { Estimate } from './stats/estimate.js'

/**
 * Runs all replications of all scenarios, one after the other, where it is called; between two of them others have
 * their turn. The same scenario, seed and version give the same results, to the bit.
 *
 * @example
 * const [stack] = await run([parseScenario(text, 'stack.yaml')])
 * const { value, low, high } = stack.result.latency_ms.p99
 *
 * @param progress is called after each replication: how many are done, of how many. Where a warm-up turns out to be
 * too short, further ones are run and not told.
 * @throws ScenarioError where a scenario has more requests in flight than can be kept
 */
export function run(
  scenarios: readonly Scenario[],
  progress: (done: number, planned: number) => void = () => {},
): Promise<Ran[]> {
  const planned = scenarios.reduce((sum, scenario) => sum + replicationsIn(jobsOf(scenario)), 0)
  let done = 0
  return runIn(scenarios, inline, () => progress(++done, planned))
}

/**
 * A running replication. Times are in seconds of the measured span, as in a scenario and in the reports; below 0 in
 * the warm-up.
 */
export interface Session {
  /** Where it is: seconds. */
  readonly time: number
  /** Events served since the start of the run. */
  readonly events: number
  /** Where the measured span ends, and the run: seconds. */
  readonly end: number
  /**
   * Runs up to and including `until`, or to the end.
   * @throws Error where more requests are in flight than can be kept
   */
  advance(until?: number): void
  /** What everything does now: plain data. */
  snapshot(): Snapshot
  /**
   * Strikes a fault now: what follows is what follows in a scenario that has it, `at:` this time.
   * @param lasts seconds; without it, until it is healed by hand
   * @throws Error that says what is wrong with the fault
   */
  strike(fault: HandMade, lasts?: number): Struck
  /**
   * Open users come `factor` times as often as the scenario says, from now on.
   * @throws Error where there are no such users, or the factor is none
   */
  rate(users: string, factor: number): void
}

/**
 * Opens one replication of a scenario, to go through it step by step: it stands at its very beginning.
 *
 * @example
 * const session = openSession(scenario)
 * session.advance(180)
 * const crash = session.strike({ kind: 'crash', target: 'server-2' })
 * session.advance(240)
 * crash.heal()
 *
 * @param replication from 0 on: each has chance numbers of its own
 */
export function openSession(scenario: Scenario, replication = 0): Session {
  return new Running(new Model(scenario, replication, true))
}
