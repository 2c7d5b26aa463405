import type { Window } from '../messages.js'
import type { Clock } from './clock.js'
import { type ChartsHost, LiveCharts, spanOf } from './live-charts.js'
import { chartSentences, pairSentences } from './sentences.js'
import type { Side } from './side.js'
import { everyAt } from './timing.js'

/** Milliseconds between two drawings of the charts, and where a reader wants no motion. */
const PAUSE = { charts: 200, still: 1000 } as const
/** Seconds that the charts show at least. */
const LEAST_SPAN = 60

interface PictureHost extends ChartsHost {
  /** One, or two beside one another, and what each is called. */
  sides(): readonly Side[]
  names(): readonly string[]
  clock(): Clock
}

/** What changes with each frame of the screen: the drawings with their dots, and the charts. */
export class Picture {
  private readonly charts: LiveCharts
  private lastFrame = 0
  private chartedAt = 0
  private charting = false
  /** Frames until there are charts of other runs: their drawing is to be seen first. */
  private soon = 0

  constructor(
    place: HTMLElement,
    private readonly host: PictureHost,
  ) {
    this.charts = new LiveCharts(place, host)
  }

  private get rests(): boolean {
    return this.host.sides()[0]!.rests
  }

  /** Other runs than before. */
  show(): void {
    this.soon = 2
  }

  private begin(): void {
    const [first] = this.host.sides()
    if (first!.state.loaded === null) return
    const [name, beside] = this.host.names()
    this.charts.show(first!.state.loaded, beside === undefined ? null : [name!, beside])
    this.chart()
  }

  /** A run has gone on. */
  goesOn(): void {
    this.charting = true
  }

  /** At each frame of the screen. */
  animate(): void {
    const clock = this.host.clock()
    const sides = this.host.sides()
    const wall = performance.now()
    const elapsed = Math.min(100, wall - this.lastFrame) / 1000
    this.lastFrame = wall
    const busiest = Math.max(...sides.map(({ stage }) => stage?.busiest ?? 0))
    clock.every = this.rests ? 0 : everyAt(busiest, clock.speed)
    for (const side of sides) side.animate(elapsed)
    if (this.soon > 0) {
      this.soon--
      if (this.soon === 0) this.begin()
    } else if (this.charting && wall - this.chartedAt > (this.rests ? PAUSE.still : PAUSE.charts))
      this.chart()
  }

  private chart(): void {
    this.charting = false
    this.chartedAt = performance.now()
    this.charts.draw(this.windows, Math.max(spanOf(this.host.clock().window), LEAST_SPAN))
  }

  private get windows(): readonly [readonly Window[], readonly Window[]] {
    const [first, second] = this.host.sides()
    return [first!.series.windows, second?.series.windows ?? []]
  }

  /** The colours of the page are others now. */
  repaint(): void {
    this.charts.repaint(this.windows)
  }

  /** What the charts show, for those who do not see them. */
  describe(): void {
    const { now } = this.host.clock()
    const figures = this.host.sides().map(({ series }) => series.figures(now))
    const names = this.host.names()
    const sentences =
      figures.length === 1
        ? chartSentences(now, figures[0]!)
        : pairSentences(
            now,
            figures.map((one, i) => [names[i]!, one]),
          )
    if (sentences !== null) this.charts.say(sentences)
  }
}
