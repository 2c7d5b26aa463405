import { LARGEST } from '../options/units.js'
import type { Distribution } from '../random/distribution.js'
import type { Stream } from '../random/stream.js'
import { Outcome } from './outcome.js'
import { type Request, Scheme } from './request.js'

/** How large requests and answers are, in bytes: on all ways that they take, and at every try, the same for a visitor. */
export class Sizes {
  /** @param requests, answers one law for each request class, in the order of the scenario's classes */
  constructor(
    private readonly requests: readonly Distribution[],
    private readonly answers: readonly Distribution[],
    private readonly stream: { readonly requests: Stream; readonly answers: Stream },
  ) {}

  ofRequest(request: Request): number {
    return request.health ? 0 : drawn(this.requests, request, this.stream.requests)
  }

  /** A failure has no content. */
  ofAnswer(request: Request): number {
    return request.outcome === Outcome.ok ? this.ofContent(request) : 0
  }

  /** Of the answer that `request` gets if it is ok. A redirect has none. */
  ofContent(request: Request): number {
    if (request.health || request.scheme === Scheme.moved) return 0
    const size = drawn(this.answers, request, this.stream.answers)
    return request.packed === 0 ? size : size * (1 - request.packed / 1e6)
  }
}

const drawn = (laws: readonly Distribution[], request: Request, stream: Stream): number =>
  Math.min(LARGEST, laws[request.class]!.sample(request.visitorDraws(stream)))
