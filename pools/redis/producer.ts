import { Queue, QueueEvents } from 'bullmq'
import type { Job, Pool } from '../../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../../sim/experiments/replicate.js'
import { type Problem, ScenarioError } from '../../sim/scenario/problem.js'
import { gather } from '../gather.js'
import { type Identity, keyOf } from '../identity.js'
import { unpack } from '../packed.js'
import { Defect, WorkersDied } from '../threads.js'
import { type Connection, connect } from './connection.js'
import {
  hashOf,
  KEPT,
  LOOK,
  PREFIX,
  QUEUE,
  readFailure,
  recordKey,
  sourceKey,
  TAKEN,
  type Ticket,
} from './protocol.js'

export interface QueueOptions {
  /** Ends the work early: what is finished by then comes with `Interrupted`. */
  stop: AbortSignal
  /** Takes what a user should know. */
  tell: (message: string) => void
}

/** Has jobs run by the workers that wait at a Redis or Valkey. Throws `QueueLost` if nobody answers there. */
export async function openQueue(url: string, identity: Identity, options: QueueOptions): Promise<Pool> {
  const orders = new Orders(await connect(url, options.tell), identity, options)
  await orders.open()
  return {
    run: (list, done, finished) => gather(list, (job) => orders.submit(job), options.stop, done, finished),
    close: () => orders.close(),
  }
}

interface Order {
  readonly job: Job
  readonly record: Promise<ReplicationRecord>
  resolve(record: ReplicationRecord): void
  reject(error: Error): void
}

class Orders {
  /** What is not there yet, by the key of its content. */
  private readonly orders = new Map<string, Order>()
  private readonly queue: Queue
  private readonly events: QueueEvents
  private timer: NodeJS.Timeout | undefined
  private told = false
  private failed: Error | null = null

  constructor(
    private readonly connection: Connection,
    private readonly identity: Identity,
    private readonly options: QueueOptions,
  ) {
    const own = { connection: connection.options, prefix: PREFIX }
    this.queue = new Queue(QUEUE, {
      ...own,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    })
    this.events = new QueueEvents(QUEUE, own)
    // The connection tells what there is to tell.
    this.queue.on('error', () => {})
    this.events.on('error', () => {})
    this.events.on('completed', ({ jobId }) => this.watched(this.collect(jobId)))
    this.events.on('failed', ({ jobId, failedReason }) => this.fail(jobId, failedReason))
    connection.lost.catch((error) => this.end(error))
  }

  async open(): Promise<void> {
    await Promise.race([
      Promise.all([this.queue.waitUntilReady(), this.events.waitUntilReady()]),
      this.connection.lost,
    ])
    this.timer = setInterval(() => this.watched(this.look()), LOOK)
  }

  submit(job: Job): Promise<ReplicationRecord> {
    const id = keyOf(job, this.identity)
    const there = this.orders.get(id)
    if (there !== undefined) return there.record
    const { promise, resolve, reject } = withResolvers<ReplicationRecord>()
    this.orders.set(id, { job, record: promise, resolve, reject })
    if (this.failed) reject(this.failed)
    else this.watched(this.place(id, job))
    return promise
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    const left = [...this.orders.keys()]
    this.orders.clear()
    if (this.failed === null) {
      // What nobody has begun need not be begun; what somebody is at stays there, for those who resume.
      await Promise.allSettled(left.map((id) => this.queue.remove(id)))
      await Promise.allSettled([this.events.close(), this.queue.close()])
    }
    this.connection.close()
  }

  /** Puts a job into the queue, unless it is there, or its record is. */
  private async place(id: string, job: Job): Promise<void> {
    if (await this.collect(id)) return
    const { source, ...rest } = job
    const text = JSON.stringify(source)
    const hash = hashOf(text)
    await this.connection.redis.set(sourceKey(hash), text, 'EX', KEPT)
    const ticket: Ticket = { identity: this.identity, source: hash, job: rest }
    if (this.orders.has(id)) await this.queue.add('replication', ticket, { jobId: id })
  }

  /** Takes a record, if it is there. */
  private async collect(id: string): Promise<boolean> {
    if (!this.orders.has(id)) return true
    const text = await this.connection.redis.get(recordKey(id))
    const order = this.orders.get(id)
    if (text === null || order === undefined) return false
    order.resolve(unpack(text))
    this.orders.delete(id)
    // Only once who waits for it has it, and has written it down: a sweep that is killed here loses nothing.
    await new Promise((resolve) => setImmediate(resolve))
    await this.connection.redis.expire(recordKey(id), TAKEN)
    return true
  }

  private fail(id: string, reason: string): void {
    const order = this.orders.get(id)
    if (order === undefined) return
    const { kind, says } = readFailure(reason)
    const { source, replication } = order.job
    order.reject(
      kind === 'problems'
        ? new ScenarioError(JSON.parse(says) as Problem[])
        : kind === 'defect'
          ? Object.assign(new Defect('the simulation threw'), { stack: says })
          : new WorkersDied(`replication ${replication + 1} of ${source.file}: ${says}`),
    )
    this.orders.delete(id)
  }

  /** Events can be missed, and records taken by another who asks for the same: looks after what is owed. */
  private async look(): Promise<void> {
    for (const [id, { job }] of [...this.orders]) {
      const state = await this.queue.getJobState(id)
      if (state === 'unknown') await this.place(id, job)
    }
    if (this.orders.size > 0 && !this.told && (await this.queue.getWorkersCount()) === 0) {
      this.told = true
      this.options.tell(
        `nobody takes jobs at ${this.connection.shown}: start "nines worker --queue ${this.connection.shown}" on any machine`,
      )
    }
  }

  /** After an error nothing more will come. */
  private watched(work: Promise<unknown>): void {
    work.catch((error) => this.end(this.connection.meaning(error)))
  }

  private end(error: Error): void {
    this.failed ??= error
    for (const order of this.orders.values()) order.reject(this.failed)
    this.orders.clear()
  }
}

function withResolvers<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((...both) => {
    ;[resolve, reject] = both
  })
  return { promise, resolve, reject }
}
