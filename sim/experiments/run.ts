import type { Scenario } from '../scenario/scenario.js'
import type { Job, Pool } from './jobs.js'
import type { ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'
import { summarize } from './summarize.js'

/** Replications that tell what a fault costs. */
const COUNTERFACTUALS = 10
/** With more faults than this, none is left out in turn. */
const MOST_FAULTS = 8

/** The jobs that one scenario takes: its replications, then for each fault some of them without it. */
export function jobsOf(scenario: Scenario): Job[] {
  const { source, replications, faults } = scenario
  const jobs = (without: number | null, count: number): Job[] =>
    Array.from({ length: count }, (_, replication) => ({ source, without, replication }))
  const counterfactuals =
    faults.length > MOST_FAULTS
      ? []
      : faults.flatMap((_, i) => jobs(i, Math.min(COUNTERFACTUALS, replications)))
  return [...jobs(null, replications), ...counterfactuals]
}

/** The result of a scenario whose jobs, as `jobsOf` gave them, yielded `records`. */
export function resultOf(
  scenario: Scenario,
  jobs: readonly Job[],
  records: readonly ReplicationRecord[],
): Result {
  const of = (without: number | null) => records.filter((_, i) => jobs[i]!.without === without)
  const without = scenario.faults.map((_, i) => {
    const own = of(i)
    return own.length > 0 ? own : null
  })
  return summarize(scenario, of(null), without)
}

/** Runs scenarios, all replications of all of them through one pool; `done` is called after each replication. */
export async function run(
  scenarios: readonly Scenario[],
  pool: Pool,
  done: () => void = () => {},
): Promise<Ran[]> {
  const jobs = scenarios.map(jobsOf)
  const records = await pool.run(jobs.flat(), done)
  let from = 0
  return scenarios.map((scenario, i) => {
    const own = records.slice(from, (from += jobs[i]!.length))
    return { result: resultOf(scenario, jobs[i]!, own), records: own.slice(0, scenario.replications) }
  })
}

/** A scenario's result, and its replications for paired comparisons. */
export interface Ran {
  result: Result
  records: ReplicationRecord[]
}
