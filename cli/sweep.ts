import { Command } from 'commander'
import { type Sweep, sweepCsv, sweepFiles, sweepJson, sweepText } from '../reports/sweep-table.js'
import { replicationsIn } from '../sim/experiments/groups.js'
import { jobsOf } from '../sim/experiments/run.js'
import {
  type Dimension,
  type Point,
  pointsOf,
  runPoints,
  settingAt,
  unbound,
  valuesOf,
} from '../sim/experiments/sweep.js'
import { Unreadable } from '../sim/options/units.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { assets } from './assets.js'
import { Unusable } from './exit.js'
import { expenseOf, threadsFor } from './expense.js'
import { conclude } from './objectives.js'
import { addQueueOption, addRunOptions, bounded, type RunOptions, readEach, stopping } from './options.js'
import { openFolder, writeAll } from './out.js'
import { withPool } from './pool.js'
import { addResumeOption, checkResume, type ResumeOptions, tellResume, written } from './resume.js'
import { lookOf } from './terminal.js'

interface SweepOptions extends RunOptions, ResumeOptions {
  x: string
  y?: string
  z?: string
}

export function sweepCommand(): Command {
  return addResumeOption(
    addQueueOption(
      addRunOptions(
        new Command('sweep').description(
          'one scenario at many settings, the same random numbers at every point',
        ),
        'also write sweep.json, sweep.csv and sweep.html there, and a journal for --resume',
      ),
    ),
  )
    .argument('<file>', 'scenario file')
    .requiredOption('--x <values>', 'what {x} in --set stands for: 100..1000:100, or 1,2,5')
    .option('--y <values>', 'the same for {y}')
    .option('--z <values>', 'the same for {z}')
    .addHelpText(
      'after',
      "\nExample:\n  nines sweep scenarios/01-simple-web-stack.yaml --set 'users.visitors.arrive=poisson({x}/s)' --x 100..600:100",
    )
    .action(sweep)
}

async function sweep(file: string, options: SweepOptions): Promise<void> {
  const dimensions = dimensionsOf(options)
  const missing = unbound(options.set, dimensions)
  if (missing.length > 0)
    throw new Unusable(`--set speaks of {${missing[0]}}, and there is no --${missing[0]}`)
  for (const { name } of dimensions) {
    if (!options.set.some((setting) => setting.includes(`{${name}}`)))
      throw new Unusable(`no --set speaks of {${name}}`)
  }
  checkResume(options, 'sweep')
  const points = usable(() => pointsOf(dimensions))
  const settings = points.map((point) => options.set.map((setting) => settingAt(setting, point)))
  const until = stopping(options)
  const scenarios = bounded(readEach(settings.map((set) => [file, { ...options, set }])), options)
  const { out } = options
  const steps = replicationsIn(scenarios.flatMap(jobsOf))
  if (out !== undefined) openFolder(out)
  const threads = threadsFor(scenarios, options)
  const expense = options.quiet ? null : expenseOf(scenarios, threads.jobs)
  if (expense !== null) process.stderr.write(`${expense}\n`)
  const results = await withPool(
    { ...options, ...threads },
    steps,
    (pool) => runPoints(scenarios, pool, until),
    written(options),
  )
  const there = results.flatMap((result, i) => (result === null ? [] : [{ point: points[i]!, result }]))
  const cut = results.some((result) => result === null || result.interrupted)
  const sweep: Sweep = {
    version: 1,
    settings: options.set,
    dimensions,
    ...(cut ? { interrupted: { planned: points.length } } : {}),
    points: there,
  }
  tell(sweep, scenarios, options)
  conclude(
    options,
    cut,
    there.map(({ result }) => result),
    there.map(({ point, result }) => `${result.scenario}, ${said(point)}`),
  )
}

/** Prints and writes what is there. */
function tell(sweep: Sweep, scenarios: readonly Scenario[], options: SweepOptions): void {
  const { format, out, quiet, verbose } = options
  if (sweep.points.length > 0) {
    if (out !== undefined) writeAll(out, sweepFiles(sweep, assets(scenarios)))
    process.stdout.write(
      format === 'json'
        ? sweepJson(sweep)
        : format === 'csv'
          ? sweepCsv(sweep)
          : sweepText(sweep, lookOf(process.stdout, verbose)),
    )
    if (out !== undefined && !quiet)
      process.stderr.write(`written: ${out}/sweep.html and the tables beside it\n`)
  }
  if (sweep.interrupted) tellResume(options)
}

/** `x=100 y=2` */
const said = (point: Point): string =>
  Object.entries(point)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

function dimensionsOf(options: SweepOptions): Dimension[] {
  return (['x', 'y', 'z'] as const).flatMap((name) => {
    const text = options[name]
    return text === undefined ? [] : [{ name, values: usable(() => valuesOf(text), `--${name}: `) }]
  })
}

/** What `read` gives; what it could not read is an option that makes no sense. */
function usable<T>(read: () => T, where = ''): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Unreadable) throw new Unusable(`${where}expected ${error.message}`)
    throw error
  }
}
