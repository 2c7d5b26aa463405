import { isMarkov, timeToFailure } from '../../reliability/crews.js'
import { type Costs, type History, historyOf, quantileIn, YEAR } from '../../reliability/history.js'
import { type Occupancy, withAlso } from '../../reliability/system.js'
import { type Estimate, scaled } from '../../stats/estimate.js'
import type { Decomposition } from './decomposition.js'
import type { FailingSystem } from './failing-system.js'
import type { NinesResult } from './nines-result.js'

/** As if whoever is left stood in for others at once. */
export const structuralCostsOf = (failing: FailingSystem): Costs => ({
  worth: (lost) => failing.share(lost),
  isOut: (lost) => failing.isOut(lost),
  toll: () => 0,
  gap: () => 0,
})

/** For want of parts: how often and how long. */
export function outagesOf(failing: FailingSystem, occupancy: Occupancy): NinesResult['outages'] {
  const { system, scenario } = failing
  const first = isMarkov(system) ? timeToFailure(system, (lost) => !failing.isOut(lost)) : null
  const first_after_s = first !== null && Number.isFinite(first) ? first : null
  if (occupancy.how === 'simulated') {
    const { outages, years } = historyOf(system, structuralCostsOf(failing), `${scenario.seed}/nines`, 0)
    const all = outages.reduce((sum, seconds) => sum + seconds, 0)
    return {
      per_year: outages.length / years,
      mean_s: outages.length === 0 ? null : all / outages.length,
      first_after_s,
    }
  }
  let [often, away] = [0, 0]
  for (const { lost, probability } of occupancy.situations) {
    if (failing.isOut(lost)) away += probability
    else
      for (const part of failing.lives.keys())
        if (!lost.includes(part) && failing.isOut(withAlso(lost, part)))
          often += probability * failing.rate(part)
  }
  return { per_year: often * YEAR, mean_s: often === 0 ? null : away / often, first_after_s }
}

export function rtoOf({ outages, gaps, years }: History): NinesResult['rto'] {
  const all = Float64Array.from([...outages, ...gaps]).sort()
  const sum = all.reduce((total, seconds) => total + seconds, 0)
  return {
    outages_per_year: all.length / years,
    mean_s: all.length === 0 ? null : sum / all.length,
    p50_s: quantileIn(all, 0.5),
    p90_s: quantileIn(all, 0.9),
    p99_s: quantileIn(all, 0.99),
    longest_s: all.at(-1) ?? null,
  }
}

export function rpoOf(known: Decomposition): NinesResult['rpo'] {
  let lost: Estimate = { value: 0, low: 0, high: 0 }
  let worst: Estimate = { value: 0, low: 0, high: 0 }
  for (const part of known.failing.lives.keys()) {
    const fault = known.failureOf(part)?.result?.faults[0]
    if (fault === undefined || fault.lost_writes.value === null) continue
    const own = scaled(fault.lost_writes, known.failureRate(part) * YEAR)
    lost = {
      value: lost.value! + own.value!,
      low: lost.low! + (own.low ?? 0),
      high: lost.high! + (own.high ?? own.value!),
    }
    if ((fault.rpo_s.value ?? 0) > worst.value!) worst = fault.rpo_s
  }
  return { lost_writes_per_year: lost, worst_s: worst }
}
