import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Stopping } from '../sim/experiments/run.js'
import { parseDuration, parseShare, Unreadable } from '../sim/options/units.js'
import { eachOf } from '../sim/scenario/problem.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { Unusable } from './exit.js'
import { readScenario } from './files.js'

/** As in scenario files. */
export const MOST_REPLICATIONS = 100_000

/** Replications that `--precision` adds at most, where nothing is said. */
const PRECISE = 1000

/** What a command line can say over what the scenario files say. */
export interface OverrideOptions {
  seed?: string
  replications?: number
  lasts?: string
  warmup?: string
  set: string[]
  /** Folders in which files may lie that a scenario names. */
  allow: string[]
}

/** What becomes of the answer of a command that runs scenarios. */
export interface AnswerOptions extends OverrideOptions {
  /** Markdown: of those that can write it. */
  format: 'text' | 'json' | 'csv' | 'markdown'
  out?: string
  check: boolean
  junit?: string
  jobs?: number
  quiet: boolean
  verbose: boolean
  queue?: string
}

/** The shared options of the commands that run scenarios for as many replications as it takes. */
export interface RunOptions extends AnswerOptions {
  precision?: number
  maxReplications?: number
  timeBudget?: number
  /** Of `compare`: the share from which on a difference matters. */
  important?: number
}

export function addOverrideOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'seed of all random numbers (default: what the file says, else 1)')
    .option('--replications <n>', 'independent replications', wholeNumberTo(MOST_REPLICATIONS))
    .option('--lasts <duration>', 'simulated time that is measured, such as 10min')
    .option('--warmup <duration>', 'simulated time before that, or auto')
    .option('--set <path=value>', 'another value for one place of the file (repeatable)', gathered, [])
    .option(
      '--allow <dir>',
      'let the scenario read files in this folder too; else only below its own, and below the working directory if it lies there (repeatable)',
      gathered,
      [],
    )
}

export const gathered = (value: string, all: string[]): string[] => [...all, value]

/** What every command that runs scenarios can print, and those that sum up. */
const FORMATS = ['text', 'json', 'csv']
export const WITH_MARKDOWN = [...FORMATS, 'markdown']

/**
 * @param out what `--out` does
 * @param formats what can be printed
 */
export function addRunOptions(
  command: Command,
  out = 'also write results.json, summary.csv, outcomes.csv, components.csv, timeline.csv, faults.csv, causes.csv, time-by-box.csv and report.html there; where users load pages also pages.csv, and compare comparisons.csv',
  formats = FORMATS,
): Command {
  return addCommonOptions(addOverrideOptions(command), out, undefined, formats)
    .option(
      '--precision <share>',
      'add replications until mean, p99 and failures are known to this, such as 5%',
      readAs(aboveZero(parseShare, 'a share above 0%')),
    )
    .option(
      '--max-replications <n>',
      `at most so many, with --precision (default: ${PRECISE})`,
      wholeNumberTo(MOST_REPLICATIONS),
    )
    .option(
      '--time-budget <duration>',
      'no more replications after so long, with --precision',
      readAs(aboveZero(parseDuration, 'a duration above 0')),
    )
}

/**
 * How answers are printed, written and judged, and how replications are run.
 * @param out what `--out` does
 * @param check what `--check` does
 * @param formats what can be printed
 */
export function addCommonOptions(
  command: Command,
  out: string,
  check = 'exit with 1 if an expectation (expect: in the file) is not met',
  formats = FORMATS,
): Command {
  return command
    .addOption(new Option('--format <format>', 'what is printed').choices(formats).default('text'))
    .option('--out <dir>', out)
    .option('--check', check, false)
    .option('--junit <file>', 'write the verdicts on the expectations there, as JUnit XML', aName)
    .addOption(jobsOption())
    .option('--quiet', NO_BAR, false)
    .option('--verbose', 'all tables and notes, instead of what a reader needs', false)
}

const jobsOption = (): Option =>
  new Option(
    '--jobs <n>',
    'replications at a time (default: one for each core, fewer where there is little to do)',
  ).argParser(wholeNumberTo(256))
const NO_BAR = 'no progress bar'

/** For commands that run scenarios beside what they are for. */
export const addPoolOptions = (command: Command): Command =>
  addQueueOption(command.addOption(jobsOption()).option('--quiet', NO_BAR, false))

/** For commands that can have their replications run on other machines. */
export function addQueueOption(command: Command): Command {
  return command.addOption(
    queueOption(
      'have the replications run by "nines worker" on any machines, through a Redis or Valkey: redis://host:6379',
    ),
  )
}

/** An address can have a password in it, which others of the same machine could read from a command line. */
export const queueOption = (says: string): Option => new Option('--queue <url>', says).env('NINES_QUEUE')

/** Reads all files; the problems of all of them are told at once. */
export function readScenarios(files: readonly string[], options: OverrideOptions): Scenario[] {
  return readEach(files.map((file) => [file, options]))
}

/** Reads files, each with its own options; a problem that all of them have is told once. */
export const readEach = (all: readonly (readonly [file: string, options: OverrideOptions])[]): Scenario[] =>
  eachOf(all, ([file, { seed, replications, lasts, warmup, set, allow }]) =>
    readScenario(file, { seed, replications, lasts, warmup, set }, allow),
  )

/**
 * An option that is given and would do nothing as the command is asked is no option: who gave it expects something of it.
 * What comes from the environment is there for other commands, too.
 * @param names as `options` has them
 * @param why completes `--jobs, --seed: `
 */
export function refuseIdle(command: Command, names: readonly string[], why: string): void {
  const idle = command.options.filter(
    (one) =>
      names.includes(one.attributeName()) && command.getOptionValueSource(one.attributeName()) === 'cli',
  )
  if (idle.length > 0) throw new Unusable(`${idle.map(({ long }) => long).join(', ')}: ${why}`)
}

/** An option that is read as in a scenario file. */
export function readAs(read: (text: string) => number): (text: string) => number {
  return (text) => {
    try {
      return read(text)
    } catch (error) {
      if (error instanceof Unreadable) throw new InvalidArgumentError(`expected ${error.message}.`)
      throw error
    }
  }
}

export function aName(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('expected the name of a file.')
}

/** A whole number from 1 to `most`. */
export function wholeNumberTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 1 && value <= most) return value
    throw new InvalidArgumentError(`expected a whole number from 1 to ${most}.`)
  }
}

function aboveZero(read: (text: string) => number, says: string): (text: string) => number {
  return (text) => {
    const value = read(text)
    if (value > 0) return value
    throw new Unreadable(says)
  }
}

/**
 * With `--precision` a file's own number of replications is where it begins, and `--max-replications` where it ends,
 * also where the file says more.
 */
export function bounded(
  scenarios: readonly Scenario[],
  { precision, maxReplications }: RunOptions,
): Scenario[] {
  const most = precision === undefined ? Number.POSITIVE_INFINITY : (maxReplications ?? PRECISE)
  return scenarios.map((one) => (one.replications > most ? { ...one, replications: most } : one))
}

/** What `--precision` and its bounds ask for. */
export function stopping({ precision, maxReplications, timeBudget }: RunOptions): Stopping | null {
  if (precision === undefined) {
    if (maxReplications !== undefined) throw new Unusable('--max-replications goes with --precision')
    if (timeBudget !== undefined) throw new Unusable('--time-budget goes with --precision')
    return null
  }
  const end = timeBudget === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeBudget * 1000
  return { precision, most: maxReplications ?? PRECISE, outOfTime: () => Date.now() > end }
}
