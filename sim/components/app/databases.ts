import type { Kernel } from '../../kernel/kernel.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { Mysql } from '../mysql/mysql.js'

/** Replicas that lag more are not read, as they say themselves (Seconds_Behind_Master). */
export interface LagLimit {
  /** Seconds, of which whole ones are compared. */
  readonly most: number
  /** Seconds from one look at the replicas to the next. */
  readonly interval: number
  /** Seconds to the first. */
  readonly phase: number
  readonly kernel: Kernel
}

/** Seconds that a replica counts as behind which knows of no primary (ProxySQL: monitor_slave_lag_when_null). */
const UNKNOWN = 60

/** Where those requests read that do not write. */
type Reads = 'replicas' | 'primary' | 'all'

/**
 * The databases that an application is configured with: one of any kind, or the servers of one replication. Who
 * takes writes and who may be read is asked of the replication, as if a proxy or the failover manager told the
 * application at once; that a server is dead is found out by calling it.
 */
export class Databases {
  /** The place in the list of the one that takes writes now; the first, if the one that does is not in the list. */
  primary = 0
  private readers: readonly number[] = []
  private turn = -1
  private epoch = -1
  /** One for each wire, if they are MySQL servers; else none. */
  private readonly servers: readonly Mysql[]
  private readonly server: Mysql | null
  /** By place in the list: lagged too much when it was last looked at. */
  private readonly shunned: boolean[]

  constructor(
    readonly wires: readonly Wire[],
    private readonly reads: Reads,
    limit: LagLimit | null = null,
  ) {
    this.servers = wires.flatMap(({ to }) => (to instanceof Mysql ? [to] : []))
    this.server = this.servers[0] ?? null
    this.shunned = wires.map(() => false)
    if (limit !== null) limit.kernel.after(limit.phase, this.look, limit)
    this.arrange()
  }

  /** The place in the list of the one that `request` asks. */
  of(request: Request): number {
    if (this.server === null) return 0
    this.arrange()
    if (this.server.replication.writes(request.class)) return this.primary
    this.turn = (this.turn + 1) % this.readers.length
    return this.readers[this.turn]!
  }

  /** Whether a failed query of `request` that went to `place` may be tried once more, at the primary. */
  again(request: Request, place: number): boolean {
    this.arrange()
    return this.server !== null && place !== this.primary && !this.server.replication.writes(request.class)
  }

  /** These request classes write. */
  tell(classes: readonly number[]): void {
    for (const server of this.servers) server.replication.tell(classes)
  }

  /** Asks each server that answers; of the others it is found out by calling them that they do not. */
  private readonly look = (limit: LagLimit): void => {
    limit.kernel.after(limit.interval, this.look, limit)
    this.servers.forEach((server, place) => {
      if (!server.serves) return
      const behind = server.replication.behind(server) ?? UNKNOWN
      this.shunned[place] = Math.floor(behind) > limit.most
    })
    this.epoch = -1
  }

  private arrange(): void {
    if (this.server === null || this.epoch === this.server.replication.epoch) return
    this.epoch = this.server.replication.epoch
    const { servers } = this
    this.primary = Math.max(
      0,
      servers.findIndex((server) => server.isPrimary),
    )
    const followers = servers.flatMap((server, i) =>
      i !== this.primary && server.follows && !this.shunned[i] ? [i] : [],
    )
    if (this.reads === 'primary' || followers.length === 0) this.readers = [this.primary]
    else if (this.reads === 'replicas') this.readers = followers
    else this.readers = [...followers, this.primary].sort((a, b) => a - b)
  }
}
