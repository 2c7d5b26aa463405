import { refsIn } from '../../options/walk.js'
import type { Scenario } from '../../scenario/scenario.js'
import type { ReplicationRecord } from '../replicate.js'
import type { TimelineRow } from '../result.js'
import { MS } from './sums.js'

export function timelineOf(
  { components }: Pick<Scenario, 'components'>,
  { timeline, used }: ReplicationRecord,
): TimelineRow[] {
  const scaled = components.flatMap(({ name, options }) => {
    const copies = refsIn(options).filter(({ role }) => role === 'scales').length
    return copies > 0 ? [{ name, copies }] : []
  })
  return timeline.map((w, i) => ({
    t_s: w.start,
    offered: w.offered,
    ok: w.ok,
    good: w.good,
    failed: w.failed,
    p50_ms: Number.isNaN(w.p50) ? null : w.p50 * MS,
    p99_ms: Number.isNaN(w.p99) ? null : w.p99 * MS,
    p50_all_ms: Number.isNaN(w.allP50) ? null : w.allP50 * MS,
    p99_all_ms: Number.isNaN(w.allP99) ? null : w.allP99 * MS,
    ...(scaled.length > 0 && {
      // What is used of a group are its copies; differences of sums end in bits that say nothing.
      replicas: Object.fromEntries(
        scaled.map(({ name, copies }) => [name, Math.round(used[name]![i]! * copies * 1e6) / 1e6]),
      ),
    }),
  }))
}
