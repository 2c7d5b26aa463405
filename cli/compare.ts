import { Command, Option } from 'commander'
import { parseShare } from '../sim/options/units.js'
import { Unusable } from './exit.js'
import {
  addQueueOption,
  addRunOptions,
  MOST_REPLICATIONS,
  type RunOptions,
  readAs,
  WITH_MARKDOWN,
  wholeNumberTo,
} from './options.js'
import { simulate } from './simulate.js'

interface CompareOptions extends RunOptions {
  loseHosts: boolean
  lossReplications: number
}

export function compareCommand(): Command {
  const command = new Command('compare').description(
    'several architectures under the same visitors and the same bad luck: differences to the first, in pairs',
  )
  return addQueueOption(addRunOptions(command, undefined, WITH_MARKDOWN))
    .option(
      '--lose-hosts',
      'also with each machine lost in turn: what is answered without it, and which ones can be spared',
      false,
    )
    .addOption(
      new Option('--loss-replications <n>', 'replications without each machine')
        .argParser(wholeNumberTo(MOST_REPLICATIONS))
        .default(5),
    )
    .option(
      '--important <share>',
      'differences below this are told without a verdict: of the value, of good and availability of those without',
      readAs(parseShare),
      0.05,
    )
    .argument('<file...>', 'two scenario files or more')
    .action((files: string[], options: CompareOptions) => {
      if (files.length < 2) throw new Unusable('compare takes two scenario files or more')
      return simulate(files, options, { losing: options.loseHosts ? options.lossReplications : 0 })
    })
}
