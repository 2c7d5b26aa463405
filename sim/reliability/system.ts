import type { Distribution } from '../random/distribution.js'

/** Something that fails and is repaired, over and over, whatever the others do. Seconds. */
export interface Part {
  readonly name: string
  /** From the end of a repair to the next failure. */
  readonly life: Distribution
  /** From when a crew begins until it works again. */
  readonly repair: Distribution
  /** From the failure until somebody knows of it, so that a repair can begin; not there where that is at once. */
  readonly notice?: Distribution
  /** What has a lower number is repaired first, also where a crew must leave something else for it; default 0. */
  readonly urgency?: number
}

/** Parts and who repairs them: crews, each at one part at a time, in the order in which failures became known. */
export interface System {
  readonly parts: readonly Part[]
  /** `Infinity` where there is always one to spare. */
  readonly crews: number
}

/** What is lost at a time: indices of parts, ascending. */
export type Lost = readonly number[]

/** Parts that are lost together, and no others; and for which share of the time. */
export interface Situation {
  readonly lost: Lost
  readonly probability: number
  /** The same in each of several simulations of equal weight; not there where it is exact. */
  readonly batches?: readonly number[]
}

/** In which situations a system is for which share of the time, in the long run: the likeliest first. */
export interface Occupancy {
  readonly how: 'product' | 'chain' | 'biased' | 'simulated'
  readonly situations: readonly Situation[]
  /** Of all others together. */
  readonly rest: number
}

/** Mean seconds from the failure to the repair, where no crew is waited for. */
export const meanAway = ({ repair, notice }: Part): number => repair.mean + (notice?.mean ?? 0)

/** Share of the time for which a part is lost that waits for nobody: whatever the laws, their means decide. */
export const unavailabilityOf = (part: Part): number => {
  const away = meanAway(part)
  return away === 0 ? 0 : 1 / (1 + part.life.mean / away)
}

/** A situation without one part, or with one more. */
export const without = (lost: Lost, part: number): Lost => lost.filter((one) => one !== part)
export const withAlso = (lost: Lost, part: number): Lost => [...lost, part].sort((a, b) => a - b)

/** Names a situation. */
export const keyOf = (lost: Lost): string => lost.join()
