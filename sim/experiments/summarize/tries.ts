import { type Estimate, ratioOf } from '../../stats/estimate.js'
import type { ReplicationRecord, TriesSums } from '../replicate.js'
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
  const counted = records.map((record) => record.group?.tries ?? triesIn(record))
  const ratio = (part: keyof TriesSums) => {
    const there = counted.map((one) => one[part]).filter(({ offered }) => offered > 0)
    return ratioOf(
      there.map(({ entered }) => sum(names.map((name) => entered[name]!))),
      there.map(({ offered }) => offered),
    )
  }
  const seen = (part: keyof TriesSums) => counted.some((one) => one[part].offered > 0)
  return seen('outage') && seen('usual') ? { outage: ratio('outage'), usual: ratio('usual') } : null
}

/** What came in one replication. */
export function triesIn(record: ReplicationRecord): TriesSums {
  const out = outOfOrder(record)
  const of = (is: boolean) => {
    const total = (values: readonly number[]) => sum(values.filter((_, i) => out[i] === is))
    return {
      offered: total(record.timeline.map(({ offered }) => offered)),
      entered: Object.fromEntries(
        Object.entries(record.entered).map(([name, values]) => [name, total(values)]),
      ),
    }
  }
  return { outage: of(true), usual: of(false) }
}

export function triesTogether(one: TriesSums, other: TriesSums): TriesSums {
  const both = (part: keyof TriesSums) => ({
    offered: one[part].offered + other[part].offered,
    entered: Object.fromEntries(
      Object.entries(one[part].entered).map(([name, n]) => [name, n + other[part].entered[name]!]),
    ),
  })
  return { outage: both('outage'), usual: both('usual') }
}

/** The windows in which fewer answers were good than before, because of a strike. */
function outOfOrder({ timeline, strikes }: ReplicationRecord): boolean[] {
  const length = timeline.length > 1 ? timeline[1]!.start - timeline[0]!.start : 0
  return timeline.map(({ start }) =>
    strikes.some(({ from, goodBack }) => goodBack > 0 && start + length > from && start < from + goodBack),
  )
}
