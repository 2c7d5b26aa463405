import { biased } from './biased.js'
import { isMarkov, markov } from './crews.js'
import { BOUNDS, type Bounds, product } from './product.js'
import { simulated } from './simulated.js'
import type { Lost, Occupancy, System } from './system.js'

/** Where a part is lost for a larger share of the time than this, failures are not rare. */
const RARE = 0.05

/**
 * In which situations a system is for which share of the time, in the long run: by the simplest way that is exact. Where
 * parts wait for no crew it is a product; where nothing has a memory, a Markov chain; else it is simulated.
 * @param isDown what rare failures lead to
 */
export function occupancyOf(
  system: System,
  isDown: (lost: Lost) => boolean,
  seed: string,
  bounds: Bounds = BOUNDS,
): Occupancy {
  const { parts, crews } = system
  if (crews >= parts.length) return product(parts, bounds)
  if (!isMarkov(system)) return simulated(system, seed)
  const rare = parts.reduce((load, { life, repair }) => load + repair.mean / life.mean, 0) < RARE * crews
  return markov(system, bounds) ?? (rare ? biased(system, isDown, seed) : simulated(system, seed))
}
