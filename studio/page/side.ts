import type { Frame, FromLive, Loaded, Text } from '../messages.js'
import type { Written } from './editor-contract.js'
import type { TargetSort } from './fault-lines.js'
import { LiveRun } from './live-run.js'
import { Stage } from './stage.js'
import type { Menu, SideState } from './state.js'
import { ByHand } from './struck-here.js'
import { Series } from './window-series.js'
import { LiveWorker, type Start } from './workers.js'

/** Milliseconds between two drawings of the boxes: of old, and where a reader wants no motion. */
const PAUSE = { boxes: 60, still: 1000 } as const

interface SideHost {
  /** After each message that concerns what runs now. @param again of loaded: the same run, begun anew to go back in time */
  heard(side: Side, message: FromLive, again: boolean): void
  broken(side: Side, message: string): void
  say(side: Side, sentence: string): void
  chosen(side: Side, target: string, sort: TargetSort, beside: Menu['beside']): void
}

/** A scenario that is seen: its text, its run, its drawing, and what is done to it by hand. */
export class Side {
  readonly series = new Series()
  readonly run: LiveRun
  readonly hand: ByHand
  /** Where its faults are written; null until there is such a place. */
  written: Written | null = null
  stage: Stage | null = null
  private readonly live: LiveWorker
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)')
  private stagedAt = 0

  constructor(
    readonly state: SideState,
    start: Start,
    private readonly host: SideHost,
  ) {
    this.live = new LiveWorker(
      () => start('live'),
      (message) => this.heard(message),
      (message) => host.broken(this, message),
    )
    this.run = new LiveRun(this.live, () => performance.now())
    this.hand = new ByHand({
      state,
      run: this.run,
      series: this.series,
      written: () => this.written,
      scenario: () => this.scenario(),
      say: (sentence) => host.say(this, sentence),
    })
  }

  /** Its text with all that was written into it. */
  scenario(): Text {
    return { ...this.state.scenario, text: this.written?.text() ?? this.state.scenario.text }
  }

  begin(): void {
    this.run.load(this.scenario())
  }

  /** Has a place from now on where it is drawn. */
  draw(place: HTMLElement): void {
    this.stage = new Stage(place, {
      chosen: (target, sort, beside) => this.host.chosen(this, target, sort, beside),
    })
  }

  end(): void {
    this.run.stop()
  }

  /** Whether a reader wants no motion. */
  get rests(): boolean {
    return this.still.matches
  }

  private heard(message: FromLive): void {
    if (!this.run.heard(message)) return
    if (message.type === 'picture') {
      this.state.picture = message.svg
      return
    }
    const { hand } = this
    const again = !this.run.fresh
    if (message.type === 'frame') this.framed(message)
    else if (message.type === 'loaded') this.hasLoaded(message, again)
    else if (message.type === 'mistakes') this.state.mistakes = message.mistakes
    else if (message.type === 'struck') hand.struck(message.strike, message.at)
    else if (message.type === 'healed') hand.healed(message.strike, message.lasts)
    else if (message.type === 'rated') hand.rated(message.users, message.factor, message.at)
    else if (message.type === 'refused') hand.refused(message.strike, message.message)
    if (['loaded', 'struck', 'healed', 'rated'].includes(message.type)) this.run.look()
    this.host.heard(this, message, again)
  }

  private hasLoaded(loaded: Loaded, again: boolean): void {
    Object.assign(this.state, { loaded, picture: null, mistakes: [], frame: null })
    this.hand.again()
    if (!again) this.series.clear()
    this.stage?.show(loaded)
  }

  private framed(frame: Frame): void {
    const { run, stage } = this
    this.state.frame = frame
    this.series.put(frame.windows)
    const wall = performance.now()
    if (wall - this.stagedAt >= (this.rests ? PAUSE.still : PAUSE.boxes) || !run.playing) {
      this.stagedAt = wall
      stage?.frame(frame)
    }
    if (run.seeking === null) stage?.fly(frame.dots, run.speed)
  }

  /** At each frame of the screen. @param elapsed seconds since the last */
  animate(elapsed: number): void {
    const { run, stage } = this
    run.animate()
    stage?.animate(run.playing || run.stepping ? elapsed : 0)
  }
}
