import { createHash } from 'node:crypto'
import { Queue, QueueEvents, Worker } from 'bullmq'
import { type Job, openPool, type Pool } from './jobs.js'
import type { ReplicationRecord } from './replicate.js'

const NAME = 'nines'
/** Seconds that finished replications stay in Redis, for a sweep that is resumed. */
const KEPT = 3600
/** How often a replication may lose its worker before it is given up. */
const MOST_LOSSES = 10

/** What can go wrong with a queue: the message is for the user. */
export class QueueError extends Error {
  override readonly name = 'QueueError'
}

/** Runs jobs on whatever workers (`nines worker`) serve the queue at `url`, on this machine or others. */
export async function queuePool(url: string): Promise<Pool> {
  const connection = { url, maxRetriesPerRequest: null, ...once }
  const queue = new Queue<Job, ReplicationRecord>(NAME, { connection })
  const events = new QueueEvents(NAME, { connection })
  queue.on('error', () => {})
  events.on('error', () => {})
  // One listener for each replication that is waited for.
  queue.setMaxListeners(0)
  events.setMaxListeners(0)
  try {
    await within(5000, Promise.all([queue.waitUntilReady(), events.waitUntilReady()]))
  } catch {
    await Promise.allSettled([queue.disconnect(), events.disconnect()])
    throw new QueueError(`there is no Redis at ${url}`)
  }
  return {
    async run(list, done, finished) {
      const waiting = await queue.addBulk(
        list.map((job) => ({
          name: job.source.file,
          data: job,
          // The same replication is the same job, whoever asks for it again.
          opts: { jobId: idOf(job), removeOnComplete: { age: KEPT }, removeOnFail: true },
        })),
      )
      return Promise.all(
        waiting.map(async (entry, i) => {
          const record = await entry.waitUntilFinished(events)
          finished?.(list[i]!, record)
          done()
          return record
        }),
      )
    },
    async close() {
      await events.close()
      await queue.close()
    },
  }
}

/** Takes replications from the queue at `url`, `jobs` at a time, until `stop` is called. */
export async function serveQueue(
  url: string,
  jobs: number,
  done: (job: Job) => void,
): Promise<{ stop(): Promise<void> }> {
  // In threads: this one must stay free to tell Redis that the worker is alive.
  const pool = openPool(Math.max(2, jobs))
  const worker = new Worker<Job, ReplicationRecord>(
    NAME,
    async ({ data }) => {
      const [record] = await pool.run([data], () => {})
      done(data)
      return record!
    },
    {
      connection: { url, maxRetriesPerRequest: null, ...once },
      concurrency: jobs,
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: MOST_LOSSES,
    },
  )
  worker.on('error', () => {})
  try {
    await within(5000, worker.waitUntilReady())
  } catch {
    await Promise.allSettled([worker.disconnect(), pool.close()])
    throw new QueueError(`there is no Redis at ${url}`)
  }
  return {
    async stop() {
      await worker.close()
      await pool.close()
    },
  }
}

/** Connections are tried again while the program runs, not for ever before it has begun. */
const once = { retryStrategy: (times: number) => Math.min(times * 200, 2000) }

function idOf(job: Job): string {
  return createHash('sha256').update(JSON.stringify(job)).digest('base64url')
}

function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), milliseconds)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
