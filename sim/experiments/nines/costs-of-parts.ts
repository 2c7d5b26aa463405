import { MINUTES_A_YEAR, YEAR } from '../../reliability/history.js'
import type { Occupancy } from '../../reliability/system.js'
import { type Estimate, nothing, scaled } from '../../stats/estimate.js'
import { awayFor } from '../lives.js'
import type { Decomposition } from './decomposition.js'
import type { FailingSystem } from './failing-system.js'
import { objectiveIn } from './kept-objectives.js'
import type { PartOfDowntime, SituationResult } from './nines-result.js'
import { lessThanOne } from './shares.js'
import { alike } from './situations.js'
import type { Weighed } from './weighing.js'

/** The parts that fail, in the order of what that costs. */
export function partsOf(
  failing: FailingSystem,
  occupancy: Occupancy,
  known: Decomposition | null,
  weighed: Weighed | null,
): PartOfDowntime[] {
  const costs = weighed?.parts ?? structuralCosts(failing, occupancy)
  const all = costs.reduce((sum, { value }) => sum + Math.max(0, value!), 0) + (weighed?.inOrder.value ?? 0)
  const parts = failing.lives.map((life, i): PartOfDowntime => {
    const { part, what, mtbf, assumed } = life
    return {
      part,
      what,
      mtbf_s: mtbf.mean,
      mttr_s: awayFor(life),
      assumed,
      failures_per_year: failing.rateIn(occupancy, i) * YEAR,
      downtime_min_per_year: scaled(costs[i]!, MINUTES_A_YEAR),
      share: all > 0 ? Math.max(0, costs[i]!.value!) / all : null,
      lost_per_failure: known?.failureOf(i) ? known.lostAtFailure(i) : nothing,
      outage_s: known === null || known.isOut([i]) ? nothing : known.awayAfter(i),
    }
  })
  return parts.sort((a, b) => b.downtime_min_per_year.value! - a.downtime_min_per_year.value!)
}

/** What the wiring alone lays to the charge of each part. */
function structuralCosts(failing: FailingSystem, { situations }: Occupancy): Estimate[] {
  const costs = failing.lives.map(() => 0)
  for (const { lost, probability } of situations) {
    const unanswered = 1 - failing.share(lost)
    for (const [part, blame] of failing.blameOf(lost))
      costs[part] = costs[part]! + probability * unanswered * blame
  }
  return costs.map((value) => ({ value, low: value, high: value }))
}

/** Situations that are listed. */
const LISTED = 100

export function situationsOf(
  failing: FailingSystem,
  occupancy: Occupancy,
  known: Decomposition | null,
): SituationResult[] {
  return alike(occupancy, failing)
    .slice(0, LISTED)
    .map(({ names, lost, probability }) => {
      if (known === null) {
        const share = failing.share(lost)
        const answered = { value: share, low: share, high: share }
        return { lost: [...names], probability, answered, p99_ms: nothing, by: 'structure', objective: null }
      }
      const { share, by } = known.unanswered(lost)
      const hasObjective = (known.judgements([])?.length ?? 0) > 0
      return {
        lost: [...names],
        probability,
        answered: lessThanOne(share),
        p99_ms: known.trialOf(names)?.result?.latency_ms.p99 ?? nothing,
        by,
        objective: hasObjective ? objectiveIn(known, lost, names).surely : null,
      }
    })
}
