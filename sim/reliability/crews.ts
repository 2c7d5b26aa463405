import { Exponential } from '../random/distributions.js'
import { Chain, type Move } from './chain.js'
import { BOUNDS, type Bounds } from './product.js'
import type { Lost, Occupancy, Part, Situation, System } from './system.js'

/** Parts of equal rates: of them it only counts how many are lost. */
interface Sort {
  readonly members: readonly number[]
  /** Failures and repairs a second. */
  readonly fails: number
  readonly heals: number
  readonly urgency: number
}

/** More than these take longer than a second or two. */
const STATES = 1200

/** Sorts of what is lost, in the order in which crews turn to them. */
type Queue = readonly number[]

/** Whether all that happens is without memory, so that the system is a Markov chain. */
export const isMarkov = ({ parts }: System): boolean =>
  parts.every(
    ({ life, repair, notice }) =>
      life instanceof Exponential && repair instanceof Exponential && notice === undefined,
  )

/** @param apart whether each part is a sort of its own, however alike they are */
function sortsOf(parts: readonly Part[], apart: boolean): Sort[] {
  const sorts = new Map<string, Sort & { members: number[] }>()
  for (const [part, { life, repair, urgency = 0 }] of parts.entries()) {
    const name = apart ? `${part}` : `${life.mean} ${repair.mean} ${urgency}`
    const sort = sorts.get(name) ?? { members: [], fails: 1 / life.mean, heals: 1 / repair.mean, urgency }
    sort.members.push(part)
    sorts.set(name, sort)
  }
  return [...sorts.values()]
}

/**
 * What is lost, as a Markov chain; null where it has too many states.
 * @param apart whether each part is a sort of its own, however alike they are
 */
function chainOf(
  { parts, crews }: System,
  apart: boolean,
  most: number,
): { chain: Chain<Queue>; sorts: Sort[] } | null {
  const sorts = sortsOf(parts, apart)
  const ranked = sorts.some(({ urgency }) => urgency !== sorts[0]!.urgency)
  /** Where all are equally urgent, nobody sees in which order those stand that are worked at. */
  const tidied = (queue: Queue): Queue => {
    const busy = ranked ? 0 : Math.min(crews, queue.length)
    return [...queue.slice(0, busy)].sort((a, b) => a - b).concat(queue.slice(busy))
  }
  const joined = (queue: Queue, sort: number): Queue => {
    const behind = queue.findIndex((other) => sorts[other]!.urgency > sorts[sort]!.urgency)
    return tidied(queue.toSpliced(behind < 0 ? queue.length : behind, 0, sort))
  }
  const movesOf = (queue: Queue): Move<Queue>[] => [
    ...sorts.map(({ members, fails }, sort) => {
      const left = members.length - queue.filter((other) => other === sort).length
      return { to: joined(queue, sort), rate: left * fails }
    }),
    ...queue
      .slice(0, crews)
      .map((sort, place) => ({ to: tidied(queue.toSpliced(place, 1)), rate: sorts[sort]!.heals })),
  ]
  const chain = Chain.from<Queue>(tidied([]), movesOf, String, most)
  return chain === null ? null : { chain, sorts }
}

/**
 * The situations of a system in which all laws are exponential, exactly; null where the chain has too many states. Of
 * parts that fail and are repaired alike each is as likely to be among those that are lost.
 */
export function markov(system: System, { rest, most }: Bounds = BOUNDS): Occupancy | null {
  const found = chainOf(system, false, STATES)
  if (found === null) return null
  const { chain, sorts } = found
  const shares = new Map<string, { counts: number[]; probability: number }>()
  for (const [i, probability] of chain.stationary().entries()) {
    const counts = sorts.map((_, sort) => chain.states[i]!.filter((other) => other === sort).length)
    const known = shares.get(counts.join())
    if (known === undefined) shares.set(counts.join(), { counts, probability })
    else known.probability += probability
  }
  const situations: Situation[] = []
  let left = 1
  for (const { counts, probability } of each(sorts, [...shares.values()]))
    for (const lost of choices(sorts, counts)) {
      if ((rest > 0 && left < rest) || situations.length >= most)
        return { how: 'chain', situations, rest: Math.max(0, left) }
      situations.push({ lost, probability })
      left -= probability
    }
  return { how: 'chain', situations, rest: 0 }
}

/** The probability of each choice among those alike, the likeliest first. */
const each = (sorts: readonly Sort[], shares: readonly { counts: number[]; probability: number }[]) =>
  shares
    .map(({ counts, probability }) => ({
      counts,
      probability: counts.reduce((p, count, i) => p / ways(sorts[i]!.members.length, count), probability),
    }))
    .sort((a, b) => b.probability - a.probability)

/** Ways to choose k of n. */
function ways(n: number, k: number): number {
  let all = 1
  for (let i = 1; i <= k; i++) all = (all * (n - k + i)) / i
  return all
}

/** All sets with so many of each sort. */
function* choices(sorts: readonly Sort[], counts: readonly number[], at = 0): Generator<Lost> {
  if (at === sorts.length) {
    yield []
    return
  }
  for (const own of subsets(sorts[at]!.members, counts[at]!))
    for (const others of choices(sorts, counts, at + 1)) yield [...own, ...others].sort((a, b) => a - b)
}

function* subsets(members: readonly number[], count: number, from = 0): Generator<number[]> {
  if (count === 0) {
    yield []
    return
  }
  for (let i = from; i <= members.length - count; i++)
    for (const rest of subsets(members, count - 1, i + 1)) yield [members[i]!, ...rest]
}

/**
 * Mean seconds until the first failure of a system in which all laws are exponential, from when everything is in order;
 * null where the chain has too many states.
 */
export function timeToFailure(system: System, isUp: (lost: Lost) => boolean, states = STATES): number | null {
  const found = chainOf(system, true, states)
  if (found === null) return null
  const { chain, sorts } = found
  return chain.timeToLeave((queue) =>
    isUp(queue.map((sort) => sorts[sort]!.members[0]!).sort((a, b) => a - b)),
  )
}
