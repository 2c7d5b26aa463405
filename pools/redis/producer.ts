import { Queue, QueueEvents } from 'bullmq'
import { weightOf } from '../../sim/experiments/groups.js'
import type { Job, Pool } from '../../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../../sim/experiments/replicate.js'
import { legible } from '../../sim/options/shown.js'
import { ScenarioError } from '../../sim/scenario/problem.js'
import { gather, nameOf } from '../gather.js'
import { type Identity, keyOf, saysIdentity } from '../identity.js'
import { unpack } from '../packed.js'
import { problemsShape } from '../shapes.js'
import { Defect, WorkersDied } from '../threads.js'
import { type Connection, connect, refusalOf } from './connection.js'
import { add, putOff } from './lasting.js'
import { QueueLost } from './lost.js'
import {
  hashOf,
  KEPT,
  LOOK,
  MOST_OF_RECORD,
  MOST_OF_SOURCE,
  MOST_TRIES,
  PREFIX,
  programOf,
  queueOf,
  readFailure,
  recordKey,
  sourceKey,
  TAKEN,
} from './protocol.js'

/** Milliseconds that an end may take. */
const GRACE = 10_000

export interface QueueOptions {
  /** Ends the work early: what is finished by then comes with `Interrupted`. */
  stop: AbortSignal
  /** Takes what a user should know. */
  tell: (message: string) => void
}

/** Has jobs run by the workers that wait at a Redis or Valkey. Throws `QueueLost` if nobody answers there. */
export async function openQueue(url: string, identity: Identity, options: QueueOptions): Promise<Pool> {
  const orders = new Orders(await connect(url, options.tell), identity, options)
  try {
    await orders.open()
  } catch (error) {
    await orders.close()
    throw error
  }
  return {
    run: (list, done, finished) => gather(list, (job) => orders.submit(job), options.stop, done, finished),
    close: () => orders.close(),
  }
}

