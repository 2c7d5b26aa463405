import type { ReplicationRecord } from '../replicate.js'
import type { Passing } from '../result.js'

type Watched = Pick<ReplicationRecord, 'strikes' | 'flows' | 'hosts' | 'used' | 'timeline'>

/**
 * What passed while the fault with this index lasted, the first time that it struck; null where it did not in the
 * measured span, or nobody counted.
 * @param lasts seconds measured
 */
export function passingIn(
  { strikes, flows, hosts, used, timeline }: Watched,
  fault: number,
  lasts: number,
): Passing | null {
  const strike = strikes.find((one) => one.fault === fault)
  if (strike === undefined || flows === undefined) return null
  const windows = windowsIn(strike, lasts / timeline.length, timeline.length)
  if (windows === null) return null
  const { first, last, length } = windows
  const mean = (values: readonly number[], per: number) =>
    values.slice(first, last + 1).reduce((sum, n) => sum + n, 0) / (last - first + 1) / per
  const each = (all: Readonly<Record<string, readonly number[]>>, per: number) =>
    Object.fromEntries(Object.entries(all).map(([name, values]) => [name, mean(values, per)]))
  const filled = [...Object.keys(flows.answered), ...Object.keys(hosts)]
  return {
    from_s: first * length,
    to_s: (last + 1) * length,
    sent_per_s: each(flows.sent, length),
    answered_per_s: each(flows.answered, length),
    utilization: each(Object.fromEntries(filled.map((name) => [name, used[name]!])), 1),
  }
}

/** Those that lie between two times; where there is none, those that share some time with it. */
function windowsIn(
  { from, to }: { from: number; to: number },
  length: number,
  count: number,
): { first: number; last: number; length: number } | null {
  const [begin, end] = [Math.max(0, from), Math.min(to, length * count)]
  if (begin >= length * count || end <= 0) return null
  const [first, last] = [
    Math.max(0, Math.ceil(begin / length - ROUNDED)),
    Math.floor(end / length + ROUNDED) - 1,
  ]
  if (last >= first) return { first, last, length }
  return {
    first: Math.floor(begin / length),
    last: Math.max(Math.floor(begin / length), Math.ceil(end / length) - 1),
    length,
  }
}

/** Of a window: an edge that is missed by less is met. */
const ROUNDED = 1e-6
