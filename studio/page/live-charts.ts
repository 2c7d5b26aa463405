import uPlot from 'uplot'
import { digits, milliseconds } from '../../reports/words/numbers.js'
import type { Loaded, Window } from '../messages.js'
import { roundClock } from './timing.js'
import {
  answered,
  type Columns,
  failed,
  failures,
  type Line,
  latencies,
  overlaid,
  rates,
  slowest,
} from './window-series.js'

/** A stretch of time in which a fault strikes. Seconds. */
export interface Band {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** Windows that are shown at a time. */
const SHOWN = 120
const HEIGHTS = { least: 56, most: 170, axis: 22, title: 25 } as const
/** The tones of the outcomes that failures have, by the order in which they first came. */
const TONES = ['--failed', '--fourth', '--second', '--fifth', '--sixth', '--eighth', '--more'] as const

export interface ChartsHost {
  /** What strikes when, for the bands. */
  bands(): readonly Band[]
  now(): number
  /** A moment was chosen. */
  picked(time: number): void
}

/** Windows of the run, and of the one beside it. */
type Both = readonly [readonly Window[], readonly Window[]]

interface Sort {
  readonly title: string
  readonly lines: readonly uPlot.Series[]
  readonly columns: (both: Both) => Columns
  readonly unit: 'count' | 'ms'
}

interface Drawn {
  readonly plot: uPlot
  readonly columns: Sort['columns']
}

/** What is drawn against time: three charts with one cursor. */
export class LiveCharts {
  private drawn: Drawn[] = []
  private seen: number[] = []
  private span = 60
  private lasts = 0
  private outcomes: readonly string[] = []
  private places: HTMLElement[] = []
  /** What both runs are called that are drawn over one another; null where there is one. */
  private names: readonly [string, string] | null = null

  constructor(
    private readonly place: HTMLElement,
    private readonly host: ChartsHost,
  ) {
    new ResizeObserver(() => this.fit()).observe(place)
  }

  /** Another run. @param names of this run and the one beside it; null where there is none */
  show({ lasts, outcomes }: Loaded, names: readonly [string, string] | null): void {
    this.lasts = lasts
    this.outcomes = outcomes
    this.names = names
    this.seen = []
    this.make()
  }

  /** The colours of the page are others now. */
  repaint(both: Both): void {
    this.make()
    this.draw(both)
  }

  private make(): void {
    for (const { plot } of this.drawn) plot.destroy()
    const sorts = this.names === null ? this.sorts() : overOneAnother(this.names)
    this.places = sorts.map(({ title }) => {
      const figure = document.createElement('figure')
      const caption = document.createElement('figcaption')
      caption.textContent = title
      figure.append(caption)
      figure.setAttribute('role', 'img')
      figure.setAttribute('aria-label', title)
      return figure
    })
    this.place.replaceChildren(...this.places)
    this.drawn = sorts.map((sort, n) => this.chart(n, sort))
  }

  private sorts(): readonly Sort[] {
    const lines = (...all: (readonly [string, string])[]) => all.map(([label, tone]) => line(label, tone))
    return [
      {
        title: 'Per second',
        lines: lines(['asked', '--offered'], ['good', '--third'], ['ok', '--ok'], ['failed', '--failed']),
        columns: ([windows]) => rates(windows),
        unit: 'count',
      },
      {
        title: 'Latency',
        lines: lines(['p50', '--p50'], ['p90', '--second'], ['p99', '--p99']),
        columns: ([windows]) => latencies(windows),
        unit: 'ms',
      },
      {
        title: 'Failures per second',
        lines: this.seen.map((i, n) => line(this.outcomes[i]!, TONES[Math.min(n, TONES.length - 1)]!)),
        columns: ([windows]) => failures(windows, this.seen),
        unit: 'count',
      },
    ]
  }

  private chart(n: number, { lines, columns, unit }: Sort): Drawn {
    const { width, height } = this.size()
    const say = unit === 'ms' ? milliseconds : digits
    const axis = { stroke: tone('--muted'), font: FONT, ticks: { show: false } }
    const plot = new uPlot(
      {
        width,
        height: n === 2 ? height + HEIGHTS.axis : height,
        padding: [6, 6, n === 2 ? 0 : 4, 0],
        legend: { show: true, live: true, markers: { width: 2 } },
        cursor: { sync: { key: 'time' }, y: false, points: { size: 6 }, drag: { x: false, y: false } },
        scales: {
          x: { time: false, range: () => this.range() },
          y:
            unit === 'ms'
              ? { distr: 3, range: (_, low, high) => decades(low, high) }
              : { range: (_, __, high) => [0, Math.max(1, high * 1.1)] },
        },
        axes: [
          {
            ...axis,
            show: n === 2,
            size: HEIGHTS.axis,
            grid: { show: false },
            values: (_, all) => all.map(roundClock),
            space: 60,
          },
          {
            ...axis,
            size: 46,
            grid: { stroke: tone('--line'), width: 1 },
            values: (_, all) => all.map((value) => (value === null ? '' : say(value))),
            space: 22,
            ...(unit === 'ms' && { splits: (plot: uPlot) => powers(plot) }),
          },
        ],
        series: [
          { label: 'at', value: (_, value) => (value === null ? '' : `${roundClock(value)}`) },
          ...lines.map((one) => ({
            ...one,
            value: (_: uPlot, value: number | null) => (value === null ? '' : say(value)),
          })),
        ],
        hooks: { drawClear: [(plot) => this.bands(plot)], ready: [(plot) => this.choosing(plot)] },
      },
      columns([[], []]) as uPlot.AlignedData,
      this.places[n]!,
    )
    return { plot, columns }
  }

