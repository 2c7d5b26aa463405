import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { capacityCsv, capacityFiles, capacityText } from '../reports/capacity-table.js'
import { capacityJson } from '../reports/json.js'
import type { CapacityReport } from '../sim/experiments/capacity/answer.js'
import { type Ask, asksOf, type Objectives } from '../sim/experiments/capacity/ask.js'
import {
  capacities,
  capacityReport,
  type Precisely,
  stepsReplications,
} from '../sim/experiments/capacity/capacity.js'
import { PRECISELY } from '../sim/experiments/usual.js'
import { parseShare, Unreadable } from '../sim/options/units.js'
import { ScenarioError } from '../sim/scenario/problem.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { assets } from './assets.js'
import { Unusable } from './exit.js'
import { conclude } from './objectives.js'
import {
  type AnswerOptions,
  addCommonOptions,
  addOverrideOptions,
  addQueueOption,
  gathered,
  MOST_REPLICATIONS,
  readAs,
  readScenarios,
  wholeNumberTo,
} from './options.js'
import { openFolder, writeAll } from './out.js'
import { withPool } from './pool.js'
import { addResumeOption, checkResume, type ResumeOptions, tellResume, written } from './resume.js'
import { lookOf } from './terminal.js'

interface CapacityOptions extends AnswerOptions, ResumeOptions {
  slo: string[]
  within: number
  maxReplications: number
  without: boolean
}

/** Narrower intervals take longer than anybody waits. */
const LEAST_WITHIN = 0.001

export function capacityCommand(): Command {
  return addResumeOption(
    addQueueOption(
      addCommonOptions(
        addOverrideOptions(
          new Command('capacity').description(
            'the largest rate that keeps the objectives, also without each host',
          ),
        ),
        'also write capacity.json, capacity.csv, points.csv, without.csv and capacity.html there, and a journal for --resume',
        'exit with 1 if what expect: demands of the capacity is not met',
      ),
    ),
  )
    .argument('<file...>', 'scenario files')
    .option(
      '--slo <condition>',
      "an objective in place of the file's, such as 'latency_p99 <= 200ms' (repeatable)",
      gathered,
      [],
    )
    .addOption(
      new Option('--within <share>', 'half of the 95% interval of the answer, over the answer')
        .argParser(readAs(aShare))
        .default(PRECISELY.within, '1%'),
    )
    .addOption(
      new Option('--max-replications <n>', 'at one rate, at most')
        .argParser(atLeastTwo)
        .default(PRECISELY.most),
    )
    .option('--no-without', 'not without each host')
    .addHelpText(
      'after',
      `
--replications are those at a rate that is far from the answer (default: 4); a run is as long as it takes, where
--lasts says nothing.

Example:
  nines capacity scenarios/02-distributed.yaml --slo 'latency_p99 <= 200ms' --slo 'availability >= 99.9%'`,
    )
    .action(act)
}

function aShare(text: string): number {
  const value = parseShare(text)
  if (value >= LEAST_WITHIN && value <= 0.5) return value
  throw new Unreadable('a share from 0.1% to 50%')
}

function atLeastTwo(text: string): number {
  const value = wholeNumberTo(MOST_REPLICATIONS)(text)
  if (value > 1) return value
  throw new InvalidArgumentError('expected 2 or more: one replication has no interval.')
}

async function act(files: string[], options: CapacityOptions): Promise<void> {
  const { within, maxReplications: most, replications, quiet, out } = options
  if (replications === 1) throw new Unusable('--replications: expected 2 or more, for an interval')
  checkResume(options, 'capacity')
  const instead = objectivesIn(options.slo)
  const scenarios = readScenarios(files, options)
  const asks = asking(scenarios, instead, options.without)
  if (out !== undefined) openFolder(out)
  const precisely: Precisely = { within, most, ...(replications !== undefined && { first: replications }) }
  const jobs = options.jobs ?? availableParallelism()
  const found = await withPool(
    { jobs, quiet, ...(options.queue !== undefined && { queue: options.queue }) },
    stepsReplications(asks, precisely),
    (pool) => capacities(asks, precisely, pool),
    written(options),
  )
  const report = capacityReport(found, asks.length)
  tell(report, scenarios, options)
  conclude(options, report.interrupted !== undefined, found, undefined, 'there is no capacity in expect:')
}

/** What of `--slo` is wrong is told as its own, and not as the file's. */
export function asking(scenarios: readonly Scenario[], instead: Objectives | null, lose: boolean): Ask[] {
  try {
    return asksOf(scenarios, instead, lose)
  } catch (error) {
    if (!(error instanceof ScenarioError) || instead === null) throw error
    throw new ScenarioError(
      error.problems.map((problem) =>
        problem.file === '--set' && problem.path.startsWith('expect')
          ? { ...problem, file: '--slo', path: problem.path.replace(/^expect\.?/, '') }
          : problem,
      ),
    )
  }
}

/** `latency_p99 <= 200ms`: a metric, and what is asked of it. Null where there is none. */
export function objectivesIn(texts: readonly string[]): Objectives | null {
  if (texts.length === 0) return null
  const objectives = new Map<string, string>()
  for (const text of texts) {
    const [, metric, condition] = /^\s*([^<>=]+?)\s*([<>].*)$/.exec(text) ?? []
    if (metric === undefined || condition === undefined)
      throw new Unusable(
        `--slo: expected a metric and a condition, such as 'latency_p99 <= 200ms', not '${text}'`,
      )
    if (objectives.has(metric)) throw new Unusable(`--slo: ${metric} is there twice`)
    objectives.set(metric, condition)
  }
  return Object.fromEntries(objectives)
}

/** Prints and writes what is there. */
function tell(report: CapacityReport, scenarios: readonly Scenario[], options: CapacityOptions): void {
  const { format, out, quiet, verbose } = options
  if (report.capacities.length > 0) {
    if (out !== undefined) writeAll(out, capacityFiles(report, scenarios, assets(scenarios)))
    process.stdout.write(
      format === 'json'
        ? capacityJson(report)
        : format === 'csv'
          ? capacityCsv(report)
          : capacityText(report, lookOf(process.stdout, verbose)),
    )
    if (out !== undefined && !quiet)
      process.stderr.write(`written: ${out}/capacity.html and the tables beside it\n`)
  } else process.stderr.write('interrupted before anything was known\n')
  if (report.interrupted) tellResume(options)
}
