import type { Scenario } from '../scenario/scenario.js'
import { type Estimate, nothing, shareOf } from '../stats/estimate.js'

/** Of events that come like a Poisson process and of which none was seen, so many are the 95 % bound: -ln 0.05. */
const UNSEEN = 2.995732273553991
/** Failing requests in a row, at most, where the busiest place is all but full. */
const LONGEST = 100

/**
 * The share of the requests that is answered ok, of all that were offered; by the failing share, which is skewed
 * (`shareOf`). With no failure seen it is not 100 %: the value is 1, and `low` a bound at 95 % confidence.
 *
 * The bound: failures come in clumps, the clumps like a Poisson process, and none was seen, so that at most
 * -ln 0.05 = 2.996 of them were due. How long is a clump?
 * - Where queues overflow, or waits outlast a timeout, the place that does so is left by 1 - u of the steps, where u
 *   is its utilization: 1 / (1 - u) requests fail in a row (Aldous 1989, the clumping heuristic; exact for M/M/1/K).
 *   So it is 2.996 / (1 - u) of the requests; u of the busiest place.
 * - Random faults make outages. One that was not seen lasts for the mean time to repair, so it is 2.996 mttr / T of
 *   the T seconds simulated, of the longest mttr; or mttr / (mtbf + mttr) of each fault, if every fault cost every
 *   request, where that is less.
 *
 * @param oks requests answered ok, by replication, or by groups of them
 * @param offered requests that were to be answered, likewise
 * @param utilization of the busiest place
 * @param replications how many there are
 */
export function availabilityOf(
  scenario: Scenario,
  oks: readonly number[],
  offered: readonly number[],
  utilization: number,
  replications = offered.length,
): Estimate {
  const failing = shareOf(
    offered.map((n, i) => n - oks[i]!),
    offered,
  )
  if (failing.value === null) return nothing
  const all = sum(offered)
  if (failing.value === 0) {
    const clump = 1 / Math.max(1 - utilization, 1 / LONGEST)
    const unseen = (UNSEEN * clump) / all + outages(scenario, replications * scenario.lasts)
    return { value: 1, low: Math.max(0, 1 - unseen), high: 1 }
  }
  const of = (share: number | null) => (share === null ? null : 1 - share)
  return { value: sum(oks) / all, low: of(failing.high), high: of(failing.low) }
}

/** The share of the time that outages may have taken of which none was seen in `time` seconds. */
export function outages({ faults }: Scenario, time: number): number {
  let longest = 0
  let down = 0
  for (const { random, targets } of faults) {
    if (random === null) continue
    const { mtbf, mttr } = random
    longest = Math.max(longest, mttr.mean)
    down += targets.length * (mttr.mean < Number.POSITIVE_INFINITY ? mttr.mean / (mtbf.mean + mttr.mean) : 1)
  }
  return Math.min((UNSEEN * longest) / time, down)
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
