import { calmOf } from '../sim/experiments/usual.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { type OverrideOptions, readEach } from './options.js'

/** The files as they are, and whether they can be run as is asked: the problems of all at once. */
export function readCalm(files: readonly string[], options: OverrideOptions): Scenario[] {
  const plain = { ...options, lasts: undefined, warmup: undefined, replications: undefined }
  const { lasts, set } = calmOf(options.lasts)
  const calm = { ...options, lasts, set: [...options.set, ...set] }
  const both = readEach(
    [plain, calm].flatMap((own) => files.map((file): [string, typeof own] => [file, own])),
  )
  return both.slice(0, files.length)
}
