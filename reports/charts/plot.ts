import { html, type Markup, type Part } from '../drawing/markup.js'
import { onAxis, position } from './amounts.js'
import type { Chart, Line, Panel, Tone } from './chart.js'
import { DASHES } from './chart.js'
import { placeLabels } from './lanes.js'
import { inWords } from './reading.js'
import { across, type Scale, xScale, yScale } from './scales.js'

/**
 * A chart as SVG that is as wide as there is room, and as high as its panels: sideways everything stands at shares of the
 * width, and what is written keeps its size. What stands to the left of the panels needs a margin of `MARGIN` pixels
 * there. Colours come from the style sheet by the classes of tones; without one, all is drawn in the colour of text.
 */
export function plot(chart: Chart, title: string): Markup {
  const { panels, x } = chart
  const labels = placeLabels(chart)
  const lanes = Math.max(0, ...labels.map(({ lane }) => lane + 1)) * LANE
  const top = (panel: number) => TITLE + lanes + panel * (chart.tall + GAP)
  const end = top(panels.length - 1) + chart.tall
  const scale = xScale(chart)
  return html`<svg class="plot" width="100%" height="${end + (x.title ? 40 : 22)}" overflow="visible" font-size="11" role="img">
<title>${title}</title>
<desc>${inWords(chart)}</desc>
${bandsOf(chart, scale, top(0), end)}
${labels.map(({ label, at, anchor, lane }) => html`<text class="band-label" x="${at}" y="${TITLE + lane * LANE + 8}" text-anchor="${anchor}">${label}</text>\n`)}${panels.map((panel, i) => panelOf(chart, panel, scale, top(i), i === 0 ? lanes : 0))}${ticksOf(chart, scale, end)}
${x.title && html`<text class="tick" x="50%" y="${end + 34}" text-anchor="middle">${x.title}</text>`}
</svg>`
}

/** Pixels: beside the panels, for the title of each, between them, and for a line with names of bands. */
const MARGIN = 56
const TITLE = 22
const GAP = 40
const LANE = 15
/** Units that a panel is wide, whatever its pixels. */
const WIDE = 1000

/** The line of a chart, in a legend. */
export const swatch = (tone: Tone): Markup =>
  html`<svg class="swatch tone-${tone}" width="26" height="8" aria-hidden="true"><path fill="none" stroke="currentColor" stroke-width="2.5" d="M1 4H25"${dashes(tone)}/></svg>`

const dashes = (tone: Tone): Part =>
  DASHES[tone].length > 0 && html` stroke-dasharray="${DASHES[tone].join(' ')}"`

// ---- Around the lines ---------------------------------------------------------------------------------------------

const bandsOf = ({ bands }: Chart, scale: Scale, top: number, end: number): Part =>
  bands.map(({ from, to, label }) => {
    const [left, right] = [scale.at(from), scale.at(to)]
    const edge = (at: number) =>
      html`<line class="band-edge" x1="${across(at)}" x2="${across(at)}" y1="${top}" y2="${end}" stroke="currentColor" stroke-dasharray="3 3"/>`
    return html`<g><rect class="band" x="${across(left)}" y="${top}" width="${across(right - left)}" height="${end - top}" fill-opacity="0.08"><title>${label}</title></rect>${edge(left)}${edge(right)}</g>\n`
  })

/** Letters that fit beside one another, of a wide page and of a narrow one. */
const LETTERS = [140, 48] as const
/** Letters of which half have room beyond the ends. */
const SHORT = 4

/** Below the last panel; on a narrow page fewer of them. */
function ticksOf(chart: Chart, { ticks, at }: Scale, end: number): Part {
  const texts = ticks.map((value) => position(chart, value))
  const most = Math.max(1, ...texts.map((text) => text.length))
  // Long ones end with the chart, half their length nearer to the last but one.
  const longest = (most > SHORT ? 1.5 * most : most) + 2
  const [every, few] = LETTERS.map((letters) => Math.ceil((ticks.length * longest) / letters)) as [
    number,
    number,
  ]
  // Those that a narrow page shows are among those of a wide one.
  const sparse = Math.ceil(few / every) * every
  return ticks.map((value, i) => {
    if (i % every > 0) return null
    const place = at(value)
    const isLong = texts[i]!.length > SHORT
    const anchor = isLong && place > 0.97 ? 'end' : isLong && place < 0.03 ? 'start' : 'middle'
    return html`<text class="tick ${i % sparse > 0 && 'fine'}" x="${across(place)}" y="${end + 16}" text-anchor="${anchor}">${texts[i]}</text>`
  })
}

