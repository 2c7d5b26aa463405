/**
 * Runs in the page, bundled with ECharts: draws every `figure.chart` from the JSON in it, in the colours that the
 * style sheet has for the reader's light or dark mode, and again when that, the width or the medium changes.
 */
import { CustomChart, LineChart } from 'echarts/charts'
import {
  DataZoomSliderComponent,
  GridComponent,
  LegendPlainComponent,
  MarkAreaComponent,
  TooltipComponent,
} from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { digits, milliseconds, percent, whole } from '../words/numbers.js'
import { type Chart, DASHES, type Line, type Panel } from './chart.js'

use([
  CustomChart,
  LineChart,
  GridComponent,
  TooltipComponent,
  LegendPlainComponent,
  DataZoomSliderComponent,
  MarkAreaComponent,
  SVGRenderer,
])

const LEFT = 56
const RIGHT = 14
const GAP = 40
/** Height of a panel's title, and of a line with the names of faults. */
const TITLE = 22
const LANE = 15

function show(figure: HTMLElement): void {
  const chart: Chart = JSON.parse(figure.querySelector('script')!.textContent!)
  const canvas = figure.querySelector<HTMLElement>('.canvas')!
  const drawn = init(canvas, null, { renderer: 'svg', height: chart.height })
  const hidden = new Set<string>()

  const draw = (): void => {
    drawn.resize()
    drawn.setOption(optionsOf(chart, colours(figure), canvas.clientWidth), { notMerge: true })
    for (const name of hidden) drawn.dispatchAction({ type: 'legendUnSelect', name })
  }
  draw()

  for (const button of figure.querySelectorAll<HTMLButtonElement>('button[data-line]')) {
    button.addEventListener('click', () => {
      const name = button.dataset.line!
      const shown = hidden.has(name)
      if (shown) hidden.delete(name)
      else hidden.add(name)
      button.setAttribute('aria-pressed', String(shown))
      drawn.dispatchAction({ type: shown ? 'legendSelect' : 'legendUnSelect', name })
    })
  }
  if (chart.x.zoom) {
    drawn.on('datazoom', () => {
      const [zoom] = drawn.getOption().dataZoom as { startValue: number; endValue: number }[]
      const interval = stepOf(chart, zoom!.endValue - zoom!.startValue, canvas.clientWidth)
      drawn.setOption({ xAxis: chart.panels.map(() => ({ interval })) })
    })
  }

  let width = canvas.clientWidth
  new ResizeObserver(() => {
    if (canvas.clientWidth === width) return
    width = canvas.clientWidth
    draw()
  }).observe(canvas)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  // Paper is white: the style sheet says so for print, and the charts follow.
  for (const event of ['beforeprint', 'afterprint']) {
    addEventListener(event, () => {
      document.documentElement.classList.toggle('paper', event === 'beforeprint')
      draw()
    })
  }
}

type Colours = (name: string) => string

function colours(element: HTMLElement): Colours {
  const style = getComputedStyle(element)
  return (name) => style.getPropertyValue(`--${name}`).trim()
}

/** What all parts of a drawn chart go by. */
interface Look {
  readonly chart: Chart
  readonly colour: Colours
  /** Of the canvas, in pixels. */
  readonly width: number
  /** Lines with the names of faults above the first panel. */
  readonly lanes: number
  readonly text: { readonly color: string; readonly fontFamily: string; readonly fontSize: number }
  readonly fine: { readonly lineStyle: { readonly color: string } }
}

function optionsOf(chart: Chart, colour: Colours, width: number): EChartsCoreOption {
  const look: Look = {
    chart,
    colour,
    width,
    lanes: chart.bands.length > 0 ? Math.max(...chart.bands.map((band) => band.lane)) + 1 : 0,
    text: { color: colour('muted'), fontFamily: 'inherit', fontSize: 11 },
    fine: { lineStyle: { color: colour('line') } },
  }
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    legend: { show: false },
    grid: grids(look),
    xAxis: chart.panels.map((_, i) => xAxis(look, i)),
    yAxis: chart.panels.map((panel, i) => yAxis(look, panel, i)),
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    tooltip: pointedAt(look),
    dataZoom: chart.x.zoom ? [slider(look)] : undefined,
    series: chart.panels.flatMap((panel, i) => seriesOf(look, panel, i)),
  }
}

