import path from 'node:path'
import { Command } from 'commander'
import { sweepCsv, sweepJson, sweepText, writeSweep } from '../reports/sweep.js'
import { openPool } from '../sim/experiments/jobs.js'
import { journaled } from '../sim/experiments/journal.js'
import { jobsOf, run } from '../sim/experiments/run.js'
import {
  type Dimension,
  type Point,
  pointsOf,
  settingAt,
  unbound,
  valuesOf,
} from '../sim/experiments/sweep.js'
import { Unreadable } from '../sim/options/units.js'
import { Unusable } from './exit.js'
import { holdTo, writing } from './objectives.js'
import { addRunOptions, type RunOptions, readScenarios, stopping } from './options.js'
import { openFolder } from './out.js'
import { Progress } from './progress.js'

interface SweepOptions extends RunOptions {
  x: string
  y?: string
  z?: string
  resume: boolean
}

export function sweepCommand(): Command {
  return addRunOptions(
    new Command('sweep').description('one scenario at many settings, the same random numbers at every point'),
  )
    .argument('<file>', 'scenario file')
    .requiredOption('--x <values>', 'what {x} in --set stands for: 100..1000:100, or 1,2,5')
    .option('--y <values>', 'the same for {y}')
    .option('--z <values>', 'the same for {z}')
    .option('--resume', 'go on where an interrupted sweep with the same --out stopped', false)
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
  if (options.resume && options.out === undefined)
    throw new Unusable('--resume needs the --out of the sweep that stopped')
  const points = pointsOf(dimensions)
  const scenarios = points.flatMap((point) =>
    readScenarios([file], { ...options, set: options.set.map((setting) => settingAt(setting, point)) }),
  )
  if (options.out !== undefined) openFolder(options.out)
  const steps = scenarios.flatMap(jobsOf).length
  const progress = new Progress(steps, options.quiet)
  const open = openPool(Math.min(options.jobs, steps))
  const pool =
    options.out === undefined
      ? open
      : journaled(open, path.join(options.out, 'journal.jsonl'), options.resume)
  try {
    const ran = await run(scenarios, pool, progress.step, stopping(options))
    const results = ran.map(({ result }, i) => ({ point: points[i]!, result }))
    const { format, out } = options
    if (out !== undefined) writing(out, () => writeSweep(out, dimensions, results))
    process.stdout.write(
      format === 'json'
        ? sweepJson(dimensions, results)
        : format === 'csv'
          ? sweepCsv(results)
          : sweepText(results),
    )
    holdTo(
      options,
      results.map(({ result }) => result),
      results.map(({ point, result }) => `${result.scenario}, ${said(point)}`),
    )
  } finally {
    progress.end()
    await pool.close()
  }
}

/** `x=100 y=2` */
const said = (point: Point): string =>
  Object.entries(point)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

function dimensionsOf(options: SweepOptions): Dimension[] {
  return (['x', 'y', 'z'] as const).flatMap((name) => {
    const text = options[name]
    if (text === undefined) return []
    try {
      return [{ name, values: valuesOf(text) }]
    } catch (error) {
      if (error instanceof Unreadable) throw new Unusable(`--${name}: expected ${error.message}`)
      throw error
    }
  })
}
