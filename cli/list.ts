import { Command, Option } from 'commander'
import { catalogNames, catalogText, namesOf, only } from '../reports/catalog.js'
import { kindHint } from '../sim/options/nearest.js'
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
        throw new Unusable(`nothing is named "${name}"${kindHint(name, namesOf(all))}`)
      }
      const shown = name === undefined ? all : only(all, name)
      process.stdout.write(
        format === 'json' ? `${JSON.stringify({ version: 1, ...shown }, null, 2)}\n` : catalogText(all, name),
      )
    })
}
