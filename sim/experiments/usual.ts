import type { Scenario } from '../scenario/scenario.js'
import type { Precisely } from './capacity/capacity.js'
import type { Trying } from './explain/explained.js'
import type { Asking } from './nines/assemble.js'
import type { Trial } from './spof/plan.js'
import type { Wishes } from './spof/spof.js'

/*
 * How everything is asked where nothing else is said: the same by a command and on a page.
 */

/** For how long a part stays lost. */
export const LOST = '2min'
/** Seconds for which all is there before, where the file says no more. */
export const WARMUP = 30
/** Replications of each loss. */
export const LOSS_REPLICATIONS = 5
/** Seconds of a failover gap are borne. */
export const WISHES: Wishes = { gap: 5, pairs: false, assume: true }

/** What a scenario is without its faults and objectives, lost for as long as is said: to find out whether it can be. */
export const calmOf = (lasts = LOST) => ({ lasts, set: ['faults=[]', 'expect=null'] })

/** How losses are tried; a warm-up that is to be found out (`auto`) is the one by default. */
export function trialOf(
  { warmup: own }: Pick<Scenario, 'warmup'>,
  { lasts, warmup, replications }: Partial<Trial> = {},
): Trial {
  const long = Math.max(WARMUP, own === 'auto' ? 0 : own)
  return {
    lasts: lasts ?? LOST,
    warmup: warmup === undefined || warmup === 'auto' ? `${long}s` : warmup,
    replications: replications ?? LOSS_REPLICATIONS,
  }
}

/** Of capacities: half of an interval over the value, and replications at a rate near the answer, at most. */
export const PRECISELY: Precisely = { within: 0.01, most: 400 }

/** Of all that is tried to explain a stack. */
export const tryingOf = (trial: Trial): Trying => ({
  trial,
  wishes: WISHES,
  precisely: { within: 0.05, most: 6, first: 2 },
})
/** Replications that an explanation takes, about. */
export const TRIED = 500

/** Ten years, and requests that are simulated, about. */
export const YEARS: Asking = { over: 10 * 365 * 86_400, effort: 2_500_000, joint: false }
