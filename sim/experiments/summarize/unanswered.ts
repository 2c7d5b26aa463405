import type { Scenario } from '../../scenario/scenario.js'
import type { AccountResult, Requests } from '../result.js'
import { QUANTILES } from './account-result.js'

/** Above this share of requests without an answer, what is told of the answers is told to be of them. */
const MANY = 0.01

/** Whether so many had no answer that latencies are to be told as those of the others; not if nobody had one. */
export const manyUnanswered = ({ offered, ok }: Requests): boolean => ok > 0 && offered - ok > MANY * offered

/** Says of whom the latencies are, where many were not answered, and which percentiles of all lie among those. */
export function survivorsNote(scenario: Scenario, account: AccountResult): string | null {
  const { offered, ok } = account.requests
  if (!manyUnanswered(account.requests)) return null
  const missing = (offered - ok) / offered
  const beyond = Object.entries(QUANTILES)
    .filter(([, p]) => p > ok / offered)
    .map(([key]) => (key === 'p999' ? 'p99.9' : key))
  const percent = (share: number) => `${+(share * 100).toPrecision(3)} %`
  const of =
    beyond.length > 0 ? `: ${beyond.join(', ')} of all requests lie beyond ${patience(scenario)}` : ''
  return `latencies are those of the requests that were answered; ${percent(missing)} were not${of}`
}

/** How long visitors wait for one try, where that is the same for all. */
function patience({ users }: Scenario): string {
  const timeouts = new Set(users.filter(({ malicious }) => !malicious).map(({ timeout }) => timeout))
  const [timeout] = timeouts
  return timeouts.size === 1 && Number.isFinite(timeout) ? `the timeout of ${timeout} s` : 'any answer'
}
