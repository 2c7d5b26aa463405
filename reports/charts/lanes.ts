import type { Chart } from './chart.js'
import { across, xScale } from './scales.js'

/** Where the name of a band is written, above the first panel. */
interface Label {
  readonly label: string
  readonly at: string
  readonly anchor: 'start' | 'middle' | 'end'
  /** Lines from above. */
  readonly lane: number
}

/** Of a narrow page, the share of its width that a letter takes. */
const LETTER = 6.3 / 310
/** Beyond these ends there are margins. */
const [LEFT, RIGHT] = [-0.12, 1.03]
/** Lines of names at most. */
const MOST = 4

/**
 * The names of bands where they do not run into one another, even on a narrow page: from the left edge of the band, or up
 * to its right edge, or amid the chart. What finds no room has
 * none.
 */
export function placeLabels(chart: Chart): Label[] {
  const scale = xScale(chart)
  const ends: number[] = []
  const placed: Label[] = []
  for (const { from, to, label } of [...chart.bands].sort((a, b) => a.from - b.from)) {
    const { start, at, anchor } = fitted(scale.at(from), scale.at(to), label.length * LETTER)
    const free = ends.findIndex((end) => end < start)
    const lane = free >= 0 ? free : ends.length
    if (lane >= MOST) continue
    ends[lane] = start + label.length * LETTER + LETTER
    placed.push({ label, at: across(at), anchor, lane })
  }
  return placed
}

function fitted(
  from: number,
  to: number,
  wide: number,
): Pick<Label, 'anchor'> & { start: number; at: number } {
  if (from + wide <= RIGHT) return { start: from, at: from, anchor: 'start' }
  if (to - wide >= LEFT) return { start: to - wide, at: to, anchor: 'end' }
  return { start: LEFT, at: 0.5, anchor: 'middle' }
}
