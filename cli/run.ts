import { Command } from 'commander'
import { addQueueOption, addRunOptions, type RunOptions, WITH_MARKDOWN } from './options.js'
import { simulate } from './simulate.js'
import { addWatchOption, repeating, type WatchOptions } from './watch.js'

export function runCommand(): Command {
  const command = new Command('run').description('QPS, latency and availability of one scenario or several')
  return addWatchOption(addQueueOption(addRunOptions(command, undefined, WITH_MARKDOWN)))
    .argument('<file...>', 'scenario files')
    .action((files: string[], options: RunOptions & WatchOptions) =>
      repeating(options, files, () => simulate(files, options, null)),
    )
}
