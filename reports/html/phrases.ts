import type { Result } from '../../sim/experiments/result.js'
import { whoOf } from '../words/limits.js'
import { digits, milliseconds, percent, percentAmiss, whole } from '../words/numbers.js'

/** One sentence: how much it answers, how fast, and how much of it goes wrong. */
export function speedOf(result: Result): string {
  const { qps, latency_ms, requests, unstable, overloaded } = result
  const [asked, answered] = [qps.offered.value ?? 0, qps.ok.value ?? 0]
  if (requests.offered === 0) return 'Nobody asked anything.'
  const much =
    answered > 0.995 * asked
      ? `Answers all of ${digits(asked)} requests per second`
      : `Answers ${digits(answered)} of ${digits(asked)} requests per second`
  const parts = [requests.ok === 0 ? `Answers none of ${digits(asked)} requests per second` : much]
  const [half, most] = [latency_ms.p50.value, latency_ms.p99.value]
  if (half !== null && most !== null)
    parts.push(`half of the answers within ${milliseconds(half)} and 99 in 100 within ${milliseconds(most)}`)
  else if (latency_ms.mean.value !== null) parts.push(`in ${milliseconds(latency_ms.mean.value)} on average`)
  if (unstable)
    parts.push(
      `and falls further behind all the time, at ${overloaded && overloaded.type !== 'component' ? whoOf(overloaded) : unstable.component}`,
    )
  return `${parts.join(', ')}; ${failing(result)}.`
}

function failing({ requests, availability }: Result): string {
  const { offered, ok, failed } = requests
  const unanswered = offered - ok
  if (unanswered === 0) return `none of ${whole(ok)} failed`
  const every = offered / unanswered
  const [fail, fails] = failed > 0 ? ['fail', 'fails'] : ['are not answered', 'is not answered']
  return every < 20
    ? `${percentAmiss(unanswered / offered)} ${fail}`
    : `one in ${digits(every)} ${fails} (${percent(availability.value ?? 0)} available)`
}
