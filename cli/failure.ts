import { JournalLost } from '../pools/journal.js'
import { QueueLost } from '../pools/redis/lost.js'
import { WorkersDied } from '../pools/threads.js'
import { Interrupted } from '../sim/experiments/jobs.js'
import { Overload } from '../sim/parts/request.js'
import { ScenarioError } from '../sim/scenario/problem.js'
import { showProblems } from './excerpt.js'
import { Exit, exitCodes, Unusable } from './exit.js'
import { textOf } from './files.js'
import { isOfFiles, reasonOf } from './reasons.js'
import { lookOf } from './terminal.js'

/** Milliseconds. */
const GRACE = 5000

/** Tells what went wrong with a command, and ends the program with the code that says it. */
export function end(error: unknown): void {
  process.exitCode = tellOf(error)
  // The clients of a queue that is gone would go on trying.
  if (error instanceof QueueLost) process.exit()
  // Nor does anything else that is still open keep a program that failed.
  if (!(error instanceof Exit)) setTimeout(() => process.exit(), GRACE).unref()
}

/** Tells what went wrong, and gives the exit code. */
export function tellOf(error: unknown): number {
  if (error instanceof Exit) return error.code
  if (error instanceof ScenarioError) {
    const look = lookOf(process.stderr, false)
    process.stderr.write(`${showProblems(error.problems, textOf, look)}\n`)
    return exitCodes.unusable
  }
  if (error instanceof Unusable || error instanceof QueueLost || error instanceof Overload) {
    process.stderr.write(`${error.message}\n`)
    return exitCodes.unusable
  }
  if (error instanceof JournalLost) {
    process.stderr.write(`${error.message}: ${reasonOf(error.cause)}\n`)
    return exitCodes.unusable
  }
  if (isOfFiles(error)) {
    process.stderr.write(`${error.path === undefined ? '' : `${error.path}: `}${reasonOf(error)}\n`)
    return exitCodes.unusable
  }
  if (error instanceof Interrupted) return exitCodes.interrupted
  if (error instanceof WorkersDied) {
    process.stderr.write(`${error.message}\n`)
    return exitCodes.failed
  }
  process.stderr.write(`nines itself failed, which is a defect: ${(error as Error)?.stack ?? error}\n`)
  return exitCodes.failed
}