  private choosing(plot: uPlot): void {
    plot.over.addEventListener('click', () => {
      const { left } = plot.cursor
      if (left !== undefined && left >= 0) this.host.picked(plot.posToVal(left, 'x'))
    })
  }

  private range(): [number, number] {
    const to = Math.min(Math.max(this.host.now(), this.span), Math.max(this.lasts, this.span))
    return [Math.max(0, to - this.span), to]
  }

  /** Where faults strike, and the moment that is shown. */
  private bands(plot: uPlot): void {
    const { ctx, bbox } = plot
    const x = (time: number) =>
      Math.max(bbox.left, Math.min(bbox.left + bbox.width, plot.valToPos(time, 'x', true)))
    ctx.save()
    // The line that was drawn last may have been a dashed one.
    ctx.setLineDash([])
    ctx.fillStyle = tone('--band')
    ctx.strokeStyle = tone('--band-edge')
    for (const { from, to } of this.host.bands()) {
      const [a, b] = [x(from), x(to)]
      if (b <= a) continue
      ctx.fillRect(a, bbox.top, b - a, bbox.height)
      ctx.strokeRect(a, bbox.top, 0.5, bbox.height)
    }
    ctx.strokeStyle = tone('--accent')
    const now = x(this.host.now())
    ctx.strokeRect(now, bbox.top, 0.5, bbox.height)
    ctx.restore()
  }

  /** @param span seconds that are shown */
  draw([first, second]: Both, span = this.span): void {
    this.span = Math.max(1, Math.min(span, Math.max(this.lasts, 1)))
    if (this.names === null && this.newFailures(first)) this.make()
    const [from, to] = this.range()
    const shown = (windows: readonly Window[]) =>
      windows.filter((window) => window.to > from && window.from < to)
    const both = [shown(first), shown(second)] as const
    for (const { plot, columns } of this.drawn) plot.setData(columns(both) as uPlot.AlignedData)
  }

  private newFailures(windows: readonly Window[]): boolean {
    const known = this.seen.length
    for (const { outcomes } of windows)
      outcomes.forEach((n, i) => {
        if (n > 0 && this.outcomes[i] !== 'ok' && !this.seen.includes(i)) this.seen.push(i)
      })
    return this.seen.length > known
  }

  /** What a reader is told of each chart instead of its lines. */
  say(sentences: readonly string[]): void {
    this.places.forEach((figure, i) => {
      figure.setAttribute('aria-label', sentences[i]!)
    })
  }

  private size(): { width: number; height: number } {
    const each = (this.place.clientHeight - HEIGHTS.axis) / 3 - HEIGHTS.title
    return {
      width: Math.max(120, this.place.clientWidth - 16),
      height: Math.round(Math.max(HEIGHTS.least, Math.min(HEIGHTS.most, each))),
    }
  }

  private fit(): void {
    // Nobody looks.
    if (this.place.clientWidth === 0) return
    const { width, height } = this.size()
    this.drawn.forEach(({ plot }, n) => {
      plot.setSize({ width, height: n === 2 ? height + HEIGHTS.axis : height })
    })
  }
}

/** Seconds that are shown where windows are so long. */
export const spanOf = (window: number): number => window * SHOWN

const FONT = '11px system-ui, sans-serif'

const tone = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name)

const line = (label: string, name: string): uPlot.Series => ({
  label,
  stroke: tone(name),
  width: 1.5,
  points: { show: false },
  spanGaps: false,
})

/** Two runs: the first solid, the second dashed. */
function overOneAnother(names: readonly [string, string]): readonly Sort[] {
  const lines = [line(names[0], '--accent'), { ...line(names[1], '--second'), dash: [5, 3] }]
  const sort = (title: string, figure: Line, unit: Sort['unit']): Sort => ({
    title,
    lines,
    columns: ([first, second]) => overlaid(first, second, figure),
    unit,
  })
  return [
    sort('Answered per second', answered, 'count'),
    sort('p99', slowest, 'ms'),
    sort('Failures per second', failed, 'count'),
  ]
}

/** The powers of ten that an axis has. */
function powers({ scales: { y } }: uPlot): number[] {
  const [low, high] = [Math.round(Math.log10(y!.min!)), Math.round(Math.log10(y!.max!))]
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i))
}

/** From one power of ten to another. */
function decades(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null || !(low > 0)) return [1, 1000]
  return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(Math.max(high, low * 1.01)))]
}
