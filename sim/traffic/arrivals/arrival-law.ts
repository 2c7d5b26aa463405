import type { Uniforms } from '../../random/stream.js'
import type { Recording } from './recording.js'

/** An arrival process: makes the gaps between arrivals at relative rate 1. */
export interface ArrivalLaw {
  /** Mean requests per second at relative rate 1. */
  readonly rate: number
  /** What is played instead of drawn: its times count from the start of the measured span. */
  readonly recorded?: Recording
  /** A fresh run of the process. */
  start(stream: Uniforms): Gaps
}

/** One run of an arrival process. */
export interface Gaps {
  /**
   * Seconds from one arrival to the next, at relative rate 1; `Infinity` when there are no more. A profile or a
   * surge stretches and shrinks these gaps: the process runs in operational time, of which `factor` seconds
   * pass per second. For a Poisson process that gives exactly the inhomogeneous one.
   */
  next(): number
}
