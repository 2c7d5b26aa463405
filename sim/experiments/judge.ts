import type { Expectation } from '../scenario/scenario.js'
import { type Estimate, nothing } from '../stats/estimate.js'
import type { Judgement, Result } from './result.js'

/**
 * Whether a condition is met, judged with the interval: met or not met when all of it lies on one side of the
 * bound, undecided when the bound lies within.
 */
export function judge({ metric, relation, bound, text }: Expectation, result: Result): Judgement {
  const value = metricOf(metric, result)
  const { low, high } = value.low === null ? { low: value.value, high: value.value } : value
  if (low === null || high === null) return { text, value, verdict: 'undecided' }
  const holds = (x: number) =>
    relation === '>=' ? x >= bound : relation === '<=' ? x <= bound : relation === '>' ? x > bound : x < bound
  const verdict = holds(low) && holds(high) ? 'met' : !holds(low) && !holds(high) ? 'not met' : 'undecided'
  return { text, value, verdict }
}

/** In the base unit of the metric: seconds, requests per second, shares. */
function metricOf(metric: string, result: Result): Estimate {
  if (metric === 'availability') return result.availability
  if (metric === 'qps') return result.qps.ok
  if (metric === 'failed') {
    const { failed } = result.requests
    return { value: failed, low: failed, high: failed }
  }
  const latency = /^latency_(mean|p50|p90|p95|p99|p999)$/.exec(metric)
  if (latency) return seconds(result.latency_ms[latency[1] as 'mean'])
  return nothing
}

function seconds({ value, low, high }: Estimate): Estimate {
  const of = (ms: number | null) => (ms === null ? null : ms / 1000)
  return { value: of(value), low: of(low), high: of(high) }
}
