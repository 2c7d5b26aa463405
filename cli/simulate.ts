import { summaryCsv } from '../reports/csv.js'
import { toJson } from '../reports/json.js'
import { reportFiles } from '../reports/report.js'
import { toMarkdown } from '../reports/summary-markdown.js'
import { toText } from '../reports/text.js'
import { reportOf } from '../sim/experiments/compare.js'
import { replicationsIn } from '../sim/experiments/groups.js'
import { type Losses, lose, lossesOf } from '../sim/experiments/losses.js'
import { jobsOf, type Ran, run } from '../sim/experiments/run.js'
import { ScenarioError } from '../sim/scenario/problem.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { assets } from './assets.js'
import { expenseOf, threadsFor } from './expense.js'
import { conclude } from './objectives.js'
import { bounded, type RunOptions, readScenarios, stopping } from './options.js'
import { commandOf } from './origin.js'
import { openFolder, writeAll } from './out.js'
import { withPool } from './pool.js'
import { lookOf } from './terminal.js'

/** How scenarios are compared. */
interface Comparing {
  /** Replications without each host; 0 where none is lost. */
  readonly losing: number
}

/**
 * Runs the files, prints what `--format` says, writes what `--out` says, and judges if `--check` says so.
 * @param comparing null where each stands for itself
 */
export async function simulate(
  files: readonly string[],
  options: RunOptions,
  comparing: Comparing | null,
): Promise<void> {
  const until = stopping(options)
  const scenarios = bounded(readScenarios(files, options), options)
  if (options.out !== undefined) openFolder(options.out)
  const losing = comparing?.losing ?? 0
  const variants = scenarios.map((one) => (losing > 0 ? lossesOf(one, losing) : []))
  const steps = replicationsIn(scenarios.flatMap(jobsOf)) + variants.flat().length * losing
  const all = [...scenarios, ...variants.flat().map(({ scenario }) => scenario)]
  const threads = threadsFor(all, options)
  if (!options.quiet) warn(expenseOf(all, threads.jobs))
  const refused: ScenarioError[] = []
  // Each file stands for itself: the others go on.
  const goOn = comparing === null ? (error: ScenarioError) => refused.push(error) : undefined
  const { ran, losses } = await withPool({ ...options, ...threads }, steps, async (pool) => ({
    ran: await run(scenarios, pool, undefined, until, goOn),
    losses: losing > 0 ? await lose(scenarios, variants, pool) : undefined,
  }))
  const [there, missing] = [true, false].map((is) =>
    scenarios.filter(({ source }) => ran.some((r) => r.scenario.source === source) === is),
  )
  const problems = refused.flatMap((error) => error.problems)
  const cutOff = missing!.filter(({ file }) => problems.every((problem) => problem.file !== file))
  for (const { file } of cutOff)
    process.stderr.write(`${file}: interrupted before its first replication was finished\n`)
  // Who was interrupted compares what is there, and only whole scenarios have lost hosts.
  if (ran.length > 0) tell(ran, there!, options, comparing !== null, missing!.length > 0 ? undefined : losses)
  if (problems.length > 0) throw new ScenarioError(problems)
  const results = ran.map(({ result }) => result)
  const cut = cutOff.length > 0 || results.some((result) => result.interrupted)
  conclude(options, cut, results)
}

/** For the user, beside what is printed. */
function warn(message: string | null): void {
  if (message !== null) process.stderr.write(`${message}\n`)
}

/** Prints and writes. */
function tell(
  ran: readonly Ran[],
  scenarios: readonly Scenario[],
  { format, out, quiet, verbose, important }: RunOptions,
  comparing: boolean,
  losses: Losses[] | undefined,
): void {
  const report = reportOf(ran, comparing, important)
  if (report.comparisons !== undefined && losses !== undefined) report.losses = losses
  if (out !== undefined) writeAll(out, reportFiles(report, scenarios, assets(scenarios)))
  process.stdout.write(
    format === 'json'
      ? toJson(report)
      : format === 'csv'
        ? summaryCsv(report)
        : format === 'markdown'
          ? toMarkdown(report, scenarios, commandOf(process.argv.slice(2)))
          : toText(report, scenarios, lookOf(process.stdout, verbose)),
  )
  if (out !== undefined && !quiet)
    process.stderr.write(`written: ${out}/report.html and the tables beside it\n`)
}
