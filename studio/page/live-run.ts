import type { Blow, FromLive, Loaded, Text, ToLive } from '../messages.js'
import { goalAt, windowAt } from './timing.js'

/** Milliseconds that a worker may take for one answer. */
const PATIENCE = { load: 10_000, tick: 3000 } as const
/** Milliseconds of simulating in one go: within a frame of the screen, and where nobody looks. */
const BUDGET = { playing: 10, seeking: 50 } as const

/** A worker, as far as it is needed here. */
interface Port {
  post(message: ToLive): void
  /** Ends the worker, so that the next message goes to a new one. */
  restart(): void
}

/**
 * The run that is seen, from the page's side: what is asked of the worker, and when. There is never more than one tick
 * under way, so that a slow worker makes the run slow and not the page. Times in seconds of the measured span, but for
 * `wall`, which are milliseconds of the clock on the wall.
 */
export class LiveRun {
  playing = false
  speed = 1
  now = 0
  lasts = 0
  ended = false
  /** How far those have come at least that stand beside it: it waits for them. */
  least: () => number = () => Number.POSITIVE_INFINITY
  /** Of so many visitors one is shown. */
  every = 1
  /** Times as fast as the clock on the wall, as it was of late; null where nothing is known. */
  reached: number | null = null
  /** What is being gone to, and from where. */
  seeking: { readonly from: number; readonly to: number } | null = null
  /** Whether what was loaded last is another run, and not the one before, begun anew. */
  fresh = false

  /** Counts what was loaded; the one that runs may be the one before, while the new text is being read. */
  private asked = 0
  private running = 0
  private reading: Text | null = null
  private resumeAt = 0
  /** Whether what is being read is another text than what runs. */
  private another = false
  private stepTo: number | null = null
  /** When the tick that is under way was sent; null if there is none. */
  private sent: number | null = null
  private readSince: number | null = null
  private last = 0
  private lastNow = 0
  private strikes = 0

  constructor(
    private readonly port: Port,
    private readonly wall: () => number,
  ) {}

  /** Whether a text is loaded that can be run. */
  get ready(): boolean {
    return this.running > 0 && this.reading === null
  }

  /** Whether there is nothing to run, and nothing being read. */
  get stopped(): boolean {
    return this.running === 0 && this.reading === null
  }

  /** Reads a text; the run before goes on until it is known to be good. */
  load(text: Text): void {
    this.another = true
    this.begin(text, 0)
  }

  /** The same text, anew up to a moment. */
  private again(text: Text, to: number): void {
    this.begin(text, to)
    this.seeking = { from: 0, to }
  }

  private begin(text: Text, resumeAt: number): void {
    this.reading = text
    this.resumeAt = resumeAt
    this.readSince = this.wall()
    this.port.post({ type: 'load', id: ++this.asked, scenario: text })
  }

  /** What to do when the worker has spoken; whether it concerns what runs now. */
  heard(message: FromLive): boolean {
    if (message.type === 'loaded') return this.hasLoaded(message)
    if (message.type === 'mistakes') {
      if (message.id !== this.asked) return false
      this.reading = null
      this.seeking = null
      return true
    }
    if (message.id !== this.running) return false
    if (message.type === 'frame') {
      this.sent = null
      this.now = message.now
      this.ended = message.ended
      if (this.stepTo !== null && this.now >= this.stepTo) this.stepTo = null
      if (this.seeking !== null && (this.now >= this.seeking.to || this.ended)) this.seeking = null
      if (this.ended) this.playing = false
    }
    return true
  }

  private hasLoaded({ id, lasts }: Loaded): boolean {
    if (id !== this.asked) return false
    this.running = id
    this.reading = null
    this.fresh = this.another
    this.another = false
    this.lasts = lasts
    this.now = 0
    this.ended = false
    this.sent = null
    this.stepTo = null
    this.reached = null
    this.last = this.wall()
    this.seeking = this.resumeAt > 0 ? { from: 0, to: this.resumeAt } : null
    return true
  }

  /** Whether it goes on, but to one moment only. */
  get stepping(): boolean {
    return this.stepTo !== null
  }

