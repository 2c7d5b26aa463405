import { follow, Walk } from './course.js'
import { keyOf, type Occupancy, type Situation, type System } from './system.js'

/** Simulations of equal length, from whose spread the errors are told. */
export const BATCHES = 20
/** Failures in each. */
const FAILURES = 20_000
/** Of each simulation so much is passed over at its beginning, when everything was in order and new. */
const SETTLING = 0.02

/** In which situations a system is, by letting it fail and be repaired: for laws of any kind. */
export function simulated(system: System, seed: string): Occupancy {
  const rate = system.parts.reduce((sum, { life, repair }) => sum + 1 / (life.mean + repair.mean), 0)
  const span = FAILURES / rate
  const known = new Map<string, { lost: number[]; batches: number[] }>()
  for (let batch = 0; batch < BATCHES; batch++) {
    const walk = new Walk(system, `${seed}/${batch}/situations`)
    const from = span * SETTLING
    follow(
      walk,
      from,
      () => {},
      () => {},
    )
    follow(
      walk,
      from + span,
      (lost, start, end) => {
        const key = keyOf(lost)
        const own = known.get(key) ?? { lost: [...lost], batches: new Array<number>(BATCHES).fill(0) }
        own.batches[batch] = own.batches[batch]! + (end - start) / span
        known.set(key, own)
      },
      () => {},
    )
  }
  return { how: 'simulated', situations: ordered([...known.values()]), rest: 0 }
}

/** With the mean of their batches as what is likeliest of them, the likeliest first. */
export const ordered = (all: readonly { lost: number[]; batches: number[] }[]): Situation[] =>
  all
    .map(({ lost, batches }) => ({
      lost,
      batches,
      probability: batches.reduce((sum, share) => sum + share, 0) / batches.length,
    }))
    .sort((a, b) => b.probability - a.probability || (keyOf(a.lost) < keyOf(b.lost) ? -1 : 1))
