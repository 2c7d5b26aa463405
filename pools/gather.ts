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
    const all = jobs.map(async (job, i) => {
      const record = await submit(job).catch((error: unknown) => {
        if (!(error instanceof ScenarioError)) throw error
        failed.set(job, error)
        return null
      })
      if (record === null) return done()
      records[i] = record
      finished?.(job, record)
      done()
    })
    Promise.all(all)
      .then(() => {
        if (failed.size > 0) reject(new Unsimulable(failed, records))
        else resolve(records as ReplicationRecord[])
      }, reject)
      .finally(() => stop?.removeEventListener('abort', cut))
  })
}
