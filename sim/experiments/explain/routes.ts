import { type TracedRequest, traceRequests } from '../../model/tracing.js'
import type { Scenario } from '../../scenario/scenario.js'

/** The way of a request that is as slow as most of its class: half of those that were traced took longer. */
export interface Route {
  users: string
  class: string
  /** Of its class, how many were traced that were answered ok. */
  traced: number
  /** The boxes that it came to, by how many stand before them: those of one list were asked by the same, or at once. */
  way: string[][]
  latency_ms: number
  /**
   * Milliseconds in each box itself, in the order of the way; waiting for another box is that one's. Of those that call
   * along wires that take time (`wires`), with the time on these.
   */
  spent: { component: string; ms: number; wires: boolean }[]
  /** On the way from who asks, and to whom. */
  wires_ms: number
}

/** Requests that are looked at: enough that a class of which one in fifty asks has some. */
const LOOKED_AT = 1000

/** A route for each class of each kind of users of which one was answered, in the scenario's order. */
export function routesOf(scenario: Scenario): Route[] {
  const all = traceRequests(scenario, { count: LOOKED_AT }).filter(({ outcome }) => outcome === 'ok')
  const asking = scenario.users.filter(({ malicious }) => !malicious)
  return asking.flatMap(({ name }) =>
    scenario.classes.flatMap((named) => {
      const own = all
        .filter((one) => one.class === named && one.spans[0]?.parent === name)
        .sort((a, b) => a.latency_ms! - b.latency_ms!)
      const middle = own[Math.floor((own.length - 1) / 2)]
      return middle === undefined ? [] : [routeOf(middle, own.length, scenario)]
    }),
  )
}

function routeOf(
  { class: named, latency_ms, spans }: TracedRequest,
  traced: number,
  { wires }: Pick<Scenario, 'wires'>,
): Route {
  const lasting = spans.map(({ start_s, end_s }) => ((end_s ?? start_s) - start_s) * 1000)
  const spent = new Map<string, number>()
  const depths = new Map([[spans[0]!.parent, 0]])
  for (const [i, { component, parent }] of spans.entries()) {
    const inner = spans.reduce(
      (sum, one, j) =>
        j > i && one.parent === component && isWithin(one, spans[i]!) ? sum + lasting[j]! : sum,
      0,
    )
    spent.set(component, (spent.get(component) ?? 0) + Math.max(0, lasting[i]! - inner))
    if (!depths.has(component)) depths.set(component, (depths.get(parent) ?? 0) + 1)
  }
  const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0)
  const takesTime = (component: string) =>
    wires.some(({ from, to, latency }) => from === component && latency > 0 && depths.has(to))
  const way: string[][] = []
  for (const [component, depth] of depths)
    if (depth > 0) way[depth - 1] = [...(way[depth - 1] ?? []), component]
  return {
    users: spans[0]!.parent,
    class: named,
    traced,
    way,
    latency_ms: latency_ms!,
    spent: [...spent].map(([component, ms]) => ({ component, ms, wires: takesTime(component) })),
    wires_ms: Math.max(0, latency_ms! - total),
  }
}

const isWithin = (
  inner: Pick<TracedRequest['spans'][number], 'start_s' | 'end_s'>,
  outer: Pick<TracedRequest['spans'][number], 'start_s' | 'end_s'>,
): boolean =>
  inner.start_s >= outer.start_s && (inner.end_s ?? 0) <= (outer.end_s ?? Number.POSITIVE_INFINITY)
