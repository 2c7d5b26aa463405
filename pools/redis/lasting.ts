import { Job, type Queue, type QueueBase } from 'bullmq'
import type { Redis } from 'ioredis'
import { KEPT, type Ticket } from './protocol.js'

/*
 * BullMQ's keys have no end. Here they get one, which is put off for as long as somebody works with them: whoever is
 * killed leaves nothing that stays.
 */

/** No key, and keys whose ends, after seconds, mean something. */
const LEFT_ALONE: readonly string[] = ['', 'stalled-check', 'limiter']

/** The keys of a queue, and of some of its jobs. */
const keysOf = ({ keys, toKey }: QueueBase, ids: readonly string[]): string[] => [
  ...Object.entries(keys).flatMap(([name, key]) => (LEFT_ALONE.includes(name) ? [] : [key])),
  ...ids.map((id) => toKey(id)),
]

/** Puts off the end of a queue and of the jobs `ids`. */
export async function putOff(redis: Redis, queue: QueueBase, ids: readonly string[] = []): Promise<void> {
  const all = redis.pipeline()
  for (const key of keysOf(queue, ids)) all.expire(key, KEPT)
  await all.exec()
}

/** BullMQ declares only those commands that it gives itself. */
type Transaction = Parameters<Job['addJob']>[0] & {
  expire(key: string, seconds: number): void
  exec(): Promise<[Error | null, unknown][] | null>
}

/** Adds a job, with an end, in one step. One that is there already is left as it is. */
export async function add(queue: Queue, ticket: Ticket, id: string): Promise<void> {
  const transaction = (await queue.backend.client).multi() as unknown as Transaction
  const job = new Job(queue, 'replication', ticket, { ...queue.defaultJobOptions, jobId: id }, id)
  await job.addJob(transaction)
  for (const key of keysOf(queue, [id])) transaction.expire(key, KEPT)
  for (const [error] of (await transaction.exec()) ?? []) if (error !== null) throw error
}
