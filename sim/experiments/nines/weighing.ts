import type { Estimate } from '../../stats/estimate.js'
import { awayFor } from '../lives.js'
import type { Decomposition } from './decomposition.js'
import { deviationOf } from './shares.js'

/** What goes unanswered in the long run, and whose doing it is: shares of what is asked. */
export interface Weighed {
  readonly unanswered: Estimate
  /** With everything in order. */
  readonly inOrder: Estimate
  readonly parts: readonly Estimate[]
  /** Of what goes unanswered, the share that may be wrong since something else happens before all has settled. */
  readonly unsettled: number
}

/** A sum of estimates that know nothing of one another, each with a factor of 0 or more. */
class Sum {
  value = 0
  private below = 0
  private above = 0
  /** What may be missing or too much for sure, and not by chance. */
  private least = 0
  private most = 0

  add(factor: number, { value, low, high }: Estimate): void {
    const of = value ?? 0
    this.value += factor * of
    const [down, up] = [factor * (of - (low ?? 0)), factor * ((high ?? 1) - of)]
    this.below += down * down
    this.above += up * up
  }

  bound(below: number, above: number): void {
    this.least += below
    this.most += above
  }

  /** A deviation by chance, in both directions. */
  deviate(half: number): void {
    this.below += half * half
    this.above += half * half
  }

  estimate(least = Number.NEGATIVE_INFINITY): Estimate {
    const { value } = this
    return {
      value,
      low: Math.max(least, value - Math.sqrt(this.below) - this.least),
      high: value + Math.sqrt(this.above) + this.most,
    }
  }
}

/**
 * Situations by their shares of the time, failures by how often they come. Errors of simulations add up as those of
 * independent estimates do (the delta method); what is not known at all counts in full.
 */
export function weigh(known: Decomposition): Weighed {
  const { groups, occupancy, failing, rate } = known
  const all = new Sum()
  const order = known.unanswered([]).share
  const parts = failing.lives.map(() => new Sum())
  for (const { lost, names, probability } of groups) {
    const { share, by } = known.unanswered(lost)
    if (by === 'guess') {
      all.add(probability, { ...share, low: share.value, high: share.value })
      all.bound(probability * (share.value! - share.low!), probability * (share.high! - share.value!))
    } else all.add(probability, share)
    if (names.length === 0) continue
    const beyond = minus(share, order.value ?? 0)
    for (const [part, blame] of failing.blameOf(lost)) parts[part]!.add(probability * blame, beyond)
  }
  all.deviate(deviationOf(occupancy.situations, sharesIn(known)))
  all.value += occupancy.rest / 2
  all.bound(occupancy.rest / 2, occupancy.rest / 2)
  let unsettled = 0
  for (const part of failing.lives.keys()) {
    const often = known.costlyRate(part) / rate
    const lost = known.lostAtFailure(part)
    for (const sum of [all, parts[part]!])
      if (known.failureOf(part) === null) sum.bound(0, often * lost.high!)
      else sum.add(often, withError(lost))
    unsettled += often * Math.abs(lost.value ?? 0) * hurry(known, part)
  }
  all.bound(unsettled, unsettled)
  const unanswered = all.estimate(0)
  return {
    unanswered: { ...unanswered, value: Math.max(0, unanswered.value!) },
    inOrder: order,
    parts: parts.map((sum) => sum.estimate()),
    unsettled: unsettled === 0 ? 0 : unsettled / Math.max(all.value, unsettled),
  }
}

/** Of a single replication the error is not known: it is taken to be as large as the value. */
const withError = ({ value, low, high }: Estimate): Estimate => ({
  value: value ?? 0,
  low: low ?? (value ?? 0) - Math.abs(value ?? 0),
  high: high ?? (value ?? 0) + Math.abs(value ?? 0),
})

const minus = ({ value, low, high }: Estimate, base: number): Estimate => ({
  value: (value ?? base) - base,
  low: (low ?? base) - base,
  high: (high ?? 1) - base,
})

const sharesIn = (known: Decomposition): number[] =>
  known.occupancy.situations.map(({ lost }) => known.unanswered(lost).share.value ?? 0)

/** How likely it is that a repair, or another failure, comes before all has settled after a failure. */
function hurry(known: Decomposition, part: number): number {
  const trial = known.failureOf(part)
  if (trial === null) return 0
  const away = known.awayAfter(part)
  const repaired = 1 / awayFor(known.failing.lives[part]!)
  const until = away.value ?? away.low ?? trial.settling
  return Math.min(1, until * (repaired + known.failuresInAll))
}
