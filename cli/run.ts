import { Command } from 'commander'
import { addQueueOption, addRunOptions, type RunOptions } from './options.js'
import { simulate } from './simulate.js'

export function runCommand(): Command {
  return addQueueOption(
    addRunOptions(new Command('run').description('QPS, latency and availability of one scenario or several')),
  )
    .argument('<file...>', 'scenario files')
    .action((files: string[], options: RunOptions) => simulate(files, options, null))
}
