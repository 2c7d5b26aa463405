import FastPriorityQueue from 'fastpriorityqueue'
import { type Occupancy, type Part, type Situation, unavailabilityOf } from './system.js'

/** Situations that are told apart at most, and what is left to those that are not. */
export interface Bounds {
  readonly rest: number
  readonly most: number
}

export const BOUNDS: Bounds = { rest: 1e-9, most: 20_000 }

/** A set of parts of which each is in its unlikelier state: by their places in the order of how unlikely that is. */
interface Flipped {
  readonly places: readonly number[]
  readonly odds: number
}

/**
 * Parts that fail and are repaired whatever the others do, each by whatever laws: the share of the time in which some
 * are lost and no others is a product. The situations come in the order of their likelihood: from one of them go those
 * with the next part flipped too, and with the next flipped instead of the last.
 */
export function product(parts: readonly Part[], { rest, most }: Bounds = BOUNDS): Occupancy {
  const chances = parts.map((part) => {
    const lost = unavailabilityOf(part)
    return { lost, up: 1 - lost }
  })
  const likely = chances.map(({ lost, up }) => lost > up)
  const flips = chances
    .map(({ lost, up }, part) => ({ part, odds: Math.min(lost, up) / Math.max(lost, up) }))
    .filter(({ odds }) => odds > 0)
    .sort((a, b) => b.odds - a.odds || a.part - b.part)
  const base = chances.reduce((all, { lost, up }) => all * Math.max(lost, up), 1)
  const queue = new FastPriorityQueue<Flipped>((a, b) => a.odds > b.odds)
  queue.add({ places: [], odds: 1 })
  const situations: Situation[] = []
  let left = 1
  for (let next = queue.poll(); next !== undefined; next = queue.poll()) {
    const { places, odds } = next
    const flipped = new Set(places.map((place) => flips[place]!.part))
    const lost = [...parts.keys()].filter((part) => likely[part] !== flipped.has(part))
    situations.push({ lost, probability: base * odds })
    left -= base * odds
    if ((rest > 0 && left < rest) || situations.length >= most)
      return { how: 'product', situations, rest: Math.max(0, left) }
    const last = places.at(-1) ?? -1
    const after = flips[last + 1]
    if (after === undefined) continue
    queue.add({ places: [...places, last + 1], odds: odds * after.odds })
    if (last >= 0)
      queue.add({ places: [...places.slice(0, -1), last + 1], odds: (odds / flips[last]!.odds) * after.odds })
  }
  return { how: 'product', situations, rest: 0 }
}