/** The panels, one below the other: all as high as there is room for. */
function grids({ chart: { x, panels, height }, lanes }: Look): object[] {
  const top = TITLE + lanes * LANE
  const bottom = x.zoom ? 56 : x.title ? 46 : 26
  const tall = (height - top - bottom - GAP * (panels.length - 1)) / panels.length
  return panels.map((_, i) => ({ left: LEFT, right: RIGHT, top: top + i * (tall + GAP), height: tall }))
}

/** The panels share one x axis: its numbers stand below the last. */
function xAxis({ chart, width, text, fine }: Look, panel: number): object {
  const { x, panels } = chart
  const isLast = panel === panels.length - 1
  return {
    gridIndex: panel,
    type: x.log ? 'log' : 'value',
    min: x.from,
    max: x.to,
    ...(x.unit === 'time' ? { interval: stepOf(chart, x.to - x.from, width) } : {}),
    ...(x.labels ? { interval: 1 } : {}),
    ...(isLast && x.title ? { name: x.title, nameLocation: 'middle', nameGap: 26, nameTextStyle: text } : {}),
    axisLine: { onZero: false, ...fine },
    axisTick: { show: isLast, ...fine },
    axisLabel: {
      ...text,
      show: isLast,
      hideOverlap: true,
      ...(x.labels ? { alignMinLabel: 'left', alignMaxLabel: 'right' } : {}),
      formatter: (value: number) => position(chart, value),
    },
    splitLine: { show: x.log, ...fine },
    axisPointer: { label: { show: false } },
  }
}

function yAxis({ colour, lanes, text, fine }: Look, panel: Panel, place: number): object {
  return {
    gridIndex: place,
    type: panel.log ? 'log' : 'value',
    min: panel.from,
    max: panel.to,
    splitNumber: 4,
    name: panel.title,
    nameGap: 10 + (place === 0 ? lanes * LANE : 0),
    nameTextStyle: {
      ...text,
      color: colour('ink'),
      align: 'left',
      padding: [0, 0, 0, 8 - LEFT],
      fontWeight: 600,
    },
    axisLine: { show: false, onZero: false },
    axisTick: { show: false },
    axisLabel: { ...text, formatter: axisLabel(panel) },
    splitLine: fine,
  }
}

const pointedAt = ({ chart, colour, text }: Look): object => ({
  trigger: 'axis',
  confine: true,
  backgroundColor: colour('card'),
  borderColor: colour('line'),
  textStyle: { ...text, color: colour('ink'), fontSize: 12 },
  axisPointer: { type: 'line', lineStyle: { color: colour('muted'), type: 'solid', width: 1 } },
  formatter: (points: unknown) => tooltip(chart, points as Pointed[]),
})

/** Below the panels: from when to when is shown. */
const slider = ({ chart: { panels }, colour }: Look): object => ({
  type: 'slider',
  xAxisIndex: panels.map((_, i) => i),
  height: 18,
  bottom: 8,
  left: LEFT,
  right: RIGHT,
  showDetail: false,
  brushSelect: false,
  filterMode: 'none',
  borderColor: colour('line'),
  fillerColor: colour('wash'),
  dataBackground: { lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 } },
  selectedDataBackground: { lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 } },
  handleStyle: { color: colour('card'), borderColor: colour('muted') },
  moveHandleStyle: { color: colour('line') },
  emphasis: {
    handleStyle: { borderColor: colour('ink') },
    moveHandleStyle: { color: colour('muted') },
  },
})

