import type { Tap } from '../parts/context.js'
import { type Outcome, outcomeNames } from '../parts/outcome.js'
import type { Request } from '../parts/request.js'
import type { Scenario } from '../scenario/scenario.js'
import { Model } from './model.js'

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

/** The ways of the first `count` requests of the measured span, in the first replication. */
export function traceRequests(scenario: Scenario, count: number): TracedRequest[] {
  const model = new Model(scenario, 0)
  const { kernel, warmup } = model
  const traced: TracedRequest[] = []
  // By visitor: an orphan goes on after its visitor has left, and still belongs to that way.
  const ways = new Map<string, TracedRequest>()
  const spans = new Map<Request, Span>()
  /** When the connection attempts began that nobody has answered. */
  const knocks = new Map<Request, number>()
  const time = () => kernel.now - warmup

  const begin = (request: Request, component: string, start_s: number): Span => {
    const span = { component, parent: request.wire!.from, start_s, end_s: null, wait_ms: 0, outcome: null }
    ways.get(visitorOf(request))!.spans.push(span)
    return span
  }
  const end = (span: Span, outcome: Outcome): void => {
    span.end_s = time()
    span.outcome = outcomeNames[outcome]!
  }

  const tap: Tap = {
    entered(request) {
      knocks.delete(request)
      spans.set(request, begin(request, request.at!.name, time()))
    },
    began(request, waited) {
      spans.get(request)!.wait_ms += waited * 1000
    },
    left(request) {
      end(spans.get(request)!, request.outcome)
      spans.delete(request)
    },
    knocked(request) {
      knocks.set(request, time())
    },
    failed(request, outcome) {
      end(begin(request, request.wire!.towards, knocks.get(request) ?? time()), outcome)
      knocks.delete(request)
    },
  }
  model.context.tap = tap
  for (const users of model.users) {
    users.watch = (request) => {
      if (kernel.now < warmup || traced.length >= count) return
      request.traced = true
      const trace: TracedRequest = {
        id: traced.length + 1,
        class: scenario.classes[request.class]!,
        arrived_s: request.arrived - warmup,
        outcome: null,
        latency_ms: null,
        spans: [],
      }
      traced.push(trace)
      ways.set(visitorOf(request), trace)
    }
    users.ended = (request) => {
      if (!request.traced) return
      const trace = ways.get(visitorOf(request))!
      trace.outcome = outcomeNames[request.outcome]!
      trace.latency_ms = (kernel.now - request.arrived) * 1000
    }
  }
  const pending = () =>
    traced.length < count || spans.size > 0 || knocks.size > 0 || traced.some((t) => t.outcome === null)
  model.run(pending)
  return traced
}

function visitorOf({ family, key }: Request): string {
  return `${family}/${key}`
}
