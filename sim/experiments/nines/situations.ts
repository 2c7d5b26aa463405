import type { Lost, Occupancy } from '../../reliability/system.js'
import type { FailingSystem } from './failing-system.js'

/** Situations between which no request can tell: of a machine that is lost it does not matter what else of it is. */
export interface Alike {
  /** Names of the parts that make the difference, in the order of the file. */
  readonly names: readonly string[]
  /** One of them. */
  readonly lost: Lost
  probability: number
  batches?: number[]
}

/** The likeliest first. */
export function alike({ situations }: Occupancy, failing: FailingSystem): Alike[] {
  const groups = new Map<string, Alike>()
  for (const { lost, probability, batches } of situations) {
    const names = failing.namesOf(lost)
    const key = nameOf(names)
    const own = groups.get(key)
    if (own === undefined)
      groups.set(key, { names, lost, probability, ...(batches && { batches: [...batches] }) })
    else {
      own.probability += probability
      own.batches = own.batches?.map((share, i) => share + batches![i]!)
    }
  }
  return [...groups.values()].sort((a, b) => b.probability - a.probability)
}

/** The same for the same parts. */
export const nameOf = (names: readonly string[]): string => names.join('\n')