  play(): void {
    this.last = this.wall()
    this.lastNow = this.now
    this.reached = null
    this.playing = !this.ended
  }

  pause(): void {
    this.playing = false
    this.reached = null
  }

  /** One window on. */
  step(): void {
    this.pause()
    this.goOnTo(this.now + this.window)
  }

  /** Up to a moment as fast as it can, also where it is paused. */
  goOnTo(moment: number): void {
    if (!this.ended) this.stepTo = Math.min(this.lasts, moment)
  }

  /** To any moment: on from here, or `anew` from the beginning with the text as it is now, as where it lies behind. */
  seek(to: number, text: Text, anew = false): void {
    const moment = Math.max(0, Math.min(this.lasts, to))
    this.stepTo = null
    if (!anew && this.reading !== null) {
      // What is being read begins at 0.
      this.resumeAt = moment
      this.seeking = { from: 0, to: moment }
    } else if (!anew && moment >= this.now && !this.ended) this.seeking = { from: this.now, to: moment }
    else this.again(text, moment)
  }

  get window(): number {
    return windowAt(this.speed, this.lasts)
  }

  /** Strikes now. Gives the number by which it is healed. */
  strike(blow: Blow): number {
    const strike = ++this.strikes
    this.port.post({ type: 'strike', id: this.running, strike, blow, at: this.now })
    return strike
  }

  heal(strike: number): void {
    this.port.post({ type: 'heal', id: this.running, strike, at: this.now })
  }

  rate(users: string, factor: number): void {
    this.port.post({ type: 'rate', id: this.running, users, factor })
  }

  ways(from: number, to: number): void {
    this.port.post({ type: 'ways', id: this.running, from, to })
  }

  /** At each frame of the screen: what comes next is asked for, if the last has been answered. */
  animate(): void {
    if (this.running === 0 || this.sent !== null || (this.reading !== null && this.seeking !== null)) return
    const wall = this.wall()
    const to = this.goal(wall)
    if (to === null) return
    this.sent = wall
    this.port.post({
      type: 'tick',
      id: this.running,
      to,
      budget: this.seeking === null ? BUDGET.playing : BUDGET.seeking,
      every: this.seeking === null ? this.every : 0,
      window: this.window,
    })
  }

  /** What stands still is looked at again, after something was done to it. */
  look(): void {
    if (!this.playing && this.stepTo === null) this.stepTo = this.now
  }

  private goal(wall: number): number | null {
    const elapsed = (wall - this.last) / 1000
    this.last = wall
    if (this.seeking !== null) return this.seeking.to
    if (this.stepTo !== null) return this.stepTo
    if (!this.playing) return null
    this.measure(elapsed)
    if (this.least() < this.now) return null
    return goalAt(this.now, elapsed, this.speed, this.lasts)
  }

  /** What was reached, over about a second. */
  private measure(elapsed: number): void {
    if (elapsed > 0) {
      const speed = (this.now - this.lastNow) / elapsed
      const weight = Math.min(1, elapsed)
      this.reached = this.reached === null ? this.speed : this.reached * (1 - weight) + speed * weight
    }
    this.lastNow = this.now
  }

  /** A sentence if the worker has not answered for too long: it is then ended, and what ran is gone. */
  overdue(): string | null {
    const wall = this.wall()
    const slow =
      (this.sent !== null && wall - this.sent > PATIENCE.tick && 'tick') ||
      (this.reading !== null && wall - this.readSince! > PATIENCE.load && 'load')
    if (!slow) return null
    this.stop()
    const seconds = PATIENCE[slow] / 1000
    return slow === 'load'
      ? `The scenario could not be read within ${seconds} s, and was given up.`
      : `The simulation did not get on for ${seconds} s at ${this.now.toFixed(1)} s, and was ended.`
  }

  /** Ends the worker: nothing runs until a text is loaded. */
  stop(): void {
    this.port.restart()
    this.playing = false
    this.running = 0
    this.reading = null
    this.seeking = null
    this.stepTo = null
    this.sent = null
  }
}
