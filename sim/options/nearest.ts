import { closest, distance } from 'fastest-levenshtein'

/** The known name nearest to a misspelled one, if one is near enough to be meant. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const lower = name.toLowerCase()
  const spelled = snakeCase(name)
  const same =
    known.find((k) => k.toLowerCase() === lower || k === spelled) ??
    known.find((k) => singular(k) === singular(spelled))
  if (same !== undefined) return same
  const best = closest(name, known as string[])
  const swapped = known.find((k) => distance(lower, k) <= 2 && lettersOf(k) === lettersOf(lower))
  if (swapped !== undefined) return swapped
  return isNear(lower, best.toLowerCase()) ? best : undefined
}

/**
 * Whether one name may be a slip for the other: each of its words for the word at its place, so that what they have in
 * common makes nothing near (timeout_client is no slip for timeout_connect).
 */
function isNear(name: string, known: string): boolean {
  const [own, others] = [name.split(/[_-]/), known.split(/[_-]/)]
  return own.length === others.length && own.length > 1
    ? own.every((word, i) => isSlip(word, others[i]!))
    : isSlip(name, known)
}

/** One letter, or some of those after the first. */
function isSlip(word: string, known: string): boolean {
  const far = distance(word, known)
  return far <= 1 || (word[0] === known[0] && far <= Math.floor(Math.max(word.length, known.length) / 3))
}

/** Known names of which `name` is a part, or the beginning of one: `p99` of `latency_p99`, `exp`. */
function kin(name: string, known: readonly string[]): string[] {
  if (name.length < 3) return []
  return known.filter((k) => k.split(/[_-]/).some((part) => part.startsWith(name)))
}

/** So many names can be read at a glance. */
const MOST = 27

/** So many are a guess. */
const GUESSES = 4

/** "; did you mean x?" where a known name is near, or some are akin; else the known names if they are few. */
export function hint(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  const meant = near === undefined ? kin(name, known) : [near]
  if (meant.length > 0 && meant.length <= GUESSES) {
    const [last, ...others] = meant.map((m) => `"${m}"`).reverse()
    return `; did you mean ${others.length > 0 ? `${others.reverse().join(', ')} or ` : ''}${last}?`
  }
  if (known.length === 0) return ''
  return known.length <= MOST ? ` (known: ${known.join(', ')})` : ` (${known.length} others are known)`
}

/** Something that people also call by other names. */
interface Named {
  readonly kind: string
  readonly aliases?: readonly string[]
}

/** As `hint`, for kinds; of a name that people use for one it says which: "did you mean mysql, which stands for mariadb?" */
export function kindHint(name: string, known: readonly Named[]): string {
  const lower = name.toLowerCase()
  const spelled = lower.replace(/[\s_]+/g, '-')
  const meant = known.filter(({ aliases = [] }) => aliases.includes(spelled)).map(({ kind }) => `"${kind}"`)
  // A kind of that very name is meant before those for which it is another name.
  if (meant.length === 0 || known.some(({ kind }) => kind === spelled))
    return hint(
      name,
      known.map(({ kind }) => kind),
    )
  return `; did you mean ${meant.join(' or ')}, which stand${meant.length > 1 ? '' : 's'} for ${lower}?`
}

/** `timeout client`, `MaxClients` and `pm.max_children` as options are spelled here. */
export const snakeCase = (name: string): string =>
  name
    .trim()
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replace(/[\s.-]+/g, '_')

/** `retries` as `retry`. */
const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/s$/, '')

const lettersOf = (name: string): string => [...name].sort().join('')
