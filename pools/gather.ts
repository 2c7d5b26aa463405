import { Interrupted, type Job } from '../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'

/**
 * Hands all jobs to `submit`, and gives the records in the order of the jobs, in whatever order they come. Throws
 * `Interrupted` with what is there as soon as `stop` says so.
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
    const all = jobs.map(async (job, i) => {
      const record = await submit(job)
      records[i] = record
      finished?.(job, record)
      done()
    })
    Promise.all(all)
      .then(() => resolve(records as ReplicationRecord[]), reject)
      .finally(() => stop?.removeEventListener('abort', cut))
  })
}
