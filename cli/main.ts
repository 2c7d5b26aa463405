#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { QueueLost } from '../pools/redis/lost.js'
import { WorkersDied } from '../pools/threads.js'
import { Interrupted } from '../sim/experiments/jobs.js'
import { Overload } from '../sim/parts/request.js'
import { ScenarioError } from '../sim/scenario/problem.js'
import { checkCommand } from './check.js'
import { compareCommand } from './compare.js'
import { Exit, exitCodes, Unusable } from './exit.js'
import { listCommand } from './list.js'
import { runCommand } from './run.js'
import { sweepCommand } from './sweep.js'
import { traceCommand } from './trace.js'
import { validateCommand } from './validate.js'
import { version } from './version.js'
import { workerCommand } from './worker.js'

const program = new Command('nines')
  .description('Simulates the traffic of a web stack, request by request: QPS, latency and availability.')
  .version(version)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('(nines --help shows the commands and options)')
  .addHelpText(
    'after',
    `
Exit codes:
  0  done                                      2  a bad scenario file, option or usage
  1  an expectation was not met, with --check  3  the simulator itself failed
                                           130  interrupted: what was there is printed`,
  )

// Each command is a line here and a file beside this one.
for (const command of [
  runCommand,
  compareCommand,
  checkCommand,
  sweepCommand,
  workerCommand,
  validateCommand,
  traceCommand,
  listCommand,
]) {
  program.addCommand(command().exitOverride().showHelpAfterError('(--help shows the options)'))
}

// A pipe that was closed (nines list | head) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? exitCodes.done)
    throw error
  })
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
  // The clients of a queue that is gone would go on trying.
  if (error instanceof QueueLost) process.exit()
}

/** Tells what went wrong, and gives the exit code. */
function report(error: unknown): number {
  if (error instanceof Exit) return error.code
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.unusable
  if (
    error instanceof ScenarioError ||
    error instanceof Unusable ||
    error instanceof QueueLost ||
    error instanceof Overload
  ) {
    process.stderr.write(`${error.message}\n`)
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
