import type { Uniforms } from './stream.js'

/** A law that durations (seconds) are drawn from. */
export interface Distribution {
  /** Seconds; `Infinity` where the law has none. */
  readonly mean: number
  /** Seconds squared; `Infinity` where the law has none. */
  readonly variance: number
  sample(stream: Uniforms): number
}

/** Always the same duration. */
export class Constant implements Distribution {
  readonly variance = 0
  constructor(readonly mean: number) {}
  sample(): number {
    return this.mean
  }
}
