import type { ReplicationRecord } from '../replicate.js'
import type { TimelineRow } from '../result.js'
import { MS } from './sums.js'

export function timelineOf({ timeline }: ReplicationRecord): TimelineRow[] {
  return timeline.map((w) => ({
    t_s: w.start,
    offered: w.offered,
    ok: w.ok,
    failed: w.failed,
    p50_ms: Number.isNaN(w.p50) ? null : w.p50 * MS,
    p99_ms: Number.isNaN(w.p99) ? null : w.p99 * MS,
  }))
}
