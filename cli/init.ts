import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Argument, Command } from 'commander'
import { galleryText, questionOf } from '../reports/gallery.js'
import { hint } from '../sim/options/nearest.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { wholeText } from '../sim/scenario/whole.js'
import { Unusable } from './exit.js'
import { readScenario, shippedNames } from './files.js'
import { home } from './home.js'
import { aName, refuseIdle } from './options.js'
import { writeWhole } from './out.js'
import { suggesting } from './suggestions.js'
import { widthOf } from './terminal.js'

interface InitOptions {
  output?: string
  force: boolean
}

/** What is written where nobody says what, and there is nothing yet. */
const FIRST = '@01-simple-web-stack'
/** Standard output, as a file. */
const PRINTED = '-'

export function initCommand(): Command {
  return new Command('init')
    .description('a first scenario to edit: one of those that come with the program, as a file')
    .addArgument(
      suggesting(
        new Argument(
          '[name]',
          'which one: 02-distributed, experiments/02-nginx-dies; without it, all and what they ask',
        ),
        () => shippedNames().map((name) => path.basename(name).replace(/^@/, '')),
      ),
    )
    .option('-o, --output <file>', 'write it there (default: its name, in this folder); - prints it', aName)
    .option('--force', 'also where such a file is there already', false)
    .addHelpText(
      'after',
      `
What the scenario extends stands in the file, so that it is whole. In an empty folder, and without a name, the first
one (${FIRST}) is written.

Example:
  nines init 02-distributed -o stack.yaml`,
    )
    .action(init)
}

function init(name: string | undefined, { output, force }: InitOptions, self: Command): void {
  if (output === PRINTED || (name === undefined && output === undefined && !isEmpty('.')))
    refuseIdle(self, ['force'], 'no file is written')
  if (name !== undefined) {
    tell(readScenario(known(name)), output, force)
    return
  }
  if (output !== undefined || isEmpty('.')) tell(readScenario(FIRST), output, force)
  if (output !== PRINTED)
    process.stdout.write(
      galleryText(
        shippedNames().map((one) => readScenario(one)),
        widthOf(process.stdout),
      ),
    )
}

/** Prints the scenario, or writes it and says so. */
function tell(scenario: Scenario, output: string | undefined, force: boolean): void {
  const { text, files } = scenario.source
  const whole = wholeText([text, ...Object.values(files)])
  const file = output ?? `${path.basename(scenario.file)}.yaml`.replace(/^@/, '')
  if (file === PRINTED) {
    process.stdout.write(whole)
    return
  }
  if (!force && statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new Unusable(`${file} is there already: --force replaces it, -o FILE takes another name`)
  writeWhole(file, `# yaml-language-server: $schema=${schemaFrom(path.dirname(file))}\n${whole}`)
  process.stdout.write(`written: ${file}: ${scenario.name}. ${questionOf(scenario)}\n`)
}

/** Its name as commands take it: with the folder, or without. */
function known(name: string): string {
  const names = shippedNames()
  const meant = name.replace(/^@/, '').replace(/\.yaml$/, '')
  const found = names.find((one) => one === `@${meant}`) ?? names.find((one) => one.endsWith(`/${meant}`))
  if (found === undefined)
    throw new Unusable(
      `no scenario named "${name}" comes with the program${hint(
        meant,
        names.map((one) => path.basename(one).replace(/^@/, '')),
      )}; nines init shows all`,
    )
  return found
}

const isEmpty = (folder: string): boolean => readdirSync(folder).every((entry) => entry.startsWith('.'))

/**
 * Where the schema lies, as seen from `folder`; of a program that is not
 * installed below the working directory, in full.
 */
function schemaFrom(folder: string): string {
  const schema = path.join(home, 'docs/scenario.schema.json')
  const isHere = !path.relative('.', schema).startsWith('..')
  return isHere ? path.relative(folder, schema).split(path.sep).join('/') : pathToFileURL(schema).href
}
