import { summaryCsv } from '../reports/csv.js'
import { toJson } from '../reports/json.js'
import { reportFiles } from '../reports/report.js'
import { toText } from '../reports/text.js'
import { cautions, compare } from '../sim/experiments/compare.js'
import type { Report } from '../sim/experiments/result.js'
import { jobsOf, type Ran, run } from '../sim/experiments/run.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { assets } from './assets.js'
import { conclude } from './objectives.js'
import { bounded, type RunOptions, readScenarios, stopping } from './options.js'
import { openFolder, writeAll } from './out.js'
import { withPool } from './pool.js'
import { lookOf } from './terminal.js'

/** Runs the files, prints what `--format` says, writes what `--out` says, and judges if `--check` says so. */
export async function simulate(
  files: readonly string[],
  options: RunOptions,
  comparing: boolean,
): Promise<void> {
  const until = stopping(options)
  const scenarios = bounded(readScenarios(files, options), options)
  if (options.out !== undefined) openFolder(options.out)
  const steps = scenarios.flatMap(jobsOf).length
  const ran = await withPool(options, steps, (pool) => run(scenarios, pool, undefined, until))
  const [there, missing] = [true, false].map((is) =>
    scenarios.filter(({ source }) => ran.some((r) => r.scenario.source === source) === is),
  )
  for (const { file } of missing!)
    process.stderr.write(`${file}: interrupted before its first replication was finished\n`)
  if (ran.length > 0) tell(ran, there!, options, comparing && ran.length > 1)
  const results = ran.map(({ result }) => result)
  const cut = missing!.length > 0 || results.some((result) => result.interrupted)
  conclude(options, cut, results)
}

/** Prints and writes. */
function tell(
  ran: readonly Ran[],
  scenarios: readonly Scenario[],
  { format, out, quiet, verbose, important }: RunOptions,
  comparing: boolean,
): void {
  const report: Report = { version: 1, results: ran.map((r) => r.result) }
  if (comparing) {
    report.comparisons = compare(ran, important)
    const notes = cautions(ran)
    if (notes.length > 0) report.notes = notes
  }
  if (out !== undefined) writeAll(out, reportFiles(report, scenarios, assets()))
  process.stdout.write(
    format === 'json'
      ? toJson(report)
      : format === 'csv'
        ? summaryCsv(report)
        : toText(report, scenarios, lookOf(process.stdout, verbose)),
  )
  if (out !== undefined && !quiet)
    process.stderr.write(`written: ${out}/report.html and the tables beside it\n`)
}
