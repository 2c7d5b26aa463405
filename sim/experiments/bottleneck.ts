import { isTerminating, type Scenario } from '../scenario/scenario.js'
import { CPU, type Limit, loadOf, matters, useOf } from './fullness.js'
import { weightsOf } from './groups.js'
import type { ReplicationRecord } from './replicate.js'
import type { Bottleneck, FullPlace, Overloaded, Result } from './result.js'

/** In use in a window, in the mean over the replications: then it was full, but for what is counted late. */
const FULL = 0.95
/** Of those that are in use all the time nobody can tell which is more: the one lowest down holds up the others. */
const ALIKE = 0.03
/** Below this share use says little of what fills first. */
const LITTLE = 0.0005
/** Above this share of failures use does not grow with load. */
const FAILING = 0.01

type Full = Bottleneck['full']
/** Window by window. */
type Series = Pick<ReplicationRecord, 'timeline' | 'used' | 'group'>

/**
 * What limits: the limit that is overloaded; else what is used most or, where a load or faults come and go, what was
 * full longest. A full CPU fills the slots of all that waits for it, so it counts double. Null where nothing is used.
 */
export function bottleneckOf(
  scenario: Scenario,
  { qps, requests }: Pick<Result, 'qps' | 'requests'>,
  limits: readonly Limit[],
  records: readonly Series[],
  overloaded: Overloaded | null = null,
): Bottleneck | null {
  const comesAndGoes = isTerminating(scenario) || scenario.users.some((u) => u.profile !== null)
  const candidates = limits
    .filter(matters)
    .map((limit) => ({
      limit,
      used: useOf(limit),
      // No visitor waits for a replica that catches up.
      full: comesAndGoes && !limit.aside ? fullTime(limit.series, records) : undefined,
    }))
    .filter(({ used, full }) => used >= LITTLE || full !== undefined)
  const first = overloaded === null ? worst(candidates) : (candidates.find(isIn(overloaded)) ?? null)
  if (first === null) return null
  const told = ({ limit, used }: Candidate): FullPlace => ({
    name: limit.name,
    type: limit.type,
    place: limit.place,
    utilization: used,
    full_at_per_s: fullAt(scenario, { qps, requests }, limit, used),
  })
  // What waits for the first is not next: its slots are full because of it.
  const others = candidates.filter(
    ({ limit, used }) => limit !== first.limit && used < first.used - ALIKE / 10,
  )
  const second = others.reduce<Candidate | null>(
    (most, one) => (most && most.used >= one.used ? most : one),
    null,
  )
  const next = second === null ? {} : { next: told(second) }
  const bottleneck: Bottleneck = { ...told(first), full: first.full, ...next }
  if (overloaded !== null) bottleneck.full_at_per_s = overloaded.capacity_per_s
  return bottleneck
}

interface Candidate {
  readonly limit: Limit
  readonly used: number
  readonly full: Full
}

const isIn =
  ({ component, type, place }: Overloaded) =>
  ({ limit }: Candidate) =>
    limit.name === component && limit.type === type && limit.place === place

function worst(candidates: readonly Candidate[]): Candidate | null {
  const weight = ({ limit, full }: Candidate) => (full?.seconds ?? 0) * (limit.place === CPU ? 2 : 1)
  const heaviest = Math.max(0, ...candidates.map(weight))
  const those = candidates.filter((one) => weight(one) === heaviest)
  const most = Math.max(0, ...those.map(({ used }) => used))
  // Of several in a row that are full, the one lowest down holds up the others: those that are called come first.
  const atLeast = most >= FULL ? Math.max(FULL, most - ALIKE) : most
  return those.find(({ used }) => used >= atLeast) ?? null
}

/**
 * What load would fill it, if use grows with load: not where faults take load or boxes away, or many fail. What counts
 * itself what comes knows it all the same.
 */
function fullAt(
  { faults }: Scenario,
  { qps, requests }: Pick<Result, 'qps' | 'requests'>,
  limit: Limit,
  used: number,
): number | null {
  const load = loadOf(limit)
  if (load !== null) {
    return load > 0 ? (qps.offered.value ?? 0) / load : null
  }
  const proportional =
    used > 0.02 &&
    requests.offered - requests.ok < requests.offered * FAILING &&
    faults.every(({ kind }) => kind.changesLoadOnly === true)
  // What came at the end of a surge is done after the span.
  return proportional ? (qps.ok.value ?? 0) / used : null
}

function fullTime(series: string, records: readonly Series[]): Full {
  const { timeline } = records[0]!
  const length = timeline.length > 1 ? timeline[1]!.start - timeline[0]!.start : 0
  const weights = weightsOf(records)
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const full = timeline.filter((_, window) => {
    const sum = records.reduce((total, { used }, i) => total + used[series]![window]! * weights[i]!, 0)
    return sum / all >= FULL
  })
  if (full.length === 0) return undefined
  return { seconds: full.length * length, from_s: full[0]!.start, to_s: full.at(-1)!.start + length }
}
