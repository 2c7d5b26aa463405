import { fullAt, type Place, type Spendings, type Spent, type What, Why } from './spent.js'

/** How many numbers there are for `What`, and for `Why`. */
export const WHATS = 8
export const WHYS = 32

/** Queues behind queues behind queues: more than boxes stand in a row nowhere. */
const DEEPEST = 6

/**
 * Whoever waits for a place waits for what those do that have one: the seconds of `bag` by where the requests were, and
 * for those spent where a box was full, where those were that held its places at about that time.
 * @param bag seconds, by window and place
 * @param mixes where those are that are in a box, and what is wrong with its servers; null: is not asked for
 * @param places how many numbers there are for places
 */
export function holdersOf(
  bag: ReadonlyMap<number, number>,
  mixes: { held: Mixes; down: Mixes } | null,
  names: readonly string[],
  places: number,
): Pick<Spendings, 'direct' | 'held'> {
  const direct = new Map<number, number>()
  const held = new Map<number, number>()
  const follow = (window: number, place: number, seconds: number, passed: readonly string[]) => {
    if (mixes === null) return
    const at = placeOf(place, names)
    const full = fullAt(at)
    if (full === null || passed.includes(full) || passed.length >= DEEPEST) return
    const box = names.indexOf(full)
    const { held: inside, down } = mixes
    const mix = (at.why === Why.noServer || at.why === Why.gaveUp ? down : inside).get(
      window * names.length + box,
    )
    if (mix === undefined) return
    for (const [other, share] of mix) {
      const part = seconds * share
      const key = box * places + other
      held.set(key, (held.get(key) ?? 0) + part)
      follow(window, other, part, [...passed, full])
    }
  }
  for (const [key, seconds] of bag) {
    const place = key % places
    direct.set(place, (direct.get(place) ?? 0) + seconds)
    follow(Math.floor(key / places), place, seconds, [])
  }
  return {
    direct: [...direct].map(([place, seconds]): Spent => ({ ...placeOf(place, names), seconds })),
    held: [...held].map(([key, seconds]) => ({
      full: names[Math.floor(key / places)]!,
      ...placeOf(key % places, names),
      seconds,
    })),
  }
}

/** By window and box: the shares of the time of those in it. */
type Mixes = ReadonlyMap<number, readonly (readonly [place: number, share: number])[]>

/** @param holding seconds, by window, box, and place of who is in it */
export function mixesOf(holding: ReadonlyMap<number, number>, places: number): Mixes {
  const mixes = new Map<number, [number, number][]>()
  for (const [key, seconds] of holding) {
    const where = Math.floor(key / places)
    const own = mixes.get(where) ?? []
    own.push([key % places, seconds])
    mixes.set(where, own)
  }
  for (const mix of mixes.values()) {
    const all = mix.reduce((sum, [, seconds]) => sum + seconds, 0)
    for (const one of mix) one[1] /= all
  }
  return mixes
}

function placeOf(place: number, names: readonly string[]): Place {
  const rest = Math.floor(place / WHYS)
  const to = (rest % (names.length + 1)) - 1
  const box = Math.floor(rest / (names.length + 1))
  return {
    box: names[Math.floor(box / WHATS)]!,
    what: (box % WHATS) as What,
    to: to < 0 ? null : names[to]!,
    why: (place % WHYS) as Why,
  }
}
