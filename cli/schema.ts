import { Command } from 'commander'
import { scenarioSchema } from '../sim/scenario/schema/schema.js'

export function schemaCommand(): Command {
  return new Command('schema')
    .description('the JSON Schema of the scenario file, from which editors complete and underline')
    .addHelpText(
      'after',
      `
It comes with the program, as docs/scenario.schema.json. An editor with a YAML language server takes it from a line at
the top of a scenario:
  # yaml-language-server: $schema=../docs/scenario.schema.json

Example:
  nines schema > scenario.schema.json`,
    )
    .action(() => {
      process.stdout.write(`${JSON.stringify(scenarioSchema(), null, 2)}\n`)
    })
}