/** Lines, one that carries the bands, ribbons: `tooltip` counts on that order. */
const seriesOf = (look: Look, panel: Panel, place: number): object[] => [
  ...panel.lines.map((line) => lineOf(line, place, look.colour(line.tone))),
  bandsOf(look, place),
  // Of one name with their lines, so that the legend switches both.
  ...panel.lines.flatMap((line) => (line.ribbon ? [ribbonOf(line, place, look.colour(line.tone))] : [])),
]

/** A line without points carries the bands: it cannot be switched off with a legend. */
const bandsOf = ({ chart, colour, width, text }: Look, panel: number): object => ({
  type: 'line',
  name: '',
  xAxisIndex: panel,
  yAxisIndex: panel,
  data: [],
  silent: true,
  markArea: {
    silent: true,
    itemStyle: {
      color: colour('band'),
      borderColor: colour('band-edge'),
      borderWidth: 1,
      borderType: [3, 3],
    },
    label: { ...text, color: colour('band-ink'), show: panel === 0, align: 'left', fontWeight: 600 },
    data: chart.bands.map(({ from, to, label, lane }) => [
      { xAxis: from, name: label, label: labelAt(chart, from, label, lane, width) },
      { xAxis: to },
    ]),
  },
})

const CROSS = 'path://M2 0L6 4L10 0L12 2L8 6L12 10L10 12L6 8L2 12L0 10L4 6L0 2Z'

function lineOf({ name, tone, points, filled, ribbon, crossed }: Line, panel: number, color: string): object {
  return {
    type: 'line',
    name,
    xAxisIndex: panel,
    yAxisIndex: panel,
    data: points.map(([x, y]) =>
      crossed?.includes(x) ? { value: [x, y], symbol: CROSS, symbolSize: 11 } : [x, y],
    ),
    showSymbol: ribbon !== undefined,
    symbol: 'circle',
    symbolSize: 5,
    color,
    lineStyle: {
      width: tone === 'offered' ? 1.25 : 1.75,
      type: DASHES[tone].length > 0 ? DASHES[tone] : 'solid',
    },
    areaStyle: filled ? { opacity: 0.18 } : undefined,
    emphasis: { disabled: true },
  }
}

/** A quadrangle from each point to the next; a lone point has a bar. */
function ribbonOf({ name, ribbon }: Line, panel: number, color: string): object {
  const all = ribbon!
  return {
    type: 'custom',
    name,
    xAxisIndex: panel,
    yAxisIndex: panel,
    silent: true,
    z: 1,
    encode: { x: [0, 3], y: [1, 2, 4, 5] },
    data:
      all.length === 1 ? [[...all[0]!, ...all[0]!]] : all.slice(1).map((next, i) => [...all[i]!, ...next]),
    renderItem: (_: unknown, api: { value(i: number): number; coord(at: number[]): number[] }) => {
      const at = (x: number, y: number) => api.coord([api.value(x), api.value(y)])
      const points = [at(0, 1), at(3, 4), at(3, 5), at(0, 2)]
      return {
        type: 'polygon',
        shape: { points },
        style: { fill: color, stroke: color, opacity: 0.2, lineWidth: api.value(0) === api.value(3) ? 3 : 0 },
      }
    },
  }
}

/** The words on a band stand above the panel, from the band's left edge; near the right end they end at it. */
function labelAt({ x }: Chart, from: number, label: string, lane: number, width: number): object {
  const inner = width - LEFT - RIGHT
  const left = ((from - x.from) / (x.to - x.from)) * inner
  const over = left + label.length * 6.8 - inner
  return { position: 'insideTopLeft', offset: [over > 0 ? -Math.min(over, left) : 0, -19 - lane * LANE] }
}

// ---- Numbers as words -------------------------------------------------------------------------------------------

function axisLabel({ unit }: Panel): (value: number) => string {
  if (unit === 'ms') return milliseconds
  if (unit === 'share') return (share) => `${exact(share * 100)}%`
  if (unit === 'beyond') return (share) => (share >= 0.999 ? 'all' : `1 in ${short(Math.round(1 / share))}`)
  return short
}

