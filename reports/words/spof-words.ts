import type { Spofs } from '../../sim/experiments/spof/spof-result.js'
import { listed } from '../../sim/options/spell.js'
import { digits, moment, percent, replicationsIn } from './numbers.js'
import { askers, classesWhole } from './spof-who.js'

/** Sets that are named. */
const MOST_SETS = 12
const MOST_FIXES = 3
/** A share of all that is lost, and minutes a year, below which nobody begins. */
const LITTLE = 0.01
const SHORT = 0.05

/** What the wiring alone says: the smallest sets of machines and boxes that must not be lost together. */
export function cutSetsIn(spofs: Spofs): string {
  const { cut_sets, cut_accounts } = spofs
  if (cut_sets.length === 0) return 'By the wiring no one part is needed for all, nor any two.'
  const isOfClasses = cut_accounts.every((accounts) => classesWhole(accounts, spofs) !== null)
  const named = cut_sets.slice(0, MOST_SETS).map((set, i) => {
    const whom = isOfClasses ? '' : ` (${askers(cut_accounts[i]!, spofs)})`
    return `${set.join(' + ')}${whom}`
  })
  const more = cut_sets.length > MOST_SETS ? ` and ${cut_sets.length - MOST_SETS} more` : ''
  return `By the wiring ${isOfClasses ? 'some class is not' : 'not all are'} answered without: ${named.join('; ')}${more}.`
}

/** How many of those that stand for one another this load needs. */
export function tiersIn({ tiers }: Spofs): string[] {
  if (tiers.length === 0) return []
  const said = tiers.map(({ parts, needs, of, place, used }) =>
    needs > of
      ? `more than ${listed(parts)} (${place}, full)`
      : `${needs} of ${of} of ${listed(parts)} (${place}: ${digits(used * 100)}% of one)`,
  )
  return [`This load needs, by what is used: ${said.join('; ')}.`]
}

/** What would remove most downtime, by how often parts fail. */
export function fixFirst({ importance }: Spofs): string[] {
  if (importance === null)
    return [
      'Not ranked by time: how often parts fail is not said in the file (mtbf:, mttr:), and nothing is assumed.',
    ]
  const worth = importance.parts.filter(
    ({ criticality, removed_min_per_year: minutes }) => criticality >= LITTLE && minutes >= SHORT,
  )
  if (worth.length === 0)
    return ['Fix this first: nothing; what fails alone costs no visitor an answer that is worth counting.']
  const first = worth
    .slice(0, MOST_FIXES)
    .map(
      ({ part, removed_min_per_year: minutes, criticality }) =>
        `${part} (${digits(minutes)} min a year, ${percent(Math.min(1, criticality))} of all)`,
    )
  const assumed = [
    ...new Set(worth.flatMap(({ assumed: from }) => (from === null ? [] : [from.replace(/^assumed: /, '')]))),
  ]
  return [
    `Fix this first: ${first.join(', then ')}. In all some ${digits(importance.downtime_min_per_year)} min a year are lost, as time in which nobody is answered.`,
    ...(assumed.length === 0 ? [] : [`Assumed: ${assumed.join('; ')}.`]),
  ]
}

/** Where so many have no good answer without any loss, it is worth a word. */
const SOUND = 0.995

/** What was tried, and what is told of it. */
export function howTried({ lost_s, warmup_s, replications, seed, gap_s, without }: Spofs): string {
  const { value } = without.good
  const unsound =
    value !== null && value < SOUND
      ? ` Without any loss ${percent(value)} have a good answer: severities are of what is lost beyond that.`
      : ''
  return `Each is lost after ${moment(warmup_s)} s and stays so for ${moment(lost_s)} s: what is answered and good in that time, for how long some are not answered (a gap of ${digits(gap_s)} s is borne), and what is lost, or late, beyond the same visitors without the loss; p99 of the answers in ms. ${replicationsIn(replications)}, seed ${seed}.${unsound}`
}
