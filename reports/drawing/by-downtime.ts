import type { NinesResult } from '../../sim/experiments/nines/nines-result.js'
import { percent } from '../words/numbers.js'
import { lasting, minutes } from '../words/years.js'
import { bare, type View } from './view.js'

/** Shares of the downtime from which on a part is one to look at, and one of the worst. */
export const NOTABLE = 0.02
export const GRAVE = 0.25

/** What the failures of each part cost in a year: as it was found. */
export function byDowntime({ parts }: NinesResult): View {
  const known = new Map(parts.map((one) => [one.part, one]))
  const shareOf = (name: string) => known.get(name)?.share ?? 0
  const state = (name: string) =>
    shareOf(name) >= GRAVE ? 'hard' : shareOf(name) >= NOTABLE ? 'capacity' : ''
  return {
    ...bare,
    state,
    words: (name) =>
      state(name) === '' ? '' : `${minutes(known.get(name)!.downtime_min_per_year.value!)} a year`,
    badge: (name) => (state(name) === 'hard' ? 'fault' : 'limit'),
    says: (name) => {
      const one = known.get(name)
      return one === undefined
        ? []
        : [
            `fails every ${lasting(one.mtbf_s)}, for ${lasting(one.mttr_s)}`,
            ...(one.share === null ? [] : [`${percent(one.share)} of the downtime`]),
          ]
    },
  }
}
