import { UnrecoverableError, WaitingError, Worker } from 'bullmq'
import { ScenarioError } from '../../sim/scenario/problem.js'
import type { Source } from '../../sim/scenario/scenario.js'
import { type Identity, same, saysIdentity } from '../identity.js'
import { pack } from '../packed.js'
import { Defect, openThreads, WorkersDied } from '../threads.js'
import { type Connection, connect } from './connection.js'
import { QueueLost } from './lost.js'
import {
  type Failure,
  KEPT,
  LOOK,
  MOST_LOST,
  PREFIX,
  QUEUE,
  recordKey,
  SILENCE,
  sourceKey,
  type Ticket,
} from './protocol.js'

const MOST_KEPT = 16

export interface WorkerOptions {
  /** Takes no more jobs, and ends when those are finished that were begun. */
  stop: AbortSignal
  tell: (message: string) => void
}

/**
 * Runs the jobs of a queue, `jobs` at a time, until it is told to stop. Throws `QueueLost` if nobody answers, or if
 * a job comes from a program that is not the same: it goes back to the queue for others.
 */
export async function work(
  url: string,
  jobs: number,
  identity: Identity,
  options: WorkerOptions,
): Promise<void> {
  const { stop, tell } = options
  const connection = await connect(url, tell)
  const threads = openThreads(jobs, { tell })
  const sources = new Sources(connection)
  const run = async ({ source, job }: Ticket): Promise<string> => {
    const [record] = await threads.run([{ ...job, source: await sources.get(source) }], () => {})
    return pack(record!)
  }
  let refuse!: (error: Error) => void
  const refused = new Promise<never>((_, reject) => {
    refuse = reject
  })
  let closing: Promise<void> | null = null
  const worker = new Worker<Ticket>(
    QUEUE,
    async (taken, token) => {
      const { identity: theirs } = taken.data
      if (!same(identity, theirs)) {
        // Closes first: what goes back is for others, and is not to be taken here again.
        closing ??= worker.close()
        await taken.moveToWait(token)
        refuse(new QueueLost(misfit(theirs, identity)))
        throw new WaitingError()
      }
      // Asked for again between its end and its disappearance from the queue: it need not be run again.
      if ((await connection.redis.exists(recordKey(taken.id!))) === 1) return
      const record = await run(taken.data).catch(giveUp)
      await connection.redis.set(recordKey(taken.id!), record, 'EX', KEPT)
    },
    {
      connection: connection.options,
      prefix: PREFIX,
      concurrency: jobs,
      lockDuration: SILENCE,
      stalledInterval: LOOK,
      maxStalledCount: MOST_LOST,
    },
  )
  // The connection tells what there is to tell.
  worker.on('error', () => {})
  tell(`taking jobs from ${connection.shown}, ${jobs} at a time`)
  const stopped = new Promise((resolve) => stop.addEventListener('abort', resolve))
  try {
    await Promise.race([stopped, refused, connection.lost])
    // Waits for what was begun.
    closing ??= worker.close()
    await Promise.race([closing, connection.lost])
  } finally {
    await Promise.race([closing, connection.lost.catch(() => {})])
    connection.close()
    await threads.close()
  }
}

const misfit = (theirs: Identity, own: Identity): string =>
  `the jobs are of ${saysIdentity(theirs)}, and this is ${saysIdentity(own)}: install the same here and there, since results could differ`

/** Fails a job for good: running it again would change nothing. */
function giveUp(error: Error): never {
  if (error instanceof ScenarioError)
    throw new UnrecoverableError(failure({ kind: 'problems', says: JSON.stringify(error.problems) }))
  if (error instanceof Defect) throw new UnrecoverableError(failure({ kind: 'defect', says: error.stack! }))
  if (error instanceof WorkersDied)
    throw new UnrecoverableError(failure({ kind: 'died', says: error.message }))
  throw error
}

const failure = (what: Failure): string => JSON.stringify(what)

/** Scenarios that jobs name: of several sweeps at most, so that few are kept. */
class Sources {
  private readonly kept = new Map<string, Source>()

  constructor(private readonly connection: Connection) {}

  async get(hash: string): Promise<Source> {
    const kept = this.kept.get(hash)
    if (kept !== undefined) return kept
    const text = await this.connection.redis.get(sourceKey(hash))
    if (text === null) {
      throw new UnrecoverableError(failure({ kind: 'died', says: 'its scenario is no longer in the queue' }))
    }
    const source = JSON.parse(text) as Source
    this.kept.set(hash, source)
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value!)
    return source
  }
}
