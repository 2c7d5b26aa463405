import { type Scenario, warmupOf } from '../scenario/scenario.js'
import { mostRecordsOf } from '../scenario/size.js'
import { ALONE, groupSizeOf, groupsOf, regrouped, weightOf, weightOfAll } from './groups.js'
import { Interrupted, type Job, type Pool, Unsimulable } from './jobs.js'
import type { ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'
import { summarize } from './summarize.js'

/** With more faults than this, none is left out in turn: the runs would take ten times as long or so. */
const MOST_FAULTS = 16

/**
 * The jobs that one scenario takes: its replications, then for each fault some of them without it, and where there are
 * several some without any: of two that strike at once each may cost nothing that the other does not cost anyway.
 */
export function jobsOf(scenario: Scenario): Job[] {
  const { replications, faults } = scenario
  const each = faults.length > MOST_FAULTS ? [] : faults.map((_, i) => i)
  const leftOut = faults.length > 1 ? [...each, 'all' as const] : each
  const few = Math.min(ALONE, replications)
  return [
    ...replicationsOf(scenario),
    ...leftOut.flatMap((without) => replicationsOf(scenario, without, few)),
  ]
}

/**
 * Replications of a scenario, from the first on, so many in groups that their records can be kept.
 * @param without what is left out
 * @param most records
 */
export function replicationsOf(
  scenario: Scenario,
  without: Job['without'] = null,
  count = scenario.replications,
  most = mostRecordsOf(scenario),
): Job[] {
  const { source } = scenario
  return groupsOf(0, count, groupSizeOf(count, most)).map((group) => ({
    source,
    without,
    warmup: null,
    ...group,
  }))
}

/**
 * What was run of one scenario: records by the fault that was left out, and the replication. All have the same
 * warm-up; those of another take the place of what was there.
 */
export class Runs {
  /** What it was asked for, in the present warm-up. */
  jobs: readonly Job[] = []
  /** Whether it was told to stop before all of that was there. */
  cut = false
  /** Seconds, where it is not the scenario's own. */
  private warmer: number | null = null
  private readonly records = new Map<Job['without'], ReplicationRecord[]>()
  private unsettled: string | null = null
  private known: Result | null = null

  /** @param mostRecords that are kept of all its replications: where these are more, several are one */
  constructor(
    private readonly asked: Scenario,
    private readonly mostRecords = mostRecordsOf(asked),
  ) {}

  /** With the warm-up that it has had. */
  get scenario(): Scenario {
    return this.warmer === null ? this.asked : { ...this.asked, warmup: this.warmer }
  }

  /** Seconds. */
  get warmup(): number {
    return warmupOf(this.scenario)
  }

  /** A component that did not settle, after all that was tried. */
  get drifting(): string | null {
    return this.unsettled
  }
  set drifting(component: string) {
    this.unsettled = component
    this.known = null
  }

  /**
   * The replications from the first on that are there without a gap: later ones that are there are those that were
   * quick, and would bend the estimates. Of those without a fault no more than of those with all.
   */
  inARow(without: Job['without'] = null): ReplicationRecord[] {
    const own = leading(this.records.get(without) ?? [])
    // These are never in groups.
    return without === null ? own : own.slice(0, this.inARow().length)
  }

  /** Runs more. Returns whether all is there now; false after it was told to stop. */
  async run(jobs: readonly Job[], pool: Pool): Promise<boolean> {
    this.take(jobs, await finished(pool.run(jobs, () => {})))
    return !this.cut
  }

  /** @param records of the jobs; undefined where one was not finished */
  take(jobs: readonly Job[], records: readonly (ReplicationRecord | undefined)[]): void {
    if (jobs.length === 0) return
    if (records.includes(undefined)) this.cut = true
    const { warmup } = jobs[0]!
    if (warmup !== this.warmer) {
      // Better the old ones than none.
      const first = jobs.findIndex(({ without, replication }) => without === null && replication === 0)
      if (records[first] === undefined) return
      this.records.clear()
      this.jobs = []
      this.warmer = warmup
    }
    this.jobs = [...this.jobs, ...jobs]
    this.known = null
    for (const [i, { without, replication }] of jobs.entries()) {
      const own = this.records.get(without) ?? []
      this.records.set(without, own)
      if (records[i] !== undefined) own[replication] = records[i]
    }
    this.regroup()
  }

  /** The further replications `from` to `to`, in groups as they are when all are there. */
  more(to: number): Job[] {
    const from = weightOfAll(this.inARow())
    const { source, without, warmup } = this.jobs[0]!
    return groupsOf(from, to, groupSizeOf(to, this.mostRecords)).map((group) => ({
      source,
      without,
      warmup,
      ...group,
    }))
  }

  /** Where there are more replications than records are kept, those of a group become one. */
  private regroup(): void {
    const there = this.inARow()
    const size = groupSizeOf(weightOfAll(there), this.mostRecords)
    if (size === 1) return
    const own: ReplicationRecord[] = []
    for (const record of regrouped(there, size)) own[record.replication] = record
    this.records.set(null, own)
  }

  /** What they say together. */
  get result(): Result {
    this.known ??= this.summary()
    return this.known
  }

  private summary(): Result {
    const { scenario, drifting } = this
    const there = (without: Job['without']) => {
      const own = this.inARow(without)
      return own.length > 0 ? own : null
    }
    const each = scenario.faults.map((_, i) => there(i))
    const any = scenario.faults.length > 1 ? there('all') : (each[0] ?? null)
    const result = summarize(scenario, this.inARow(), { each, any }, drifting)
    if (scenario.faults.length > MOST_FAULTS) {
      result.notes.push(
        `what each of the faults cost is not told: with more than ${MOST_FAULTS} of them the scenario is not run again without each in turn`,
      )
    }
    return result
  }
}

/**
 * What is needed beside what is there: jobs, as long as there are any. It goes on when they are done; it is not asked
 * again once the pool was told to stop.
 */
export type Need = Generator<readonly Job[], void>

/** Runs what is needed until nothing is, or the pool is told to stop. */
export async function supply(need: Need, runs: Runs, pool: Pool): Promise<void> {
  if (runs.cut) return
  for (const jobs of need) if (!(await runs.run(jobs, pool))) return
}

/** Takes it that some scenarios cannot be simulated: the others go on. */
export type Refused = (error: Unsimulable) => void

/** What was run of one of several scenarios. */
interface Turn {
  readonly runs: Runs
  /** Why it cannot be simulated; null if it can. */
  readonly failed: Unsimulable | null
}

/**
 * Runs the jobs of several scenarios through one pool, the first of each first.
 * @param jobs of a scenario
 * @param done is called after each replication
 */
export async function byTurns(
  scenarios: readonly Scenario[],
  jobs: (scenario: Scenario) => readonly Job[],
  pool: Pool,
  done: () => void,
  refused?: Refused,
): Promise<Turn[]> {
  if (scenarios.length === 0) return []
  const turns = scenarios
    .flatMap((scenario, of) => jobs(scenario).map((job, i) => ({ job, i, of })))
    .sort((a, b) => a.i - b.i)
  const failed = new Map<number, Unsimulable>()
  const running = pool.run(
    turns.map(({ job }) => job),
    done,
  )
  const records = await finished(
    running,
    refused &&
      ((error) => {
        for (const { job, of } of turns) if (error.failed.has(job)) failed.set(of, error)
        refused(error)
      }),
  )
  return scenarios.map((scenario, of) => {
    const own = [...turns.keys()].filter((turn) => turns[turn]!.of === of)
    const runs = new Runs(scenario)
    runs.take(
      own.map((turn) => turns[turn]!.job),
      own.map((turn) => records[turn]),
    )
    return { runs, failed: failed.get(of) ?? null }
  })
}

/** What a pool has finished, whether or not it was told to stop before the end. */
export async function finished(
  running: Promise<ReplicationRecord[]>,
  refused?: Refused,
): Promise<readonly (ReplicationRecord | undefined)[]> {
  try {
    return await running
  } catch (error) {
    if (error instanceof Unsimulable && refused !== undefined) refused(error)
    else if (!(error instanceof Interrupted)) throw error
    return error.records
  }
}

function leading(records: readonly (ReplicationRecord | undefined)[]): ReplicationRecord[] {
  const there: ReplicationRecord[] = []
  for (let next = 0; records[next] !== undefined; ) {
    const record = records[next]!
    there.push(record)
    next += weightOf(record)
  }
  return there
}
