import { MINUTES_A_YEAR } from '../../reliability/history.js'

/**
 * How much each part matters to a whole, where parts fail independently of one another. Sources: Birnbaum, On the
 * importance of different components in a multicomponent system (1969); Barlow & Proschan, Statistical Theory of
 * Reliability, chapter 2; Rausand & Høyland, System Reliability Theory, chapter 5 (criticality, Fussell-Vesely).
 */

/** What one part means for the whole. */
interface PartImportance {
  part: string
  /** Share of the time in which it is away. */
  unavailability: number
  /** What the whole loses more while the part is away than while it is there: a share of what is answered without any loss. */
  birnbaum: number
  /** The share of all that is lost which is lost by it: birnbaum times its unavailability over what is lost in all. */
  criticality: number
  /** The chance, while a minimal cut set is away, that one with this part in it is; null where there are none. */
  fussell_vesely: number | null
  /** Minutes a year of downtime less, if it never failed: a share of the answers, as time in which all are lost. */
  removed_min_per_year: number
  /** Where its failures are assumed: from where. */
  assumed: string | null
}

export interface Importance {
  /** Of what is answered without any loss, in the long run. */
  lost: number
  downtime_min_per_year: number
  /** What is not counted lies below this share: states in which more parts are away at once than were looked at. */
  neglected: number
  /** What matters most first. */
  parts: PartImportance[]
}

/** States of which each is looked at, at most; where there are more, those in which most parts are away are left out. */
const MOST_STATES = 2500

interface Away {
  readonly part: string
  readonly unavailability: number
  readonly assumed: string | null
}

/**
 * @param parts each with the share of the time in which it is away, from 0 to 1
 * @param lost the share of the answers that is lost while these parts are away, from 0 to 1; more while more are away
 * @param cuts minimal cut sets
 */
export function importanceOf(
  parts: readonly Away[],
  lost: (away: ReadonlySet<string>) => number,
  cuts: readonly (readonly string[])[],
): Importance {
  const most = mostAway(parts.length)
  let [all, looked, cut] = [0, 0, 0]
  const with_ = parts.map(() => ({ lost: 0, chance: 0, cut: 0 }))
  eachState(parts, most, (away, chance, places) => {
    const share = lost(away)
    const down = cuts.filter((own) => own.every((part) => away.has(part)))
    all += chance * share
    looked += chance
    if (down.length > 0) cut += chance
    for (const place of places) {
      with_[place]!.lost += chance * share
      with_[place]!.chance += chance
    }
    const within = new Set(down.flat())
    for (const [place, { part }] of parts.entries()) if (within.has(part)) with_[place]!.cut += chance
  })
  const each = parts.map(({ part, unavailability: q, assumed }, i): PartImportance => {
    const own = with_[i]!
    // What is lost if it is away for certain, and if it is always there.
    const birnbaum = q === 0 || q === 1 ? 0 : own.lost / q - (all - own.lost) / (1 - q)
    return {
      part,
      unavailability: q,
      birnbaum,
      criticality: all > 0 ? (birnbaum * q) / all : 0,
      fussell_vesely: cuts.length === 0 || cut === 0 ? null : own.cut / cut,
      removed_min_per_year: birnbaum * q * MINUTES_A_YEAR,
      assumed,
    }
  })
  return {
    lost: all,
    downtime_min_per_year: all * MINUTES_A_YEAR,
    neglected: Math.max(0, 1 - looked),
    parts: each.sort((a, b) => b.removed_min_per_year - a.removed_min_per_year),
  }
}

/** How many parts are away at once, at most, in the states that are looked at. */
function mostAway(parts: number): number {
  let [most, states, these] = [0, 1, 1]
  while (most < parts) {
    these = (these * (parts - most)) / (most + 1)
    if (states + these > MOST_STATES) break
    states += these
    most++
  }
  return most
}

/** All states in which at most so many are away, each with its chance and the places of those that are away. */
function eachState(
  parts: readonly Away[],
  most: number,
  visit: (away: ReadonlySet<string>, chance: number, places: readonly number[]) => void,
): void {
  const away = new Set<string>()
  const places: number[] = []
  const from = (place: number, chance: number): void => {
    if (chance === 0) return
    if (place === parts.length) {
      visit(away, chance, places)
      return
    }
    const { part, unavailability } = parts[place]!
    from(place + 1, chance * (1 - unavailability))
    if (places.length === most) return
    away.add(part)
    places.push(place)
    from(place + 1, chance * unavailability)
    places.pop()
    away.delete(part)
  }
  from(0, 1)
}
