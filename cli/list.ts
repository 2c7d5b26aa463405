import { Command, Option } from 'commander'
import { catalogNames, catalogText } from '../reports/catalog.js'
import { hint } from '../sim/options/nearest.js'
import { catalog } from '../sim/scenario/catalog.js'
import { Unusable } from './exit.js'

export function listCommand(): Command {
  return new Command('list')
    .description('component kinds, faults, arrivals and laws, with their options')
    .argument('[name]', 'a component kind, fault, arrival process, profile or law, or users, hosts, wires')
    .addOption(new Option('--format <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .action((name: string | undefined, { format }: { format: 'text' | 'json' }) => {
      const all = catalog()
      if (name !== undefined && !catalogNames(all).includes(name)) {
        throw new Unusable(`nothing is named "${name}"${hint(name, catalogNames(all))}`)
      }
      process.stdout.write(
        format === 'json' ? `${JSON.stringify({ version: 1, ...all }, null, 2)}\n` : catalogText(all, name),
      )
    })
}
