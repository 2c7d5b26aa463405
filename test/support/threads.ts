import { pathToFileURL } from 'node:url'
import type { Pool } from '../../sim/experiments/jobs.js'
import { built } from './built.js'

/** Threads that run replications, `jobs` at a time. They run what is built: a test that asks for them is one of the program. */
export async function builtThreads(jobs: number): Promise<Pool> {
  const { openThreads }: { openThreads: (jobs: number) => Pool } = await import(
    pathToFileURL(built('pools/threads.js')).href
  )
  return openThreads(jobs)
}
