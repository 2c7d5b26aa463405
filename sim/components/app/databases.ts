import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { Mysql } from '../mysql/mysql.js'

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

  constructor(
    readonly wires: readonly Wire[],
    private readonly reads: Reads,
  ) {
    this.servers = wires.flatMap(({ to }) => (to instanceof Mysql ? [to] : []))
    this.server = this.servers[0] ?? null
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

  private arrange(): void {
    if (this.server === null || this.epoch === this.server.replication.epoch) return
    this.epoch = this.server.replication.epoch
    const { servers } = this
    this.primary = Math.max(
      0,
      servers.findIndex((server) => server.isPrimary),
    )
    const followers = servers.flatMap((server, i) => (i !== this.primary && server.follows ? [i] : []))
    if (this.reads === 'primary' || followers.length === 0) this.readers = [this.primary]
    else if (this.reads === 'replicas') this.readers = followers
    else this.readers = [...followers, this.primary].sort((a, b) => a - b)
  }
}
