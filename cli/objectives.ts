import { toJunit } from '../reports/junit.js'
import type { Result } from '../sim/experiments/result.js'
import { Exit, exitCodes } from './exit.js'
import type { RunOptions } from './options.js'
import { writeWhole } from './out.js'

/**
 * Writes the verdicts on the expectations where `--junit` says, and ends with exit code 1 if one is not met and
 * `--check` was given: what is undecided is not met. Work that was cut short ends with the exit code of that,
 * whatever was expected.
 */
export function conclude(
  { check, junit }: RunOptions,
  cut: boolean,
  results: readonly Result[],
  labels?: readonly string[],
): void {
  const judgements = results.flatMap((r) => r.expectations ?? [])
  if (junit !== undefined) writeWhole(junit, toJunit(results, labels))
  if (judgements.length === 0 && (check || junit !== undefined))
    process.stderr.write('nothing was expected: there is no expect: in what was run\n')
  if (cut) throw new Exit(exitCodes.interrupted)
  if (check && judgements.some((j) => j.verdict !== 'met')) throw new Exit(exitCodes.unmet)
}
