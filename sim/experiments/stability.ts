import type { Scenario } from '../scenario/scenario.js'
import { meanOf } from '../stats/estimate.js'
import type { ReplicationRecord } from './replicate.js'
import type { Result } from './result.js'

/** A backlog that grows over the second half of the run by this share of what stands there is no fluctuation. */
const GROWTH = 0.25
const CONFIDENCE = 0.999

/**
 * Whether a component never settles: over the second half of the measured span the number inside it grows, in
 * the mean over the replications beyond doubt and by a quarter of itself or more. Of several in a row the one lowest
 * down holds up the others. Faults and closed users are no steady state to begin with.
 */
export function backlogOf(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
): NonNullable<Result['unstable']> | null {
  if (scenario.faults.length > 0 || scenario.users.some((u) => u.profile !== null) || records.length < 2)
    return null
  for (const { name } of scenario.components) {
    const halves = records.map((r) => r.inside[name]!.slice((r.warmBins + r.inside[name]!.length) / 2))
    const bins = halves[0]!.length
    const perBin = meanOf(halves.map(slope), CONFIDENCE)
    const level = meanOf(halves.map(mean))
    if (perBin.low !== null && perBin.low > 0 && perBin.value! * bins > GROWTH * level.value!) {
      const growth_per_s = (perBin.value! * bins * 2) / scenario.lasts
      return { component: name, growth_per_s, reason: 'offered load at or above capacity: the backlog grows' }
    }
  }
  return null
}

/** Slope of the least-squares line through equally spaced values. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const level = mean(values)
  let up = 0
  let down = 0
  values.forEach((y, x) => {
    up += (x - middle) * (y - level)
    down += (x - middle) ** 2
  })
  return up / down
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
