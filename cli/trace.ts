import { Command, Option } from 'commander'
import { traceText } from '../reports/hops.js'
import { traceRequests } from '../sim/model/tracing.js'
import { addOverrideOptions, type OverrideOptions, readScenarios, wholeNumberTo } from './options.js'

interface TraceOptions extends OverrideOptions {
  requests: number
  format: 'text' | 'json'
}

export function traceCommand(): Command {
  return addOverrideOptions(
    new Command('trace').description('where single requests went and waited: one line a hop'),
  )
    .argument('<file>', 'scenario file')
    .option('--requests <n>', 'the first so many of the measured span', wholeNumberTo(1_000_000), 20)
    .option('--quiet', 'no progress bar: there is none, and scripts may say so to every command', false)
    .addOption(new Option('--format <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .action((file: string, options: TraceOptions) => {
      const [scenario] = readScenarios([file], options)
      const requests = traceRequests(scenario!, options.requests)
      process.stdout.write(
        options.format === 'json'
          ? `${JSON.stringify({ version: 1, requests }, null, 2)}\n`
          : traceText(scenario!, requests),
      )
    })
}
