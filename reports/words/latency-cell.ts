import type { AccountResult, Result } from '../../sim/experiments/result.js'
import { QUANTILES } from '../../sim/experiments/summarize/account-result.js'
import { allGaveUp } from '../../sim/experiments/summarize/unanswered.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { digits, milliseconds, plusMinus } from './numbers.js'
import { answeredShare } from './survivors.js'

type Account = Pick<AccountResult, 'requests' | 'latency_ms'>
type Key = 'mean' | keyof typeof QUANTILES

/** What a cell says of a latency: a value of those who were answered, or that it lies among those who were not. */
export interface LatencyCell {
  readonly estimate: Estimate
  /** `beyond 10 s` or `no answer`, where as many were not answered as are slower than this percentile. */
  readonly beyond: string | null
  /** `83.1%`: the share that was answered, where that is not all but a few. */
  readonly of: string | null
}

/**
 * A latency as every table has it. Whoever was not answered waited longer than all who were: a percentile that lies
 * among those is beyond what visitors wait for, and never fast.
 */
export function latencyCell(
  account: Account,
  key: Key,
  { patience_s, unstable }: Pick<Result, 'patience_s' | 'unstable'>,
): LatencyCell {
  const { requests, latency_ms } = account
  const { offered, ok } = requests
  const lies = key !== 'mean' && offered > 0 && ok < QUANTILES[key] * offered
  return {
    estimate: latency_ms[key],
    beyond: lies && unstable === undefined ? beyondWords({ requests, patience_s }) : null,
    of: answeredShare(account),
  }
}

/** What is worse than any answer: longer than anybody waits, where all whom it concerns did wait so long. */
export const beyondWords = ({ requests, patience_s }: Pick<Result, 'requests' | 'patience_s'>): string =>
  patience_s === null || !allGaveUp(requests) ? NO_ANSWER : `beyond ${milliseconds(patience_s * 1000)}`
export const NO_ANSWER = 'no answer'

/** `12.3 ±0.4`, `12.3 of 83.1%`, `beyond 10 s`: in ms, which the head of the column says. */
export function latencyText(...given: Parameters<typeof latencyCell>): string {
  const { estimate, beyond, of } = latencyCell(...given)
  if (beyond !== null) return beyond
  return of === null || estimate.value === null ? plusMinus(estimate) : `${digits(estimate.value)} of ${of}`
}

/** What the marks in cells mean, where there are some; else nothing. */
export function marksExplained(results: readonly Result[]): string {
  const marked = results.find((result) => answeredShare(result) !== null)
  if (marked === undefined) return ''
  return ` “Of ${answeredShare(marked)}”: so many were answered, and it is theirs; “${beyondWords(marked)}”: it lies among those who were not.`
}
