import { type Scenario, warmupOf } from '../scenario/scenario.js'
import type { Estimate } from '../stats/estimate.js'
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

/** When there are replications enough. */
export interface Stopping {
  /** Half the width of the intervals of mean, p99 and failures, over the estimate. */
  precision: number
  /** Replications at most. */
  most: number
  /** Whether the time that was granted is over. */
  outOfTime(): boolean
}

/**
 * Runs scenarios, all replications of all of them through one pool; `done` is called after each replication.
 * Where the automatic warm-up turns out to be too short, the replications are run again with a longer one. With
 * `stopping`, replications are added until the precision is reached.
 */
export async function run(
  scenarios: readonly Scenario[],
  pool: Pool,
  done: () => void = () => {},
  stopping: Stopping | null = null,
): Promise<Ran[]> {
  const jobs = scenarios.map(jobsOf)
  const records = await pool.run(jobs.flat(), done)
  const ran: Ran[] = []
  let from = 0
  for (const [i, scenario] of scenarios.entries()) {
    const own = records.slice(from, (from += jobs[i]!.length))
    const warm = await warmedUp({ scenario, jobs: jobs[i]!, records: own }, pool)
    ran.push(await precise(warm, pool, stopping))
  }
  return ran
}

/** A scenario's result, and its replications for paired comparisons. */
export interface Ran {
  scenario: Scenario
  result: Result
  records: readonly ReplicationRecord[]
}

/** Jobs of a scenario and what they yielded. */
interface Done {
  scenario: Scenario
  jobs: readonly Job[]
  records: readonly ReplicationRecord[]
}

async function warmedUp(first: Done, pool: Pool): Promise<Done> {
  const { scenario, jobs, records } = first
  const warmup = neededWarmup(scenario, records.slice(0, scenario.replications))
  if (warmup <= warmupOf(scenario)) return first
  const again = jobs.map((job) => ({ ...job, warmup }))
  return { scenario: { ...scenario, warmup }, jobs: again, records: await pool.run(again, () => {}) }
}

async function precise(first: Done, pool: Pool, stopping: Stopping | null): Promise<Ran> {
  const { scenario } = first
  let { jobs, records } = first
  let result = resultOf(scenario, jobs, records)
  if (stopping !== null) {
    const template = jobs[0]!
    while (
      errorOf(result) > stopping.precision &&
      result.replications < stopping.most &&
      !stopping.outOfTime()
    ) {
      // By halves: the interval shrinks with the root, and a stop soon after each look keeps its coverage.
      const count = Math.min(Math.ceil(result.replications * 1.5), stopping.most)
      const further = Array.from({ length: count - result.replications }, (_, i) => ({
        ...template,
        replication: result.replications + i,
      }))
      records = [...records, ...(await pool.run(further, () => {}))]
      jobs = [...jobs, ...further]
      result = resultOf(scenario, jobs, records)
    }
    result.precision = { target: stopping.precision, reached: errorOf(result) }
  }
  return { scenario, result, records: records.filter((_, i) => jobs[i]!.without === null) }
}

/** The largest relative error: half width over estimate, of mean and p99 latency and of the share that fails. */
function errorOf({ latency_ms, availability, requests, unstable }: Result): number {
  const of = ({ value, low, high }: Estimate, base = value) =>
    value === null || low === null || high === null || base === 0 ? null : (high - low) / 2 / base!
  const failing = requests.failed > 0 ? of(availability, 1 - (availability.value ?? 1)) : 0
  const latency = unstable ? [] : [of(latency_ms.mean), of(latency_ms.p99) ?? 0]
  return Math.max(...[...latency, failing].map((error) => error ?? Number.POSITIVE_INFINITY))
}
