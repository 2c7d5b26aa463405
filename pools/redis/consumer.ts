import { type Job, type JobJson, UnrecoverableError, Worker } from 'bullmq'
import type { Pool } from '../../sim/experiments/jobs.js'
import { legible } from '../../sim/options/shown.js'
import { ScenarioError } from '../../sim/scenario/problem.js'
import type { Source } from '../../sim/scenario/scenario.js'
import { type Identity, keyOf, same, saysIdentity } from '../identity.js'
import { pack } from '../packed.js'
import { Defect, openThreads, WorkersDied } from '../threads.js'
import { type Connection, connect, refusalOf } from './connection.js'
import { putOff } from './lasting.js'
import {
  type Failure,
  KEPT,
  LOOK,
  MOST_LOST,
  MOST_OF_RECORD,
  MOST_OF_SOURCE,
  PREFIX,
  queueOf,
  Refused,
  readSource,
  readTicket,
  recordKey,
  SILENCE,
  sourceKey,
} from './protocol.js'

const MOST_KEPT = 16

export interface WorkerOptions {
  /** Takes no more jobs, and ends when those are finished that were begun. */
  stop: AbortSignal
  tell: (message: string) => void
}

/**
 * Runs the jobs of a queue, `jobs` at a time, until it is told to stop. Throws `QueueLost` if nobody answers. Whatever
 * else comes from there does not end it: what is not a job is refused.
 */
export async function work(
  url: string,
  jobs: number,
  identity: Identity,
  options: WorkerOptions,
): Promise<void> {
  const { stop, tell } = options
  const connection = await connect(url, tell)
  const { redis } = connection
  const threads = openThreads(jobs, { tell })
  const run = runner(connection, threads, identity)
  const worker = new Taker(
    queueOf(identity),
    async (taken) => {
      await putOff(redis, worker)
      await run(taken.data, taken.id!).catch((error: Error) => giveUp(error, tell))
    },
    {
      connection: connection.options,
      prefix: PREFIX,
      concurrency: jobs,
      lockDuration: SILENCE,
      maxStalledCount: MOST_LOST,
      skipStalledCheck: true,
      // Of all workers together: each looks every `LOOK`.
      stalledInterval: LOOK / 2,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    },
  )
  // The connection tells what there is to tell of itself; the rest is told once.
  const told = new Set<string>()
  const troubled = (error: Error) => {
    const refusal = refusalOf(error) ?? (error instanceof SyntaxError ? legible(error.message) : null)
    if (refusal === null || told.has(refusal)) return
    told.add(refusal)
    tell(`the queue at ${connection.shown} cannot be used: ${refusal}`)
  }
  worker.on('error', troubled)
  // Looks for lost jobs, for which lists are made anew.
  const look = () =>
    worker.backend
      .moveStalledJobsToWait()
      .then(() => putOff(redis, worker))
      .catch(troubled)
  const timer = setInterval(look, LOOK)
  tell(`${saysIdentity(identity)} takes jobs from ${connection.shown}, ${jobs} at a time`)
  const stopped = new Promise((resolve) => stop.addEventListener('abort', resolve))
  let closing: Promise<void> | null = null
  try {
    await Promise.race([stopped, connection.lost])
    // Waits for what was begun.
    closing = worker.close().then(() => putOff(redis, worker))
    await Promise.race([closing, connection.lost])
  } finally {
    clearInterval(timer)
    connection.close()
    await threads.close()
  }
}

/** Runs what is called a job, and puts its record into the queue. Throws `Refused` where it is none. */
function runner(
  connection: Connection,
  threads: Pool,
  identity: Identity,
): (data: unknown, id: string) => Promise<void> {
  const { redis } = connection
  const sources = new Sources(connection)
  return async (data, id) => {
    const { identity: theirs, source, job } = readTicket(data)
    if (!same(identity, theirs)) throw new Refused(`it is of ${saysIdentity(theirs)}`)
    // Asked for again between its end and its disappearance from the queue: it need not be run again.
    if ((await redis.exists(recordKey(id))) === 1) return
    const whole = { ...job, source: await sources.get(source) }
    if (keyOf(whole, identity) !== id) throw new Refused('its name is not that of its content')
    const [record] = await threads.run([whole], () => {})
    const text = pack(record!)
    if (text.length > MOST_OF_RECORD) throw new WorkersDied('its record is too large for the queue')
    await redis.set(recordKey(id), text, 'EX', KEPT)
  }
}

/** Takes whatever is called a job: what is no JSON would come back for ever, and is refused like any other. */
class Taker extends Worker<unknown> {
  protected override createJob(json: JobJson, id: string): Job<unknown> {
    try {
      return super.createJob(json, id)
    } catch {
      return super.createJob({ ...json, data: 'null' }, id)
    }
  }
}

/** Fails a job: here, running it again would change nothing. */
function giveUp(error: Error, tell: (message: string) => void): never {
  if (error instanceof ScenarioError) fail({ kind: 'problems', says: JSON.stringify(error.problems) })
  if (error instanceof Defect) fail({ kind: 'defect', says: error.stack! })
  if (error instanceof WorkersDied) fail({ kind: 'died', says: error.message })
  const says = error instanceof Refused ? error.message : refusalOf(error)
  if (says === null) throw error
  tell(`refused a job: ${legible(says)}`)
  fail({ kind: 'refused', says })
}

function fail(failure: Failure): never {
  throw new UnrecoverableError(JSON.stringify(failure))
}

/** Scenarios that jobs name: of several sweeps at most, so that few are kept. */
class Sources {
  private readonly kept = new Map<string, Source>()

  constructor(private readonly connection: Connection) {}

  async get(name: string): Promise<Source> {
    const kept = this.kept.get(name)
    if (kept !== undefined) return kept
    const text = await this.connection.text(sourceKey(name), MOST_OF_SOURCE)
    if (text === null) throw new Refused('its scenario is no longer in the queue')
    const source = readSource(text, name)
    this.kept.set(name, source)
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value!)
    return source
  }
}
