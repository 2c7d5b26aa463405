import { availableParallelism } from 'node:os'
import path from 'node:path'
import { Argument, Command, Option } from 'commander'
import { differing } from '../reports/measured-tables.js'
import {
  type Validation,
  validationCsv,
  validationFiles,
  validationJson,
  validationMarkdown,
  validationText,
} from '../reports/validation.js'
import { compareMeasured } from '../sim/experiments/measured.js'
import { spreadOf, validate } from '../sim/experiments/validate.js'
import { Exit, exitCodes, Unusable } from './exit.js'
import { readMeasured, readSuite } from './files.js'
import { home } from './home.js'
import { MOST_REPLICATIONS, wholeNumberTo } from './options.js'
import { openFolder, writeAll } from './out.js'
import { withPool } from './pool.js'
import { suggesting } from './suggestions.js'

interface ValidateOptions {
  seed: string
  replications?: number
  format: keyof typeof formats
  out?: string
  jobs: number
  quiet: boolean
}

const formats = {
  text: validationText,
  json: validationJson,
  csv: validationCsv,
  markdown: validationMarkdown,
}

/** Comes with the program. */
const FOLDER = path.join(home, 'validation')

export function validateCommand(): Command {
  return new Command('validate')
    .description(
      'simulates systems that are known exactly or were measured, and compares: does this program tell the truth?',
    )
    .addArgument(
      suggesting(
        new Argument(
          '[name...]',
          'only cases whose names contain one of these; measured: those that were measured',
        ),
        () => ['measured', ...readSuite(FOLDER).cases.map(({ name }) => name)],
      ),
    )
    .option('--seed <n>', 'seed of all random numbers; each case has its own', '1')
    .option(
      '--replications <n>',
      'independent replications (default: what the cases say, 20 or 30)',
      wholeNumberTo(MOST_REPLICATIONS),
    )
    .addOption(
      new Option('--format <format>', 'what is printed').choices(Object.keys(formats)).default('text'),
    )
    .option('--out <dir>', 'also write validation.json, validation.csv and validation.md there')
    .option('--jobs <n>', 'replications at a time', wholeNumberTo(256), availableParallelism())
    .option('--quiet', 'no progress bar', false)
    .addHelpText(
      'after',
      '\nExit code 1: a metric is too far off, or too many are far off, or too few; or it differs from what was measured.',
    )
    .action(act)
}

async function act(names: string[], options: ValidateOptions): Promise<void> {
  const { seed, replications, format, out, jobs, quiet } = options
  if (replications === 1) throw new Unusable('--replications: expected 2 or more, for an interval')
  const suite = readSuite(FOLDER, names, seed, replications)
  const measured = readMeasured(FOLDER, names, seed, replications)
  const all = [...suite.cases, ...measured.cases]
  if (all.length === 0) throw new Unusable(`no case is named like ${names.join(', ')}`)
  if (out !== undefined) openFolder(out)
  const steps = all.reduce((sum, { scenario }) => sum + scenario.replications, 0)
  const { validated, compared } = await withPool({ jobs, quiet }, steps, async (pool) => {
    const validated = await validate(suite.cases, pool)
    return { validated, compared: await compareMeasured(measured.cases, pool) }
  })
  const validation: Validation = {
    seed,
    suite,
    validated,
    spread: spreadOf(validated),
    measured: { suite: measured, compared },
  }
  if (validated.length + compared.length > 0) {
    if (out !== undefined) writeAll(out, validationFiles(validation))
    process.stdout.write(formats[format](validation))
  }
  if (validated.length + compared.length < all.length) throw new Exit(exitCodes.interrupted)
  if ((validated.length > 0 && !validation.spread.passes) || differing(compared) > 0)
    throw new Exit(exitCodes.unmet)
}
