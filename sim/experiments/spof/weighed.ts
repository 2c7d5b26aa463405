import { unavailabilityOf } from '../../reliability/system.js'
import type { Scenario } from '../../scenario/scenario.js'
import { awayFor, failingAs, type Life, livesOf } from '../lives.js'
import type { Result } from '../result.js'
import type { Structure } from '../structure.js'
import { type Importance, importanceOf } from './importance.js'
import type { Lost, SpofPair, SpofPart } from './spof-result.js'

/**
 * How much each part that fails matters in the long run: how often it is away from its life, and what is lost meanwhile
 * from its loss with traffic on. Of more than one at once it is what the worst of them costs, the classes that the wiring
 * says are answered no more, or what was found of these two.
 * @returns null where a life would have to be assumed, and nothing may be
 */
export function weighed(
  scenario: Scenario,
  structure: Structure,
  parts: readonly SpofPart[],
  pairs: readonly SpofPair[],
  calm: Result,
  assume: boolean,
): Importance | null {
  const lives = livesOf(scenario)
  if (!assume && lives.some(({ assumed }) => assumed !== null)) return null
  const names = [...new Set(lives.map(({ part }) => part))]
  const shares = new Map(names.map((name) => [name, lostBy(name, lives, parts, calm)]))
  const failing = names.map((part) => ({
    part,
    unavailability: awayOf(lives.filter((life) => life.part === part)),
    assumed: lives.find((life) => life.part === part)!.assumed,
  }))
  const settled = new Map(
    pairs.map(({ parts, ...lost }) => [[...parts].sort().join('\n'), settledLoss(lost)]),
  )
  const lost = (away: ReadonlySet<string>): number => {
    const single = Math.max(0, ...[...away].map((name) => shares.get(name)!))
    if (away.size < 2) return single
    const both = settled.get([...away].sort().join('\n'))
    return Math.max(single, both ?? unansweredShare(structure, away, calm))
  }
  return importanceOf(failing, lost, structure.cutSets(2))
}

/** Share of the time in which it is away, by several independent lives. */
const awayOf = (lives: readonly Life[]): number =>
  1 - lives.reduce((there, life) => there * (1 - unavailabilityOf(failingAs(life))), 1)

const settledLoss = ({ settled }: Pick<Lost, 'settled'>): number => 1 - (settled.answered.value ?? 1)

/**
 * The share of what is asked that is lost while a part is away, over a failure of mean length: what is lost for as long as
 * it lasts, and what is lost in the gap at its beginning.
 */
function lostBy(name: string, lives: readonly Life[], parts: readonly SpofPart[], calm: Result): number {
  const part = parts.find((one) => one.part === name)
  const own = lives.filter((life) => life.part === name)
  const way = part?.ways.find(({ how }) => how !== 'certificate' && how !== 'silence') ?? part?.ways[0]
  if (way === undefined) return 0
  const length = own.reduce((sum, life) => sum + awayFor(life), 0) / own.length
  const always = settledLoss(way)
  const { simulated_s: span } = calm
  const all = Math.max(0, (calm.availability.value ?? 0) - (way.availability.value ?? 0)) * span
  const gap = Math.max(0, all - always * span)
  return Math.min(1, always + (length > 0 ? gap / length : 0))
}

/** Requests of the classes that the wiring says are answered no more, as a share of all. */
function unansweredShare(structure: Structure, away: ReadonlySet<string>, { classes }: Result): number {
  const left = new Set(structure.answered(away))
  const all = Object.values(classes).reduce((sum, { requests }) => sum + requests.offered, 0)
  const gone = structure.asked
    .filter((name) => !left.has(name))
    .reduce((sum, name) => sum + classes[name]!.requests.offered, 0)
  return all > 0 ? gone / all : 0
}
