import { spelled } from '../../scenario/length.js'
import { remarksOn } from '../../scenario/oddities.js'
import { type Scenario, warmupOf } from '../../scenario/scenario.js'
import type { AccountResult, Result } from '../result.js'
import { QUANTILES, spelledQuantile } from './account-result.js'
import { survivorsNote } from './unanswered.js'

/**
 * What a reader should know.
 * @param drifting a component that did not settle, however long the warm-up
 */
export function notesOf(
  scenario: Scenario,
  { all, classes, users }: { all: AccountResult } & Pick<Result, 'classes' | 'users'>,
  replications: number,
  unstable: Result['unstable'] | null,
  drifting: string | null,
): string[] {
  const notes: string[] = []
  if (unstable) {
    notes.push(
      `${unstable.component} never settles (${unstable.reason}), so there is no steady latency and no steady queue to report: what was answered, what failed, and the growth of the backlog are true of this run`,
    )
  } else {
    if (drifting !== null) {
      notes.push(
        `${drifting} did not settle in ${warmupOf(scenario)} s of warm-up: the run is unstable or not stationary, and its means depend on when one looks`,
      )
    }
    const missing = untold({
      all,
      ...(scenario.classes.length > 1 ? classes : {}),
      ...pagesOf(users),
    })
    if (missing !== null) {
      notes.push(
        `${missing}: fewer than 100 requests per replication lie beyond it; a longer run (--lasts) would tell`,
      )
    }
  }
  if (scenario.lastsFor !== null)
    notes.push(`${spelled(scenario.lasts)} are measured, as lasts: says nothing: ${scenario.lastsFor}`)
  notes.push(...remarksOn(scenario))
  const survivors = unstable === null ? survivorsNote(scenario, all) : null
  if (survivors !== null) notes.push(survivors)
  if (all.requests.ok > 0 && all.availability.value === 1) notes.push(unfailing(scenario, all, replications))
  return notes
}

const pagesOf = (users: Result['users']): Record<string, AccountResult> =>
  Object.fromEntries(
    Object.entries(users).flatMap(([name, { pages }]) =>
      pages === undefined ? [] : [[`the pages of ${name}`, pages]],
    ),
  )

/** The percentiles that are not told; of classes those that are told of all: `p99.9, p99 of write`. */
function untold({ all, ...classes }: Record<string, AccountResult>): string | null {
  const of = ({ latency_ms, requests }: AccountResult) =>
    Object.keys(QUANTILES)
      .filter((key) => requests.ok > 0 && latency_ms[key as 'p50'].value === null)
      // One that lies among those who were not answered is told so.
      .filter((key) => QUANTILES[key as 'p50'] < requests.ok / requests.offered)
      .map(spelledQuantile)
  const missing = of(all!)
  const also = Object.entries(classes).flatMap(([name, account]) => {
    const own = of(account).filter((key) => !missing.includes(key))
    return own.length > 0 ? [`${own.join(' and ')} of ${name}`] : []
  })
  return [...missing, ...also].join(', ') || null
}

/** What is known of failures when none was seen. */
function unfailing(
  scenario: Scenario,
  { requests, availability }: AccountResult,
  replications: number,
): string {
  const seen = `none of ${grouped(requests.ok)} requests failed, so availability is not 100 % but at least ${atLeast(availability.low!)} %, at 95 % confidence`
  const hours = (replications * scenario.lasts) / 3600
  return scenario.faults.some((f) => f.random !== null)
    ? `${seen}: outages that come by mtbf are seldom, and ${+hours.toPrecision(3)} h were simulated`
    : seen
}

/** 1,234,567; without the engine's tables of languages, which are not everywhere the same. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

/** In percent, rounded down to two digits of what is missing: 99.9868. */
function atLeast(share: number): string {
  let decimals = 1
  let scale = 10
  // Until what is missing, 100 (1 - share) percent, has a digit before the last decimal.
  for (; (1 - share) * 10 * scale < 1; scale *= 10) decimals++
  return (Math.floor(share * 100 * scale) / scale).toFixed(decimals)
}
