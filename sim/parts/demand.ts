import { Constant, type Distribution, Recorded } from '../random/distribution.js'
import type { Stream } from '../random/stream.js'
import type { Context } from './context.js'
import type { Request } from './request.js'

/** Durations drawn per request class, each keyed by the visitor: the same visitor asks the same everywhere. */
export class Demand {
  private readonly constants: number[]

  /** @param laws one for each request class, in the order of the scenario's classes */
  constructor(
    protected readonly laws: readonly Distribution[],
    private readonly stream: Stream,
  ) {
    this.constants = laws.map((law) => (law instanceof Constant ? law.mean : Number.NaN))
  }

  /** Seconds for `request`. */
  of(request: Request): number {
    const constant = this.constants[request.class]!
    if (!Number.isNaN(constant)) return constant
    // The plus says that it is a number: so it need not be put into an object.
    return +this.laws[request.class]!.sample(request.draws(this.stream))
  }
}

/** Some of it is no draw, but recorded with each visitor: whatever he asks for there takes so long, each time. */
class RecordedDemand extends Demand {
  constructor(
    laws: readonly Distribution[],
    stream: Stream,
    private readonly service: Context['recordedService'],
  ) {
    super(laws, stream)
  }

  override of(request: Request): number {
    if (!(this.laws[request.class] instanceof Recorded)) return super.of(request)
    // A health check is no visitor's.
    if (request.check) return 0
    return this.service.get(request.family)![request.key]!
  }
}

/** What requests need of `role` for `purpose`: a law for each class, in the order of the scenario's classes. */
export function demandOf(
  laws: readonly Distribution[],
  context: Pick<Context, 'stream' | 'recordedService'>,
  role: string,
  purpose: string,
): Demand {
  const stream = context.stream(role, purpose)
  return laws.some((law) => law instanceof Recorded)
    ? new RecordedDemand(laws, stream, context.recordedService)
    : new Demand(laws, stream)
}
