import * as z from 'zod'
import { composeTop } from '../../components/compose-keys.js'
import { mapOf, text } from '../../options/texts.js'
import { count, durationOrAuto, period } from '../../options/types.js'
import type { Document } from '../document.js'

/** A name, as texts are asked for: in one line. */
export const name = text().transform((given) => given.trim().replace(/[\t\n\r]+/g, ' '))

/** What a scenario can say at its top. What is in the sections is checked section by section. */
export const topOptions = z.strictObject({
  name: name.optional(),
  seed: z
    .union(
      [text().refine((word) => word !== '', 'expected a number or a word, not an empty text'), z.number()],
      {
        error: 'expected a number or a word',
      },
    )
    .prefault(1),
  // Default: what `lengthOf` says.
  lasts: period().optional(),
  warmup: durationOrAuto().prefault('auto'),
  replications: count(1, 100_000).prefault(20),
  good: period().prefault('1s'),
  hosts: mapOf(z.unknown(), 'expected a map from host name to options').nullish(),
  users: mapOf(z.unknown(), 'expected a map from name to users'),
  components: mapOf(z.unknown(), 'expected a map from name to component'),
  wires: mapOf(z.unknown(), 'expected a map from "a -> b" to options').nullish(),
  sizes: mapOf(z.unknown(), 'expected a map from request class to sizes').nullish(),
  faults: z.array(z.unknown(), { error: 'expected a list of faults' }).nullish(),
  expect: mapOf(z.unknown(), 'expected a map from metric to condition').nullish(),
  // What is in it is checked where it belongs.
  repair: z.unknown().optional(),
})

/** The words that may stand at the top; below them, names are the author's. */
export const topWords: ReadonlySet<string> = new Set(['extends', ...Object.keys(topOptions.shape)])

/** A scenario whose sections are there, each a map or a list of what is still unchecked. */
export interface Given extends Omit<z.output<typeof topOptions>, Section | 'faults' | 'repair'> {
  readonly hosts: Entries
  readonly users: Entries
  readonly components: Entries
  readonly wires: Entries
  readonly sizes: Entries
  readonly expect: Entries
  readonly faults: readonly unknown[]
  readonly repair?: unknown
}
type Section = 'hosts' | 'users' | 'components' | 'wires' | 'sizes' | 'expect'
type Entries = Readonly<Record<string, unknown>>

/**
 * Guarantees that every section is a map or a list, if an empty one, and that numbers are in range. Where the top
 * does not fit, `lasts` is `Infinity` (nothing comes after the end), and the sections that fit are there all the same.
 */
export function checkTop(document: Document): Given {
  const value = document.value as Record<string, unknown>
  const fitting = document.parse(topOptions, value, [], { real: composeTop })
  const sections: { readonly [section in Section | 'faults' | 'repair']?: unknown } = fitting ?? value
  return {
    ...(fitting ?? { seed: 1, lasts: Number.POSITIVE_INFINITY, warmup: 'auto', replications: 1, good: 1 }),
    hosts: mapOr(sections.hosts),
    users: mapOr(sections.users),
    components: mapOr(sections.components),
    wires: mapOr(sections.wires),
    sizes: mapOr(sections.sizes),
    expect: mapOr(sections.expect),
    faults: Array.isArray(sections.faults) ? sections.faults : [],
    repair: sections.repair,
  }
}

const mapOr = (part: unknown): Entries =>
  typeof part === 'object' && part !== null && !Array.isArray(part) ? (part as Entries) : {}
