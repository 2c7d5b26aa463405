import type { Span, TracedRequest } from '../../sim/model/tracing.js'

/** What a request does at a place, in the words of a legend. */
export const DOINGS = {
  waits: 'waits for its turn',
  works: 'in the box',
  asks: 'waits for a box below',
  travels: 'on the wire',
  nobody: 'given up, or nobody answers',
} as const

export type Doing = keyof typeof DOINGS

/** Seconds of the measured span. */
export interface Stretch {
  readonly doing: Doing
  readonly from: number
  readonly to: number
}

/** Seconds: times are sums, and rounded. */
const TINY = 1e-9

/**
 * What a request did on the way to the `i`-th of its boxes, there, and on the way back: one stretch after the other. One
 * of no length where all of it took no time.
 * @param ends up to when that is told of a box that it has not left
 */
export function stretchesOf(spans: readonly Span[], i: number, ends = Number.POSITIVE_INFINITY): Stretch[] {
  const span = spans[i]!
  const { start_s, waits_s = [], given_up_s = Number.POSITIVE_INFINITY, unconnected } = span
  const asked = below(spans, i).map((one) => [sentOf(one), backOf(one)] as const)
  const [from, to, end] = [sentOf(span), Math.min(ends, backOf(span)), endOf(span)]
  const doingAt = (time: number): Doing => {
    if (unconnected || time >= given_up_s) return 'nobody'
    if (time < start_s || time >= end) return 'travels'
    if (isWithin(waits_s, time)) return 'waits'
    return isWithin(asked, time) ? 'asks' : 'works'
  }
  const turns = [start_s, end, given_up_s, ...waits_s.flat(), ...asked.flat()]
  const cuts = [from, ...turns.filter((time) => time > from && time < to).sort((a, b) => a - b)]
  const begun: { doing: Doing; from: number }[] = []
  cuts.forEach((time, n) => {
    // What lies between two roundings of one moment is nothing.
    if ((cuts[n + 1] ?? to) - time < TINY) return
    const doing = doingAt(time)
    if (begun.at(-1)?.doing !== doing) begun.push({ doing, from: begun.length === 0 ? from : time })
  })
  if (begun.length === 0) return [{ doing: unconnected ? 'nobody' : 'works', from, to: Math.max(from, to) }]
  return begun.map((one, n) => ({ ...one, to: begun[n + 1]?.from ?? to }))
}

const isWithin = (stretches: readonly (readonly [number, number])[], time: number): boolean =>
  stretches.some(([from, to]) => time >= from && time < to)

/** What the box asked for this request. */
const below = (spans: readonly Span[], i: number): Span[] =>
  spans.filter((one, j) => {
    const sent = sentOf(one)
    return (
      j > i && one.parent === spans[i]!.component && sent >= spans[i]!.start_s && sent <= endOf(spans[i]!)
    )
  })

const endOf = ({ end_s }: Span): number => end_s ?? Number.POSITIVE_INFINITY
const sentOf = ({ sent_s, start_s }: Span): number => sent_s ?? start_s
const backOf = (span: Span): number => span.back_s ?? endOf(span)

/** How far down each box is: 1 is what the visitor asks himself. */
export function depthsOf(spans: readonly Span[]): number[] {
  const depth = new Map<string, number>()
  return spans.map(({ component, parent }) => {
    const level = (depth.get(parent) ?? 0) + 1
    depth.set(component, level)
    return level
  })
}

/** The last that is known of the boxes of a request: seconds of the measured span. */
export const lastOf = ({ arrived_s, spans }: TracedRequest): number =>
  Math.max(
    arrived_s,
    ...spans.flatMap(({ start_s, end_s, back_s }) => [start_s, end_s ?? start_s, back_s ?? 0]),
  )
