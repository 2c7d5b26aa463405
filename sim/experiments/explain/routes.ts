import { type TracedRequest, traceRequests } from '../../model/tracing.js'
import type { Scenario } from '../../scenario/scenario.js'

/** The way of a request that is as slow as most of its class: half of those that were traced took longer. */
export interface Route {
  class: string
  /** Of its class, how many were traced that were answered ok. */
  traced: number
  /** Who asked, and the boxes that it came to, in this order. */
  way: string[]
  latency_ms: number
  /** Milliseconds in each box itself, in the order of the way; waiting for another box is that one's. */
  spent: { component: string; ms: number }[]
  /** On the way between boxes. */
  wires_ms: number
}

/** Requests that are looked at: enough that a class of which one in fifty asks has some. */
const LOOKED_AT = 1000

/** A route for each class of which one was answered, in the scenario's order. */
export function routesOf(scenario: Scenario): Route[] {
  const all = traceRequests(scenario, LOOKED_AT).filter(({ outcome }) => outcome === 'ok')
  return scenario.classes.flatMap((named) => {
    const own = all.filter((one) => one.class === named).sort((a, b) => a.latency_ms! - b.latency_ms!)
    const middle = own[Math.floor((own.length - 1) / 2)]
    return middle === undefined ? [] : [routeOf(middle, own.length)]
  })
}

function routeOf({ class: named, latency_ms, spans }: TracedRequest, traced: number): Route {
  const lasting = spans.map(({ start_s, end_s }) => ((end_s ?? start_s) - start_s) * 1000)
  const spent = new Map<string, number>()
  for (const [i, { component }] of spans.entries()) {
    const inner = spans.reduce(
      (sum, { parent }, j) =>
        j > i && parent === component && isWithin(spans[j]!, spans[i]!) ? sum + lasting[j]! : sum,
      0,
    )
    spent.set(component, (spent.get(component) ?? 0) + Math.max(0, lasting[i]! - inner))
  }
  const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0)
  return {
    class: named,
    traced,
    way: [spans[0]!.parent, ...new Set(spans.map(({ component }) => component))],
    latency_ms: latency_ms!,
    spent: [...spent].map(([component, ms]) => ({ component, ms })),
    wires_ms: Math.max(0, latency_ms! - total),
  }
}

const isWithin = (
  inner: Pick<TracedRequest['spans'][number], 'start_s' | 'end_s'>,
  outer: Pick<TracedRequest['spans'][number], 'start_s' | 'end_s'>,
): boolean =>
  inner.start_s >= outer.start_s && (inner.end_s ?? 0) <= (outer.end_s ?? Number.POSITIVE_INFINITY)
