import { counting, listed, timeSaid } from '../../options/spell.js'
import type { Calling, CallOptions } from './call-options.js'

/** Whom it calls beside its databases, and what it does when that fails. */
export function callsTold({ calls = [], call }: Calling): string[] {
  if (calls.length === 0) return []
  const order = calls.length === 1 ? '' : call === 'parallel' ? ', all at once' : ', one after the other'
  return [
    `calls ${listed(calls.map(({ name }) => name.name))} when its queries are done${order}, and keeps its worker for it`,
    ...calls.map(callTold),
  ]
}

function callTold({
  name,
  classes,
  timeout,
  retries,
  retry_budget: budget,
  hedging_delay: delay,
  circuit_breaker: breaker,
  fallback,
}: CallOptions): string {
  const who = classes === undefined ? '' : ` for ${listed(classes.names)}`
  const patience = Number.isFinite(timeout) ? `for ${timeSaid(timeout)}` : 'as long as it takes'
  const tries = retries > 0 ? `, ${retries + 1} times at most` : ''
  const second = delay === undefined ? '' : `, asks a second time after ${timeSaid(delay)} without an answer`
  const then = fallback ? 'goes without if that fails' : 'fails with it'
  const cut =
    breaker === undefined
      ? ''
      : `; while too many of its tries fail it tries none for ${timeSaid(breaker.wait_duration_in_open_state)} (circuit breaker)`
  return `waits for ${name.name}${who} ${patience}${tries}${second}${budgetTold(budget)}, and ${then}${cut}`
}

function budgetTold(budget: CallOptions['retry_budget']): string {
  if (budget === undefined) return ''
  const { retry_ratio: ratio, min_retries_per_second: least } = budget
  const allowed = [
    ...(least > 0 ? [`${counting(least, 'retry', 'retries')} a second`] : []),
    ...(ratio > 0 ? [`one for each ${+(1 / ratio).toPrecision(2)} calls`] : []),
  ]
  return allowed.length > 0 ? `, with ${listed(allowed)} at most` : ', with a budget of no retries'
}