interface Order {
  readonly job: Job
  readonly record: Promise<ReplicationRecord>
  /** How often what came of it was of no use. */
  tries: number
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
    this.queue = new Queue(queueOf(identity), {
      ...own,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    })
    this.events = new QueueEvents(queueOf(identity), own)
    // Of itself the connection tells what there is to tell.
    const refused = (error: Error) => {
      if (refusalOf(error) !== null) this.end(connection.meaning(error))
    }
    this.queue.on('error', refused)
    this.events.on('error', refused)
    this.events.on('completed', ({ jobId }) => this.watched(this.place(jobId)))
    this.events.on('failed', ({ jobId, failedReason }) => this.fail(jobId, failedReason))
    connection.lost.catch((error) => this.end(error))
  }

  async open(): Promise<void> {
    const { shown, lost } = this.connection
    const ready = Promise.all([this.queue.waitUntilReady(), this.events.waitUntilReady()])
    await Promise.race([ready, lost]).catch((error: Error) => {
      // Too old, say.
      throw error instanceof QueueLost
        ? error
        : new QueueLost(`the queue at ${shown} cannot be used: ${legible(error.message)}`)
    })
    this.timer = setInterval(() => this.watched(this.look()), LOOK)
  }

  submit(job: Job): Promise<ReplicationRecord> {
    const id = keyOf(job, this.identity)
    const there = this.orders.get(id)
    if (there !== undefined) return there.record
    const { promise, resolve, reject } = withResolvers<ReplicationRecord>()
    this.orders.set(id, { job, record: promise, tries: 0, resolve, reject })
    if (this.failed) reject(this.failed)
    else this.watched(this.place(id))
    return promise
  }

  async close(): Promise<void> {
    clearInterval(this.timer)
    const left = [...this.orders.keys()]
    this.orders.clear()
    const { redis } = this.connection
    const leave = async () => {
      if (redis.status === 'ready') {
        // What nobody has begun need not be begun; what somebody is at stays there, for those who resume.
        await Promise.allSettled(left.map((id) => this.queue.remove(id)))
        await Promise.allSettled([this.events.close(), this.queue.close()])
      } else await Promise.allSettled([this.events.disconnect(), this.queue.disconnect()])
    }
    await within(GRACE, leave())
    this.connection.close()
  }

  /** Puts a job into the queue, unless it is there, or its record is. */
  private async place(id: string): Promise<void> {
    const order = this.orders.get(id)
    if (order === undefined || (await this.collect(id))) return
    const { source, ...job } = order.job
    const text = JSON.stringify(source)
    if (text.length > MOST_OF_SOURCE) {
      const size = `${Math.ceil(text.length / 1e6)} MB: the queue takes ${MOST_OF_SOURCE / 1e6}`
      throw new QueueLost(`${source.file} and the files that it names have ${size}`)
    }
    const hash = hashOf(text)
    await this.connection.redis.set(sourceKey(hash), text, 'EX', KEPT)
    if (this.orders.has(id)) await add(this.queue, { identity: this.identity, source: hash, job }, id)
  }

  /** Takes a record, if it is there. One that is of no use is taken away: the job is done again. */
  private async collect(id: string): Promise<boolean> {
    const text = await this.connection.text(recordKey(id), MOST_OF_RECORD)
    const order = this.orders.get(id)
    if (order === undefined) return true
    if (text === null) return false
    const record = recordIn(text, order.job)
    if (record === null) {
      await this.connection.redis.unlink(recordKey(id))
      this.again(id, 'its record was of no use')
      return !this.orders.has(id)
    }
    order.resolve(record)
    this.orders.delete(id)
    // Only once who waits for it has it, and has written it down: a sweep that is killed here loses nothing.
    await new Promise((resolve) => setImmediate(resolve))
    await this.connection.redis.expire(recordKey(id), TAKEN)
    return true
  }

  /** Counts what was of no use, and gives up after some times. */
  private again(id: string, says: string): void {
    const order = this.orders.get(id)
    if (order === undefined || ++order.tries < MOST_TRIES) return
    this.orders.delete(id)
    order.reject(
      new QueueLost(
        `the queue at ${this.connection.shown} cannot be used: ${nameOf(order.job)} was done ${MOST_TRIES} times in vain, the last time: ${legible(says)}`,
      ),
    )
  }

  private fail(id: string, reason: string): void {
    const order = this.orders.get(id)
    if (order === undefined) return
    const error = errorOf(reason, order.job)
    if (error === null) {
      this.again(id, readFailure(reason).says)
      this.watched(this.place(id))
      return
    }
    order.reject(error)
    this.orders.delete(id)
  }

  /** Events can be missed, and records taken by another who asks for the same: looks after what is owed. */
  private async look(): Promise<void> {
    const { redis, shown } = this.connection
    const ids = [...this.orders.keys()]
    await putOff(redis, this.queue, ids)
    for (const id of ids) {
      const state = await this.queue.getJobState(id)
      if (state === 'unknown') await this.place(id)
    }
    if (this.orders.size > 0 && !this.told && (await this.queue.getWorkersCount()) === 0) {
      this.told = true
      const others = await othersAt(redis)
      const who =
        others.length > 0
          ? `only ${others.join(', ')} takes jobs at ${shown}, and this is ${saysIdentity(this.identity)}, whose results could differ: install the same here and there, and`
          : `nobody takes jobs at ${shown}:`
      this.options.tell(`${who} start "nines worker --queue ${shown}" on any machine`)
    }
  }

  /** After an error nothing more will come. */
  private watched(work: Promise<unknown>): void {
    work.catch((error) => this.end(this.connection.meaning(error)))
  }

  private end(error: Error): void {
    this.failed ??= error
    for (const order of this.orders.values()) order.reject(this.failed)
  }
}

/** The record of a job; null where the text holds none. */
function recordIn(text: string, { replication, count = 1 }: Job): ReplicationRecord | null {
  try {
    const record = unpack(text)
    return record.replication === replication && weightOf(record) === count ? record : null
  } catch {
    return null
  }
}

/** Why a job failed for good; null where it can be done again. */
function errorOf(reason: string, job: Job): Error | null {
  const { kind, says } = readFailure(reason)
  if (kind === 'refused') return null
  // What others say has several lines, if it is a stack; no more than that.
  const clean = says.split('\n').map((line) => legible(line))
  if (kind === 'defect') return Object.assign(new Defect('the simulation threw'), { stack: clean.join('\n') })
  if (kind === 'died') return new WorkersDied(`${nameOf(job)}: ${clean.join(' ')}`)
  try {
    const problems = problemsShape.parse(JSON.parse(says))
    return new ScenarioError(
      problems.map((one) => ({
        ...one,
        file: legible(one.file),
        path: legible(one.path),
        message: legible(one.message),
      })),
    )
  } catch {
    return null
  }
}

/** Whose workers there are, by the names that they give their connections. */
async function othersAt(redis: Connection['redis']): Promise<string[]> {
  const clients = String(await redis.client('LIST'))
  const names = [...clients.matchAll(/ name=nines:([\w+/=]+) /g)].map(([, name]) => name!)
  const programs = names.map((name) => programOf(Buffer.from(name, 'base64').toString()))
  return [...new Set(programs.flatMap((one) => (one === null ? [] : [saysIdentity(one)])))]
}

/** Waits until `work` is done, for so many milliseconds at most. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

function withResolvers<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((...both) => {
    ;[resolve, reject] = both
  })
  return { promise, resolve, reject }
}
