import { type Scenario, warmupOf } from '../scenario/scenario.js'
import type { Job, Pool } from './jobs.js'
import type { ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'
import { summarize } from './summarize.js'
import { neededWarmup } from './warmup.js'

/** Replications that tell what a fault costs. */
const COUNTERFACTUALS = 10
/** With more faults than this, none is left out in turn. */
const MOST_FAULTS = 8

/** The jobs that one scenario takes: its replications, then for each fault some of them without it. */
export function jobsOf(scenario: Scenario): Job[] {
  const { source, replications, faults } = scenario
  const jobs = (without: number | null, count: number): Job[] =>
    Array.from({ length: count }, (_, replication) => ({ source, without, warmup: null, replication }))
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

/**
 * Runs scenarios, all replications of all of them through one pool; `done` is called after each replication.
 * Where the automatic warm-up turns out to be too short, the replications are run again with a longer one.
 */
export async function run(
  scenarios: readonly Scenario[],
  pool: Pool,
  done: () => void = () => {},
): Promise<Ran[]> {
  const jobs = scenarios.map(jobsOf)
  const records = await pool.run(jobs.flat(), done)
  const ran: Ran[] = []
  let from = 0
  for (const [i, scenario] of scenarios.entries()) {
    const own = records.slice(from, (from += jobs[i]!.length))
    ran.push(await settle(scenario, jobs[i]!, own, pool))
  }
  return ran
}

async function settle(
  scenario: Scenario,
  jobs: readonly Job[],
  records: readonly ReplicationRecord[],
  pool: Pool,
): Promise<Ran> {
  const warmup = neededWarmup(scenario, records.slice(0, scenario.replications))
  if (warmup > warmupOf(scenario)) {
    const longer = { ...scenario, warmup }
    const again = jobs.map((job) => ({ ...job, warmup }))
    return settled(longer, again, await pool.run(again, () => {}))
  }
  return settled(scenario, jobs, records)
}

function settled(scenario: Scenario, jobs: readonly Job[], records: readonly ReplicationRecord[]): Ran {
  return { result: resultOf(scenario, jobs, records), records: records.slice(0, scenario.replications) }
}

/** A scenario's result, and its replications for paired comparisons. */
export interface Ran {
  result: Result
  records: readonly ReplicationRecord[]
}
