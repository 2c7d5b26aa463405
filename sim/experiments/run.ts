import { type Scenario, warmupOf } from '../scenario/scenario.js'
import type { Estimate } from '../stats/estimate.js'
import type { Job, Pool } from './jobs.js'
import type { ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'
import { instabilityOf } from './stability.js'
import { summarize } from './summarize.js'
import { warmthOf } from './warmup.js'

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

/** The result of a scenario whose jobs, as `jobsOf` gave them, yielded `records`, and what did not settle. */
export function resultOf(
  scenario: Scenario,
  jobs: readonly Job[],
  records: readonly ReplicationRecord[],
  restless: string | null = null,
): Result {
  const of = (without: number | null) => records.filter((_, i) => jobs[i]!.without === without)
  const without = scenario.faults.map((_, i) => {
    const own = of(i)
    return own.length > 0 ? own : null
  })
  return summarize(scenario, of(null), without, restless)
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
    const warm = await warmedUp({ scenario, jobs: jobs[i]!, records: own, restless: null }, pool)
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
  /** A component that did not settle, after all that was tried. */
  restless: string | null
}

/** Doublings of a run that does not settle. */
const DOUBLINGS = 3

/**
 * Runs again with a longer warm-up until it is long enough (`warmthOf`). A run that has not settled is doubled, by its
 * warm-up: what is measured stays what was asked for. Overload needs no longer run to be told.
 */
async function warmedUp(first: Done, pool: Pool): Promise<Done> {
  const { scenario, jobs } = first
  const own = jobs.filter((job) => job.without === null)
  let warmup = warmupOf(scenario)
  let records = first.records.slice(0, own.length)
  let warmth = warmthOf(scenario, records, warmup)
  const again = async (longer: number) => {
    warmup = longer
    records = await pool.run(
      own.map((job) => ({ ...job, warmup })),
      () => {},
    )
  }
  for (let doubled = 0; warmth?.restless && doubled < DOUBLINGS; doubled++) {
    if (instabilityOf(scenario, records) !== null) break
    await again(2 * warmup + scenario.lasts)
    warmth = warmthOf(scenario, records, warmup)
  }
  const restless = warmth?.restless ?? null
  if (warmth !== null && restless === null && warmth.needed > warmup) await again(warmth.needed)
  if (warmup === warmupOf(scenario)) return { ...first, restless }
  const warmer = jobs.map((job) => ({ ...job, warmup }))
  const others = await pool.run(warmer.slice(own.length), () => {})
  return { scenario: { ...scenario, warmup }, jobs: warmer, records: [...records, ...others], restless }
}

async function precise(first: Done, pool: Pool, stopping: Stopping | null): Promise<Ran> {
  const { scenario, restless } = first
  let { jobs, records } = first
  let result = resultOf(scenario, jobs, records, restless)
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
      result = resultOf(scenario, jobs, records, restless)
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
