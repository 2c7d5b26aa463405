import { summaryCsv } from '../reports/csv.js'
import { writeReport } from '../reports/folder.js'
import { toJson } from '../reports/json.js'
import { toText } from '../reports/text.js'
import { cautions, compare } from '../sim/experiments/compare.js'
import { openPool } from '../sim/experiments/jobs.js'
import type { Report } from '../sim/experiments/result.js'
import { jobsOf, type Ran, run } from '../sim/experiments/run.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { holdTo, writing } from './objectives.js'
import { type RunOptions, readScenarios, stopping } from './options.js'
import { openFolder } from './out.js'
import { Progress } from './progress.js'

/** Runs the files, prints what `--format` says, writes what `--out` says, and judges if `--check` says so. */
export async function simulate(
  files: readonly string[],
  options: RunOptions,
  comparing: boolean,
): Promise<void> {
  const scenarios = readScenarios(files, options)
  if (options.out !== undefined) openFolder(options.out)
  const ran = await runAll(scenarios, options)
  const report: Report = { version: 1, results: ran.map((r) => r.result) }
  if (comparing) {
    report.comparisons = compare(ran)
    const notes = cautions(ran)
    if (notes.length > 0) report.notes = notes
  }
  const { out } = options
  if (out !== undefined) writing(out, () => writeReport(out, report, scenarios))
  process.stdout.write(
    options.format === 'json'
      ? toJson(report)
      : options.format === 'csv'
        ? summaryCsv(report)
        : toText(report, scenarios),
  )
  if (out !== undefined && !options.quiet)
    process.stderr.write(`written: ${out}/report.html and the tables beside it\n`)
  holdTo(options, report.results)
}

async function runAll(scenarios: readonly Scenario[], options: RunOptions): Promise<Ran[]> {
  const { jobs, quiet } = options
  const steps = scenarios.flatMap(jobsOf).length
  const progress = new Progress(steps, quiet)
  const pool = openPool(Math.min(jobs, steps))
  try {
    return await run(scenarios, pool, progress.step, stopping(options))
  } finally {
    progress.end()
    await pool.close()
  }
}
