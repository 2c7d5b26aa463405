import { type Scenario, warmupOf } from '../scenario/scenario.js'
import { type Pool, Unsimulable } from './jobs.js'
import { precise, precisionOf, type Stopping } from './precision.js'
import type { ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'
import { byTurns, jobsOf, type Refused, type Runs, supply } from './runs.js'
import { warmedUp, warmupJudged } from './warmup.js'

export type { Stopping } from './precision.js'
export { jobsOf } from './runs.js'

/** A scenario's result, and its replications for paired comparisons. */
export interface Ran {
  scenario: Scenario
  result: Result
  records: readonly ReplicationRecord[]
}

/**
 * Runs scenarios, all replications of all of them through one pool, the first of each first; `done` is called after
 * each replication. Where the automatic warm-up turns out to be too short, the replications are run again with a
 * longer one. With `stopping`, replications are added until the precision is reached.
 *
 * If the pool is told to stop, the results are those of the replications that are there, as many of each scenario
 * as stand in a row, and say so; scenarios of which nothing is there are left out. So are those that cannot be
 * simulated, where `refused` takes why; else that is thrown.
 */
export async function run(
  scenarios: readonly Scenario[],
  pool: Pool,
  done: () => void = () => {},
  stopping: Stopping | null = null,
  refused?: Refused,
): Promise<Ran[]> {
  const ran: Ran[] = []
  for (const { runs, failed } of await byTurns(scenarios, jobsOf, pool, done, refused)) {
    if (failed !== null || runs.inARow().length === 0) continue
    try {
      await supply(warmedUp(runs), runs, pool)
      if (stopping !== null) await supply(precise(runs, stopping), runs, pool)
    } catch (error) {
      if (!(error instanceof Unsimulable) || refused === undefined) throw error
      refused(error)
      continue
    }
    const { scenario, result } = runs
    if (stopping !== null) result.precision = precisionOf(result, stopping.precision)
    if (runs.cut) tellCut(runs)
    ran.push({ scenario, result, records: runs.inARow() })
  }
  return ran
}

/** Says in the result what it lacks: in one note, the last, which all reports show. */
function tellCut(runs: Runs): void {
  const { scenario, result } = runs
  const planned = scenario.replications
  result.interrupted = { planned }
  const here = Math.min(result.replications, planned)
  const judged = warmupJudged(
    scenario,
    runs.inARow().filter(({ replication }) => replication < here),
    warmupOf(scenario),
  )
  const leans =
    judged !== null && judged.needed > warmupOf(scenario)
      ? `; the warm-up is too short: ${judged.needed.toFixed(1)} s would be needed, so these numbers may lean`
      : ''
  result.notes.push(`interrupted: ${here} of ${planned} replications are in this result${leans}`)
}
