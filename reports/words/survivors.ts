import type { Requests } from '../../sim/experiments/result.js'
import { manyUnanswered } from '../../sim/experiments/summarize/unanswered.js'
import { percent } from './numbers.js'

type Account = { requests: Requests }

/** `83.1%`: the share that latencies speak of, where it is not all but a few; null where it is, or nobody is answered. */
export function answeredShare({ requests }: Account): string | null {
  return manyUnanswered(requests) ? percent(requests.ok / requests.offered) : null
}
