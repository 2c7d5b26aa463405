import { type Judged, toJunit } from '../reports/junit.js'
import { Exit, exitCodes } from './exit.js'
import type { RunOptions } from './options.js'
import { writeWhole } from './out.js'

/**
 * Writes the verdicts on the expectations where `--junit` says, and ends with exit code 1 if one is not met and
 * `--check` was given: what is undecided is not met. Work that was cut short ends with the exit code of that,
 * whatever was expected.
 * @param none what is told where nothing was expected
 */
export function conclude(
  { check, junit }: Pick<RunOptions, 'check' | 'junit'>,
  cut: boolean,
  results: readonly Judged[],
  labels?: readonly string[],
  none = 'nothing was expected: there is no expect: in what was run',
): void {
  const judgements = results.flatMap((r) => r.expectations ?? [])
  if (junit !== undefined) writeWhole(junit, toJunit(results, labels))
  if (judgements.length === 0 && (check || junit !== undefined)) process.stderr.write(`${none}\n`)
  if (cut) throw new Exit(exitCodes.interrupted)
  if (check && judgements.some((j) => j.verdict !== 'met')) throw new Exit(exitCodes.unmet)
}
