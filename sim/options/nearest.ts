import { closest, distance } from 'fastest-levenshtein'

/** The known name nearest to a misspelled one, if one is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const lower = name.toLowerCase()
  const same = known.find((k) => k.toLowerCase() === lower)
  if (same !== undefined) return same
  const best = closest(name, known as string[])
  const swapped = known.find((k) => distance(lower, k) <= 2 && lettersOf(k) === lettersOf(lower))
  if (swapped !== undefined) return swapped
  return distance(name, best) <= Math.max(1, Math.floor(Math.max(name.length, best.length) / 3))
    ? best
    : undefined
}

/** So many names can be read at a glance. */
const MOST = 16

/** "; did you mean x?" where a known name is near, else the known names if they are few. */
export function hint(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  if (near !== undefined) return `; did you mean "${near}"?`
  if (known.length === 0) return ''
  return known.length <= MOST ? ` (known: ${known.join(', ')})` : ` (${known.length} others are known)`
}

const lettersOf = (name: string): string => [...name].sort().join('')
