import type { Request } from '../../parts/request.js'

/** HAProxy computes with weights in sixteenths: slow start moves in such steps. */
export const SCALE = 16

/** A server of a backend, as the algorithms see it. */
export class Server {
  /** Gets new requests: up, in rotation, weight above 0. The algorithm is told of every change. */
  usable = false
  /** Requests that hold one of its slots. */
  served = 0
  /** What its weight is at present, in sixteenths: less than the whole while it starts slowly. */
  share: number

  constructor(
    /** Place in the list. */
    readonly place: number,
    public weight: number,
    /** Slots, at present; `Infinity` for no limit. */
    public maxconn = Number.POSITIVE_INFINITY,
    /** Which of its backend it is, from 1 on (HAProxy's `id`). */
    readonly id = place + 1,
  ) {
    this.share = weight * SCALE
  }

  get full(): boolean {
    return this.served >= this.maxconn
  }
}

/** Who asks, as far as chance and hashes know him. */
export type Visitor = Pick<Request, 'draws' | 'key' | 'family'>

/**
 * Chooses servers. It is asked for one at a time and told what changes: which servers are usable, and how many
 * requests each has.
 */
export interface Algorithm {
  /**
   * A usable server that is not full, or of an algorithm that hashes (`Hashing`) full or not; null if there is none, or
   * none that the algorithm would take.
   * @param visitor whose numbers are drawn, @param retry how often a server was chosen for him before
   * @param avoid the server that has just failed: taken only if no other is left
   */
  pick(visitor: Visitor, retry: number, avoid: Server | null): Server | null
  /** `server.usable` has become true. */
  up(server: Server): void
  /** `server.usable` has become false. */
  down(server: Server): void
  /** `server.served` has changed. */
  loaded(server: Server): void
  /** `server.share` has changed, of one that is usable. */
  weighed(server: Server): void
}
