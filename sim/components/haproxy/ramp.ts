import type { Queue } from '../../parts/queue.js'
import type { Server } from '../balance/server.js'
import type { SlowStart } from './slow-start.js'

/** A server of a backend, as far as its slots go. */
interface Member {
  readonly server: Server
  readonly options: { readonly minconn?: number | undefined; readonly maxconn: number }
  readonly own: Queue | null
  readonly slow: SlowStart | null
}

/**
 * `minconn` of servers and `fullconn` of their backend: how many slots they have while so many requests (in mode tcp
 * connections) are in the backend, at servers and in queues: maxconn * n / fullconn, rounded down, at least minconn, at
 * most maxconn.
 *
 * Source: HAProxy 2.6, queue.c (srv_dynamic_maxconn), which computes it whenever a server is asked whether it is full:
 * when a request comes, and when one has ended, which counts until its slot is given to the next (stream.c). What grows
 * while others wait is for those that come, where the algorithm does not look at the queue first (backend.c,
 * assign_server: first, roundrobin and static-rr do).
 */
export class Ramp {
  private readonly members: Member[] = []

  constructor(
    private readonly queue: Queue,
    private readonly fullconn: number,
  ) {}

  add(member: Member): void {
    this.members.push(member)
  }

  /** The slots become what they are now. @param moving requests that are in no queue and at no server: 0 or 1 */
  adjust(moving: number): void {
    const { members, queue, fullconn } = this
    let inside = queue.length + moving
    for (const { server, own } of members) inside += server.served + (own?.length ?? 0)
    for (const { server, options, slow } of members) {
      const { minconn, maxconn } = options
      if (minconn === undefined) continue
      const slots =
        inside >= fullconn ? maxconn : Math.max(minconn, Math.floor((inside * maxconn) / fullconn))
      server.maxconn = slow === null ? slots : slow.slotsOf(slots)
    }
  }
}
