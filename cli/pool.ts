import { withClients } from '../pools/redis/lost.js'
import { openThreads } from '../pools/threads.js'
import type { Pool } from '../sim/experiments/jobs.js'
import { onInterrupt } from './interrupt.js'
import type { RunOptions } from './options.js'
import { Progress } from './progress.js'
import { identity } from './version.js'

/**
 * Opens the pool that the options ask for, does the work, and closes it: with a progress bar, and ended early by
 * Ctrl-C. The threads are others even for one job, so that this one hears Ctrl-C.
 * @param short the work takes hardly longer than the start of its threads: they are bundled (bundle.mjs)
 * @param steps replications that the work takes, as far as one knows
 * @param through what stands before the pool
 */
export async function withPool<T>(
  { jobs, short, quiet, queue }: Pick<RunOptions, 'quiet' | 'queue'> & { jobs: number; short?: boolean },
  steps: number,
  work: (pool: Pool) => Promise<T>,
  through: (pool: Pool) => Pool = (pool) => pool,
): Promise<T> {
  const progress = new Progress(steps, quiet)
  const interruption = onInterrupt(() =>
    progress.say('interrupted: this is what is there (once more ends at once)'),
  )
  const { stop } = interruption
  const how = { stop, tell: progress.say, progress: progress.partlyDone }
  let pool: Pool | null = null
  try {
    const worker = short ? new URL('./short-thread.js', import.meta.url) : undefined
    pool =
      queue === undefined
        ? openThreads(Math.min(jobs, steps), { ...how, ...(worker && { worker }) })
        : await openQueue(queue, how)
    pool = through(pool)
    return await work(progress.watch(pool))
  } finally {
    interruption.release()
    progress.end()
    await pool?.close()
  }
}

/** Loaded only when it is asked for: not everybody has the clients of Redis. */
async function openQueue(
  url: string,
  how: { stop: AbortSignal; tell: (message: string) => void },
): Promise<Pool> {
  const queue = await withClients(() => import('../pools/redis/producer.js'))
  return queue.openQueue(url, identity(), how)
}
