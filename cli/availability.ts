import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Years, yearsJson } from '../reports/json.js'
import { yearsCsv, yearsFiles, yearsText } from '../reports/years-table.js'
import { livesOf } from '../sim/experiments/lives.js'
import { type Planned, plansOf } from '../sim/experiments/nines/nines.js'
import type { NinesResult } from '../sim/experiments/nines/nines-result.js'
import { YEARS } from '../sim/experiments/usual.js'
import { parseDuration, parseNumber } from '../sim/options/units.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { assets } from './assets.js'
import { Unusable } from './exit.js'
import { conclude } from './objectives.js'
import {
  type AnswerOptions,
  addCommonOptions,
  addQueueOption,
  gathered,
  readAs,
  readScenarios,
  refuseIdle,
} from './options.js'
import { openFolder, writeAll } from './out.js'
import { withPool } from './pool.js'
import { addResumeOption, checkResume, type ResumeOptions, tellResume, written } from './resume.js'
import { lookOf } from './terminal.js'

interface AvailabilityOptions
  extends Omit<AnswerOptions, 'replications' | 'lasts' | 'warmup'>,
    ResumeOptions {
  over: number
  effort: number
  joint: boolean
  structure: boolean
  assume: 'defaults' | 'none'
}

export function availabilityCommand(): Command {
  const command = new Command('availability')
    .description('nines over years: how long what is lost, and what that costs those who ask')
    .argument('<files...>', 'scenario files')
    .option('--over <duration>', 'the years that are told of (default: 10y)', readAs(aYear), YEARS.over)
    .option(
      '--effort <requests>',
      'requests to simulate, about; a first look at each part takes up to 20M if need be (default: 2.5M)',
      readAs(some),
      YEARS.effort,
    )
    .option('--joint', 'simulate failures and requests together, also where they could be apart', false)
    .option('--structure', 'what the wiring alone says: no requests are simulated', false)
    .addOption(
      new Option('--assume <what>', 'how often parts fail of which the file does not say it')
        .choices(['defaults', 'none'])
        .default('defaults'),
    )
    .option('--seed <n>', 'seed of all random numbers (default: what the file says, else 1)')
    .option('--set <path=value>', 'another value for one place of the file (repeatable)', gathered, [])
    .option('--allow <dir>', 'let the scenario read files in this folder too (repeatable)', gathered, [])
    .addHelpText('after', '\nExample:\n  nines availability @04-scale-up --over 10y')
    .action(availability)
  const common = addCommonOptions(
    command,
    'also write availability.json, availability.csv, parts.csv and availability.html there, and a journal for --resume',
    'exit with 1 if availability_year (expect: in the file) is not met',
  )
  return addResumeOption(addQueueOption(common))
}

async function availability(files: string[], options: AvailabilityOptions, command: Command): Promise<void> {
  const { over, out, quiet, structure, joint } = options
  if (structure) refuseIdle(command, OF_REQUESTS, '--structure simulates no requests')
  checkResume(options, 'availability')
  const scenarios = readScenarios(files, options)
  const silent = scenarios.filter(({ users }) => users.every(({ malicious }) => malicious))
  if (silent.length > 0)
    throw new Unusable(`${silent.map(({ file }) => file).join(', ')}: nobody asks but attackers`)
  if (options.assume === 'none') refuseAssumed(scenarios)
  const plans = plansOf(scenarios, { over, effort: structure ? 0 : options.effort, joint })
  if (out !== undefined) openFolder(out)
  const years: Years = { version: 1, availabilities: await results(plans, options) }
  if (out !== undefined) writeAll(out, yearsFiles(years, scenarios, assets(scenarios)))
  tell(years, options)
  if (out !== undefined && !quiet)
    process.stderr.write(`written: ${out}/availability.html and the tables beside it\n`)
  const cut = years.availabilities.some(({ interrupted }) => interrupted)
  if (cut) tellResume(options)
  conclude(
    options,
    cut,
    years.availabilities,
    undefined,
    'there is no availability_year in expect: of what was run',
  )
}

/** What simulations of requests take. */
const OF_REQUESTS = ['effort', 'joint', 'jobs', 'queue', 'resume']

async function results(plans: readonly Planned[], options: AvailabilityOptions): Promise<NinesResult[]> {
  const steps = plans.reduce((sum, { replications }) => sum + replications, 0)
  const jobs = options.jobs ?? availableParallelism()
  return withPool(
    { ...options, jobs },
    Math.max(1, steps),
    async (pool) => {
      const all: NinesResult[] = []
      for (const one of plans) all.push(await one.run(pool))
      return all
    },
    written(options),
  )
}

function tell(years: Years, { format, verbose }: AvailabilityOptions): void {
  process.stdout.write(
    format === 'json'
      ? yearsJson(years)
      : format === 'csv'
        ? yearsCsv(years)
        : yearsText(years, lookOf(process.stdout, verbose)),
  )
}

/** Parts of which a file does not say how often they fail are told, of all files at once. */
function refuseAssumed(scenarios: readonly Scenario[]): void {
  const told = scenarios.flatMap((scenario) => {
    const assumed = livesOf(scenario).filter((life) => life.assumed !== null)
    return assumed.length === 0
      ? []
      : [`${scenario.file}: nothing says how often these fail: ${assumed.map(({ part }) => part).join(', ')}`]
  })
  if (told.length > 0)
    throw new Unusable(
      `--assume none: ${told.join('\n')}\n(faults: [{ kind: crash, target: NAME, mtbf: 120d, mttr: 1h }] says it)`,
    )
}

function aYear(text: string): number {
  const seconds = parseDuration(text)
  if (seconds >= 86_400 && seconds <= 1e4 * 365 * 86_400) return seconds
  throw new InvalidArgumentError('expected a duration from 1d to 10000y.')
}

function some(text: string): number {
  const requests = parseNumber(text)
  if (requests >= 1 && requests <= 1e12) return requests
  throw new InvalidArgumentError('expected a number of requests, such as 3M.')
}
