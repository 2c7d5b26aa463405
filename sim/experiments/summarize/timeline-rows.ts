import type { ReplicationRecord } from '../replicate.js'
import type { TimelineRow } from '../result.js'
import { MS } from './sums.js'

export function timelineOf({ timeline }: ReplicationRecord): TimelineRow[] {
  return timeline.map((w) => ({
    t_s: w.start,
    offered: w.offered,
    ok: w.ok,
    good: w.good,
    failed: w.failed,
    p50_ms: Number.isNaN(w.p50) ? null : w.p50 * MS,
    p99_ms: Number.isNaN(w.p99) ? null : w.p99 * MS,
    p50_all_ms: Number.isNaN(w.allP50) ? null : w.allP50 * MS,
    p99_all_ms: Number.isNaN(w.allP99) ? null : w.allP99 * MS,
  }))
}
