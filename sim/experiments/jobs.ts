import { Standstill } from '../kernel/kernel.js'
import { Overload } from '../parts/request.js'
import { held, parseScenario } from '../scenario/parse.js'
import { distinct, ScenarioError } from '../scenario/problem.js'
import type { Scenario, Source } from '../scenario/scenario.js'
import { replicateFollowed } from './causes/replicate-followed.js'
import type { Group } from './groups.js'
import { type ReplicationRecord, replicate, type Tell } from './replicate.js'
import { recordTogether } from './together.js'
import { longestWarmup } from './warmup.js'

/** Nodes and browsers have it alike, though the language does not. */
declare function setTimeout(then: () => void): unknown

/** One replication to be run, or a group of them, in whatever thread or on whatever machine. */
export interface Job extends Group {
  source: Source
  /** What is left out, to see what it costs: the fault of that index, or all of them. */
  without: number | 'all' | null
  /** Seconds, where the run needs a longer warm-up than the scenario has. */
  warmup: number | null
}

/**
 * Runs jobs and gives their records in the order of the jobs. Throws `Interrupted` where it was told to stop, and
 * `Unsimulable` where a scenario turned out not to be one, after all the others. `done` is called for each replication.
 */
export interface Pool {
  run(
    jobs: readonly Job[],
    done: () => void,
    finished?: (job: Job, record: ReplicationRecord) => void,
  ): Promise<ReplicationRecord[]>
  close(): Promise<void>
}

/** Work was told to stop. */
export class Interrupted extends Error {
  /** @param records what was finished by then, in the order of the jobs; undefined where one was not */
  constructor(readonly records: readonly (ReplicationRecord | undefined)[]) {
    super('interrupted')
  }
}

/** Of some jobs the scenario cannot be simulated, as it turned out; all others are done. */
export class Unsimulable extends ScenarioError {
  /**
   * @param failed the jobs, and why
   * @param records of the others, in the order of all jobs; undefined where there is none
   */
  constructor(
    readonly failed: ReadonlyMap<Job, ScenarioError>,
    readonly records: readonly (ReplicationRecord | undefined)[],
  ) {
    // Replications of one scenario mostly fail for one reason.
    super(distinct([...failed.values()].flatMap(({ problems }) => problems)))
  }
}

/** A pool that runs one replication after the other, where it is called. */
export const inline: Pool = {
  async run(list, done, finished) {
    const records: (ReplicationRecord | undefined)[] = []
    const failed = new Map<Job, ScenarioError>()
    for (const job of list) {
      const made = await inTurns(job, done)
      if (made instanceof ScenarioError) {
        failed.set(job, made)
        records.push(undefined)
        continue
      }
      records.push(made)
      finished?.(job, made)
    }
    if (failed.size > 0) throw new Unsimulable(failed, records)
    return records as ReplicationRecord[]
  },
  async close() {},
}

/**
 * Runs a job, or finds why it cannot be simulated. After each of its replications others have their turn: whoever waits
 * for a message, or draws a progress bar.
 */
async function inTurns(
  { count = 1, ...job }: Job,
  done: () => void,
): Promise<ReplicationRecord | ScenarioError> {
  let whole: ReplicationRecord | ScenarioError | null = null
  for (let i = 0; i < count; i++) {
    if (!(whole instanceof ScenarioError))
      whole = addedTo(whole, { ...job, replication: job.replication + i })
    done()
    await new Promise<void>((resolve) => setTimeout(resolve))
  }
  return whole!
}

function addedTo(whole: ReplicationRecord | null, job: Job): ReplicationRecord | ScenarioError {
  try {
    const record = runJob(job)
    return whole === null ? record : recordTogether(whole, record)
  } catch (error) {
    if (error instanceof ScenarioError) return error
    throw error
  }
}

/** Parsed scenarios that a thread keeps: replications of several come by turns. */
const MOST_KEPT = 16
const kept: { source: Source; scenario: Scenario }[] = []

/** The scenario of `source`, which may be a copy of one that was read before: it came from another thread. */
function scenarioOf(source: Source): Scenario {
  const place = kept.findIndex((one) => one.source === source || isSame(one.source, source))
  const found = place < 0 ? { source, scenario: read(source) } : kept.splice(place, 1)[0]!
  kept.unshift(found)
  kept.length = Math.min(kept.length, MOST_KEPT)
  return found.scenario
}

const read = ({ text, file, overrides, files }: Source) => parseScenario(text, file, overrides, held(files))

/** Texts that differ mostly do so in length, and comparing those that do not is as quick as a look at them. */
function isSame(a: Source, b: Source): boolean {
  const [these, those] = [Object.entries(a.files), Object.entries(b.files)]
  return (
    a.text === b.text &&
    a.file === b.file &&
    these.length === those.length &&
    these.every(([path, text], i) => path === those[i]![0] && text === those[i]![1]) &&
    JSON.stringify(a.overrides) === JSON.stringify(b.overrides)
  )
}

/** Runs one job in this thread; of a group what each replication yields is added up as it comes. */
export function runJob({ count = 1, ...job }: Job, tell?: Tell): ReplicationRecord {
  let whole = runOne(job, tell && ((share) => tell(share / count)))
  for (let i = 1; i < count; i++) {
    tell?.(i / count)
    const one = { ...job, replication: job.replication + i }
    whole = recordTogether(whole, runOne(one, tell && ((share) => tell((i + share) / count))))
  }
  return whole
}

function runOne({ source, without, warmup, replication }: Job, tell?: Tell): ReplicationRecord {
  const read = scenarioOf(source)
  const complaint = (message: string) =>
    new ScenarioError([{ file: source.file, line: 0, column: 0, path: '', message }])
  // A job may come from afar: what nobody asks for would hold this thread for ever.
  if (warmup !== null && !(warmup >= 0 && warmup <= longestWarmup(read)))
    throw complaint(`a warm-up of ${warmup} s is none that this scenario can need`)
  const warm = warmup === null ? read : { ...read, warmup }
  try {
    return without === null
      ? replicateFollowed(warm, replication, tell)
      : replicate(leaveOut(warm, without), replication, tell)
  } catch (error) {
    if (!(error instanceof Overload || error instanceof Standstill)) throw error
    throw complaint(error.message)
  }
}

/** The scenario without one of its faults, or any; its random streams stay what they are. */
function leaveOut(scenario: Scenario, fault: number | 'all'): Scenario {
  return { ...scenario, faults: scenario.faults.filter((_, i) => fault !== 'all' && i !== fault) }
}
