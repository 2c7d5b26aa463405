import { Command } from 'commander'
import { parseShare } from '../sim/options/units.js'
import { Unusable } from './exit.js'
import { addQueueOption, addRunOptions, type RunOptions, readAs } from './options.js'
import { simulate } from './simulate.js'

export function compareCommand(): Command {
  const command = new Command('compare').description(
    'several architectures under the same visitors and the same bad luck: differences to the first, in pairs',
  )
  return addQueueOption(addRunOptions(command))
    .option(
      '--important <share>',
      'differences below this are told without a verdict: of the value, of good and availability of those without',
      readAs(parseShare),
      0.05,
    )
    .argument('<file...>', 'two scenario files or more')
    .action((files: string[], options: RunOptions) => {
      if (files.length < 2) throw new Unusable('compare takes two scenario files or more')
      return simulate(files, options, true)
    })
}
