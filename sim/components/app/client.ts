import type { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import { notes } from '../../parts/notes.js'
import { isFinal, Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { RetryPolicy } from '../../parts/retry-policy.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import type { CallOptions } from './call-options.js'
import { CircuitBreaker } from './circuit-breaker.js'

/** What it notes on a call: the tries before this one, and for a circuit breaker since when it is under way. */
const noted = notes({ tries: 'note1', since: 'moment' })

/** What a client has of the box that it is part of. */
interface Home {
  readonly kernel: Kernel
  readonly wire: Wire
  /** Of the pauses before retries. */
  readonly pauses: Stream
  /** Timers on tries; `strike` gets the call whose try was given up. */
  timers(seconds: number, strike: Handler<Request>): Deadlines<Request>
  /** The call is over. */
  ended(call: Request, outcome: Outcome): void
  /** Another call that asks what `call` does, beside it, for the same page. */
  beside(call: Request): Request
  /** Gives `call` up if there is one beside it; false if not. */
  drop(call: Request): boolean
}

/**
 * A program's client of one service. A call is a request that stands between the page it is for and its tries: each try
 * is a child of it. One that is given up goes on burning the server.
 *
 * Its connections are kept open by the program, as many as there are calls. What failed is tried again whatever it was,
 * but for an answer that would be the same again (400, 401, 403, 404, 410); that the service bears a second try is the
 * matter of who writes `retries`. Retries stand outside the circuit breaker, which sees each try: answers that are not
 * tried again are no failures to it, and what it does not let through is not tried again either (Resilience4j with Retry
 * outside, as is its default, recordExceptions as in its guide, and CallNotPermittedException among ignoreExceptions).
 *
 * Hedged, it is asked a second time after a while, and the first answer counts, be it an error (gRPC: maxAttempts 2, no
 * nonFatalStatusCodes); the other try is given up as one that timed out is. A second try is taken from the budget.
 * Sources: Dean and Barroso 2013, The Tail at Scale; gRPC, proposal A6 (a call has either hedging or retries).
 */
export class Client {
  readonly fallback: boolean
  readonly wire: Wire
  private readonly timer: Deadlines<Request> | null = null
  private readonly breaker: CircuitBreaker | null = null
  private readonly retries: RetryPolicy
  // In the measured span.
  private failures = 0
  private repeats = 0
  private hedges = 0
  private withouts = 0

  constructor(
    private readonly home: Home,
    private readonly options: CallOptions,
  ) {
    this.wire = home.wire
    this.fallback = options.fallback
    this.retries = new RetryPolicy(home.kernel, options)
    if (options.circuit_breaker !== undefined) this.breaker = new CircuitBreaker(options.circuit_breaker)
    if (Number.isFinite(options.timeout)) this.timer = home.timers(options.timeout, this.timedOut)
  }

  get hedged(): boolean {
    return this.options.hedging_delay !== undefined
  }

  begin(call: Request): void {
    const { hedging_delay: delay } = this.options
    this.retries.asked()
    // Before it is sent: that may end it.
    if (delay !== undefined) call.at!.wait(call, delay, this.hedge)
    this.send(call)
  }

  private readonly send = (call: Request): void => {
    if (this.breaker === null || this.isLet(call, this.breaker)) this.start(call)
    else this.giveUp(call, Outcome.unavailable)
  }

  /** No answer to `call` so far. */
  private readonly hedge = (call: Request): void => {
    if (!this.retries.spends()) return
    const second = this.home.beside(call)
    second[noted.tries] = 1
    if (this.breaker !== null && !this.isLet(second, this.breaker)) {
      this.home.drop(second)
      return
    }
    this.hedges++
    this.start(second)
  }

  private start(call: Request): void {
    const child = call.at!.attempt(call, 0, call[noted.tries])
    if (this.timer !== null) child.deadline = this.timer.set(child)
    this.wire.send(child)
  }

  private isLet(call: Request, breaker: CircuitBreaker): boolean {
    const { now } = this.home.kernel
    call[noted.since] = now
    return breaker.lets(now)
  }

  /** A try of `call` is over, as far as its client knows. */
  private note(call: Request, failed: boolean): void {
    const { now } = this.home.kernel
    this.breaker?.ended(failed, now - call[noted.since], now)
  }

  /** A try of `call` has its answer. */
  answered(call: Request, outcome: Outcome): void {
    if (this.breaker !== null) this.note(call, outcome !== Outcome.ok && !isFinal(outcome))
    if (outcome === Outcome.ok) this.home.ended(call, outcome)
    else this.failed(call, outcome)
  }

  private readonly timedOut = (call: Request): void => {
    if (this.breaker !== null) this.note(call, true)
    if (!this.hedged || !this.home.drop(call)) this.failed(call, Outcome.timeout)
  }

  /** Nobody waits for `call` any more. */
  forgotten(call: Request): void {
    if (this.breaker !== null && call.child !== null) this.breaker.release()
  }

  /** The process died. */
  crashed(): void {
    this.breaker?.forget(this.home.kernel.now)
  }

  private failed(call: Request, outcome: Outcome): void {
    if (!this.triesAgain(call, outcome)) this.giveUp(call, outcome)
  }

  private giveUp(call: Request, outcome: Outcome): void {
    this.failures++
    if (this.fallback) this.withouts++
    this.home.ended(call, outcome)
  }

  private triesAgain(call: Request, outcome: Outcome): boolean {
    const tries = call[noted.tries]
    if (!this.retries.again(tries, outcome)) return false
    call[noted.tries] = tries + 1
    this.repeats++
    const pause = this.retries.pause(tries, call.draws(this.home.pauses, tries))
    // By an event, be it at this instant: who fails again at once must not nest.
    call.at!.wait(call, pause, this.send)
    return true
  }

  restart(now: number): void {
    this.breaker?.restart(now)
    this.failures = 0
    this.repeats = 0
    this.hedges = 0
    this.withouts = 0
    this.retries.restart()
  }

  extra(now: number): Record<string, number> {
    const { refused } = this.retries
    return {
      calls_failed: this.failures,
      ...(this.options.retries > 0 && { call_retries: this.repeats }),
      ...(this.hedged && { hedges: this.hedges }),
      ...(refused !== null && { [this.hedged ? 'hedges_refused' : 'retries_refused']: refused }),
      ...(this.fallback && { fallbacks: this.withouts }),
      ...this.breaker?.extra(now),
    }
  }
}
