import type { Span, TracedRequest, Wanted } from '../sim/model/tracing.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { wrap } from './text.js'
import { digits, moment } from './words/numbers.js'
import { DOINGS, type Doing, depthsOf, lastOf, stretchesOf } from './words/stretches.js'

/** What a request does at a place, as a bar shows it. */
const MARKS: Readonly<Record<Doing, string>> = {
  waits: '.',
  works: '#',
  asks: ':',
  travels: '-',
  nobody: 'x',
}
const AFTER = '>'
const LEGEND = [
  ...Object.entries(DOINGS).map(([doing, says]) => `${MARKS[doing as Doing]} ${says}`),
  `${AFTER} goes on after the answer`,
].join(',  ')

/** Columns of a bar. */
const LEAST = 8
/** A name has a third of the width, with what it is indented by. */
const NAME = 1 / 3

/** A line for each request, and one for each box that it was in: a bar on the time of the request, and how long. */
export function traceText(
  scenario: Scenario,
  requests: readonly TracedRequest[],
  wanted: Wanted,
  width: number,
): string {
  const head = wrap(`${scenario.name}: ${told(requests.length, wanted)}, replication 0`, width)
  if (requests.length === 0) return `${head}\n`
  return `${[head, wrap(LEGEND, width), ...requests.map((one) => waterfall(one, width))].join('\n\n')}\n`
}

/** Which requests these are. */
function told(n: number, { count, slowest, failed, from, class: named }: Wanted): string {
  const which = [
    `${named === undefined ? '' : `${named} `}request${n === 1 ? '' : 's'} of the measured span`,
    from !== undefined && `from ${moment(from)} s on`,
    failed === true && `that ${n === 1 ? 'was' : 'were'} not answered ok`,
  ]
    .filter(Boolean)
    .join(' ')
  if (n === 0) return `no ${which}`
  const many = n === 1 ? '' : `${n} `
  if (slowest === true)
    return n === 1 ? `the slowest ${which}` : `the ${many}slowest ${which}, the slowest first`
  return n < count ? `${n === 1 ? 'the only' : `all ${n}`} ${which}` : `the first ${many}${which}`
}

function waterfall(request: TracedRequest, width: number): string {
  const { spans, arrived_s, latency_ms } = request
  const latency = latency_ms === null ? 'unanswered' : `${digits(latency_ms)} ms`
  const head = `#${request.id} ${request.class} at ${arrived_s.toFixed(4)} s: ${request.outcome ?? 'in flight'}, ${latency}`
  const names = namesOf(spans, Math.floor(width * NAME))
  const stays = spans.map(stayOf)
  const room = Math.max(0, ...names.map((name) => name.length))
  const columns = Math.max(LEAST, width - room - Math.max(0, ...stays.map((stay) => stay.length)) - 6)
  const end = latency_ms === null ? lastOf(request) : arrived_s + latency_ms / 1000
  const lines = spans.map((_, i) => {
    const bar = barOf(spans, i, { from: arrived_s, to: end, columns })
    return `${names[i]!.padEnd(room)}  |${bar}|  ${stays[i]}`
  })
  return [head, ...lines].join('\n')
}

/** Indented by how far down they are. */
function namesOf(spans: readonly Span[], most: number): string[] {
  const depths = depthsOf(spans)
  return spans.map(({ component }, i) => {
    const name = `${'  '.repeat(depths[i]!)}${component}`
    return name.length > most ? `${name.slice(0, most - 1)}…` : name
  })
}

function stayOf({ start_s, end_s, wait_ms, outcome }: Span): string {
  const stay = end_s === null ? 'still there' : `${digits((end_s - start_s) * 1000)} ms`
  const wait = wait_ms > 0 ? `, waited ${digits(wait_ms)} ms` : ''
  return `${stay}${wait}${outcome === null ? '' : `, ${outcome}`}`
}

interface Scale {
  readonly from: number
  readonly to: number
  readonly columns: number
}

/** What is shorter than a column has one, where there is no other; what goes on after the answer, an arrow at the end. */
function barOf(spans: readonly Span[], i: number, { from, to, columns }: Scale): string {
  const span = spans[i]!
  const step = (to - from) / columns
  const stretches = stretchesOf(spans, i)
  const marks = Array.from({ length: columns }, (_, column) => {
    const time = from + (column + 0.5) * step
    const found = stretches.find((stretch) => time >= stretch.from && time < stretch.to)
    return found === undefined ? ' ' : MARKS[found.doing]
  })
  const first = step > 0 ? Math.min(columns - 1, Math.floor((span.start_s - from) / step)) : 0
  if (marks.join('').trim() === '') marks[first] = span.unconnected ? MARKS.nobody : MARKS.works
  if ((span.end_s ?? Number.POSITIVE_INFINITY) > to + step / 2) marks[columns - 1] = AFTER
  return marks.join('')
}
