import { unavailabilityOf } from '../../reliability/system.js'
import type { Scenario } from '../../scenario/scenario.js'
import { awayFor, failingAs, type Life, livesOf } from '../lives.js'
import type { Account, Structure } from '../structure.js'
import { answersTo } from './fates.js'
import { type Importance, importanceOf } from './importance.js'
import type { Calm } from './judge-loss.js'
import type { Lost, SpofPair, SpofPart } from './spof-result.js'

/**
 * How much each part that fails matters in the long run: how often it is away from its life, and what is lost meanwhile
 * from its loss with traffic on. Of more than one at once it is what the worst of them costs, those whom the wiring
 * says are answered no more, or what was found of these two. All are shares of what is answered without any loss: what is
 * lost anyway is nobody's doing.
 * @returns null where a life would have to be assumed, and nothing may be
 */
export function weighed(
  scenario: Scenario,
  structure: Structure,
  parts: readonly SpofPart[],
  pairs: readonly SpofPair[],
  calm: Calm,
  assume: boolean,
): Importance | null {
  const lives = livesOf(scenario)
  if (!assume && lives.some(({ assumed }) => assumed !== null)) return null
  const names = [...new Set(lives.map(({ part }) => part))]
  const shares = new Map(names.map((name) => [name, lostBy(name, lives, parts, calm.result.simulated_s)]))
  const failing = names.map((part) => ({
    part,
    unavailability: awayOf(lives.filter((life) => life.part === part)),
    assumed: lives.find((life) => life.part === part)!.assumed,
  }))
  const answers = new Map(structure.accounts.map((one) => [one, answersTo(scenario, one, calm.records)]))
  const settled = new Map(
    pairs.map(({ parts, ...lost }) => [[...parts].sort().join('\n'), settledLoss(lost)]),
  )
  const lost = (away: ReadonlySet<string>): number => {
    const single = Math.max(0, ...[...away].map((name) => shares.get(name)!))
    if (away.size < 2) return single
    const both = settled.get([...away].sort().join('\n'))
    return Math.max(single, both ?? unansweredShare(structure, away, answers))
  }
  return importanceOf(failing, lost, structure.cutSets(2))
}

/** Share of the time in which it is away, by several independent lives. */
const awayOf = (lives: readonly Life[]): number =>
  1 - lives.reduce((there, life) => there * (1 - unavailabilityOf(failingAs(life))), 1)

/** Of what is answered at the end without the loss; where nobody came then, of all that is answered. */
const settledLoss = ({ settled, answered }: Pick<Lost, 'settled' | 'answered'>): number =>
  1 - (settled.answered.value ?? answered.value ?? 1)

/**
 * The share of what is answered that is lost while a part is away, over a failure of mean length: what is lost for as long
 * as it lasts, and what is lost in the gap at its beginning.
 * @param span seconds for which it was lost
 */
function lostBy(name: string, lives: readonly Life[], parts: readonly SpofPart[], span: number): number {
  const part = parts.find((one) => one.part === name)
  const own = lives.filter((life) => life.part === name)
  const way = part?.ways.find(({ how }) => how !== 'certificate' && how !== 'silence') ?? part?.ways[0]
  if (way === undefined) return 0
  const length = own.reduce((sum, life) => sum + awayFor(life), 0) / own.length
  const always = settledLoss(way)
  const gap = Math.max(0, 1 - (way.answered.value ?? 1) - always) * span
  return Math.min(1, always + (length > 0 ? gap / length : 0))
}

/** Answers to those who by the wiring are answered no more, as a share of all. */
function unansweredShare(
  structure: Structure,
  away: ReadonlySet<string>,
  answers: ReadonlyMap<Account, number>,
): number {
  const sum = (accounts: readonly Account[]) => accounts.reduce((n, one) => n + answers.get(one)!, 0)
  const all = sum(structure.accounts)
  return all > 0 ? sum(structure.unserved(away)) / all : 0
}
