import { parentPort } from 'node:worker_threads'
import { type Job, runJob } from '../sim/experiments/jobs.js'
import { ScenarioError } from '../sim/scenario/problem.js'
import type { Answer } from './threads.js'

/** What a worker thread runs: one replication after the other, from the text of the scenario. */
parentPort!.on('message', (job: Job) => parentPort!.postMessage(answer(job)))

/** Milliseconds: who watches sees it move. */
const EVERY = 200

function answer(job: Job): Answer {
  let told = performance.now()
  try {
    return {
      record: runJob(job, (share) => {
        const now = performance.now()
        if (now - told < EVERY) return
        told = now
        parentPort!.postMessage({ share } satisfies Answer)
      }),
    }
  } catch (error) {
    if (error instanceof ScenarioError) return { problems: error.problems }
    return { defect: String((error as Error)?.stack ?? error) }
  }
}
