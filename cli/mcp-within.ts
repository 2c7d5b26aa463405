import { setMaxListeners } from 'node:events'
import { openThreads } from '../pools/threads.js'
import type { Search } from '../sim/experiments/capacity/capacity.js'
import type { Pool } from '../sim/experiments/jobs.js'
import { Unusable } from './exit.js'
import { requestsOf, rounded } from './expense.js'

/** Requests of visitors, in all that is asked for at once. */
export const MOST_REQUESTS = 50e6
/** Seconds that a question may take, where nothing is said, and at most. */
export const SECONDS = { usual: 60, most: 3600 } as const

/** What a question may take, and who hears how far it is. */
export interface Limits {
  /** On the clock. */
  readonly seconds: number
  readonly jobs: number
  /** Who asked wants no answer any more, or is gone. */
  readonly stops: readonly AbortSignal[]
  /** Replications that are done. */
  progress(done: number): void
}

/** Refuses, before anything is run, what would take far longer than anybody waits. */
export function affordable(all: readonly Search[]): void {
  const requests = all.reduce(
    (sum, { scenario, replications }) => sum + requestsOf(scenario) * replications,
    0,
  )
  if (requests > MOST_REQUESTS)
    throw new Unusable(
      `too much at once: some ${rounded(requests)} requests to simulate, and ${rounded(MOST_REQUESTS)} is the most: ask for fewer replications, or a shorter lasts`,
    )
}

/**
 * Does the work on threads, within the limits: what is there when the time is over is the answer.
 * @returns the answer, and why it is less than was asked for; null where it is all
 */
export async function within<T>(
  { seconds, jobs, stops, progress }: Limits,
  work: (pool: Pool) => Promise<T>,
): Promise<{ answer: T; cut: string | null }> {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  const end = () => controller.abort()
  const timer = setTimeout(end, seconds * 1000)
  for (const stop of stops) stop.addEventListener('abort', end)
  if (stops.some(({ aborted }) => aborted)) end()
  const threads = openThreads(jobs, { stop: controller.signal })
  let done = 0
  const pool: Pool = {
    run: (list, one, finished) =>
      threads.run(
        list,
        () => {
          progress(++done)
          one()
        },
        finished,
      ),
    close: () => threads.close(),
  }
  try {
    const answer = await work(pool)
    return { answer, cut: controller.signal.aborted ? cutAfter(seconds) : null }
  } finally {
    clearTimeout(timer)
    for (const stop of stops) stop.removeEventListener('abort', end)
    await pool.close()
  }
}

export const cutAfter = (seconds: number): string =>
  `cut after ${seconds} s, which is the most that a question may take here: ask for fewer replications, or a shorter lasts`
