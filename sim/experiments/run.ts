import { type Scenario, warmupOf } from '../scenario/scenario.js'
import type { Estimate } from '../stats/estimate.js'
import { Interrupted, type Job, type Pool } from './jobs.js'
import type { ReplicationRecord } from './replicate.js'
import type { Precision, Result } from './result.js'
import { instabilityOf } from './stability.js'
import { summarize } from './summarize.js'
import { warmthOf } from './warmup.js'

/** Replications that tell what a fault costs. */
const COUNTERFACTUALS = 10
/** With more faults than this, none is left out in turn: the runs would take ten times as long or so. */
const MOST_FAULTS = 16

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
  const result = summarize(scenario, of(null), without, restless)
  if (scenario.faults.length > MOST_FAULTS) {
    result.notes.push(
      `what each fault cost is not told: with more than ${MOST_FAULTS} of them the scenario is not run again without each in turn`,
    )
  }
  return result
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
 * Runs scenarios, all replications of all of them through one pool, the first of each first; `done` is called after
 * each replication. Where the automatic warm-up turns out to be too short, the replications are run again with a
 * longer one. With `stopping`, replications are added until the precision is reached.
 *
 * If the pool is told to stop, the results are those of the replications that are there, as many of each scenario
 * as stand in a row, and say so; scenarios of which nothing is there are left out.
 */
