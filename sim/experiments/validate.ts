import { type Estimate, studentT } from '../stats/estimate.js'
import type { Pool } from './jobs.js'
import type { Result } from './result.js'
import { type Need, Runs, replicationsOf, supply } from './runs.js'
import type { Case, Exact } from './suite.js'
import { warmedUp } from './warmup.js'

/** What was simulated of a metric that is known exactly. */
export interface Verdict extends Exact {
  /** In the unit of the exact value. */
  estimate: Estimate
  /** That of the estimate's interval. */
  standardError: number | null
  /** Simulated minus exact, in standard errors. */
  z: number | null
  /** The |z| that is exceeded once in twenty: 1.96, and more of a few replications. */
  beyond: number
  /** Whether it comes from a few replications. */
  few: boolean
  passes: boolean
}

export interface Validated {
  case: Case
  verdicts: readonly Verdict[]
}

/** A metric passes within so many standard errors of the exact value, or within this share of it. */
export const ERRORS = 3.5
export const SHARE = 0.002
/** How often |z| should be beyond this: once in twenty. */
export const BEYOND = 1.96
const EXPECTED = 0.05

/** Replications from which on the errors of estimates are about normal, which the bound of 3.5 is for. */
const ENOUGH = 20
/** The share of normal errors within 3.5 standard errors. */
const WITHIN = 0.999534741841929

/**
 * Standard errors within which a metric passes. Of a few replications errors go by Student's t, which is far wider
 * (with 5 replications 3.5 standard errors are exceeded once in 40 times): there it is as many as leave out no more than 3.5
 * do else. Otherwise what is simulated right would be called wrong.
 */
function errorsWithin(replications: number): number {
  return replications >= ENOUGH ? ERRORS : Math.max(ERRORS, studentT(replications - 1, WITHIN))
}

/** Runs the cases, one after the other; where the pool is told to stop, those that are finished. */
export async function validate(cases: readonly Case[], pool: Pool): Promise<Validated[]> {
  const validated: Validated[] = []
  for (const one of cases) {
    const runs = new Runs(one.scenario)
    await supply(needed(runs), runs, pool)
    if (runs.cut) break
    validated.push({ case: one, verdicts: judgeCase(one, runs) })
  }
  return validated
}

/** What a fault costs is not asked. */
export function* needed(runs: Runs): Need {
  yield replicationsOf(runs.scenario)
  yield* warmedUp(runs)
}

/** Compares a result with what is exact. */
function judgeCase({ exact }: Case, runs: Runs): Verdict[] {
  const { result } = runs
  // Intervals are those of the records.
  const { length } = runs.inARow()
  return exact.map((one) => judgeMetric(one, estimateAt(result, one.metric), length))
}

/**
 * Compares an estimate with the exact value. The standard error is that of the interval, on the side where the exact
 * value lies: so |z| exceeds Student's t if and only if the interval does not cover the exact value. A side that was
 * cut off at 0 or 1, as that of a share may be, says nothing; then it is the other.
 */
export function judgeMetric(exact: Exact, estimate: Estimate, replications: number): Verdict {
  const { value, low, high } = estimate
  const few = replications < ENOUGH
  const beyond = few ? studentT(Math.max(1, replications - 1)) : BEYOND
  if (value === null || low === null || high === null)
    return { ...exact, estimate, standardError: null, z: null, beyond, few, passes: false }
  const above = exact.value > value
  const cut = above ? high === 1 : low === 0
  const half = above !== cut ? high - value : value - low
  const standardError = half / studentT(replications - 1)
  const error = value - exact.value
  return {
    ...exact,
    estimate,
    standardError,
    z: error === 0 ? 0 : error / standardError,
    beyond,
    few,
    passes:
      Math.abs(error) <= Math.max(errorsWithin(replications) * standardError, SHARE * Math.abs(exact.value)),
  }
}

/** The estimate that `metric` names: the way to it in the result, perhaps after `1 - `. */
export function estimateAt(result: Result, metric: string): Estimate {
  const [, complement, way] = /^(1 - )?(.+)$/.exec(metric)!
  let at: unknown = result
  for (const key of way!.split('.')) at = (at as Record<string, unknown> | undefined)?.[key]
  const found = at as Estimate | undefined
  if (found?.value === undefined || found.low === undefined) throw new Error(`no estimate is at ${metric}`)
  if (complement === undefined || found.value === null) return found
  const of = (x: number | null) => (x === null ? null : 1 - x)
  return { value: of(found.value), low: of(found.high), high: of(found.low) }
}

/** How the errors of a whole suite are spread. */
export interface Spread {
  metrics: number
  failed: number
  /** Metrics with |z| beyond 1.96, as a share, and the band where it belongs: 5 % and three standard deviations. */
  beyond: number
  /** Share of the 95 % intervals that hold the exact value. */
  covered: number
  least: number
  most: number
  /** Whether there are enough replications for that share to be judged: of a few, the metrics of a case err together. */
  judged: boolean
  passes: boolean
}

export function spreadOf(validated: readonly Validated[]): Spread {
  const verdicts = validated.flatMap((v) => v.verdicts)
  const metrics = verdicts.length
  const failed = verdicts.filter((v) => !v.passes).length
  const beyond = verdicts.filter((v) => v.z !== null && Math.abs(v.z) > v.beyond).length / metrics
  const deviation = Math.sqrt((EXPECTED * (1 - EXPECTED)) / metrics)
  const least = Math.max(0, EXPECTED - 3 * deviation)
  const most = EXPECTED + 3 * deviation
  const covered =
    verdicts.filter(({ value, estimate: { low, high } }) => low !== null && low <= value && value <= high!)
      .length / metrics
  const judged = verdicts.every((verdict) => !verdict.few)
  return {
    metrics,
    failed,
    judged,
    beyond,
    covered,
    least,
    most,
    passes: failed === 0 && (!judged || (beyond >= least && beyond <= most)),
  }
}
