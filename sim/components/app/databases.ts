import { type ByClass, ClassNames, type Ref } from '../../options/types.js'
import type { Neighbour } from '../../parts/kind.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { Mysql } from '../mysql/mysql.js'

/** Where those requests read that do not write. */
type Reads = 'replicas' | 'primary' | 'all'

/** Options that say where it queries. */
interface Querying {
  readonly database?: readonly Ref[] | undefined
  readonly queries?: ByClass<number> | undefined
  readonly reads: Reads
}

/**
 * The databases of which a request of a class needs one: for a write the primary, or a replica where one is promoted in
 * its place; for a read any that is read, the primary too. None where it asks no database.
 */
export function databasesNeeded(
  { database = [], queries, reads }: Querying,
  named: string,
  all: readonly Neighbour[],
): string[][] {
  if (database.length === 0 || queries?.each([named], 1)[0] === 0) return []
  const names = database.map(({ name }) => name)
  const primary = all.find(({ name, options }) => names.includes(name) && options.replicas !== undefined)
  if (primary === undefined) return [names]
  const writes = writersOf(names, all).includes(named)
  const { mode } = primary.options.promotion as { mode: string }
  return [(writes || reads === 'primary') && mode === 'none' ? [primary.name] : names]
}

/** The request classes that write to databases, as those say who ask them, or they themselves. */
function writersOf(databases: readonly string[], all: readonly Neighbour[]): readonly string[] {
  const said = all.flatMap(({ name, options: { writes, database } }) => {
    const asks = Array.isArray(database) && database.some((ref: Ref) => databases.includes(ref.name))
    return writes instanceof ClassNames && (asks || databases.includes(name)) ? writes.names : []
  })
  return said.length > 0 ? said : ['write']
}

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
