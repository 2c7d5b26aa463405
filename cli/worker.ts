import { availableParallelism } from 'node:os'
import { Command } from 'commander'
import { withClients } from '../pools/redis/lost.js'
import { onInterrupt } from './interrupt.js'
import { queueOption, wholeNumberTo } from './options.js'
import { identity } from './version.js'

export function workerCommand(): Command {
  return new Command('worker')
    .description('runs replications for commands with the same --queue, on this or any other machine')
    .addOption(queueOption('the Redis or Valkey between them: redis://host:6379').makeOptionMandatory())
    .option('--jobs <n>', 'replications at a time', wholeNumberTo(256), availableParallelism())
    .action(async ({ queue, jobs }: { queue: string; jobs: number }) => {
      const tell = (message: string) => process.stderr.write(`${message}\n`)
      const { stop, release } = onInterrupt(() =>
        tell('interrupted: what was begun is finished (once more ends at once, and others take it)'),
      )
      // Loaded only when it is asked for: not everybody has the clients of Redis.
      const { work } = await withClients(() => import('../pools/redis/consumer.js'))
      await work(queue, jobs, identity(), { stop, tell }).finally(release)
    })
}
