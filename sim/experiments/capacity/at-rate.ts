import { neededFor } from '../../scenario/length.js'
import { type Expectation, type Scenario, warmupOf } from '../../scenario/scenario.js'
import { variantOf } from '../../scenario/variant.js'
import { besideOf, comesAndGoes, offeredOf } from './offered.js'

/** Visitors of one replication, and seconds, at least; but not many times as many requests of those whose rate is not scaled. */
const VISITORS = 20_000
const BESIDE = 10 * VISITORS
const SHORTEST = 30
/** Requests more than the percentiles of the objectives need: chance, and those that fail. */
const SPARE = 1.2
/** Of the measured span. */
const WARMUP = 0.25
/** Seconds more, for who has to find out what is dead, and to promote another. */
const SETTLING = 30

/**
 * A scenario as it is run at a rate of its open users, requests a second: for as long as that takes.
 * @param objectives what the rate is held against
 * @param lost hosts or components that are dead from the start
 */
export function atRate(
  scenario: Scenario,
  objectives: readonly Expectation[],
  qps: number,
  lost: readonly string[] = [],
): Scenario {
  const load = qps / offeredOf(scenario)
  const plain = variantOf(scenario, { load, set: ['faults=null'] })
  const { lasts, warmup } = timing(plain, objectives)
  const seconds = (time: number) => `${+time.toPrecision(6)}s`
  return variantOf(scenario, {
    load,
    lasts: seconds(lasts),
    warmup: seconds(lost.length > 0 ? warmup + SETTLING : warmup),
    set: ['faults=null'],
    ...(lost.length > 0 && { lost }),
  })
}

/** Seconds. What the command line says is so; a load that comes and goes is as long as the scenario is. */
function timing(scenario: Scenario, objectives: readonly Expectation[]): { lasts: number; warmup: number } {
  const { overrides } = scenario.source
  const fixed = overrides.lasts !== undefined || comesAndGoes(scenario)
  const needed = objectives.map((one) => SPARE * (neededFor(one, scenario) ?? 0))
  const long = Math.min(VISITORS / offeredOf(scenario), BESIDE / besideOf(scenario))
  const lasts = fixed ? scenario.lasts : Math.max(SHORTEST, long, ...needed)
  const warmup =
    overrides.warmup !== undefined || (fixed && scenario.warmup !== 'auto')
      ? warmupOf(scenario)
      : WARMUP * lasts
  return { lasts, warmup }
}
