import { Ref } from './types.js'

/** Where something stands in options: keys, and places in lists. */
type Path = readonly (string | number)[]

/** Visits everything in parsed options. */
export function walk(value: unknown, at: Path, visit: (part: unknown, at: Path) => void): void {
  visit(value, at)
  if (Array.isArray(value)) for (const [i, part] of value.entries()) walk(part, [...at, i], visit)
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, part] of Object.entries(value)) walk(part, [...at, key], visit)
  }
}

/** The components that options name: of each the first place, in the order of the options. */
export function refsIn(options: unknown): Ref[] {
  const found = new Map<string, Ref>()
  walk(options, [], (part) => {
    if (part instanceof Ref && !found.has(part.name)) found.set(part.name, part)
  })
  return [...found.values()]
}
