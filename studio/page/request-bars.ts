import { depthsOf, lastOf, type Stretch, stretchesOf } from '../../reports/words/stretches.js'
import type { TracedRequest } from '../../sim/model/tracing.js'

/** One box on the way, or the visitor himself, who is the first. */
export interface Row {
  readonly name: string
  readonly depth: number
  /** In seconds since the visitor asked. */
  readonly stretches: readonly Stretch[]
  /** How it ended; null if it had not. */
  readonly outcome: string | null
}

/** Seconds: a width of nothing shows nothing. */
const LEAST = 1e-6

/**
 * The way of a request as bars. `ends` is in seconds since the visitor asked: as long as anything of it went on, as far as
 * that is known.
 * @param until up to when it is known: he who has no answer waits until then
 */
export function waterfall(
  way: TracedRequest,
  until: number,
): { readonly rows: readonly Row[]; readonly ends: number } {
  const { arrived_s, latency_ms, spans } = way
  const waited = latency_ms === null ? until - arrived_s : latency_ms / 1000
  const ends = Math.max(waited, lastOf(way) - arrived_s, LEAST)
  const depths = depthsOf(spans)
  const rows = spans.map(({ component, outcome }, i): Row => {
    const stretches = stretchesOf(spans, i, arrived_s + ends).map(({ doing, from, to }) => ({
      doing,
      from: from - arrived_s,
      to: to - arrived_s,
    }))
    return { name: component, depth: depths[i]!, stretches, outcome }
  })
  // He waits for his answer whatever becomes of what he has asked.
  const own: Stretch = { doing: 'asks', from: 0, to: latency_ms === null ? ends : waited }
  return { rows: [{ name: way.class, depth: 0, stretches: [own], outcome: way.outcome }, ...rows], ends }
}
