import { Command, Option } from 'commander'
import { traceText } from '../reports/waterfall.js'
import { traceRequests, type Wanted } from '../sim/model/tracing.js'
import { hint } from '../sim/options/nearest.js'
import { parseDuration } from '../sim/options/units.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { Unusable } from './exit.js'
import {
  addOverrideOptions,
  type OverrideOptions,
  readAs,
  readScenarios,
  refuseIdle,
  wholeNumberTo,
} from './options.js'
import { widthOf } from './terminal.js'

interface TraceOptions extends OverrideOptions {
  requests: number
  slowest?: number
  failed: boolean
  from?: number
  class?: string
  format: 'text' | 'json'
}

/** All of them are kept while the run goes on. */
const MOST_SLOWEST = 10_000

export function traceCommand(): Command {
  return addOverrideOptions(
    new Command('trace').description(
      'where single requests went, waited and failed: one line a hop, with a bar on the time of the request',
    ),
  )
    .argument('<file>', 'scenario file')
    .option('--requests <n>', 'the first so many of the measured span', wholeNumberTo(1_000_000), 20)
    .addOption(
      new Option('--slowest <n>', 'instead, those of all the measured span that took longest')
        .argParser(wholeNumberTo(MOST_SLOWEST))
        .conflicts('requests'),
    )
    .option('--failed', 'only those that were not answered ok', false)
    .option('--from <time>', 'only those that came from then on, such as 3min', readAs(parseDuration))
    .option('--class <name>', 'only those of that request class')
    .option('--quiet', 'no progress bar: there is none, and scripts may say so to every command', false)
    .addOption(new Option('--format <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Example:
  nines trace scenarios/experiments/02-web-server-dies.yaml --failed --from 3min --requests 3`,
    )
    .action((file: string, options: TraceOptions, self: Command) => {
      refuseIdle(self, ['replications'], 'the requests of the first replication are traced')
      const [scenario] = readScenarios([file], options)
      const wanted = wantedOf(scenario!, options)
      const requests = traceRequests(scenario!, wanted)
      process.stdout.write(
        options.format === 'json'
          ? `${JSON.stringify({ version: 1, requests }, null, 2)}\n`
          : traceText(scenario!, requests, wanted, widthOf(process.stdout)),
      )
    })
}

function wantedOf({ classes, lasts }: Scenario, options: TraceOptions): Wanted {
  const { requests, slowest, failed, from, class: named } = options
  if (named !== undefined && !classes.includes(named))
    throw new Unusable(`--class: no users ask for the request class "${named}"${hint(named, classes)}`)
  if (from !== undefined && from >= lasts)
    throw new Unusable('--from: expected a time before the end of the run (lasts:)')
  return {
    count: slowest ?? requests,
    slowest: slowest !== undefined,
    failed,
    ...(from !== undefined && { from }),
    ...(named !== undefined && { class: named }),
  }
}
