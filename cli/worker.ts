import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import type { Job } from '../sim/experiments/jobs.js'
import { wholeNumber } from './options.js'

interface WorkerOptions {
  queue: string
  jobs: number
  quiet: boolean
}

export function workerCommand(): Command {
  return new Command('worker')
    .description(
      'takes replications of sweeps from a queue, on this machine or any other, until it is stopped',
    )
    .requiredOption('--queue <url>', 'Redis or Valkey, such as redis://localhost:6379')
    .option('--jobs <n>', 'replications at a time', wholeNumber, availableParallelism())
    .option('--quiet', 'no line for each replication', false)
    .action(work)
}

async function work({ queue, jobs, quiet }: WorkerOptions): Promise<void> {
  const { serveQueue } = await import('../sim/experiments/queue.js')
  const done = ({ source, replication }: Job) => {
    if (!quiet) process.stderr.write(`${source.file} replication ${replication}\n`)
  }
  const service = await serveQueue(queue, jobs, done)
  if (!quiet) process.stderr.write(`waiting for replications at ${queue}; Ctrl-C stops\n`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
  await service.stop()
}
