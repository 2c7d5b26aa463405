import type { Observer } from '../parts/context.js'
import { Outcome, outcomeNames } from '../parts/outcome.js'
import type { Request } from '../parts/request.js'
import type { Scenario } from '../scenario/scenario.js'
import { Model } from './model.js'
import { Session } from './session.js'

/**
 * One box that a request was in, or could not be reached. A retry is a second span. Times in seconds of the measured
 * span.
 */
export interface Span {
  component: string
  /** The box that called it. */
  parent: string
  start_s: number
  /** Null if it was still there at the end of the run. */
  end_s: number | null
  /** Waiting for a place in service. */
  wait_ms: number
  outcome: string | null
  /** When it was sent, and when its answer was there, where the way took time. */
  sent_s?: number
  back_s?: number
  /** From when to when it waited for a place in service, also where it got none. */
  waits_s?: [from: number, to: number][]
  /** When the box that called gave it up: it went on for nobody. */
  given_up_s?: number
  /** There was no connection: from the first try to the failure. */
  unconnected?: true
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

/** Which requests of the measured span are written down. */
export interface Wanted {
  /** The first so many, at most. */
  readonly count: number
  /** Or those that took longest. */
  readonly slowest?: boolean
  /** Only those that were not answered ok. */
  readonly failed?: boolean
  /** Only those that came from then on: seconds. */
  readonly from?: number
  /** Only those of that class. */
  readonly class?: string
}

/** What is written down of a visitor's request while it goes on. */
interface Way {
  readonly traced: TracedRequest
  readonly visitor: string
  /** Spans that have begun and not ended, connections that are being made among them. */
  open: number
}

/** A span under way, and since when it waits for its turn, on the kernel's clock of the measured span. */
interface Stay {
  readonly span: Span
  readonly way: Way
  since: number | null
}

/** Writes down the ways of requests that visitors ask in the measured span while it looks, and keeps those wanted. */
export class Trace implements Observer {
  /** Those that ended and are wanted; of the slowest, up to twice as many as are asked for. */
  private kept: Way[] = []
  // By visitor: an orphan goes on after its visitor has left, and still belongs to that way.
  private readonly ways = new Map<string, Way>()
  /** Of those, the ones that have not ended. */
  private readonly pending = new Set<Way>()
  private readonly stays = new Map<Request, Stay>()
  /** Spans whose answer is on its way. */
  private readonly answers = new Map<Request, Span>()
  /** When those were sent that are on their way, and when connection attempts began. */
  private readonly sent = new Map<Request, { readonly way: Way; readonly time: number }>()
  private readonly connects = new Map<Request, { readonly way: Way; readonly time: number }>()
  /** Requests that came in the measured span so far. */
  private arrivals = 0

  constructor(
    private readonly session: Session,
    private readonly wanted: Wanted,
  ) {}

  /** Whether all that are wanted are there, and nothing of their ways is still going on. */
  get complete(): boolean {
    if (this.wanted.slowest === true || this.kept.length < this.wanted.count) return false
    return this.pending.size === 0 && this.kept.every(({ open }) => open === 0)
  }

  /** Those that are wanted: in the order in which they came, or the slowest first. Who has no answer waits until now. */
  get requests(): TracedRequest[] {
    const { count, slowest } = this.wanted
    const all = [...this.kept, ...this.pending].map(({ traced }) => traced)
    const first = all.sort(slowest === true ? (a, b) => this.took(b) - this.took(a) || a.id - b.id : byId)
    return first.slice(0, count)
  }

  /** Requests whose way is in memory. */
  get held(): number {
    return this.ways.size
  }

  asked(request: Request): boolean {
    const { session, wanted } = this
    const { time, model } = session
    if (time < 0 || time > session.end) return false
    const id = ++this.arrivals
    const named = model.scenario.classes[request.class]!
    if (time < (wanted.from ?? 0) || named !== (wanted.class ?? named) || this.full) return false
    const arrived_s = request.arrived - model.warmup
    const traced = { id, class: named, arrived_s, outcome: null, latency_ms: null, spans: [] }
    const way: Way = { traced, visitor: visitorOf(request), open: 0 }
    this.pending.add(way)
    this.ways.set(way.visitor, way)
    return true
  }

  /** Whoever comes later is not among the first. */
  private get full(): boolean {
    const { count, slowest, failed } = this.wanted
    if (slowest === true) return false
    return this.kept.length + (failed === true ? 0 : this.pending.size) >= count
  }

  entered(request: Request): void {
    const sent = this.sentAt(request)
    this.came(request)
    const span = this.begin(request, request.at!.name, this.session.time)
    if (span === null) return
    if (sent < span.start_s) span.sent_s = sent
    if (request.parent === null) span.given_up_s = span.start_s
    const way = this.ways.get(visitorOf(request))!
    way.open++
    this.stays.set(request, { span, way, since: null })
  }

