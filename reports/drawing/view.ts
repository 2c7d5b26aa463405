import type { TargetType } from '../../sim/faults/fault.js'

/** What stands in a drawing. */
export type Shown = TargetType

/** What a drawing shows of what stands in it, beside where that is. */
export interface View {
  /** A word for the style sheet: how it is drawn; empty for as ever. */
  state(name: string, type: Shown): string
  /** On its upper edge; empty for none. And a word for the style sheet of that. */
  words(name: string, type: Shown): string
  badge(name: string, type: Shown): string
  /** What else is to be read of it, where somebody points at it. */
  says(name: string, type: Shown): readonly string[]
  /** What strikes it: `slow`, or `slow (home)` of some classes only. */
  struck(name: string): readonly string[]
  /** Share of it that is in use; null where that is not known. */
  used(name: string, type: 'component' | 'host'): number | null
  /** Requests a second: answered by a component, asked by users, along an arrow; null where nobody counted. */
  throughput(name: string): number | null
  asked(name: string): number | null
  rate(from: string, to: string): number | null
  /** Whether so many requests a second are none at all in the time that was simulated. */
  isIdle(rate: number): boolean
}

/** The architecture alone, as the file has it. */
export const bare: View = {
  state: () => '',
  words: () => '',
  badge: () => '',
  says: () => [],
  struck: () => [],
  used: () => null,
  throughput: () => null,
  asked: () => null,
  rate: () => null,
  isIdle: () => false,
}

/** From calm to full. */
export const heat = (used: number): string => (used >= 0.9 ? 'hot' : used >= 0.7 ? 'warm' : 'calm')

/** A share in a drawing, where there is no room for more. */
export const roughly = (share: number): string =>
  share > 0 && share < 0.005 ? '<1%' : `${Math.round(share * 100)}%`
