import type { TracedRequest } from '../../sim/model/tracing.js'

/** What happens in a stretch of a way: waiting for a place, being served, awaiting the answer of a box below. */
export type Doing = 'waits' | 'served' | 'calls' | 'wire'

interface Stretch {
  readonly doing: Doing
  /** Seconds since the visitor asked. */
  readonly from: number
  readonly to: number
}

/** One box on the way, or the visitor's own line, which is the first. */
export interface Row {
  readonly name: string
  readonly depth: number
  readonly stretches: readonly Stretch[]
  /** How it ended; null if it had not. */
  readonly outcome: string | null
}

/** The way of a request as bars. `ends` is in seconds since the visitor asked: as long as anything of it went on. */
export function waterfall(way: TracedRequest): { readonly rows: readonly Row[]; readonly ends: number } {
  const begins = way.arrived_s
  const answered = way.latency_ms === null ? null : way.latency_ms / 1000
  const lasts = (span: TracedRequest['spans'][number]) => (span.end_s ?? span.start_s) - begins
  const ends = Math.max(answered ?? 0, ...way.spans.map(lasts), 1e-6)
  const endOf = (span: TracedRequest['spans'][number]) => (span.end_s === null ? ends : lasts(span))

  const depths = new Map<string, number>()
  const rows = way.spans.map((span): Row => {
    const depth = (depths.get(span.parent) ?? 0) + 1
    depths.set(span.component, depth)
    const [from, to] = [span.start_s - begins, endOf(span)]
    const waited = Math.min(to, from + span.wait_ms / 1000)
    const below = way.spans
      .filter(({ parent, start_s }) => parent === span.component && start_s >= span.start_s)
      .map((child) => [child.start_s - begins, endOf(child)] as const)
    const stretches: Stretch[] = waited > from ? [{ doing: 'waits', from, to: waited }] : []
    stretches.push(...divided(waited, to, below, 'calls', 'served'))
    return { name: span.component, depth, stretches, outcome: span.outcome }
  })
  const top = way.spans
    .filter(({ component }) => depths.get(component) === 1)
    .map((span) => [span.start_s - begins, endOf(span)] as const)
  const own = divided(0, answered ?? ends, top, 'calls', 'wire')
  return { rows: [{ name: way.class, depth: 0, stretches: own, outcome: way.outcome }, ...rows], ends }
}

/** A stretch, divided into what lies within some others and what does not. */
function divided(
  from: number,
  to: number,
  others: readonly (readonly [number, number])[],
  within: Doing,
  without: Doing,
): Stretch[] {
  const found: Stretch[] = []
  let at = from
  for (const [start, end] of [...others].sort((a, b) => a[0] - b[0])) {
    const [a, b] = [Math.max(at, start), Math.min(to, end)]
    if (b <= a) continue
    if (a > at) found.push({ doing: without, from: at, to: a })
    found.push({ doing: within, from: a, to: b })
    at = b
  }
  if (to > at) found.push({ doing: without, from: at, to })
  return found
}
