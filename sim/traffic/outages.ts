import type { Request } from '../parts/request.js'

/**
 * As many requests in a row that do not fail end an outage: fewer than one in twenty fails from there on. More than
 * five in a hundred is what providers call downtime (the service level agreements of Google Cloud's APIs).
 */
const RESTORED = 20

/** A time in which the service was away for one class of one kind of users. Seconds since the start of the run. */
export interface Outage {
  /** Arrival of the first request that failed, and of the last one. */
  from: number
  to: number
  /** When the first of them failed: whatever is to blame had happened by then. */
  known: number
  /** Whether enough requests after the last failure were answered; a single failure near the end is no outage. */
  restored: boolean
}

/** A request without an outcome: the how manieth it was, and when it arrived. */
type Waiting = Pick<Request, 'number' | 'arrived'>

interface Span extends Omit<Outage, 'restored'> {
  /** The how manieth requests they were. */
  first: number
  last: number
}

/**
 * The outages of one account, kept as its requests fail: from the first failure to the last before `RESTORED`
 * requests in a row that did not fail, in the order of the arrivals. What is late is not away. It grows with the
 * outages, not with the failures.
 */
export class Outages {
  /** In the order of the arrivals, further apart than `RESTORED`. */
  private readonly spans: Span[] = []

  /** The `number`th request, which had arrived at `arrived`, fails at `now`; times do not go back from call to call. */
  fail(arrived: number, number: number, now: number): void {
    const { spans } = this
    // The one that it belongs behind or to: mostly the last.
    let at = spans.length - 1
    while (at >= 0 && spans[at]!.first > number) at--
    const before = spans[at]
    const after = spans[at + 1]
    const joins = before !== undefined && number - before.last <= RESTORED
    const follows = after !== undefined && after.first - number <= RESTORED
    if (joins && follows) {
      before.last = after.last
      before.to = after.to
      before.known = Math.min(before.known, after.known)
      spans.splice(at + 1, 1)
    } else if (joins) {
      if (number > before.last) {
        before.last = number
        before.to = arrived
      }
    } else if (follows) {
      after.first = number
      after.from = arrived
    } else {
      spans.splice(at + 1, 0, { first: number, last: number, from: arrived, to: arrived, known: now })
    }
  }

  /**
   * @param offered requests of the account in all
   * @param waiting those of them that have no outcome yet: after a failure they say nothing of its being over
   * @param patience who has waited longer than this by `now` is not answered, seconds
   */
  all(
    offered: number,
    waiting: readonly Waiting[] = [],
    patience = Number.POSITIVE_INFINITY,
    now = 0,
  ): Outage[] {
    const given = new Outages()
    for (const span of this.spans) given.spans.push({ ...span })
    // In the order of the arrivals, so that each is a step from the last.
    const open = [...waiting].sort((a, b) => a.number - b.number)
    for (const { arrived, number } of open)
      if (now - arrived > patience) given.fail(arrived, number, arrived + patience)
    return given.spans.map(({ first, last, from, to, known }) => {
      const silent = open.length - firstAfter(open, last)
      // At the end of a run no more need come than it took: few come where there are few.
      const enough = Math.min(RESTORED, last - first + 1)
      return { from, to, known, restored: offered - last - silent >= enough || last === first }
    })
  }
}

/** The place of the first whose number is above `last`. */
function firstAfter(open: readonly Waiting[], last: number): number {
  let [low, high] = [0, open.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (open[middle]!.number > last) high = middle
    else low = middle + 1
  }
  return low
}
