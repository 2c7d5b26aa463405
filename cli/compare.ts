import { Command } from 'commander'
import { Unusable } from './exit.js'
import { addQueueOption, addRunOptions, type RunOptions } from './options.js'
import { simulate } from './simulate.js'

export function compareCommand(): Command {
  const command = new Command('compare').description(
    'several architectures under the same visitors and the same bad luck: differences to the first, in pairs',
  )
  return addQueueOption(addRunOptions(command))
    .argument('<file...>', 'two scenario files or more')
    .action((files: string[], options: RunOptions) => {
      if (files.length < 2) throw new Unusable('compare takes two scenario files or more')
      return simulate(files, options, true)
    })
}
