import { Command } from 'commander'
import { addQueueOption, addRunOptions, type RunOptions, WITH_MARKDOWN } from './options.js'
import { simulate } from './simulate.js'

export function runCommand(): Command {
  return addQueueOption(
    addRunOptions(
      new Command('run').description('QPS, latency and availability of one scenario or several'),
      undefined,
      WITH_MARKDOWN,
    ),
  )
    .argument('<file...>', 'scenario files')
    .action((files: string[], options: RunOptions) => simulate(files, options, null))
}
