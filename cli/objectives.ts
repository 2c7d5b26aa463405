import { writeWhole } from '../reports/files.js'
import { toJunit } from '../reports/junit.js'
import type { Result } from '../sim/experiments/result.js'
import { reasonOf } from '../sim/scenario/files.js'
import { Exit, exitCodes, Unusable } from './exit.js'
import type { RunOptions } from './options.js'

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
  if (junit !== undefined) writing(junit, () => writeWhole(junit, toJunit(results, labels)))
  if (judgements.length === 0 && (check || junit !== undefined))
    process.stderr.write('nothing was expected: there is no expect: in what was run\n')
  if (cut) throw new Exit(exitCodes.interrupted)
  if (check && judgements.some((j) => j.verdict !== 'met')) throw new Exit(exitCodes.unmet)
}

/** Writes; what the file system has against it is for the user. */
export function writing(target: string, write: () => void): void {
  try {
    write()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    throw new Unusable(`cannot write ${target}: ${reasonOf(error)}`)
  }
}
