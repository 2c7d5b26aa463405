import type { Trial } from '../sim/experiments/spof/plan.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { type OverrideOptions, readEach } from './options.js'

/** For how long a part stays lost, and all is there before: seconds, where the file says no more. */
export const LOST = '2min'
export const WARMUP = 30
/** Seconds of a failover gap that are borne. */
export const GAP = 5
/** Of each loss. */
export const REPLICATIONS = 5

/** The files as they are, and whether they can be run as is asked: the problems of all at once. */
export function readCalm(files: readonly string[], options: OverrideOptions): Scenario[] {
  const plain = { ...options, lasts: undefined, warmup: undefined, replications: undefined }
  const calm = { ...options, lasts: options.lasts ?? LOST, set: [...options.set, 'faults=[]', 'expect=null'] }
  const both = readEach(
    [plain, calm].flatMap((own) => files.map((file): [string, typeof own] => [file, own])),
  )
  return both.slice(0, files.length)
}

/** How losses are tried; a warm-up that is to be found out (`auto`) is the one by default. */
export function trialOf({ warmup: own }: Scenario, { lasts, warmup, replications }: OverrideOptions): Trial {
  const long = Math.max(WARMUP, own === 'auto' ? 0 : own)
  return {
    lasts: lasts ?? LOST,
    warmup: warmup === undefined || warmup === 'auto' ? `${long}s` : warmup,
    replications: replications ?? REPLICATIONS,
  }
}
