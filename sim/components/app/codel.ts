import * as z from 'zod'
import { period } from '../../options/types.js'

/** The names and defaults of folly. */
export const codelOptions = z
  .strictObject({
    target_delay: period()
      .prefault('5ms')
      .describe('while the least wait of an interval is longer, who has waited twice as long is shed'),
    interval: period().prefault('100ms').describe('for so long the least wait is looked for'),
  })
  .refine((o) => o.interval > o.target_delay, {
    path: ['interval'],
    error: 'expected more than target_delay:',
  })

type Options = z.output<typeof codelOptions>

/**
 * Controlled delay of requests that wait for a worker: where even the one that waited least in an interval had waited
 * longer than the target, the next interval is one of overload, in which each that has waited longer than twice the
 * target is shed when a worker gets to it. A queue that takes up a burst and empties again is let alone. Intervals
 * begin with a request, which is itself never shed.
 *
 * Sources: folly/executors/Codel.cpp (codel_target_delay 5 ms, codel_interval 100 ms; interval > target delay),
 * ThreadManager.cpp of fbthrift (asked for each task that is taken from the queue; who is shed costs the worker
 * nothing); Maurer 2015, Fail at Scale, ACM Queue 13(8).
 * Assumption: the server sees its whole queue, that of the kernel too, and 503 is what it answers.
 */
export class Codel {
  /** Requests, in the measured span. */
  shed = 0
  /** Whether none has come since the process started. */
  private fresh = true
  private overloaded = false
  /** Seconds: the least wait of this interval, and when it ends. */
  private least = 0.5
  private ends = 0.5

  constructor(private readonly options: Options) {
    this.ends = 0
  }

  /** Whether to shed one that has waited from `since` until `now`, when a worker has come to it. */
  sheds(since: number, now: number): boolean {
    const { target_delay: target, interval } = this.options
    const delay = now - since
    if (this.fresh) {
      this.fresh = false
      this.least = delay
      return false
    }
    if (now > this.ends) {
      this.ends = now + interval
      this.overloaded = this.least > target
      this.least = delay
      return false
    }
    if (delay < this.least) this.least = delay
    if (!this.overloaded || delay <= 2 * target) return false
    this.shed++
    return true
  }

  /** The process died, and all that it knew. */
  forget(): void {
    this.fresh = true
    this.overloaded = false
    this.ends = 0
  }

  restart(): void {
    this.shed = 0
  }
}
