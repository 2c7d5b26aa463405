import type { Uniforms } from './stream.js'

/** A law that durations (seconds) are drawn from. */
export interface Distribution {
  /** Seconds; `Infinity` where the law has none. */
  readonly mean: number
  /** Seconds squared; `Infinity` where the law has none. */
  readonly variance: number
  sample(stream: Uniforms): number
}

/** No law at all: how long it takes is recorded with each request (`Demand`). */
export class Recorded implements Distribution {
  readonly mean = Number.POSITIVE_INFINITY
  readonly variance = Number.POSITIVE_INFINITY
  sample(): number {
    throw new Error('what is recorded is not drawn')
  }
}

/** Always the same duration. */
export class Constant implements Distribution {
  readonly variance = 0
  constructor(readonly mean: number) {}
  sample(): number {
    return this.mean
  }
}
