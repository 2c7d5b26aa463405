import { Command, Option } from 'commander'
import type { Drawn } from '../reports/html/spof-page.js'
import { spofJson } from '../reports/json.js'
import { spofCsv, spofFiles, spofText } from '../reports/spof-table.js'
import { judgement } from '../reports/words/objectives.js'
import { MOST_REPLICATIONS, planOf } from '../sim/experiments/spof/plan.js'
import { spofsOf } from '../sim/experiments/spof/spof.js'
import { demandedOf } from '../sim/experiments/spof/spof-demand.js'
import { LOSS_REPLICATIONS, LOST, trialOf, WARMUP, WISHES } from '../sim/experiments/usual.js'
import { parseDuration } from '../sim/options/units.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { assets } from './assets.js'
import { expenseOf, threadsFor } from './expense.js'
import { readCalm } from './losing.js'
import { conclude } from './objectives.js'
import {
  type AnswerOptions,
  addCommonOptions,
  addOverrideOptions,
  addQueueOption,
  readAs,
} from './options.js'
import { openFolder, writeAll } from './out.js'
import { withPool } from './pool.js'
import { addResumeOption, checkResume, type ResumeOptions, tellResume, written } from './resume.js'
import { lookOf } from './terminal.js'

interface SpofOptions extends AnswerOptions, ResumeOptions {
  gap: number
  pairs: boolean
  assume: 'defaults' | 'none'
}

export function spofCommand(): Command {
  return addResumeOption(
    addQueueOption(
      addCommonOptions(
        addOverrideOptions(
          new Command('spof').description(
            'what happens when each part is lost in turn, with traffic on: single points of failure, also hidden ones',
          ),
        ),
        'also write spof.json, spof.csv and spof.html there, and a journal for --resume',
      ),
    ),
  )
    .option('--gap <duration>', 'a failover gap that is borne', readAs(parseDuration), WISHES.gap)
    .option('--pairs', 'lose machines two at a time as well, of those of which one may be lost', false)
    .addOption(
      new Option('--assume <what>', 'of how often parts fail, where the file does not say it')
        .choices(['defaults', 'none'])
        .default('defaults'),
    )
    .addHelpText(
      'after',
      `
--lasts is how long each part stays lost (default: ${LOST}), --warmup how long all is there before (default: ${WARMUP}s,
or what the file says if that is longer), --replications of each loss (default: ${LOSS_REPLICATIONS}, at most ${MOST_REPLICATIONS}).

Example:
  nines spof scenarios/02-distributed.yaml`,
    )
    .argument('<file...>', 'scenario files')
    .action(spof)
}

async function spof(files: string[], options: SpofOptions): Promise<void> {
  checkResume(options, 'spof')
  const { out, quiet, pairs, assume, gap } = options
  const trials = readCalm(files, options).map((scenario) => ({ scenario, trial: trialOf(scenario, options) }))
  const plans = trials.map(({ scenario, trial }) => planOf(scenario, trial))
  const all = plans.flatMap(({ calm, losses }) => [calm, ...losses.map(({ scenario }) => scenario)])
  if (out !== undefined) openFolder(out)
  const threads = threadsFor(all, options)
  const replications = (scenario: Scenario) => scenario.replications
  const expense = quiet ? null : expenseOf(all, threads.jobs, replications)
  if (expense !== null) process.stderr.write(`${expense}\n`)
  const found = await withPool(
    { ...options, ...threads },
    all.reduce((sum, scenario) => sum + replications(scenario), 0),
    (pool) => spofsOf(plans, { gap, pairs, assume: assume === 'defaults' }, pool),
    written(options),
  )
  const cut = found.length < plans.length || found.some(({ spofs }) => spofs.interrupted !== undefined)
  tell(
    found.map(({ plan, spofs }) => ({ spofs, scenario: plan.scenario })),
    options,
  )
  if (cut) tellResume(options)
  const judged = found.map(({ plan, spofs }) => ({
    ...spofs,
    simulated_s: spofs.lost_s,
    expectations: demandedOf(plan.scenario, spofs),
  }))
  for (const { scenario, expectations } of options.check ? judged : [])
    for (const one of expectations) process.stderr.write(`${scenario}: expected ${judgement(one)}\n`)
  conclude(options, cut, judged, undefined, 'no spof: in the expect: of what was run')
}

/** Prints and writes what is there. */
function tell(all: readonly Drawn[], { format, out, quiet, verbose }: SpofOptions): void {
  if (all.length === 0) return
  const spofs = all.map((one) => one.spofs)
  if (out !== undefined) writeAll(out, spofFiles(all, assets(all.map(({ scenario }) => scenario))))
  process.stdout.write(
    format === 'json'
      ? spofJson(spofs)
      : format === 'csv'
        ? spofCsv(spofs)
        : spofText(spofs, lookOf(process.stdout, verbose)),
  )
  if (out !== undefined && !quiet)
    process.stderr.write(`written: ${out}/spof.html and the tables beside it\n`)
}
