import path from 'node:path'
import type { Command } from 'commander'
import { journaled } from '../pools/journal.js'
import type { Pool } from '../sim/experiments/jobs.js'
import { Unusable } from './exit.js'
import { identity } from './version.js'

/** What `--out` holds of the replications that are finished. */
const JOURNAL = 'journal'

export interface ResumeOptions {
  out?: string
  resume: boolean
}

/** For commands that work long: what is finished is written down beside `--out`, and need not be done again. */
export const addResumeOption = (command: Command): Command =>
  command.option(
    '--resume',
    `go on where an interrupted ${command.name()} with the same --out stopped`,
    false,
  )

/** Before anything is done. */
export function checkResume({ out, resume }: ResumeOptions, command: string): void {
  if (resume && out === undefined)
    throw new Unusable(`--resume needs the --out of the ${command} that stopped`)
}

/** Writes down in `--out` what the pool has finished, and with `--resume` runs none of what is written there. */
export const written =
  ({ out, resume }: ResumeOptions): ((pool: Pool) => Pool) =>
  (pool) =>
    out === undefined ? pool : journaled(pool, path.join(out, JOURNAL), resume, identity())

/** For who was interrupted. */
export function tellResume({ out }: ResumeOptions): void {
  if (out !== undefined) process.stderr.write(`--resume goes on from here: ${path.join(out, JOURNAL)}\n`)
}
