import { Argument, Command, Option } from 'commander'
import { catalogNames, catalogText, namesOf, only } from '../reports/listing.js'
import { kindHint } from '../sim/options/nearest.js'
import { catalog } from '../sim/scenario/catalog.js'
import { Unusable } from './exit.js'
import { shippedNames } from './files.js'
import { suggesting } from './suggestions.js'
import { widthOf } from './terminal.js'

export function listCommand(): Command {
  return new Command('list')
    .description('component kinds, faults, arrivals and laws, with their options')
    .addArgument(
      suggesting(
        new Argument(
          '[name]',
          'a component kind, fault, arrival process, profile or law, or users, hosts, wires; or scenarios, that come with it',
        ),
        () => [...catalogNames(catalog()), 'scenarios'],
      ),
    )
    .addOption(new Option('--format <format>', 'what is printed').choices(['text', 'json']).default('text'))
    .action((name: string | undefined, { format }: { format: 'text' | 'json' }) => {
      const all = catalog()
      const scenarios = shippedNames()
      const known = [...namesOf(all), { kind: 'scenarios' }]
      if (name !== undefined && name !== 'scenarios' && !catalogNames(all).includes(name)) {
        throw new Unusable(`nothing is named "${name}"${kindHint(name, known)}`)
      }
      if (name === 'scenarios' && format === 'text') {
        process.stdout.write(`${scenarios.join('\n')}\n`)
        return
      }
      const shown =
        name === undefined ? { ...all, scenarios } : name === 'scenarios' ? { scenarios } : only(all, name)
      process.stdout.write(
        format === 'json'
          ? `${JSON.stringify({ version: 1, ...shown }, null, 2)}\n`
          : catalogText(all, name, widthOf(process.stdout)),
      )
    })
}
