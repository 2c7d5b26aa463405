import { replicationsIn } from '../sim/experiments/groups.js'
import { Interrupted, type Job, Unsimulable } from '../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'
import { ScenarioError } from '../sim/scenario/problem.js'

/**
 * Hands all jobs to `submit`, and gives the records in the order of the jobs, in whatever order they come. Throws
 * `Interrupted` with what is there as soon as `stop` says so, and `Unsimulable` with what is there once all others are
 * done, where a job's scenario cannot be simulated.
 */
export function gather(
  jobs: readonly Job[],
  submit: (job: Job) => Promise<ReplicationRecord>,
  stop: AbortSignal | undefined,
  done: () => void,
  finished?: (job: Job, record: ReplicationRecord) => void,
): Promise<ReplicationRecord[]> {
  const records: (ReplicationRecord | undefined)[] = jobs.map(() => undefined)
  return new Promise((resolve, reject) => {
    const cut = () => reject(new Interrupted(records))
    if (stop?.aborted && jobs.length > 0) return cut()
    stop?.addEventListener('abort', cut)
    const failed = new Map<Job, ScenarioError>()
    const allDone = (job: Job) => {
      for (let left = replicationsIn([job]); left > 0; left--) done()
    }
    const all = jobs.map(async (job, i) => {
      const record = await submit(job).catch((error: unknown) => {
        if (!(error instanceof ScenarioError)) throw error
        failed.set(job, error)
        return null
      })
      if (record === null) return allDone(job)
      records[i] = record
      finished?.(job, record)
      allDone(job)
    })
    Promise.all(all)
      .then(() => {
        if (failed.size > 0) reject(new Unsimulable(failed, records))
        else resolve(records as ReplicationRecord[])
      }, reject)
      .finally(() => stop?.removeEventListener('abort', cut))
  })
}

/** What a job runs, for people. */
export function nameOf({ source, replication, count = 1 }: Job): string {
  const which =
    count === 1
      ? `replication ${replication + 1}`
      : `replications ${replication + 1} to ${replication + count}`
  return `${which} of ${source.file}`
}
