import type * as z from 'zod'
import type { Kind, Neighbour } from '../parts/kind.js'

/**
 * What a component does in its stack, for who learns it: what completes `It ...`, from its own options and from whom it
 * stands beside. True of every component of the kind, however it is set.
 */
export type Telling<Of extends { options: z.ZodObject }> = (
  self: Neighbour<z.output<Of['options']>>,
  around: Around,
) => string[]

interface Around {
  readonly all: readonly Neighbour[]
  /** Request classes that visitors ask for. */
  readonly asked: readonly string[]
}

/** A telling of whatever kind. */
export type AnyTelling = Telling<Kind>
