import { isRecorded, isTerminating, type Scenario, warmupOf } from '../scenario/scenario.js'
import { type Estimate, weightedMeanOf } from '../stats/estimate.js'
import { mser5 } from '../stats/mser.js'
import { weightsOf } from './groups.js'
import type { ReplicationRecord } from './replicate.js'
import type { Need, Runs } from './runs.js'
import { instabilityOf } from './stability.js'

/** Three standard errors, as the confidence of a normal interval. */
const SURE = 0.9973
/** What moves a mean by less than this share of it is not worth a longer run. */
const SMALL = 0.02
/** Doublings of a run that does not settle. */
const DOUBLINGS = 3

/**
 * The same again with a longer warm-up, until it is long enough (`warmupJudged`). A run that has not settled is doubled, by
 * its warm-up: what is measured stays what was asked for. Overload needs no longer run to be told. The replications
 * without a fault follow when the warm-up is known.
 */
export function* warmedUp(runs: Runs): Need {
  const { jobs } = runs
  const { lasts } = runs.scenario
  // Whatever the warm-up becomes, the scenario asked for another: `auto`.
  const asked = runs.scenario
  const some = (faulty: boolean, warmup: number) =>
    jobs.filter(({ without }) => (without !== null) === faulty).map((job) => ({ ...job, warmup }))
  let judged = warmupJudged(asked, runs.inARow(), runs.warmup)
  for (let doubled = 0; judged?.drifting && doubled < DOUBLINGS; doubled++) {
    if (instabilityOf(asked, runs.inARow()) !== null) break
    yield some(false, 2 * runs.warmup + lasts)
    judged = warmupJudged(asked, runs.inARow(), runs.warmup)
  }
  if (judged === null) return
  if (judged.drifting !== null) runs.drifting = judged.drifting
  else if (judged.needed > runs.warmup) yield some(false, judged.needed)
  if (runs.jobs !== jobs) yield some(true, runs.warmup)
}

/** Seconds that a warm-up can become: doubled so often, and then as long as the whole run. */
export const longestWarmup = (scenario: Scenario): number =>
  (1 << DOUBLINGS) * (warmupOf(scenario) + scenario.lasts)

/** What replications say of the warm-up that they had. */
interface WarmupJudgement {
  /** Seconds that the warm-up should have had at least. */
  needed: number
  /** The component that had not settled, if there is one: only a longer run can tell. */
  drifting: string | null
}

/**
 * Judges the warm-up of a scenario with `warmup: auto` by replications that had one of `warmup` seconds.
 *
 * Needed is the latest cut of MSER-5 over all components, each on the mean over the replications of the number
 * inside. (Cuts of single replications would prefer those that start with a peak, and bias the mean: -6.5 % for M/M/1
 * at 0.9.) Not settled is a component whose cut is the latest that MSER-5 allows, half of the run, or whose number
 * inside differs between the second and the last quarter of the run by more than 3 standard errors (all components
 * together); and by 2 % or more, between the quarters or between what the warm-up and what the cut leave.
 *
 * Null where there is no steady state to warm up to: a warm-up that was asked for, a terminating run, a profile.
 */
export function warmupJudged(
  scenario: Scenario,
  records: readonly ReplicationRecord[],
  warmup: number,
): WarmupJudgement | null {
  const { users, lasts } = scenario
  if (
    scenario.warmup !== 'auto' ||
    isTerminating(scenario) ||
    users.some((u) => u.profile !== null || isRecorded(u))
  )
    return null
  const run = warmup + lasts
  const weights = weightsOf(records)
  const all = sum(weights)
  const names = Object.keys(records[0]!.inside)
  let needed = warmupOf(scenario)
  let drifting: string | null = null
  for (const name of names) {
    const series = records.map((r) => r.inside[name]!)
    const average = series[0]!.map((_, bin) => sum(series.map((one, i) => one[bin]! * weights[i]!)) / all)
    const cut = mser5(average)
    needed = Math.max(needed, (cut / average.length) * run)
    const least = SMALL * mean(average)
    const late = cut >= Math.floor(average.length / 10) * 5
    const warm = Math.round((average.length * warmup) / run)
    const moved = Math.abs(mean(average.slice(cut)) - mean(average.slice(warm)))
    if ((late && moved >= least) || drifts(driftOf(series, weights, names.length), least)) drifting ??= name
  }
  return { needed, drifting }
}

/** The last quarter of the run less the second one; its interval holds for `several` at once (Bonferroni). */
function driftOf(
  series: readonly (readonly number[])[],
  weights: readonly number[],
  several: number,
): Estimate {
  return weightedMeanOf(
    series.map((bins) => {
      const quarter = Math.floor(bins.length / 4)
      return mean(bins.slice(3 * quarter)) - mean(bins.slice(quarter, 2 * quarter))
    }),
    weights,
    1 - (1 - SURE) / several,
  )
}

function drifts({ value, low, high }: Estimate, least: number): boolean {
  return low !== null && (low > 0 || high! < 0) && Math.abs(value!) >= least
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
