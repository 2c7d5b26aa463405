import type { Queue } from '../../parts/queue.js'
import type { Request } from '../../parts/request.js'
import type { Stream } from '../../random/stream.js'
import { algorithms, type Balance, type Hashing, hashes } from '../balance/algorithms.js'
import type { Algorithm, Server } from '../balance/server.js'
import type { Persistence } from './persistence.js'
import type { Ramp } from './ramp.js'

/** Active servers, or backups. */
export interface Group {
  algorithm: Algorithm
  readonly servers: Server[]
  usable: number
}

/** Until the real one is there. */
const none: Algorithm = {
  pick: () => null,
  up: () => {},
  down: () => {},
  loaded: () => {},
  weighed: () => {},
}

/** An algorithm without BE_LB_PROP_DYN. */
export const isFixed = (by: Balance, consistent: boolean): boolean =>
  by === 'static-rr' || by === 'first' || (hashes(by) && !consistent)

/** Servers of which one is chosen for a request, and the queue of those who wait for one. */
export class Backend {
  readonly active: Group = { algorithm: none, servers: [], usable: 0 }
  private readonly backups: Group = { algorithm: none, servers: [], usable: 0 }

  /**
   * @param allbackups whether all backups share the work, not the first alone
   * @param persistence null: no visitor has a cookie for its servers
   * @param ramp null: all servers have the same slots however much is there
   */
  constructor(
    readonly queue: Queue,
    private readonly balance: { readonly by: Balance; readonly draws: number },
    private readonly allbackups: boolean,
    private readonly hashing: Hashing,
    readonly persistence: Persistence | null,
    readonly ramp: Ramp | null,
  ) {}

  /** A request has one server, full or not, and waits there. */
  get hashes(): boolean {
    return hashes(this.balance.by)
  }

  /** Who comes waits where others wait, though a server may have become free: nobody looks for one. */
  get queuesFirst(): boolean {
    const { by } = this.balance
    return by === 'roundrobin' || by === 'static-rr' || by === 'first'
  }

  /** Weights are as they are from the start: an agent can have all of one, or none. */
  get fixed(): boolean {
    return isFixed(this.balance.by, this.hashing.consistent)
  }

  /** Some requests wait at one server. */
  get names(): boolean {
    return this.hashes || this.persistence !== null
  }

  group(backup: boolean): Group {
    return backup ? this.backups : this.active
  }

  /** How many servers it has by now. */
  get size(): number {
    return this.active.servers.length + this.backups.servers.length
  }

  /** Whether some server gets requests. */
  get serves(): boolean {
    return this.active.usable > 0 || this.backups.usable > 0
  }

  /**
   * A server with a free slot, or the one that the hash names; null if all are full.
   * @param retry how often one was chosen for it before, @param avoid the one that has just failed
   */
  choose(request: Request, retry: number, avoid: Server | null): Server | null {
    const group = this.active.usable > 0 ? this.active : this.backups
    if (group === this.backups && !this.allbackups) {
      const first = group.servers.find((s) => s.usable)!
      return first.full && !this.hashes ? null : first
    }
    return group.algorithm.pick(request, retry, avoid)
  }

  /** Whether `server` of `group` may take who has waited longest. */
  isEligible(server: Server, group: Group): boolean {
    if (group === this.active) return true
    return this.active.usable === 0 && (this.allbackups || group.servers.find((s) => s.usable) === server)
  }

  /** The algorithms know of no past. */
  begin(choice: Stream): void {
    const { by, draws } = this.balance
    for (const group of [this.active, this.backups]) {
      group.usable = group.servers.filter(({ usable }) => usable).length
      group.algorithm = algorithms[by](group.servers, draws, choice, this.hashing)
    }
  }
}
