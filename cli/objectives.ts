import { type Judged, toJunit } from '../reports/junit.js'
import { Exit, exitCodes } from './exit.js'
import type { AnswerOptions } from './options.js'
import { writeWhole } from './out.js'

/**
 * Writes the verdicts on the expectations where `--junit` says, and ends with exit code 1 if one is not met and
 * `--check` was given: what is undecided is not met. Work that was cut short ends with the exit code of that,
 * whatever was expected.
 * @param nothing what is missing where nothing was expected
 */
export function conclude(
  { check, junit }: Pick<AnswerOptions, 'check' | 'junit'>,
  cut: boolean,
  results: readonly Judged[],
  labels?: readonly string[],
  nothing = 'there is no expect: in what was run',
): void {
  const judgements = results.flatMap((r) => r.expectations ?? [])
  if (junit !== undefined) writeWhole(junit, toJunit(results, labels))
  if (judgements.length === 0 && (check || junit !== undefined))
    process.stderr.write(`nothing was expected: ${nothing}\n`)
  if (cut) throw new Exit(exitCodes.interrupted)
  if (check && judgements.some((j) => j.verdict !== 'met')) throw new Exit(exitCodes.unmet)
}
