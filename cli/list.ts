import { Command, Option } from 'commander'
import { catalogNames, catalogText } from '../reports/catalog.js'
import { hint } from '../sim/options/nearest.js'
import { catalog } from '../sim/scenario/catalog.js'
import { Unusable } from './exit.js'
import { shippedNames } from './files.js'

export function listCommand(): Command {
  return new Command('list')
    .description('component kinds, faults, arrivals and laws, with their options')
    .argument(
      '[name]',
      'a component kind, fault, arrival process, profile or law, or users, hosts, wires; or scenarios, that come with it',
    )
    .addOption(new Option('--format <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .action((name: string | undefined, { format }: { format: 'text' | 'json' }) => {
      const all = { ...catalog(), scenarios: shippedNames() }
      const names = [...catalogNames(all), 'scenarios']
      if (name !== undefined && !names.includes(name)) {
        throw new Unusable(`nothing is named "${name}"${hint(name, names)}`)
      }
      if (name === 'scenarios' && format === 'text') {
        process.stdout.write(`${all.scenarios.join('\n')}\n`)
        return
      }
      process.stdout.write(
        format === 'json' ? `${JSON.stringify({ version: 1, ...all }, null, 2)}\n` : catalogText(all, name),
      )
    })
}
