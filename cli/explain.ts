import { availableParallelism } from 'node:os'
import { Command, Option } from 'commander'
import { explanationMarkdown, explanationText } from '../reports/explanation.js'
import { explanationJson } from '../reports/json.js'
import { Unexplained } from '../sim/experiments/explain/carried.js'
import { explain } from '../sim/experiments/explain/explained.js'
import { LOSS_REPLICATIONS, LOST, TRIED, trialOf, tryingOf, WARMUP } from '../sim/experiments/usual.js'
import { Exit, exitCodes } from './exit.js'
import { readCalm } from './losing.js'
import {
  addOverrideOptions,
  addPoolOptions,
  aName,
  type OverrideOptions,
  type RunOptions,
} from './options.js'
import { openFolder, writeAll, writeWhole } from './out.js'
import { withPool } from './pool.js'
import { addResumeOption, checkResume, type ResumeOptions, tellResume, written } from './resume.js'
import { lookOf } from './terminal.js'

interface ExplainOptions
  extends OverrideOptions,
    Pick<RunOptions, 'jobs' | 'quiet' | 'queue'>,
    ResumeOptions {
  format: 'text' | 'markdown' | 'json'
  output?: string
}

export function explainCommand(): Command {
  return addResumeOption(
    addPoolOptions(
      addOverrideOptions(
        new Command('explain').description(
          'the stack told to someone who learns it: what each box does, where a request goes, what stands alone, what would bring more',
        ),
      ),
    ).option(
      '--out <dir>',
      'also write explanation.md and explanation.json there, and a journal for --resume',
    ),
  )
    .argument('<file>', 'scenario file')
    .addOption(
      new Option('--format <format>', 'what it is written in; Markdown has the drawing inside')
        .choices(['text', 'markdown', 'json'])
        .default('text'),
    )
    .option('-o, --output <file>', 'write it there, instead of to standard output', aName)
    .addHelpText(
      'after',
      `
Everything is tried: each part is lost, and each remedy is put in. --lasts, --warmup and --replications are those of
each try (default: ${LOST}, ${WARMUP}s, ${LOSS_REPLICATIONS}).

Example:
  nines explain scenarios/02-distributed.yaml --format markdown -o distributed.md`,
    )
    .action(act)
}

async function act(file: string, options: ExplainOptions): Promise<void> {
  checkResume(options, 'explain')
  const { out, quiet } = options
  const [scenario] = readCalm([file], options)
  const how = tryingOf(trialOf(scenario!, options))
  if (out !== undefined) openFolder(out)
  const jobs = options.jobs ?? availableParallelism()
  const explanation = await withPool(
    { ...options, jobs },
    TRIED,
    (pool) => explain(scenario!, how, pool),
    written(options),
  ).catch((error) => {
    if (!(error instanceof Unexplained)) throw error
    process.stderr.write('interrupted before anything could be told\n')
    tellResume(options)
    throw new Exit(exitCodes.interrupted)
  })
  if (out !== undefined)
    writeAll(out, {
      'explanation.md': explanationMarkdown(explanation, scenario!),
      'explanation.json': explanationJson([explanation]),
    })
  const text =
    options.format === 'json'
      ? explanationJson([explanation])
      : options.format === 'markdown'
        ? explanationMarkdown(explanation, scenario!)
        : explanationText(explanation, scenario!, lookOf(process.stdout, false))
  if (options.output === undefined) process.stdout.write(text)
  else writeWhole(options.output, text)
  if (out !== undefined && !quiet)
    process.stderr.write(`written: ${out}/explanation.md and explanation.json\n`)
  if (!explanation.interrupted) return
  tellResume(options)
  throw new Exit(exitCodes.interrupted)
}
