import { Constant, type Distribution } from '../random/distribution.js'
import type { Stream } from '../random/stream.js'
import type { Request } from './request.js'

/** Durations drawn per request class, each keyed by the visitor: the same visitor asks the same everywhere. */
export class Demand {
  private readonly constants: number[]

  /** @param laws one for each request class, in the order of the scenario's classes */
  constructor(
    private readonly laws: readonly Distribution[],
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
