import type { Component } from '../../parts/component.js'
import type { Context } from '../../parts/context.js'
import { isFinal, Outcome } from '../../parts/outcome.js'
import { State } from '../../parts/port.js'
import type { Place, Request } from '../../parts/request.js'

/** Seconds: upper bounds of the buckets, as client libraries have them (`DefBuckets` of client_golang); +Inf is the last. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

/** What one scrape reads: counters since the start of the process. */
export interface Sample {
  /** When the scrape began. */
  readonly at: number
  readonly requests: number
  readonly errors: number
  /** Sum of the times from a request's coming to its answer. */
  readonly seconds: number
  /** Of requests that took as long as a bucket's bound, or less; cumulative, as Prometheus has it. */
  readonly buckets: readonly number[]
}

/** No answer, or one that says nothing of who gave it: the client was wrong, or has gone. */
export const isBlameless = (outcome: Outcome): boolean =>
  isFinal(outcome) ||
  outcome === Outcome.ok ||
  outcome === Outcome.tooManyRequests ||
  outcome === Outcome.timeout ||
  outcome === Outcome.abandoned

/**
 * The counters of one box, as a program that is instrumented keeps them: requests that left it, those of them that it
 * failed (status 500 and above, and what stands for that where there is no HTTP: a refusal, a broken connection, an
 * error of the database), and a histogram of the times that they took. All are there from the start of the process and
 * die with it. Health checks are not in them (an assumption: an exporter that tells them apart).
 */
export class Counters {
  private requests = 0
  private errors = 0
  private seconds = 0
  private readonly inBucket = BUCKETS.map(() => 0)
  /** When those inside came. */
  private readonly inside = new Map<Request, number>()
  private deaths: number

  constructor(
    private readonly target: Component,
    private readonly now: () => number,
  ) {
    this.deaths = target.deaths
    target.observe(() => {
      if (target.deaths !== this.deaths) this.reset()
    })
  }

  private reset(): void {
    this.deaths = this.target.deaths
    this.requests = 0
    this.errors = 0
    this.seconds = 0
    this.inBucket.fill(0)
  }

  enter(request: Request): void {
    this.inside.set(request, this.now())
  }

  leave(request: Request): void {
    const came = this.inside.get(request)
    this.inside.delete(request)
    // Those inside leave a process that dies, which counts no more; what is dropped has no answer.
    if (came === undefined || this.target.state === State.gone || request.outcome === Outcome.dropped) return
    const took = this.now() - came
    this.requests++
    if (!isBlameless(request.outcome as Outcome)) this.errors++
    this.seconds += took
    const bucket = BUCKETS.findIndex((bound) => took <= bound)
    if (bucket >= 0) this.inBucket[bucket]!++
  }

  sample(at: number): Sample {
    let sum = 0
    const buckets = this.inBucket.map((n) => (sum += n))
    return { at, requests: this.requests, errors: this.errors, seconds: this.seconds, buckets }
  }
}

/** Keeps counters of each of `targets`, from the requests of visitors that pass it. */
export function countersOf(
  context: Context,
  targets: readonly Component[],
): ReadonlyMap<Component, Counters> {
  const all = new Map(targets.map((target) => [target, new Counters(target, () => context.kernel.now)]))
  const byProcess = new Map<Place | null, Counters>(
    targets.map((target) => [target.process, all.get(target)!]),
  )
  context.observe({
    asked: () => true,
    entered: (request) => byProcess.get(request.at)?.enter(request),
    left: (request) => byProcess.get(request.at)?.leave(request),
  })
  return all
}
