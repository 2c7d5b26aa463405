import { Outcome, outcomeNames } from '../../parts/outcome.js'
import type { Scenario } from '../../scenario/scenario.js'
import type { AccountResult, Requests } from '../result.js'
import { QUANTILES, spelledQuantile } from './account-result.js'

/** Above this share of requests without an answer, what is told of the answers is told to be of them. */
const MANY = 0.01

/** Whether so many had no answer that latencies are to be told as those of the others; not if nobody had one. */
export const manyUnanswered = ({ offered, ok }: Requests): boolean => ok > 0 && offered - ok > MANY * offered

/** Whether all who were not answered waited until their patience ended, and none has an answer that is no good. */
export const allGaveUp = ({ offered, ok, by_outcome }: Requests): boolean =>
  (by_outcome[TIMEOUT] ?? 0) === offered - ok
const TIMEOUT = outcomeNames[Outcome.timeout]!

/** Says of whom the latencies are, where many were not answered, and which percentiles of all lie among those. */
export function survivorsNote(scenario: Scenario, account: AccountResult): string | null {
  const { offered, ok } = account.requests
  if (!manyUnanswered(account.requests)) return null
  const missing = (offered - ok) / offered
  const beyond = Object.entries(QUANTILES)
    .filter(([, p]) => p > ok / offered)
    .map(([key]) => spelledQuantile(key))
  const where = allGaveUp(account.requests) ? `beyond ${patience(scenario)}` : 'among those'
  const of = beyond.length > 0 ? `: ${beyond.join(', ')} of all requests lie ${where}` : ''
  return `latencies are those of the requests that were answered; ${atMost(missing)} % were not${of}`
}

/** In percent, never rounded down, with as many nines as tables have: 19.6, 99.96. */
function atMost(share: number): string {
  let decimals = 1
  let scale = 10
  for (; (1 - share) * 10 * scale < 1 && decimals < 6; scale *= 10) decimals++
  return (Math.ceil(share * 100 * scale - 1e-9) / scale).toFixed(decimals)
}

/** Seconds that visitors wait in all their tries, where that has an end and is the same for all; else null. */
export function patienceOf({ users }: Scenario): number | null {
  const all = new Set(
    users.filter(({ malicious }) => !malicious).map(({ timeout, retries }) => timeout * (1 + retries)),
  )
  const [patience] = all
  return all.size === 1 && Number.isFinite(patience) ? patience! : null
}

function patience(scenario: Scenario): string {
  const seconds = patienceOf(scenario)
  if (seconds === null) return 'any answer'
  const again = scenario.users.some(({ malicious, retries }) => !malicious && retries > 0)
  return again ? `the ${seconds} s of all tries` : `the timeout of ${seconds} s`
}
