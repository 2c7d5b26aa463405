import { amount, position } from './amounts.js'
import type { Chart, Line, Panel, Tone } from './chart.js'
import { type Scale, xScale, yScale } from './scales.js'

/** What a chart says at one place of its x axis. */
interface Reading {
  /** From 0 to 1. */
  readonly place: number
  readonly head: string
  /** One for each line that has a value there, in the order of the panels. */
  readonly rows: readonly Row[]
  readonly bands: readonly string[]
}

interface Row {
  readonly panel: number
  readonly name: string
  readonly tone: Tone
  readonly text: string
  /** Height in the panel, from 0 to 1. */
  readonly height: number
}

/** All lines at the place next to `place` at which one of them has a point; null where there are no points. */
export function readingAt(chart: Chart, place: number): Reading | null {
  const scale = xScale(chart)
  const all = chart.panels.flatMap(({ lines }) =>
    lines.flatMap(({ points }) => points.flatMap(([x, y]) => (y === null ? [] : [x]))),
  )
  if (all.length === 0) return null
  const off = (x: number) => Math.abs(scale.at(x) - place)
  const x = all.reduce((nearest, one) => (off(one) < off(nearest) ? one : nearest))
  const where = position(chart, x)
  return {
    place: scale.at(x),
    head: chart.x.title ? `${chart.x.title.split(' ')[0]} ${where}` : where,
    rows: chart.panels.flatMap((panel, i) => panel.lines.flatMap((line) => rowOf(panel, i, line, x, scale))),
    bands: chart.bands.filter(({ from, to }) => from <= x && x <= to).map(({ label }) => label),
  }
}

function rowOf(panel: Panel, place: number, line: Line, x: number, scale: Scale): Row[] {
  const heights = yScale(panel)
  const y = valueAt(line, x, scale, heights)
  if (y === null) return []
  const spread = line.ribbon?.find(([at]) => at === x)
  const told = amount(panel, y)
  const interval = spread ? ` (${amount(panel, spread[1])} – ${amount(panel, spread[2])})` : ''
  const cross = line.crossed?.includes(x) ? ', overloaded' : ''
  const text = `${told}${interval}${cross}`
  return [{ panel: place, name: line.name, tone: line.tone, text, height: heights.at(y) }]
}

/** Its point there, or what is drawn between the points on both sides; null in a gap and beyond the ends. */
function valueAt({ points }: Line, x: number, scale: Scale, heights: Scale): number | null {
  const next = points.findIndex(([at]) => at >= x)
  if (next < 0) return null
  const [at, y] = points[next]!
  if (at === x || y === null) return at === x ? y : null
  const [before, low] = points[next - 1] ?? [0, null]
  if (low === null) return null
  const part = (scale.at(x) - scale.at(before)) / (scale.at(at) - scale.at(before))
  return heights.value(heights.at(low) + part * (heights.at(y) - heights.at(low)))
}

/** The chart in words: from where to where each line goes, and what the bands mark. */
export function inWords(chart: Chart): string {
  const panels = chart.panels.map(
    (panel) => `${panel.title}. ${panel.lines.map((line) => rangeOf(chart, panel, line)).join('; ')}.`,
  )
  const bands = chart.bands.map(
    ({ from, to, label }) => `${label}: from ${position(chart, from)} to ${position(chart, to)}.`,
  )
  return [...panels, ...bands].join(' ')
}

function rangeOf(chart: Chart, panel: Panel, { name, points }: Line): string {
  const there = points.flatMap(([x, y]) => (y === null ? [] : [{ x, y }]))
  if (there.length === 0) return `${name}: nothing to show`
  const least = there.reduce((a, b) => (b.y < a.y ? b : a))
  const most = there.reduce((a, b) => (b.y > a.y ? b : a))
  const at = ({ x, y }: (typeof there)[number]) => `${amount(panel, y)} at ${position(chart, x)}`
  return `${name}: ${least.y === most.y ? amount(panel, most.y) : `${at(least)} to ${at(most)}`}`
}
