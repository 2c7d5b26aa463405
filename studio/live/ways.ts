import type { Session } from '../../sim/model/session.js'
import { Trace, type TracedRequest } from '../../sim/model/tracing.js'
import type { Request } from '../../sim/parts/request.js'
import { Pace } from './pace.js'

/** Requests whose ways are written down, and those of them that are given away. */
const MOST_TRACED = 20_000
const MOST_GIVEN = 100

/** Traces those who ask in a span of time. */
class TraceOfSpan extends Trace {
  constructor(
    private readonly run: Session,
    private readonly span: { readonly from: number; readonly to: number },
  ) {
    super(run, { count: MOST_TRACED })
  }

  override asked(request: Request): boolean {
    const { time } = this.run
    return time >= this.span.from && time < this.span.to && super.asked(request)
  }
}

/** What was done by hand, again. */
interface Again {
  /** Seconds: when it was asked for. */
  readonly asked: number
  do(): void
}

/** A run that is played once more, to write down the ways of requests of which nobody knew then that they would matter. */
export class Replay {
  private readonly trace: TraceOfSpan
  private readonly pace = new Pace()

  /**
   * @param until seconds: what the run that is seen has not come to is not told
   * @param deeds in the order in which they were done
   */
  constructor(
    private readonly session: Session,
    private readonly span: { readonly from: number; readonly to: number },
    private readonly until: number,
    private readonly deeds: Again[],
    private readonly clock: () => number,
  ) {
    this.trace = new TraceOfSpan(session, span)
    session.observe(this.trace)
  }

  /** Seconds: what comes later is not known. */
  get now(): number {
    return this.session.time
  }

  /** Goes on for `budget` milliseconds. Returns the ways when they are known: who failed first, then the slowest. */
  step(budget: number): TracedRequest[] | null {
    const begun = this.clock()
    const { session, deeds, until, pace } = this
    while (session.time < until - TINY && !this.found) {
      const before = this.clock()
      if (before - begun >= budget) return null
      const next = session.time + pace.slice
      const to = Math.min(deeds[0]?.asked ?? until, until)
      session.advance(Math.min(next, to))
      if (next < to) pace.took(this.clock() - before)
      if (deeds.length > 0 && session.time >= deeds[0]!.asked - TINY) deeds.shift()!.do()
    }
    return worthTelling(this.trace.requests)
  }

  /** Everybody has his answer, and those who still work for nobody had a second for that. */
  private get found(): boolean {
    const { session, span, trace } = this
    return session.time >= span.to + 1 && trace.requests.every(({ outcome }) => outcome !== null)
  }
}

/** Seconds: times are sums, and rounded. */
const TINY = 1e-9

/** Some of those that failed, and the slowest of the others. */
function worthTelling(requests: readonly TracedRequest[]): TracedRequest[] {
  const failed = requests.filter(({ outcome }) => outcome !== null && outcome !== 'ok')
  const others = requests
    .filter(({ outcome }) => outcome === null || outcome === 'ok')
    .sort((a, b) => (b.latency_ms ?? Number.POSITIVE_INFINITY) - (a.latency_ms ?? Number.POSITIVE_INFINITY))
  return [...failed.slice(0, MOST_GIVEN / 2), ...others].slice(0, MOST_GIVEN)
}
