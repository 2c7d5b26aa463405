import { Tinypool } from 'tinypool'
import { Overload } from '../components/request.js'
import { parseScenario } from '../scenario/parse.js'
import { type Problem, ScenarioError } from '../scenario/problem.js'
import type { Scenario, Source } from '../scenario/scenario.js'
import { type ReplicationRecord, replicate } from './replicate.js'

/** One replication to be run, in whatever thread. */
export interface Job {
  source: Source
  /** Index of a fault that is left out, to see what it costs. */
  without: number | null
  /** Seconds, where the run needs a longer warm-up than the scenario has. */
  warmup: number | null
  replication: number
}

/** Runs jobs and gives their records in the order of the jobs. */
export interface Pool {
  run(
    jobs: readonly Job[],
    done: () => void,
    finished?: (job: Job, record: ReplicationRecord) => void,
  ): Promise<ReplicationRecord[]>
  close(): Promise<void>
}

/** Runs `jobs` replications at a time: in this thread if it is one, else in worker threads. */
export function openPool(jobs: number): Pool {
  if (jobs === 1) {
    return {
      async run(list, done, finished) {
        const records: ReplicationRecord[] = []
        for (const job of list) {
          const record = recordOf(runJob(job))
          records.push(record)
          finished?.(job, record)
          done()
          // Lets the progress bar be drawn and Ctrl-C be heard.
          await new Promise((resolve) => setImmediate(resolve))
        }
        return records
      },
      async close() {},
    }
  }
  const pool = new Tinypool({
    filename: new URL('./worker.js', import.meta.url).href,
    minThreads: jobs,
    maxThreads: jobs,
    // A worker takes one replication at a time: the next goes to whoever is free.
    concurrentTasksPerWorker: 1,
  })
  return {
    run: (list, done, finished) =>
      Promise.all(
        list.map(async (job) => {
          const record = recordOf(await pool.run(job))
          finished?.(job, record)
          done()
          return record
        }),
      ),
    close: () => pool.destroy(),
  }
}

let last: { key: string; scenario: Scenario } | null = null

/** What a job yields, or why the scenario cannot be simulated: plain data, since threads lose the kinds of errors. */
export type Yield = { record: ReplicationRecord } | { problem: Problem }

function recordOf(got: Yield): ReplicationRecord {
  if ('problem' in got) throw new ScenarioError([got.problem])
  return got.record
}

/** Runs one job in this thread. */
export function runJob({ source, without, warmup, replication }: Job): Yield {
  const key = JSON.stringify([source, without, warmup])
  if (last?.key !== key) {
    const read = parseScenario(source.text, source.file, source.overrides)
    const warm = warmup === null ? read : { ...read, warmup }
    last = { key, scenario: without === null ? warm : leaveOut(warm, without) }
  }
  try {
    return { record: replicate(last.scenario, replication) }
  } catch (error) {
    if (!(error instanceof Overload)) throw error
    return { problem: { file: source.file, line: 0, column: 0, path: '', message: error.message } }
  }
}

/** The scenario without one of its faults; its random streams stay what they are. */
function leaveOut(scenario: Scenario, fault: number): Scenario {
  return { ...scenario, faults: scenario.faults.filter((_, i) => i !== fault) }
}
