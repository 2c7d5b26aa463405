import type { Observer } from '../parts/context.js'
import { type Outcome, outcomeNames } from '../parts/outcome.js'
import type { Request } from '../parts/request.js'
import type { Scenario } from '../scenario/scenario.js'
import { Model } from './model.js'
import { Session } from './session.js'

/**
 * One box that a request was in, or could not be reached. A retry is a second span. Times in seconds of the measured
 * span.
 */
interface Span {
  component: string
  /** The box that called it. */
  parent: string
  start_s: number
  /** Null if it was still there at the end of the run. */
  end_s: number | null
  /** Waiting for a place in service. */
  wait_ms: number
  outcome: string | null
}

export interface TracedRequest {
  id: number
  class: string
  arrived_s: number
  outcome: string | null
  latency_ms: number | null
  /** In the order of entry. */
  spans: Span[]
}

/** Writes down the ways of the first `count` requests that visitors ask in the measured span while it looks. */
export class Trace implements Observer {
  readonly requests: TracedRequest[] = []
  // By visitor: an orphan goes on after its visitor has left, and still belongs to that way.
  private readonly ways = new Map<string, TracedRequest>()
  private readonly spans = new Map<Request, Span>()
  /** When the connection attempts began that nobody has answered. */
  private readonly connects = new Map<Request, number>()

  constructor(
    private readonly session: Session,
    private readonly count: number,
  ) {}

  /** Whether all of the requests are there, and nothing of their ways is still going on. */
  get complete(): boolean {
    return (
      this.requests.length >= this.count &&
      this.spans.size === 0 &&
      this.connects.size === 0 &&
      this.requests.every(({ outcome }) => outcome !== null)
    )
  }

  asked(request: Request): boolean {
    const { time, model } = this.session
    if (time < 0 || time > this.session.end || this.requests.length >= this.count) return false
    const traced: TracedRequest = {
      id: this.requests.length + 1,
      class: model.scenario.classes[request.class]!,
      arrived_s: request.arrived - model.warmup,
      outcome: null,
      latency_ms: null,
      spans: [],
    }
    this.requests.push(traced)
    this.ways.set(visitorOf(request), traced)
    return true
  }

  entered(request: Request): void {
    this.connects.delete(request)
    const span = this.begin(request, request.at!.name, this.session.time)
    if (span !== null) this.spans.set(request, span)
  }

  began(request: Request, waited: number): void {
    const span = this.spans.get(request)
    if (span !== undefined) span.wait_ms += waited * 1000
  }

  left(request: Request): void {
    const span = this.spans.get(request)
    if (span === undefined) return
    this.end(span, request.outcome)
    this.spans.delete(request)
  }

  connecting(request: Request): void {
    if (this.ways.has(visitorOf(request))) this.connects.set(request, this.session.time)
  }

  failed(request: Request, outcome: Outcome): void {
    const span = this.begin(request, request.wire!.towards, this.connects.get(request) ?? this.session.time)
    if (span !== null) this.end(span, outcome)
    this.connects.delete(request)
  }

  ended(request: Request): void {
    if (!request.traced) return
    const traced = this.ways.get(visitorOf(request))
    if (traced === undefined) return
    traced.outcome = outcomeNames[request.outcome]!
    traced.latency_ms = (this.session.model.kernel.now - request.arrived) * 1000
  }

  /** A span of the way that `request` belongs to; null if that is none of those that are written down. */
  private begin(request: Request, component: string, start_s: number): Span | null {
    const way = this.ways.get(visitorOf(request))
    if (way === undefined) return null
    const span = { component, parent: request.wire!.from, start_s, end_s: null, wait_ms: 0, outcome: null }
    way.spans.push(span)
    return span
  }

  private end(span: Span, outcome: Outcome): void {
    span.end_s = this.session.time
    span.outcome = outcomeNames[outcome]!
  }
}

/** Looks whether all is written down so many times in the measured span. */
const LOOKS = 1000

/** The ways of the first `count` requests of the measured span, in the first replication. */
export function traceRequests(scenario: Scenario, count: number): TracedRequest[] {
  const session = new Session(new Model(scenario, 0))
  const trace = new Trace(session, count)
  session.observe(trace)
  for (let look = 1; look <= LOOKS && !trace.complete; look++)
    session.advance((scenario.lasts * look) / LOOKS)
  if (!trace.complete) session.drain()
  return trace.requests
}

function visitorOf({ family, key }: Request): string {
  return `${family}/${key}`
}
