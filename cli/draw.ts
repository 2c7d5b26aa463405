import { Command, Option } from 'commander'
import { dot } from '../reports/drawing/dot.js'
import { mermaid } from '../reports/drawing/mermaid.js'
import { standalone } from '../reports/drawing/standalone.js'
import { underLoad } from '../reports/drawing/under-load.js'
import { bare, type View } from '../reports/drawing/view.js'
import { replicationsIn } from '../sim/experiments/groups.js'
import { jobsOf, run } from '../sim/experiments/run.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { drawingStyle } from './assets.js'
import { Exit, exitCodes } from './exit.js'
import { jobsFor } from './expense.js'
import {
  addOverrideOptions,
  addPoolOptions,
  aName,
  type OverrideOptions,
  type RunOptions,
  readScenarios,
} from './options.js'
import { writeWhole } from './out.js'
import { withPool } from './pool.js'

interface DrawOptions extends OverrideOptions, Pick<RunOptions, 'jobs' | 'quiet' | 'queue'> {
  format: 'svg' | 'mermaid' | 'dot'
  by?: 'load'
  output?: string
}

export function drawCommand(): Command {
  return addPoolOptions(
    addOverrideOptions(
      new Command('draw').description('the architecture as a drawing: SVG, Mermaid or Graphviz'),
    ),
  )
    .argument('<file>', 'scenario file')
    .addOption(
      new Option('--format <format>', 'what it is written in')
        .choices(['svg', 'mermaid', 'dot'])
        .default('svg'),
    )
    .addOption(
      new Option(
        '--by <what>',
        'also what is found out about it. load: the scenario is run, and shown is how much of each box is used, how many requests go along each arrow, and what limits',
      ).choices(['load']),
    )
    .option('-o, --output <file>', 'write it there, instead of to standard output', aName)
    .action(draw)
}

async function draw(file: string, options: DrawOptions): Promise<void> {
  const [scenario] = readScenarios([file], options)
  const text = drawn(
    scenario!,
    options.by === 'load' ? await loaded(scenario!, options) : bare,
    options.format,
  )
  if (options.output === undefined) process.stdout.write(text)
  else writeWhole(options.output, text)
}

function drawn(scenario: Scenario, view: View, format: DrawOptions['format']): string {
  if (format === 'mermaid') return mermaid(scenario, view)
  if (format === 'dot') return dot(scenario, view)
  return standalone(scenario, view, drawingStyle())
}

/** What is seen of the scenario when it has been run. */
async function loaded(scenario: Scenario, options: DrawOptions): Promise<View> {
  const jobs = jobsFor([scenario], options)
  const [ran] = await withPool({ ...options, jobs }, replicationsIn(jobsOf(scenario)), (pool) =>
    run([scenario], pool),
  )
  if (ran === undefined) throw new Exit(exitCodes.interrupted)
  return underLoad(ran.result)
}
