import type { Text } from '../messages.js'
import type { LiveRun } from './live-run.js'

/** What stands under the clock. */
interface Timed {
  readonly run: LiveRun
  scenario(): Text
}

/**
 * One clock for all runs that are seen beside one another: none runs away from another, the slowest says what second it
 * is, and the shortest when it is over. Seconds of the measured span.
 */
export class Clock {
  /** @param sides at least one */
  constructor(private readonly sides: readonly Timed[]) {
    for (const { run } of sides) {
      const others = sides.filter((side) => side.run !== run)
      run.least = () => Math.min(...others.map((other) => other.run.now))
    }
  }

  private get runs(): readonly LiveRun[] {
    return this.sides.map(({ run }) => run)
  }

  private get first(): LiveRun {
    return this.sides[0]!.run
  }

  get now(): number {
    return Math.min(...this.runs.map(({ now }) => now))
  }

  /** 0 where nothing is loaded. */
  get lasts(): number {
    const known = this.runs.flatMap(({ lasts }) => (lasts > 0 ? [lasts] : []))
    return known.length === 0 ? 0 : Math.min(...known)
  }

  get ended(): boolean {
    return this.runs.some(({ ended }) => ended)
  }

  get playing(): boolean {
    return this.runs.some(({ playing }) => playing)
  }

  /** Seconds of the windows that are counted in. */
  get window(): number {
    return this.first.window
  }

  /** What is being gone to; null for nothing. */
  get seeking(): LiveRun['seeking'] {
    return this.runs.find(({ seeking }) => seeking !== null)?.seeking ?? null
  }

  /** Times as fast as the clock on the wall, of late; null where nothing is known. */
  get reached(): number | null {
    const known = this.runs.flatMap(({ reached }) => (reached === null ? [] : [reached]))
    return known.length === 0 ? null : Math.min(...known)
  }

  get speed(): number {
    return this.first.speed
  }

  set speed(speed: number) {
    for (const run of this.runs) {
      run.speed = speed
      run.reached = null
    }
  }

  /** Of so many visitors one is shown. */
  get every(): number {
    return this.first.every
  }

  set every(every: number) {
    for (const run of this.runs) run.every = every
  }

  play(): void {
    if (this.ended) return
    for (const run of this.runs) run.play()
  }

  /** All stand at the same moment, which is that of the one that had come farthest, or the one that is gone to. */
  pause(): void {
    const farthest = this.seeking === null ? Math.max(...this.runs.map(({ now }) => now)) : 0
    for (const run of this.runs) {
      run.pause()
      if (run.now < farthest) run.goOnTo(farthest)
    }
  }

  /** One window on. */
  step(): void {
    const to = this.now + this.window
    for (const run of this.runs) {
      run.pause()
      run.goOnTo(to)
    }
  }

  seek(to: number): void {
    const moment = Math.max(0, Math.min(this.lasts, to))
    for (const side of this.sides) side.run.seek(moment, side.scenario())
  }

  /** What is over for one is over for all. To be called when one has gone on. */
  look(): void {
    if (this.ended && this.playing) for (const run of this.runs) run.pause()
  }
}
