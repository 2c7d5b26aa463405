import { Command } from 'commander'
import { spelled } from '../sim/scenario/length.js'
import { remarksOn } from '../sim/scenario/oddities.js'
import { inClear } from '../sim/scenario/readable.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { cpuSecondsOf, requestsOf, rounded, span } from './expense.js'
import { addOverrideOptions, type OverrideOptions, readScenarios } from './options.js'
import { addWatchOption, repeating, type WatchOptions } from './watch.js'

export function checkCommand(): Command {
  const command = new Command('check').description(
    'reads scenario files and tells everything that is wrong with them',
  )
  return addWatchOption(addOverrideOptions(command))
    .argument('<file...>', 'scenario files')
    .action((files: string[], options: OverrideOptions & WatchOptions) =>
      repeating(options, files, () => {
        for (const scenario of readScenarios(files, options)) tell(scenario)
      }),
    )
}

function tell(scenario: Scenario): void {
  const { file, name, components, hosts, users, faults, lasts, lastsFor } = scenario
  const parts = [
    counted(users.length, 'kind of users', 'kinds of users'),
    counted(components.length, 'component', 'components'),
    counted(hosts.length, 'host', 'hosts'),
    counted(faults.length, 'fault', 'faults'),
    `${spelled(lasts)}${lastsFor === null ? '' : `: ${lastsFor}`}`,
  ]
  const [requests, seconds] = [requestsOf(scenario), cpuSecondsOf(scenario)]
  const runs = counted(scenario.replications, 'run', 'runs')
  const effort = `${runs} of some ${rounded(requests)} requests: about ${span(Math.max(1, seconds))} of one core`
  process.stdout.write(`${file}: ok: ${name} (${parts.join(', ')}; ${effort})\n`)
  const clear = inClear(scenario)
  if (clear.length > 0) process.stdout.write(`${file}: in clear between machines: ${clear.join(', ')}\n`)
  for (const remark of remarksOn(scenario)) process.stdout.write(`${file}: remark: ${remark}\n`)
}

const counted = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`
