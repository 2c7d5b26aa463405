import { MINUTES_A_YEAR } from '../../reliability/history.js'
import type { Lost } from '../../reliability/system.js'
import type { Scenario } from '../../scenario/scenario.js'
import { type Estimate, nothing } from '../../stats/estimate.js'
import { holds, verdictBy } from '../judge.js'
import type { Judgement } from '../result.js'
import type { Decomposition } from './decomposition.js'
import type { NinesResult } from './nines-result.js'

/** What a month and a year are to keep: of `expect:`, what is said of years, else of all requests. */
export function objectiveOf({
  demands,
  expect,
}: Scenario): { text: string; bound: number; relation: string } | null {
  return (
    demands.find(({ metric }) => metric === 'availability_year') ??
    expect.find(({ metric, relation }) => metric === 'availability' && relation.startsWith('>')) ??
    null
  )
}

/** What is allowed, and what of it is left: minutes a year. */
export function budgetOf(bound: number, { value, low, high }: Estimate): NonNullable<NinesResult['budget']> {
  const allowed_min = (1 - bound) * MINUTES_A_YEAR
  const left = (x: number | null) => (x === null ? null : allowed_min - x)
  return { allowed_min, left_min: { value: left(value), low: left(high), high: left(low) } }
}

/** Share of the time in which all holds that is expected of a steady state, and nobody waits for others to take over. */
export function timeInObjective(known: Decomposition): Estimate {
  if (known.judgements([]) === null || known.judgements([])!.length === 0) return nothing
  let [value, low, high] = [0, 0, 0]
  for (const { lost, names, probability } of known.groups) {
    const verdict = objectiveIn(known, lost, names)
    value += verdict.likely ? probability : 0
    low += verdict.surely === 'met' ? probability : 0
    high += verdict.surely === 'not met' ? 0 : probability
  }
  const passing = known.failing.lives.reduce((sum, _, part) => {
    const away = known.isOut([part]) ? 0 : (known.awayAfter(part).value ?? 0)
    return sum + known.failureRate(part) * away
  }, 0)
  const { rest } = known.occupancy
  const within = (share: number) => Math.min(1, Math.max(0, share - passing))
  return { value: within(value + rest / 2), low: within(low), high: within(high + rest) }
}

export function objectiveIn(
  known: Decomposition,
  lost: Lost,
  names: readonly string[],
): { likely: boolean; surely: 'met' | 'not met' | 'undecided' } {
  const judged = known.judgements(names)
  if (judged === null) {
    const { share, by } = known.unanswered(lost)
    if (by === 'structure') return { likely: false, surely: 'not met' }
    return { likely: share.value === 0, surely: 'undecided' }
  }
  if (judged.some(({ verdict }) => verdict === 'not met')) return { likely: false, surely: 'not met' }
  if (judged.every(({ verdict }) => verdict === 'met')) return { likely: true, surely: 'met' }
  return {
    likely: judged.every(
      (one) => one.verdict === 'met' || (one.value.value !== null && holds(one, one.value.value)),
    ),
    surely: 'undecided',
  }
}

/** More of them make the interval narrower. */
export const MORE_REQUESTS = 'more requests (--effort) would settle it'

/** @param open why it is not known more precisely */
export function judgedBy(
  demand: Pick<Judgement, 'text' | 'relation' | 'bound'>,
  value: Estimate,
  open: string,
): Judgement {
  const { text, relation, bound } = demand
  const verdict = verdictBy(demand, value)
  const reason = verdict === 'undecided' && { reason: open }
  return { text, metric: 'availability_year', relation, unit: 'share', bound, value, verdict, ...reason }
}
