import type { Account } from './ledger.js'

/**
 * As many requests in a row that do not fail end an outage: fewer than one in twenty fails from there on. More than
 * five in a hundred is what providers call downtime (the service level agreements of Google Cloud's APIs).
 */
export const RESTORED = 20

/** A time in which the service was away for one class of one kind of users. Seconds since the start of the run. */
export interface Outage {
  /** Arrival of the first request that failed, and of the last one. */
  readonly from: number
  readonly to: number
  /** When the first of them failed: whatever is to blame had happened by then. */
  readonly known: number
  /** Whether enough requests after the last failure did not fail; a single failure near the end is no outage. */
  readonly restored: boolean
}

/**
 * The outages in an account, in the order of the arrivals: from the first failure to the last before `RESTORED`
 * requests in a row that did not fail. What is late is not away, and a request that is still in flight at the end
 * says nothing.
 */
export function outagesOf({ failures, offered }: Account): Outage[] {
  const count = failures.length / 3
  const order = Array.from({ length: count }, (_, i) => i * 3).sort(
    (a, b) => failures[a + 1]! - failures[b + 1]!,
  )
  const outages: Outage[] = []
  for (let i = 0; i < count; ) {
    const first = order[i]!
    let last = first
    let known = failures[first + 2]!
    for (i++; i < count && failures[order[i]! + 1]! - failures[last + 1]! <= RESTORED; i++) {
      last = order[i]!
      known = Math.min(known, failures[last + 2]!)
    }
    const since = offered - failures[last + 1]!
    outages.push({
      from: failures[first]!,
      to: failures[last]!,
      known,
      restored: since >= RESTORED || last === first,
    })
  }
  return outages
}
