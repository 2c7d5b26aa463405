import { Ref } from './types.js'

/** Where something stands in options: keys, and places in lists. */
type Path = readonly (string | number)[]

/** Visits what parsed options are made of, outermost first: all but numbers, texts and the like. */
export function walk(value: unknown, at: Path, visit: (part: object, at: Path) => void): void {
  if (typeof value !== 'object' || value === null) return
  visit(value, at)
  if (Array.isArray(value)) for (const [i, part] of value.entries()) walk(part, [...at, i], visit)
  else if (isPlain(value)) for (const [key, part] of Object.entries(value)) walk(part, [...at, key], visit)
}

/** A map, and not what something was read as. */
export const isPlain = (value: object): value is Record<string, unknown> =>
  Object.getPrototypeOf(value) === Object.prototype

/** The components that options name: of each the first place, in the order of the options. */
export function refsIn(options: unknown): Ref[] {
  const found = new Map<string, Ref>()
  walk(options, [], (part) => {
    if (part instanceof Ref && !found.has(part.name)) found.set(part.name, part)
  })
  return [...found.values()]
}
