import * as z from 'zod'
import { classNames, flag, oneOf, period, refsWith, timeout } from '../../options/types.js'
import type { Count } from '../../parts/count.js'
import { retryOptions } from '../../parts/retry-policy.js'
import { breakerOptions } from './circuit-breaker.js'

/** What a call to an outside service says beside its name. */
const callShape = {
  classes: classNames('expected at least one request class')
    .optional()
    .describe('request classes that need it; default all'),
  timeout: timeout().prefault('none').describe('for one try, its connection included'),
  ...retryOptions,
  hedging_delay: period()
    .optional()
    .describe(
      'without an answer by then it is asked a second time, and the first answer counts (gRPC: hedgingDelay, maxAttempts 2); default: never',
    ),
  circuit_breaker: breakerOptions
    .optional()
    .meta({ type: 'options' })
    .describe('lets no tries through while too many fail, as Resilience4j has it; default: none'),
  fallback: flag()
    .prefault('off')
    .describe('a call that fails does not fail the request: the page goes without'),
} as const

export const calledOptions = {
  calls: refsWith(callShape)
    .optional()
    .describe('services outside that it calls after its last query, the worker and what it holds in hand'),
  call: oneOf('series', 'parallel')
    .optional()
    .describe('calls of one request: one after the other (default), or all at once'),
} as const

/** What an application says of its calls. */
export interface Calling {
  readonly calls?: readonly CallOptions[] | undefined
  readonly call?: 'series' | 'parallel' | undefined
}

export type CallOptions = z.output<ReturnType<typeof callEntry>>
const callEntry = () => z.strictObject({ name: z.custom<{ readonly name: string }>(), ...callShape })

const some =
  (has: (call: CallOptions) => unknown) =>
  ({ options: { calls = [] } }: { readonly options: Calling }) =>
    calls.some((call) => Boolean(has(call)))

/** What says nothing. */
export function callMisfits({ calls, call }: Calling): { path: (string | number)[]; message: string }[] {
  const alone = call !== undefined && (calls?.length ?? 0) < 2
  return [
    ...(alone ? [{ path: ['call'], message: 'is about several calls: expected two in calls:' }] : []),
    ...(calls ?? []).flatMap((options, i) =>
      misfitsOf(options).map(([name, message]) => ({ path: ['calls', i, name], message })),
    ),
  ]
}

function misfitsOf({
  timeout,
  retries,
  retry_budget,
  hedging_delay: delay,
}: CallOptions): [string, string][] {
  if (delay === undefined)
    return retry_budget !== undefined && retries === 0
      ? [['retry_budget', 'expected retries: or hedging_delay: too']]
      : []
  return [
    ...(retries > 0
      ? [['hedging_delay', 'expected either retries: or hedging_delay:'] as [string, string]]
      : []),
    ...(delay >= timeout ? [['hedging_delay', 'expected less than timeout:'] as [string, string]] : []),
  ]
}

/** Calls of a request by whom they go to, those of some classes as if of all; queries are spread. */
export function callsBelow({
  calls,
  database = [],
  cache,
}: Calling & {
  readonly database?: readonly { readonly name: string }[] | undefined
  readonly cache?: { readonly name: string } | undefined
}) {
  const below = new Map(database.map(({ name }) => [name, 1 / database.length]))
  if (cache !== undefined) below.set(cache.name, 1)
  for (const { name } of calls ?? []) below.set(name.name, (below.get(name.name) ?? 0) + 1)
  return below
}

/** What its calls count. */
export const CALL_COUNTS: Readonly<Record<string, Count<Calling>>> = {
  calls_failed: { unit: 'count', says: 'calls that failed for good', when: some(() => true) },
  call_retries: {
    unit: 'count',
    says: 'tries of calls beyond the first',
    when: some(({ retries }) => retries),
  },
  retries_refused: {
    unit: 'count',
    says: 'retries that the budget refused',
    when: some(({ retry_budget, retries }) => retry_budget && retries),
  },
  hedges: {
    unit: 'count',
    says: 'calls that were asked a second time',
    when: some(({ hedging_delay }) => hedging_delay),
  },
  hedges_refused: {
    unit: 'count',
    says: 'second tries that the budget refused',
    when: some(({ retry_budget, hedging_delay }) => retry_budget && hedging_delay),
  },
  breaker_open_share: {
    unit: 'share',
    says: 'mean share of the time in which its circuit breakers were open',
    when: some(({ circuit_breaker }) => circuit_breaker),
  },
  breaker_opened: {
    unit: 'count',
    says: 'times that circuit breakers opened',
    happened: 'a circuit breaker opened',
    when: some(({ circuit_breaker }) => circuit_breaker),
  },
  calls_not_permitted: {
    unit: 'count',
    says: 'tries that circuit breakers did not let through',
    when: some(({ circuit_breaker }) => circuit_breaker),
  },
  fallbacks: {
    unit: 'count',
    says: 'calls that pages went without',
    when: some(({ fallback }) => fallback),
  },
}