/** @param lanes pixels between its title and its upper edge */
function panelOf(chart: Chart, panel: Panel, scale: Scale, top: number, lanes: number): Markup {
  const { tall } = chart
  const heights = yScale(panel)
  const y = (value: number) => tall * (1 - Math.min(1.02, Math.max(-0.02, heights.at(value))))
  const at = (x: number) => WIDE * scale.at(x)
  const isEmpty = panel.lines.every(({ points }) => points.every(([, value]) => value === null))
  const upright = chart.x.log
    ? scale.ticks.map(
        (value) =>
          html`<line class="grid" x1="${across(scale.at(value))}" x2="${across(scale.at(value))}" y1="${top}" y2="${top + tall}"/>`,
      )
    : null
  return html`<g data-top="${top}"><text class="panel" x="${8 - MARGIN}" y="${top - lanes - 9}" font-weight="600">${panel.title}</text>
<g stroke="currentColor" stroke-opacity="0.2">${upright}${heights.ticks.map((value) => html`<line class="grid" x2="100%" y1="${(top + y(value)).toFixed(1)}" y2="${(top + y(value)).toFixed(1)}"/>`)}</g>
${isEmpty ? html`<text class="tick" x="50%" y="${top + tall / 2 + 4}" text-anchor="middle">nothing to show</text>` : heights.ticks.map((value) => html`<text class="tick" x="-8" y="${(top + y(value) + 4).toFixed(1)}" text-anchor="end">${onAxis(panel, value)}</text>`)}
<svg y="${top}" width="100%" height="${tall}" viewBox="0 0 ${WIDE} ${tall}" preserveAspectRatio="none" overflow="visible">
${panel.lines.map((line) => html`<g class="tone-${line.tone}">${shadesOf(line, at, y, tall)}<path class="line" fill="none" stroke="currentColor" stroke-width="${line.tone === 'offered' ? 1.25 : 1.75}"${dashes(line.tone)} d="${pathOf(line, at, y)}"/></g>\n`)}</svg>
${panel.lines.map((line) => marksOf(line, scale, (value) => top + y(value)))}</g>
`
}

// ---- Lines ----------------------------------------------------------------------------------------------------------

type To = (value: number) => number

const fixed = (n: number): string => String(+n.toFixed(1))

/** Points that follow one another without a gap. */
function runsOf({ points }: Line): [number, number][][] {
  const runs: [number, number][][] = [[]]
  for (const [x, y] of points)
    if (y === null) runs.push([])
    else runs.at(-1)!.push([x, y])
  return runs.filter((run) => run.length > 0)
}

/** A point with gaps on both sides is a dash. */
const pathOf = (line: Line, at: To, y: To): string =>
  runsOf(line)
    .map((run) =>
      run.length === 1
        ? `M${fixed(at(run[0]![0]) - 1.5)} ${fixed(y(run[0]![1]))}h3`
        : `M${run.map(([x, value]) => `${fixed(at(x))} ${fixed(y(value))}`).join('L')}`,
    )
    .join('')

/** The area below, and confidence intervals: a ribbon along the line, with its gaps; of a lone point a bar. */
function shadesOf(line: Line, at: To, y: To, tall: number): Part {
  const { filled, ribbon = [] } = line
  const under = runsOf(line).map((run) => {
    const tops = run.map(([x, value]) => `${fixed(at(x))} ${fixed(y(value))}`).join('L')
    return `M${fixed(at(run[0]![0]))} ${tall}L${tops}L${fixed(at(run.at(-1)![0]))} ${tall}Z`
  })
  const ribbons = runsOf(line).map((run) => {
    const own = ribbon.filter(([x]) => run.some(([there]) => there === x))
    const side = (of: 1 | 2) => own.map((one) => `${fixed(at(one[0]))} ${fixed(y(one[of]))}`)
    const [low, high] = [side(1), side(2)]
    if (own.length > 1)
      return html`<path class="ribbon" fill="currentColor" fill-opacity="0.2" d="M${high.join('L')}L${low.reverse().join('L')}Z"/>`
    return own.length === 0
      ? null
      : html`<path class="ribbon bar" stroke="currentColor" stroke-opacity="0.4" stroke-width="3" d="M${high[0]}L${low[0]}"/>`
  })
  return [filled && html`<path fill="currentColor" fill-opacity="0.18" d="${under.join('')}"/>`, ...ribbons]
}

/** Dots where there are intervals, and crosses on those that are crossed out. */
function marksOf({ tone, points, ribbon, crossed = [] }: Line, scale: Scale, y: To): Part {
  if (ribbon === undefined && crossed.length === 0) return null
  const marks = points.flatMap(([x, value]) => {
    if (value === null) return []
    const place = across(scale.at(x))
    const height = fixed(y(value))
    return crossed.includes(x)
      ? html`<svg class="cross" x="${place}" y="${height}" overflow="visible"><path fill="none" stroke="currentColor" stroke-width="2.5" d="M-4 -4L4 4M-4 4L4 -4"/></svg>`
      : ribbon !== undefined
        ? html`<circle cx="${place}" cy="${height}" r="2.5" fill="currentColor"/>`
        : []
  })
  return html`<g class="tone-${tone}">${marks}</g>`
}
