import { Overload } from '../parts/request.js'
import { held, parseScenario } from '../scenario/parse.js'
import { ScenarioError } from '../scenario/problem.js'
import type { Scenario, Source } from '../scenario/scenario.js'
import { type ReplicationRecord, replicate } from './replicate.js'

/** One replication to be run, in whatever thread or on whatever machine. */
export interface Job {
  source: Source
  /** Index of a fault that is left out, to see what it costs. */
  without: number | null
  /** Seconds, where the run needs a longer warm-up than the scenario has. */
  warmup: number | null
  replication: number
}

/** Runs jobs and gives their records in the order of the jobs. Throws `Interrupted` where it was told to stop. */
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

/** A pool that runs one replication after the other, where it is called. */
export const inline: Pool = {
  async run(list, done, finished) {
    const records: ReplicationRecord[] = []
    for (const job of list) {
      const record = runJob(job)
      records.push(record)
      finished?.(job, record)
      done()
      // Others have their turn: whoever waits for a message, or draws a progress bar.
      await new Promise<void>((resolve) => setTimeout(resolve))
    }
    return records
  },
  async close() {},
}

/** Parsed scenarios that a thread keeps: replications of several come by turns. */
const MOST_KEPT = 16
const kept = new Map<string, Scenario>()

/** Runs one job in this thread. */
export function runJob({ source, without, warmup, replication }: Job): ReplicationRecord {
  const key = JSON.stringify(source)
  const read = kept.get(key) ?? parseScenario(source.text, source.file, source.overrides, held(source.files))
  kept.delete(key)
  kept.set(key, read)
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!)
  const warm = warmup === null ? read : { ...read, warmup }
  try {
    return replicate(without === null ? warm : leaveOut(warm, without), replication)
  } catch (error) {
    if (!(error instanceof Overload)) throw error
    throw new ScenarioError([{ file: source.file, line: 0, column: 0, path: '', message: error.message }])
  }
}

/** The scenario without one of its faults; its random streams stay what they are. */
function leaveOut(scenario: Scenario, fault: number): Scenario {
  return { ...scenario, faults: scenario.faults.filter((_, i) => i !== fault) }
}
