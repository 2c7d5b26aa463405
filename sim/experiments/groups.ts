import type { ReplicationRecord } from './replicate.js'
import { recordTogether } from './together.js'

/**
 * Where replications are more than records that are kept, several make one: in groups of as many as a power of two, so
 * that those of a longer run are made of those of a shorter one, and two runs can be paired whatever their number. Means
 * of groups are independent, as those of replications are (docs/decisions/0014-groups-of-replications.md).
 */

/** Replications, from the first on, that are never in a group: they are shown, and paired with those without a fault. */
export const ALONE = 10

/** So many replications, from one on; without a count it is that one. */
export interface Group {
  replication: number
  count?: number
}

/** Replications of a group, where so many give no more than `most` records. */
export function groupSizeOf(replications: number, most: number): number {
  let size = 1
  while (ALONE + Math.ceil((replications - ALONE) / size) > most) size *= 2
  return size
}

/** The replications `from` to `to`, the last one not among them, in groups of `size`. */
export function groupsOf(from: number, to: number, size: number): Group[] {
  const groups: Group[] = []
  for (let replication = from; replication < to; ) {
    const count = Math.min(endOf(replication, size), to) - replication
    groups.push(count === 1 ? { replication } : { replication, count })
    replication += count
  }
  return groups
}

/** Where the group of `size` ends that a replication is in. */
function endOf(replication: number, size: number): number {
  return replication < ALONE ? replication + 1 : replication + size - ((replication - ALONE) % size)
}

export const replicationsIn = (groups: readonly Group[]): number =>
  groups.reduce((sum, { count = 1 }) => sum + count, 0)

type Weighed = Pick<ReplicationRecord, 'group'>

/** Replications that each record is of: what its means weigh. */
export const weightsOf = (records: readonly Weighed[]): number[] => records.map(weightOf)

export const weightOf = ({ group }: Weighed): number => group?.replications ?? 1

/** Replications that records are of. */
export const weightOfAll = (records: readonly Weighed[]): number =>
  weightsOf(records).reduce((sum, weight) => sum + weight, 0)

/** Records that follow one another, those of the same group of `size` as one. */
export function regrouped(records: readonly ReplicationRecord[], size: number): ReplicationRecord[] {
  return joined(records, ({ replication }) => endOf(replication, size))
}

/** Records of two runs, each of the same replications as that of the other: as many as both have. */
export function paired(
  a: readonly ReplicationRecord[],
  b: readonly ReplicationRecord[],
): [ReplicationRecord[], ReplicationRecord[]] {
  const ends = [a, b].map((records) => new Set(records.map(after)))
  const common = [...ends[0]!].filter((end) => ends[1]!.has(end))
  const of = (records: readonly ReplicationRecord[]) => {
    let at = 0
    const there = records.filter((record) => after(record) <= (common.at(-1) ?? 0))
    return joined(there, (record) => {
      while (common[at]! < after(record)) at++
      return common[at]!
    })
  }
  return [of(a), of(b)]
}

const after = (record: ReplicationRecord): number => record.replication + weightOf(record)

/** Those with the same `key`, which follow one another, as one. */
function joined(
  records: readonly ReplicationRecord[],
  key: (record: ReplicationRecord) => number,
): ReplicationRecord[] {
  const all: ReplicationRecord[] = []
  let last: number | null = null
  for (const record of records) {
    const own = key(record)
    if (own === last) all.push(recordTogether(all.pop()!, record))
    else all.push(record)
    last = own
  }
  return all
}
