import { type Job, runJob } from '../sim/experiments/jobs.js'
import type { ReplicationRecord } from '../sim/experiments/replicate.js'
import { type Problem, ScenarioError } from '../sim/scenario/problem.js'

/**
 * What a thread answers: how far it is, and in the end the record, or why the scenario cannot be simulated, or the stack
 * of the exception that the simulator threw. Plain data: threads lose the kinds of errors.
 */
export type Answer =
  | { share: number }
  | { record: ReplicationRecord }
  | { problems: readonly Problem[] }
  | { defect: string }

/** Milliseconds: who watches sees it move. */
const EVERY = 200

/** Runs a job; tells now and then how far it is, and in the end what came of it. */
export function answer(job: Job, tell: (answer: Answer) => void): void {
  let told = performance.now()
  const telling = (share: number) => {
    const now = performance.now()
    if (now - told < EVERY) return
    told = now
    tell({ share })
  }
  try {
    tell({ record: runJob(job, telling) })
  } catch (error) {
    if (error instanceof ScenarioError) tell({ problems: error.problems })
    else tell({ defect: String((error as Error)?.stack ?? error) })
  }
}
