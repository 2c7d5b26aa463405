import { Command } from 'commander'
import { spelled } from '../sim/scenario/length.js'
import { remarksOn } from '../sim/scenario/oddities.js'
import { inClear, passedOn } from '../sim/scenario/readable.js'
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
        for (const scenario of readScenarios(files, options)) process.stdout.write(checkedText(scenario))
      }),
    )
}

/** What a sound scenario is, and what is remarkable about it. */
export function checkedText(scenario: Scenario): string {
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
  const clear = inClear(scenario)
  const lines = [
    `ok: ${name} (${parts.join(', ')}; ${effort})`,
    ...(clear.length > 0 ? [`in clear between machines: ${clear.join(', ')}`] : []),
    ...passedOn(scenario).map(({ by, to }) => `TLS passes ${by} and ends at ${to.join(', ')}`),
    ...remarksOn(scenario).map((remark) => `remark: ${remark}`),
  ]
  return lines.map((line) => `${file}: ${line}\n`).join('')
}

const counted = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`
