import type { Frame, Loaded } from '../messages.js'
import { type ChartsHost, LiveCharts, spanOf } from './live-charts.js'
import type { LiveRun } from './live-run.js'
import { chartSentences } from './sentences.js'
import { Stage, type StageHost } from './stage.js'
import { everyAt } from './timing.js'
import type { Series } from './window-series.js'

/** Milliseconds between two drawings: of the boxes, of the charts, and of everything where a reader wants no motion. */
const PAUSE = { boxes: 60, charts: 200, still: 1000 } as const
/** Seconds that the charts show at least. */
const LEAST_SPAN = 60

/** What changes with each frame of the screen: the drawing with its dots, and the charts. */
export class Picture {
  readonly stage: Stage
  private readonly charts: LiveCharts
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)')
  private lastFrame = 0
  private chartedAt = 0
  private stagedAt = 0
  private charting = false

  constructor(
    private readonly run: LiveRun,
    private readonly series: Series,
    places: { readonly stage: HTMLElement; readonly charts: HTMLElement },
    host: StageHost & ChartsHost,
  ) {
    this.stage = new Stage(places.stage, host)
    this.charts = new LiveCharts(places.charts, host)
  }

  /** Whether a reader wants no motion. */
  get rests(): boolean {
    return this.still.matches
  }

  /** Another architecture, or the same begun anew. */
  show(loaded: Loaded, again: boolean): void {
    this.stage.show(loaded)
    if (again) return
    this.charts.show(loaded)
    this.chart()
  }

  frame(frame: Frame): void {
    const { run, stage } = this
    if (frame.windows.length > 0 || run.seeking !== null) this.charting = true
    const wall = performance.now()
    if (wall - this.stagedAt >= (this.rests ? PAUSE.still : PAUSE.boxes) || !run.playing) {
      this.stagedAt = wall
      stage.frame(frame)
    }
    if (run.seeking === null) stage.fly(frame.dots, run.speed)
    if (frame.ended) this.describe()
  }

  /** At each frame of the screen. */
  animate(): void {
    const { run, stage } = this
    const wall = performance.now()
    const elapsed = Math.min(100, wall - this.lastFrame) / 1000
    this.lastFrame = wall
    run.every = this.rests ? 0 : everyAt(stage.busiest, run.speed)
    run.animate()
    stage.animate(run.playing || run.stepping ? elapsed : 0)
    if (this.charting && wall - this.chartedAt > (this.rests ? PAUSE.still : PAUSE.charts)) this.chart()
  }

  private chart(): void {
    this.charting = false
    this.chartedAt = performance.now()
    this.charts.draw(this.series.windows, Math.max(spanOf(this.run.window), LEAST_SPAN))
  }

  /** The colours of the page are others now. */
  repaint(): void {
    this.charts.repaint(this.series.windows)
  }

  /** What the charts show, for those who do not see them. */
  describe(): void {
    const { now } = this.run
    const sentences = chartSentences(now, this.series.figures(now))
    if (sentences !== null) this.charts.say(sentences)
  }
}
