import type { Mark } from './crossing.js'
import type { Excess } from './objective.js'
import type { Trial } from './trials.js'

/** What an objective is at each rate, or the worst of all (null); rates at which there is nothing to judge are left out. */
export function marksOf(trials: readonly Trial[], place: number | null): Mark[] {
  return trials.flatMap((trial) => {
    const excess = place === null ? worstOf(trial) : trial.excesses[place]!
    return excess === null ? [] : [{ qps: trial.qps, excess }]
  })
}

/** Of several that are all to be kept, the one that is kept least: so is each end of its interval. */
function worstOf({ excesses }: Trial): Excess | null {
  const told = excesses.filter((one) => one !== null)
  if (told.length === 0) return null
  const most = (of: keyof Excess) => Math.max(...told.map((one) => one[of]))
  return { at: most('at'), low: most('low'), high: most('high') }
}

/**
 * The objective that is kept least at a rate; null where there is nothing to judge. Of those that are broken beyond all
 * measure, and others that are broken by a number, one of the latter: it says more.
 */
export function leastKept({ excesses }: Trial): number | null {
  const told = excesses.flatMap((one, place) => (one === null ? [] : [{ place, at: one.at }]))
  const counted = told.filter(({ at }) => Number.isFinite(at))
  const those = counted.some(({ at }) => at > 0) ? counted : told
  return (
    those.reduce<(typeof told)[number] | null>(
      (least, one) => (least === null || one.at > least.at ? one : least),
      null,
    )?.place ?? null
  )
}
