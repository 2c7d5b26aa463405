import { Model } from '../../sim/model/model.js'
import { Session } from '../../sim/model/session.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import type { Arrow, Blow, Frame, Place, ToLive, Window } from '../messages.js'
import { Dots } from './dots.js'
import { Gauges } from './gauges.js'
import { Hands } from './hands.js'
import { Pace } from './pace.js'
import { Replay } from './ways.js'
import { Windows } from './windows.js'

/** How far it is to go: see `ToLive`. */
export type Step = Pick<Extract<ToLive, { type: 'tick' }>, 'to' | 'budget' | 'every' | 'window'>
/** What has happened since the last frame. */
export type Seen = Omit<Frame, 'type' | 'id'>

/** Milliseconds that have passed. */
type Clock = () => number

/** Seconds: shorter windows have nothing in them. */
const SHORTEST_WINDOW = 0.01

/** What was done by hand, and when that was asked for: in this order it can be done again. */
interface Deed {
  readonly asked: number
  do(hands: Hands): void
}

/**
 * One replication that somebody looks at, and meddles with. Times are in seconds of the measured span; at most the warm-up
 * is before 0. In whatever steps it goes and whatever is seen of it, it gives what `replicate` gives, to the bit.
 */
export class SeenRun {
  readonly session: Session
  private readonly hands: Hands
  private readonly deeds: Deed[] = []
  private readonly begun = new Map<number, number>()
  private readonly pace = new Pace()
  private readonly dots: Dots
  private readonly gauges: Gauges
  private windows: Windows | null = null
  private window = 1

  /** @param clock what says when the budget of a step is spent */
  constructor(
    private readonly scenario: Scenario,
    places: readonly Place[],
    arrows: readonly Arrow[],
    private readonly clock: Clock,
  ) {
    const model = new Model(scenario, 0, true)
    this.session = new Session(model)
    this.hands = new Hands(this.session)
    const named = (type: Place['type']) =>
      places.filter((place) => place.type === type).map(({ name }) => name)
    this.gauges = new Gauges(model, named('component'), named('host'), arrows)
    this.dots = new Dots(model.kernel, new Map(arrows.map(({ from, to }, i) => [`${from} -> ${to}`, i])))
  }

  /** To the nanosecond: the kernel's own clock begins with the warm-up, and differences are rounded. */
  get now(): number {
    return nanoseconds(this.session.time)
  }

  get ended(): boolean {
    return this.now >= this.end
  }

  private get end(): number {
    return nanoseconds(this.session.end)
  }

  /** Goes through as much of the warm-up as can be in `budget` milliseconds. Returns whether it is over. */
  warmUp(budget: number): boolean {
    this.go(0, budget)
    if (this.now < 0) return false
    if (this.windows === null) {
      const { model } = this.session
      this.windows = new Windows(model.kernel, 0, this.scenario.good)
      this.session.observe(this.windows)
      this.dots.take()
      this.session.observe(this.dots)
    }
    return true
  }

  /** @throws Error where more is under way than can be simulated, or time stands still */
  step({ to, budget, every, window }: Step): Seen {
    this.dots.every = Math.max(0, Math.floor(every))
    this.window = Math.max(SHORTEST_WINDOW, window)
    const until = this.clock() + budget
    const windows: Window[] = []
    const last = Math.min(nanoseconds(to), this.end)
    while (this.warmUp(until - this.clock()) && this.now < last) {
      const turn = Math.max(this.now, nanoseconds(this.windows!.begun + this.window))
      const whole = this.go(Math.min(last, turn), until - this.clock())
      if (this.now >= turn || this.ended) windows.push(this.turn())
      if (!whole) break
    }
    return {
      now: this.now,
      ended: this.ended,
      dots: this.dots.take(),
      ...this.gauges.look(),
      windows,
      strikes: this.strikes,
    }
  }

  /** Goes to `to`, in slices, until `budget` milliseconds are spent. Returns whether it came that far. */
  private go(to: number, budget: number): boolean {
    const begun = this.clock()
    for (let before = begun; this.now < to; ) {
      const next = this.now + this.pace.slice
      this.session.advance(Math.min(next, to))
      const after = this.clock()
      if (next < to) this.pace.took(after - before)
      if (after - begun >= budget) return this.now >= to
      before = after
    }
    return true
  }

  private turn(): Window {
    const { now } = this
    this.gauges.turn(now - this.windows!.begun)
    return this.windows!.turn(now)
  }

  private get strikes(): Seen['strikes'] {
    const { strikes, struck } = this.session.model.faultCalendar
    return strikes.flatMap(({ from, to }, i) =>
      to === Number.POSITIVE_INFINITY ? [{ ...struck[i]!, from }] : [],
    )
  }

  // ---- Meddling -----------------------------------------------------------------------------------------------

  /** Strikes at `at`, or as soon as can be. Returns when that was. @throws Error that says what is wrong with the blow */
  strike(strike: number, blow: Blow, at: number): number {
    const time = this.next(at)
    this.do((hands) => hands.strike(strike, blow, time))
    this.begun.set(strike, time)
    return time
  }

  /** Heals at `at`, or as soon as can be. Returns how long it had lasted. */
  heal(strike: number, at: number): number {
    const time = this.next(at)
    const lasts = this.hands.lastsOf(strike, time - (this.begun.get(strike) ?? 0))
    this.do((hands) => hands.end(strike, lasts, time))
    return lasts
  }

  /** Open users come `factor` times as often from now on. Returns from when. @throws Error */
  rate(users: string, factor: number): number {
    const time = this.next(this.now)
    this.do((hands) => hands.rate(users, factor, time))
    return time
  }

  /** The ways of those who asked between `from` and `to`, found by playing it again up to now. */
  ways(from: number, to: number): Replay {
    const session = new Session(new Model(this.scenario, 0, true))
    const hands = new Hands(session)
    const deeds = this.deeds.map(({ asked, do: again }) => ({ asked, do: () => again(hands) }))
    return new Replay(session, { from, to }, this.now, deeds, this.clock)
  }

  private do(deed: Deed['do']): void {
    const asked = this.session.time
    deed(this.hands)
    this.deeds.push({ asked, do: deed })
  }

  /**
   * A text has whole milliseconds, and what happens at an instant that is over has not waited for anybody. Windows end
   * where they would have ended. The warm-up is seen by nobody: what is asked for meanwhile happens when it is over.
   */
  private next(at: number): number {
    if (this.ended) throw new Error('the run is over')
    const soonest = Math.max(0, Math.floor(this.session.time * 1000 + 1e-6) + 1)
    const next = Math.max(Math.ceil(at * 1000 - 1e-6), soonest) / 1000
    if (next >= this.session.end) throw new Error('the run is over by then')
    return next
  }
}

const nanoseconds = (seconds: number): number => Math.round(seconds * 1e9) / 1e9