  queued(request: Request): void {
    const stay = this.stays.get(request)
    if (stay !== undefined) stay.since = this.session.time
  }

  began(request: Request, waited: number): void {
    const stay = this.stays.get(request)
    if (stay === undefined) return
    stay.span.wait_ms += waited * 1000
    stay.since = null
    const { time } = this.session
    if (waited > 0) waitsOf(stay.span).push([time - waited, time])
  }

  left(request: Request): void {
    const stay = this.stays.get(request)
    if (stay === undefined) return
    const { span, way, since } = stay
    this.end(span, request.outcome)
    if (since !== null && since < span.end_s!) waitsOf(span).push([since, span.end_s!])
    way.open--
    this.stays.delete(request)
    this.answers.set(request, span)
  }

  travels(request: Request): void {
    // An answer that goes up has been at a box.
    if (request.at !== null) return
    this.answers.delete(request)
    const way = this.ways.get(visitorOf(request))
    // A request is an object that others were before.
    if (way !== undefined && this.sent.get(request)?.way !== way)
      this.sent.set(request, { way, time: this.session.time })
  }

  /** When the request was sent, or its connection begun; now, where that takes no time. */
  private sentAt(request: Request): number {
    const begun = this.sent.get(request) ?? this.connects.get(request)
    return begun !== undefined && begun.way === this.ways.get(visitorOf(request))
      ? begun.time
      : this.session.time
  }

  arrived(request: Request): void {
    const span = this.answers.get(request)
    if (span !== undefined && this.session.time > span.end_s!) span.back_s = this.session.time
    this.answers.delete(request)
  }

  connecting(request: Request): void {
    const way = this.ways.get(visitorOf(request))
    if (way === undefined || this.connects.has(request)) return
    way.open++
    this.connects.set(request, { way, time: this.session.time })
  }

  failed(request: Request, outcome: Outcome): void {
    const since = this.sentAt(request)
    this.came(request)
    const span = this.begin(request, request.wire!.towards, since)
    if (span === null) return
    span.unconnected = true
    this.end(span, outcome)
  }

  forgotten(request: Request): void {
    const span = this.stays.get(request)?.span
    if (span !== undefined) span.given_up_s = this.session.time
  }

  lost(request: Request): void {
    this.came(request)
  }

  ended(request: Request): void {
    if (!request.traced) return
    const way = this.ways.get(visitorOf(request))
    if (way === undefined || !this.pending.delete(way)) return
    way.traced.outcome = outcomeNames[request.outcome]!
    way.traced.latency_ms = (this.session.model.kernel.now - request.arrived) * 1000
    if (this.wanted.failed === true && request.outcome === Outcome.ok) this.ways.delete(way.visitor)
    else this.keep(way)
  }

  private keep(way: Way): void {
    const { count, slowest } = this.wanted
    this.kept.push(way)
    if (slowest !== true || this.kept.length < 2 * count) return
    this.kept.sort((a, b) => this.took(b.traced) - this.took(a.traced) || byId(a.traced, b.traced))
    for (const { visitor } of this.kept.splice(count)) this.ways.delete(visitor)
  }

  /** Milliseconds: of who has no answer, so far. */
  private took({ latency_ms, arrived_s }: TracedRequest): number {
    return latency_ms ?? (this.session.time - arrived_s) * 1000
  }

  /** It is on its way no more. */
  private came(request: Request): void {
    const connect = this.connects.get(request)
    if (connect !== undefined) connect.way.open--
    this.connects.delete(request)
    this.sent.delete(request)
    this.answers.delete(request)
  }

  /** A span of the way that `request` belongs to; null if that is none of those that are written down. */
  private begin(request: Request, component: string, start_s: number): Span | null {
    const way = this.ways.get(visitorOf(request))
    if (way === undefined) return null
    const span = { component, parent: request.wire!.from, start_s, end_s: null, wait_ms: 0, outcome: null }
    way.traced.spans.push(span)
    return span
  }

  private end(span: Span, outcome: Outcome): void {
    span.end_s = this.session.time
    span.outcome = outcomeNames[outcome]!
  }
}

/** Looks whether all is written down so many times in the measured span. */
const LOOKS = 1000

/** The ways of the requests of the measured span that are wanted, in the first replication. */
export function traceRequests(scenario: Scenario, wanted: Wanted): TracedRequest[] {
  const session = new Session(new Model(scenario, 0))
  const trace = new Trace(session, wanted)
  session.observe(trace)
  for (let look = 1; look <= LOOKS && !trace.complete; look++)
    session.advance((scenario.lasts * look) / LOOKS)
  if (!trace.complete) session.drain()
  return trace.requests
}

const byId = (a: TracedRequest, b: TracedRequest): number => a.id - b.id

const waitsOf = (span: Span): NonNullable<Span['waits_s']> => (span.waits_s ??= [])

function visitorOf({ family, key }: Request): string {
  return `${family}/${key}`
}
