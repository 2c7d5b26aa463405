import { Command, Option } from 'commander'
import { bySeverity } from '../reports/drawing/by-severity.js'
import { dot } from '../reports/drawing/dot.js'
import { mermaid } from '../reports/drawing/mermaid.js'
import { standalone } from '../reports/drawing/standalone.js'
import { underLoad } from '../reports/drawing/under-load.js'
import { bare, type View } from '../reports/drawing/view.js'
import { replicationsIn } from '../sim/experiments/groups.js'
import { jobsOf, run } from '../sim/experiments/run.js'
import { planOf } from '../sim/experiments/spof/plan.js'
import { spofsOf } from '../sim/experiments/spof/spof.js'
import { type Spofs, whyUntold } from '../sim/experiments/spof/spof-result.js'
import { trialOf, WISHES } from '../sim/experiments/usual.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { drawingStyle } from './assets.js'
import { Exit, exitCodes, Unusable } from './exit.js'
import { threadsFor } from './expense.js'
import { readCalm } from './losing.js'
import {
  addOverrideOptions,
  addPoolOptions,
  aName,
  type OverrideOptions,
  type RunOptions,
  readScenarios,
  refuseIdle,
} from './options.js'
import { writeWhole } from './out.js'
import { withPool } from './pool.js'

interface DrawOptions extends OverrideOptions, Pick<RunOptions, 'jobs' | 'quiet' | 'queue'> {
  format: 'svg' | 'mermaid' | 'dot'
  by?: 'load' | 'severity'
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
        'also what is found out about it. load: the scenario is run, and shown is how much of each box is used, how many requests go along each arrow, and what limits; severity: each part is lost in turn, as by spof, and shown is what visitors lose with it',
      ).choices(['load', 'severity']),
    )
    .option('-o, --output <file>', 'write it there, instead of to standard output', aName)
    .action(draw)
}

/** What runs take. */
const OF_RUNS = ['jobs', 'queue', 'seed', 'replications', 'lasts', 'warmup']

async function draw(file: string, options: DrawOptions, command: Command): Promise<void> {
  if (options.by === undefined)
    refuseIdle(command, OF_RUNS, 'nothing is run for a drawing, but for what --by shows in it')
  const [scenario] = options.by === 'severity' ? readCalm([file], options) : readScenarios([file], options)
  const text = drawn(scenario!, await seen(scenario!, options), options.format)
  if (options.output === undefined) process.stdout.write(text)
  else writeWhole(options.output, text)
}

async function seen(scenario: Scenario, options: DrawOptions): Promise<View> {
  if (options.by === 'load') return loaded(scenario, options)
  return options.by === 'severity' ? bySeverity(await lost(scenario, options)) : bare
}

function drawn(scenario: Scenario, view: View, format: DrawOptions['format']): string {
  if (format === 'mermaid') return mermaid(scenario, view)
  if (format === 'dot') return dot(scenario, view)
  return standalone(scenario, view, drawingStyle())
}

/** What is seen of the scenario when it has been run. */
async function loaded(scenario: Scenario, options: DrawOptions): Promise<View> {
  const threads = threadsFor([scenario], options)
  const [ran] = await withPool({ ...options, ...threads }, replicationsIn(jobsOf(scenario)), (pool) =>
    run([scenario], pool),
  )
  if (ran === undefined) throw new Exit(exitCodes.interrupted)
  return underLoad(ran.result)
}

/** What is lost with each part. */
async function lost(scenario: Scenario, options: DrawOptions): Promise<Spofs> {
  const plan = planOf(scenario, trialOf(scenario, options))
  const all = [plan.calm, ...plan.losses.map((one) => one.scenario)]
  const steps = all.reduce((sum, { replications }) => sum + replications, 0)
  const [found] = await withPool({ ...options, ...threadsFor(all, options) }, steps, (pool) =>
    spofsOf([plan], WISHES, pool),
  )
  // A box of which nothing is known would look as if nobody missed it.
  if (found === undefined || found.spofs.interrupted !== undefined) throw new Exit(exitCodes.interrupted)
  const untold = whyUntold(found.spofs)
  if (untold !== null) throw new Unusable(`--by severity: ${untold}, so that nothing can be told of losses`)
  return found.spofs
}