interface Pointed {
  seriesType: string
  seriesName: string
  seriesIndex: number
  color: string
  value: [number, number | null]
}

function tooltip(chart: Chart, points: readonly Pointed[]): HTMLElement | string {
  const box = document.createElement('div')
  const row = (className: string, ...texts: string[]): HTMLElement => {
    const line = box.appendChild(document.createElement('div'))
    line.className = className
    for (const text of texts) line.appendChild(document.createElement('span')).textContent = text
    return line
  }
  const told = points.filter(
    (point) => point.seriesType === 'line' && point.seriesName !== '' && point.value?.[1] != null,
  )
  if (told.length === 0) return ''
  const x = told[0]!.value[0]
  row('tip-head', chart.x.title ? `${chart.x.title.split(' ')[0]} ${position(chart, x)}` : position(chart, x))
  // Series stand in the order of the panels: lines, one that carries the bands, ribbons.
  const drawn = chart.panels.flatMap((panel) => [
    ...panel.lines.map((line) => ({ panel, line })),
    ...Array.from({ length: 1 + panel.lines.filter((line) => line.ribbon).length }, () => null),
  ])
  for (const { seriesName, seriesIndex, value, color } of told) {
    const { panel, line } = drawn[seriesIndex]!
    const spread = line.ribbon?.find(([at]) => at === value[0])
    const cross = line.crossed?.includes(value[0]) ? ', overloaded' : ''
    const shown = spread
      ? `${amount(panel, value[1]!)} (${amount(panel, spread[1])} – ${amount(panel, spread[2])})`
      : amount(panel, value[1]!)
    const where =
      line.ribbon && chart.panels.length > 1 ? `${seriesName}: ${panel.title.toLowerCase()}` : seriesName
    row('tip-row', where, `${shown}${cross}`).style.setProperty('--tone', color)
  }
  for (const { from, to, label } of chart.bands) if (from <= x && x <= to) row('tip-band', label)
  return box
}

function amount({ unit }: Panel, y: number): string {
  if (unit === 'ms') return milliseconds(y)
  if (unit === 'rate') return `${digits(y)}/s`
  return unit === 'share' ? percent(y) : `${digits(y * 100)}% are slower`
}

/** Seconds as a clock shows them: 45 s, 2:30, 1:02:30, 3 d 4:00. */
function clock(seconds: number): string {
  const whole = Math.round(seconds * 10) / 10
  if (whole < 60) return `${whole} s`
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)}`
  const days = Math.floor(whole / 86400)
  const hours = Math.floor((whole % 86400) / 3600)
  const minutes = two((whole % 3600) / 60)
  if (days > 0) return `${days} d ${hours}:${minutes}`
  return `${hours}:${minutes}:${two(whole % 60)}`
}

/** On an axis. */
function short(n: number): string {
  if (n >= 1e6) return `${digits(n / 1e6)} M`
  return n >= 1e4 ? `${digits(n / 1e3)} k` : exact(n)
}

/** Where on the x axis. */
function position({ x }: Chart, value: number): string {
  if (x.labels) return x.labels[value] ?? ''
  return x.unit === 'time' ? clock(value) : x.unit === 'ms' ? milliseconds(value) : short(value)
}

/** Numbers of an axis are round, however close they are to one another. */
const exact = (n: number): string => (Math.abs(n) >= 999.5 ? whole(n) : String(+n.toPrecision(5)))

/** Steps that clocks know, so that about one label stands in each 90 pixels. */
function stepOf({ x }: Chart, span: number, width: number): number {
  const wanted = span / Math.max(2, Math.floor((width - LEFT - RIGHT) / 90))
  const steps =
    x.unit === 'time'
      ? [
          0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
          86400,
        ]
      : []
  return steps.find((step) => step >= wanted) ?? Math.ceil(wanted / 86400) * 86400
}

// Last, when everything above is defined.
for (const figure of document.querySelectorAll<HTMLElement>('figure.chart')) show(figure)
