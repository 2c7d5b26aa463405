import type { Requests, Result } from '../../sim/experiments/result.js'
import { type Estimate, nothing } from '../../sim/stats/estimate.js'
import { percent, percentAmiss } from './numbers.js'

/** Requests that ended alike, and how long that took them. */
interface Ending {
  readonly outcome: string
  /** Sum over the replications. */
  readonly requests: number
  /** Of all that were offered. */
  readonly part: number
  /** Milliseconds. */
  readonly spent: Spent
}
/** In the order in which it is shown; null where nothing can be told. */
type Spent = Readonly<{ mean: Estimate; p50: Estimate; max: number | null }>

/** What stands for the outcome of those that had not ended when the run did. */
export const IN_FLIGHT = 'in flight'
const UNENDED: Spent = { mean: nothing, p50: nothing, max: null }

/** How the requests ended, the answered first, then what was most: what text, page and CSV show. */
export function endings({ requests, latency_by_outcome_ms }: Result): Ending[] {
  const ended = Object.entries(requests.by_outcome)
    .sort((a, b) => Number(b[0] === 'ok') - Number(a[0] === 'ok') || b[1] - a[1])
    .map(([outcome, n]) => ending(outcome, n, requests, latency_by_outcome_ms[outcome]!))
  return requests.in_flight > 0 ? [...ended, ending(IN_FLIGHT, requests.in_flight, requests, UNENDED)] : ended
}

const ending = (outcome: string, n: number, { offered }: Requests, spent: Spent): Ending => ({
  outcome,
  requests: n,
  part: n / offered,
  spent,
})

/** What is answered is never rounded up, and what is not never down. */
export const partOf = ({ outcome, part }: Pick<Ending, 'outcome' | 'part'>): string =>
  outcome === 'ok' ? percent(part) : percentAmiss(part)