export async function run(
  scenarios: readonly Scenario[],
  pool: Pool,
  done: () => void = () => {},
  stopping: Stopping | null = null,
): Promise<Ran[]> {
  const jobs = scenarios.map(jobsOf)
  const turns = jobs
    .flatMap((own, scenario) => own.map((job, i) => ({ job, i, scenario })))
    .sort((a, b) => a.i - b.i)
  const { records, cut } = await partly(
    pool.run(
      turns.map(({ job }) => job),
      done,
    ),
  )
  const of = scenarios.map((): (ReplicationRecord | undefined)[] => [])
  for (const [turn, { i, scenario }] of turns.entries()) of[scenario]![i] = records[turn]
  const ran: Ran[] = []
  for (const [i, scenario] of scenarios.entries()) {
    const first = inARow({ scenario, jobs: jobs[i]!, records: of[i]!, restless: null, cut })
    if (first.records.length === 0) continue
    ran.push(await precise(await warmedUp(first, pool), pool, stopping))
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
export interface Done<Record = ReplicationRecord> {
  scenario: Scenario
  jobs: readonly Job[]
  records: readonly Record[]
  /** A component that did not settle, after all that was tried. */
  restless: string | null
  /** Whether it was told to stop before all were there. */
  cut: boolean
}

async function partly(
  running: Promise<ReplicationRecord[]>,
): Promise<{ records: readonly (ReplicationRecord | undefined)[]; cut: boolean }> {
  try {
    return { records: await running, cut: false }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    return { records: error.records, cut: true }
  }
}

/**
 * The replications from the first on that are there without a gap: later ones that are there are those that were
 * quick, and would bend the estimates. Of those without a fault no more than of those with all.
 */
function inARow({ scenario, jobs, records, restless, cut }: Done<ReplicationRecord | undefined>): Done {
  const missing = new Map<number | null, number>()
  for (const [i, { without, replication }] of jobs.entries()) {
    if (records[i] === undefined)
      missing.set(without, Math.min(replication, missing.get(without) ?? Infinity))
  }
  const before = (without: number | null) => missing.get(without) ?? Infinity
  const kept = jobs.map((job) => job.replication < Math.min(before(null), before(job.without)))
  return {
    scenario,
    jobs: jobs.filter((_, i) => kept[i]),
    records: records.filter((_, i) => kept[i]) as ReplicationRecord[],
    restless,
    cut: cut && missing.size > 0,
  }
}

/** Doublings of a run that does not settle. */
const DOUBLINGS = 3

/**
 * Runs again with a longer warm-up until it is long enough (`warmthOf`). A run that has not settled is doubled, by its
 * warm-up: what is measured stays what was asked for. Overload needs no longer run to be told.
 */
export async function warmedUp(first: Done, pool: Pool): Promise<Done> {
  const { scenario, jobs } = first
  const own = jobs.filter((job) => job.without === null)
  let warmup = warmupOf(scenario)
  let there = first
  let warmth = first.cut ? null : warmthOf(scenario, first.records.slice(0, own.length), warmup)
  const again = async (longer: number) => {
    warmup = longer
    const warmer = own.map((job) => ({ ...job, warmup }))
    const ran = await partly(pool.run(warmer, () => {}))
    const second = inARow({ scenario: { ...scenario, warmup }, jobs: warmer, restless: null, ...ran })
    there = second.records.length > 0 ? second : { ...there, cut: true }
  }
  for (let doubled = 0; warmth?.restless && doubled < DOUBLINGS; doubled++) {
    if (instabilityOf(scenario, there.records.slice(0, own.length)) !== null) break
    await again(2 * warmup + scenario.lasts)
    if (there.cut) return there
    warmth = warmthOf(scenario, there.records, warmup)
  }
  const restless = warmth?.restless ?? null
  if (warmth !== null && restless === null && warmth.needed > warmup) await again(warmth.needed)
  if (there === first || there.cut) return { ...there, restless }
  const others = jobs.slice(own.length).map((job) => ({ ...job, warmup }))
  const { records, cut } = await partly(pool.run(others, () => {}))
  return inARow({
    scenario: there.scenario,
    jobs: [...there.jobs, ...others],
    records: [...there.records, ...records],
    restless,
    cut,
  })
}

async function precise(first: Done, pool: Pool, stopping: Stopping | null): Promise<Ran> {
  const { scenario, restless } = first
  let { jobs, records, cut } = first
  let result = resultOf(scenario, jobs, records, restless)
  if (stopping !== null) {
    const template = jobs[0]!
    while (
      !cut &&
      !isPrecise(result, stopping.precision) &&
      result.replications < stopping.most &&
      !stopping.outOfTime()
    ) {
      // By halves: the interval shrinks with the root, and a stop soon after each look keeps its coverage.
      const count = Math.min(Math.ceil(result.replications * 1.5), stopping.most)
      const further = Array.from({ length: count - result.replications }, (_, i) => ({
        ...template,
        replication: result.replications + i,
      }))
      const more = await partly(pool.run(further, () => {}))
      const all = { scenario, restless, jobs: [...jobs, ...further], records: [...records, ...more.records] }
      ;({ jobs, records, cut } = inARow({ ...all, cut: more.cut }))
      result = resultOf(scenario, jobs, records, restless)
    }
    result.precision = precisionOf(result, stopping.precision)
  }
  if (cut) tellCut(result, scenario, records)
  return { scenario, result, records: records.filter((_, i) => jobs[i]!.without === null) }
}

/** Says in the result what it lacks. */
function tellCut(result: Result, scenario: Scenario, records: readonly ReplicationRecord[]): void {
  const planned = scenario.replications
  result.interrupted = { planned }
  const here = Math.min(result.replications, planned)
  result.notes.push(`interrupted: ${here} of ${planned} replications are in this result`)
  const warmth = warmthOf(scenario, records.slice(0, here), warmupOf(scenario))
  if (warmth !== null && warmth.needed > warmupOf(scenario)) {
    result.notes.push(
      `the warm-up is too short: ${warmth.needed.toFixed(1)} s would be needed, so these numbers may lean`,
    )
  }
}

/**
 * The relative errors, half width over estimate, of mean and p99 latency and of the share that fails; null where
 * replications cannot tell: too few of the requests of each lie beyond the p99, no failure was seen, nothing settles.
 */
function precisionOf({ latency_ms, availability, requests }: Result, target: number): Precision {
  const of = ({ value, low, high }: Estimate, base = value) =>
    value === null || low === null || high === null || base === 0 ? null : (high - low) / 2 / base!
  const errors = {
    latency_mean: of(latency_ms.mean),
    latency_p99: of(latency_ms.p99),
    failing: requests.failed > 0 ? of(availability, 1 - availability.value!) : null,
  }
  const told = Object.values(errors).filter((error) => error !== null)
  return { target, reached: told.length > 0 ? Math.max(...told) : null, ...errors }
}

/** Whether more replications would tell nothing that was asked for. One alone has no interval. */
function isPrecise(result: Result, target: number): boolean {
  return result.replications > 1 && (precisionOf(result, target).reached ?? 0) <= target
}
