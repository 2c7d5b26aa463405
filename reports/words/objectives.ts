import type { Judgement, Precision, Result } from '../../sim/experiments/result.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { digits, inUnitOf, percent, replicationsIn } from './numbers.js'

/** What `--precision` asked for, what was reached of it, and what cannot be. */
export function precision(result: Result, precision: Precision): string {
  const { replications, requests, unstable } = result
  const { target, reached, latency_mean, latency_p99, failing } = precision
  const share = (error: number | null) => error !== null && `±${digits(error * 100)}%`
  const [mean, p99, failed] = [share(latency_mean), share(latency_p99), share(failing)]
  const parts = [
    mean && `mean latency ${mean}`,
    p99 && `p99 latency ${p99}`,
    failed && `share that fails ${failed}`,
    reached === null && replications < 2 && 'one has no interval',
    unstable && 'latency never settles',
    mean && !p99 && 'p99 latency not told (a longer run would, not more replications)',
    requests.failed === 0 && 'no failure seen',
  ].filter((part) => part !== false && part !== undefined)
  const met = reached !== null && reached <= target ? 'reached' : 'not reached'
  return `Precision of ${digits(target * 100)}% ${met} after ${replicationsIn(replications)}: ${parts.join(', ')}.`
}

/** What was expected, whether it holds, and what was found, with the interval. */
export function judgement({ text, verdict, unit, value, reason }: Judgement): string {
  const found = measured(value, unit)
  return `${text}: ${verdict}${found && ` (${found})`}${reason ? `: ${reason}` : ''}`
}

/** `40.3 ms, 95% interval 40.1 ms to 40.5 ms` */
export function measured({ value, low, high }: Estimate, unit: Judgement['unit']): string {
  if (value === null) return low === null ? '' : `${shownIn(unit, low)(low)} or more`
  if (unit === 'share' && value === 1 && low !== null && low < 1) return `above ${percent(low)}, none failed`
  if (low === null || high === null || low === high) return shownIn(unit, value)(value)
  const show = shownIn(unit, Math.max(Math.abs(value), Math.abs(high)))
  const [from, to] = [show(low), show(high)]
  return from === to ? show(value) : `${show(value)}, 95% interval ${from} to ${to}`
}

/** How numbers of a unit are shown that stand together; times in milliseconds up to a second. */
function shownIn(unit: Judgement['unit'], largest: number): (x: number) => string {
  if (unit === 'share') return percent
  if (unit === '/s') return (x) => `${digits(x)}/s`
  if (unit !== 's') return digits
  const show = inUnitOf(largest * 1000)
  return (x) => show(x * 1000)
}
