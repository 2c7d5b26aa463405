import type { StruckAt } from '../../sim/model/fault-calendar.js'
import type { Session } from '../../sim/model/session.js'
import { parseDuration, Unreadable } from '../../sim/options/units.js'
import type { Blow } from '../messages.js'

/** Whole milliseconds, in seconds: what a text has. */
const milliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** Who meddles with a session: with the one that is seen, or with one that plays the same again. */
export class Hands {
  private readonly strikes = new Map<number, StruckAt>()
  private readonly rates = new Map<string, { at: number; surge: StruckAt | null }>()

  constructor(private readonly session: Session) {}

  strike(strike: number, { for: lasts, ...fault }: Blow, at: number): void {
    this.strikes.set(
      strike,
      this.session.strikeAt(fault, at, lasts === undefined ? Number.POSITIVE_INFINITY : durationOf(lasts)),
    )
    this.goTo(at)
  }

  /**
   * What a text has as `for:` where it ends so many seconds after it was struck: a drain comes before that.
   * @throws Error where it cannot be ended
   */
  lastsOf(strike: number, seconds: number): number {
    const struck = this.strikes.get(strike)
    if (struck === undefined) throw new Error(`nothing was struck as ${strike}`)
    if (struck.state === 'over') throw new Error('it has ended by itself')
    if (struck.state !== 'there') throw new Error('it can be ended once all of it has begun')
    return milliseconds(seconds - struck.begun)
  }

  /** Ends it at `at`, so many seconds after it began. */
  end(strike: number, lasts: number, at: number): void {
    this.strikes.get(strike)!.endAfter(lasts)
    this.goTo(at)
  }

  /** As two lines of a text have it: what the old factor lasts is known when the new one comes. */
  rate(users: string, factor: number, at: number): void {
    const before = this.rates.get(users)
    const surge = factor === 1 ? null : this.session.strikeAt({ kind: 'surge', target: users, factor }, at)
    before?.surge?.endAfter(milliseconds(at - before.at))
    this.rates.set(users, { at, surge })
    this.goTo(at)
  }

  /** What is to happen at `at` has happened, also where a sum of times was rounded upward. */
  private goTo(at: number): void {
    this.session.advance(at + 2 * Number.EPSILON * (this.session.model.warmup + at))
  }
}

function durationOf(text: string | number): number {
  try {
    const seconds = parseDuration(text)
    if (seconds > 0) return seconds
    throw new Unreadable('a duration above 0')
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    throw new Error(`for: expected ${error.message}`)
  }
}
