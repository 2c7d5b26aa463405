import type { Kernel } from '../kernel/kernel.js'
import { Stream } from '../random/stream.js'
import type { Outcome } from './outcome.js'
import type { Request } from './request.js'
import { RequestPool } from './request.js'

/** Writes down the way of single requests (`nines trace`). */
export interface Tap {
  entered(request: Request): void
  /** Service began, after `waited` seconds in the box's queue. */
  began(request: Request, waited: number): void
  left(request: Request): void
  /** Nobody answers the SYN of a new connection; it is sent again. */
  knocked(request: Request): void
  /** A connection that was tried has not been made. */
  failed(request: Request, outcome: Outcome): void
}

/** Writes that were answered ok and are gone. */
export interface Loss {
  /** When the server that had them failed. */
  readonly failed: number
  /** When it turned out. */
  readonly at: number
  readonly writes: number
  /** How far back before the failure (or before the last of them, if that is later) the oldest of them goes. */
  readonly seconds: number
}

/** What all parts of one running model share. */
export class Context {
  readonly requests = new RequestPool()
  tap: Tap | null = null
  /** Requests that visitors have asked, attackers left out: what no box can know. */
  asked = 0
  /** Answered writes that turned out to be lost. */
  readonly losses: Loss[] = []

  /**
   * @param classes names of the request classes; a request carries the index
   * @param seed of the scenario, and the replication's number: they begin the name of every stream
   */
  constructor(
    readonly kernel: Kernel,
    readonly classes: readonly string[],
    readonly seed: string,
    readonly replication: number,
  ) {}

  /** The stream of random numbers that decide `purpose` for `role`, in this replication. */
  stream(role: string, purpose: string): Stream {
    return new Stream(`${this.seed}/${this.replication}/${role}/${purpose}`)
  }
}
