import * as z from 'zod'
import { count, period, share } from '../../options/types.js'

const threshold = () => share().refine((least) => least > 0, 'expected a share above 0%')

/** The names and defaults of Resilience4j, whose slidingWindowType is COUNT_BASED. */
export const breakerOptions = z.strictObject({
  failure_rate_threshold: threshold()
    .prefault('50%')
    .describe('it opens at this share of failures among the last tries (failureRateThreshold)'),
  slow_call_rate_threshold: threshold()
    .prefault('100%')
    .describe('or of slow ones, failed or not (slowCallRateThreshold)'),
  slow_call_duration_threshold: period()
    .prefault('60s')
    .describe('slow is what takes longer (slowCallDurationThreshold)'),
  sliding_window_size: count(1, 100_000)
    .prefault(100)
    .describe('the last so many tries count (slidingWindowSize)'),
  minimum_number_of_calls: count(1, 100_000)
    .prefault(100)
    .describe('fewer say nothing, unless that is all there can be (minimumNumberOfCalls)'),
  wait_duration_in_open_state: period()
    .prefault('60s')
    .describe('nothing is let through for so long (waitDurationInOpenState)'),
  permitted_number_of_calls_in_half_open_state: count(1, 100_000)
    .prefault(10)
    .describe('then so many are, and decide (permittedNumberOfCallsInHalfOpenState)'),
})

type Options = z.output<typeof breakerOptions>

/** Of the last calls: which failed, and which were slow. */
class Last {
  private readonly ring: number[] = []
  private next = 0
  private failed = 0
  private slow = 0

  private readonly least: number

  /** @param size so many */
  constructor(
    private readonly size: number,
    private readonly options: Options,
  ) {
    this.least = Math.min(size, options.minimum_number_of_calls)
  }

  add(failed: boolean, slow: boolean): void {
    const { next, ring } = this
    const before = ring[next] ?? 0
    this.failed += Number(failed) - (before & FAILED)
    this.slow += Number(slow) - (before & SLOW) / SLOW
    ring[next] = (failed ? FAILED : 0) | (slow ? SLOW : 0)
    this.next = (next + 1) % this.size
  }

  /** Whether too many of them failed, or were slow; null while there are too few to say. */
  get bad(): boolean | null {
    const { length } = this.ring
    if (length < this.least) return null
    const { failure_rate_threshold: most, slow_call_rate_threshold: mostSlow } = this.options
    return this.failed / length >= most || this.slow / length >= mostSlow
  }
}

const FAILED = 1
const SLOW = 2

type State = 'closed' | 'open' | 'half-open'

/**
 * Lets no tries through to a service while too many of the last ones failed: they fail at once, and hold nobody. After
 * a wait a few are let through, and decide whether it closes or opens again; what comes beside these is not let through,
 * however long they take. What was under way when its state changed counts in the state that it is in when it ends.
 *
 * Source: Resilience4j 2, CircuitBreakerStateMachine and CircuitBreakerMetrics (half open is what it becomes with the
 * first call after the wait: automaticTransitionFromOpenToHalfOpenEnabled is off, maxWaitDurationInHalfOpenState 0;
 * half open, minimumNumberOfCalls holds too).
 */
export class CircuitBreaker {
  private state: State = 'closed'
  private last: Last
  /** Of a half open one: calls that it will let through. */
  private permits = 0
  /** Of an open one. */
  private since = 0
  // In the measured span.
  private opened = 0
  private refused = 0
  private seconds = 0
  private begin = 0

  constructor(private readonly options: Options) {
    this.last = this.whenClosed()
  }

  /** Whether a call may go, now. */
  lets(now: number): boolean {
    if (this.state === 'closed') return true
    if (this.state === 'open' && now - this.since > this.options.wait_duration_in_open_state) this.halve(now)
    if (this.permits > 0) {
      this.permits--
      return true
    }
    this.refused++
    return false
  }

  /** A call that was let through ended. @param seconds that it took */
  ended(failed: boolean, seconds: number, now: number): void {
    if (this.state === 'open') return
    this.last.add(failed, seconds > this.options.slow_call_duration_threshold)
    const { bad } = this.last
    if (bad === true) this.open(now)
    else if (bad === false && this.state === 'half-open') this.close()
  }

  /** Nobody waits any more for a call that was let through. */
  release(): void {
    if (this.state === 'half-open') this.permits++
  }

  /** The process died, and all that it knew. */
  forget(now: number): void {
    this.leaveOpen(now)
    this.close()
  }

  private open(now: number): void {
    this.state = 'open'
    this.since = now
    this.permits = 0
    this.opened++
  }

  private halve(now: number): void {
    this.leaveOpen(now)
    const { permitted_number_of_calls_in_half_open_state: tries } = this.options
    this.state = 'half-open'
    this.permits = tries
    this.last = new Last(tries, this.options)
  }

  private close(): void {
    this.state = 'closed'
    this.permits = 0
    this.last = this.whenClosed()
  }

  private whenClosed(): Last {
    return new Last(this.options.sliding_window_size, this.options)
  }

  private leaveOpen(now: number): void {
    if (this.state === 'open') this.seconds += now - Math.max(this.since, this.begin)
  }

  restart(now: number): void {
    this.opened = 0
    this.refused = 0
    this.seconds = 0
    this.begin = now
  }

  extra(now: number): Record<string, number> {
    const open = this.seconds + (this.state === 'open' ? now - Math.max(this.since, this.begin) : 0)
    return {
      breaker_open_share: now > this.begin ? open / (now - this.begin) : 0,
      breaker_opened: this.opened,
      calls_not_permitted: this.refused,
    }
  }
}
