import type { Report, Requests, Result } from '../sim/experiments/result.js'
import { type Estimate, nothing } from '../sim/stats/estimate.js'
import { estimate, type Row, table } from './csv.js'
import { rows } from './text.js'
import { digits, percent, percentAmiss, plusMinus, whole } from './words/numbers.js'

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

/** Empty where all were answered: then there is nothing to tell apart. @param head above the outcomes */
export function outcomesText(result: Result, head: string, width: number): string {
  const all = endings(result)
  if (all.every(({ outcome }) => outcome === 'ok')) return ''
  return rows(
    [head, 'requests', 'share', 'mean ms', 'p50 ms', 'max ms'],
    all.map(({ outcome, requests, part, spent: { mean, p50, max } }) => [
      outcome,
      whole(requests),
      partOf({ outcome, part }),
      plusMinus(mean),
      plusMinus(p50),
      max === null ? '–' : digits(max),
    ]),
    [],
    width,
  )
}

/** One row for each way in which requests of each scenario ended. */
export function outcomesCsv({ results }: Report): string {
  const all = results.flatMap((result) =>
    endings(result).map(
      ({ outcome, requests, part, spent: { mean, p50, max } }): Row => ({
        scenario: result.scenario,
        outcome,
        requests,
        share: part,
        ...estimate('latency_mean_ms', mean),
        ...estimate('latency_p50_ms', p50),
        latency_max_ms: max,
      }),
    ),
  )
  return table(all, all.length > 0 ? undefined : ['scenario', 'outcome'])
}
