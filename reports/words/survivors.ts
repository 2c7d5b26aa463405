import type { Requests } from '../../sim/experiments/result.js'
import { manyUnanswered } from '../../sim/experiments/summarize/unanswered.js'
import { percent } from './numbers.js'

type Account = { requests: Requests }

/** `83.1%`: the share that latencies speak of, where it is not all but a few; null where it is, or nobody is answered. */
export function answeredShare({ requests }: Account): string | null {
  return manyUnanswered(requests) ? percent(requests.ok / requests.offered) : null
}

/** ` of the 83.1% that were answered`; nothing where that is next to all. */
export function ofSurvivors(account: Account): string {
  const share = answeredShare(account)
  return share === null ? '' : ` of the ${share} that were answered`
}
