import { type Estimate, ratioOf } from '../../stats/estimate.js'
import type { ReplicationRecord } from '../replicate.js'
import { sum } from './sums.js'

/** Requests that were sent to a box for each request of a visitor: while service was not as before, and else. */
interface Tries {
  outage: Estimate
  usual: Estimate
}

/**
 * What retries make of an outage at a tier: boxes that stand for one another, since one gets what another that is dead
 * would have got; null where there was none, or nothing beside it.
 */
export function triesOf(names: readonly string[], records: readonly ReplicationRecord[]): Tries | null {
  const counted = records.map((record) => {
    const out = outOfOrder(record)
    const of = (values: readonly number[], is: boolean) => sum(values.filter((_, i) => out[i] === is))
    const entered = record.timeline.map((_, i) => sum(names.map((name) => record.entered[name]![i]!)))
    const offered = record.timeline.map((window) => window.offered)
    return {
      outage: [of(entered, true), of(offered, true)],
      usual: [of(entered, false), of(offered, false)],
    } as const
  })
  const ratio = (part: 'outage' | 'usual') => {
    const there = counted.map((one) => one[part]).filter(([, offered]) => offered > 0)
    return ratioOf(
      there.map(([entered]) => entered),
      there.map(([, offered]) => offered),
    )
  }
  const seen = (part: 'outage' | 'usual') => counted.some((one) => one[part][1] > 0)
  return seen('outage') && seen('usual') ? { outage: ratio('outage'), usual: ratio('usual') } : null
}

/** The windows in which fewer answers were good than before, because of a strike. */
function outOfOrder({ timeline, strikes }: ReplicationRecord): boolean[] {
  const length = timeline.length > 1 ? timeline[1]!.start - timeline[0]!.start : 0
  return timeline.map(({ start }) =>
    strikes.some(({ from, goodBack }) => goodBack > 0 && start + length > from && start < from + goodBack),
  )
}
