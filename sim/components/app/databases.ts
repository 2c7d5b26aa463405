import type { Kernel } from '../../kernel/kernel.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import { DatabaseServer, type Servers } from '../mysql/database-server.js'
import { Replication } from '../mysql/replication.js'

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

/** It looks who takes writes every so often: from one look to the next, and to the first. Seconds. */
export interface Finding {
  readonly interval: number
  readonly phase: number
  readonly kernel: Kernel
}

/** Seconds that a replica counts as behind which knows of no primary (ProxySQL: monitor_slave_lag_when_null). */
const UNKNOWN = 60

/** Where those requests read that do not write. */
type Reads = 'replicas' | 'primary' | 'all'

/**
 * The databases that an application is configured with: one of any kind, or servers that have the same data. Who
 * takes writes and who may be read is asked of these, as if a proxy or the failover manager told the
 * application at once; that a server is dead is found out by calling it.
 */
export class Databases {
  /** The places in the list of those that take writes now; the first, if none that does is in the list. */
  private writers: readonly number[] = []
  private readers: readonly number[] = []
  private written = -1
  private turn = -1
  /** Who knows who takes writes and who may be read; null where one of any kind is asked. */
  private servers: Servers | null = null
  /** As of when it knows it, too. */
  private epoch = -1
  /** One for each wire, if they are database servers; else none. */
  private readonly members: readonly DatabaseServer[]
  /** By place in the list: lagged too much when it was last looked at. */
  private readonly shunned: boolean[]
  /** Reads, and those of them that went to the primary since their visitor had just written. */
  private reading = 0
  private stuck = 0

  constructor(
    readonly wires: readonly Wire[],
    private readonly reads: Reads,
    limit: LagLimit | null = null,
    private readonly finding: Finding | null = null,
  ) {
    this.members = wires.flatMap(({ to }) => (to instanceof DatabaseServer ? [to] : []))
    this.shunned = wires.map(() => false)
    if (limit !== null) limit.kernel.after(limit.phase, this.look, limit)
  }

  /** All are there: who was built before the one that names it as its replica, or its cluster, was on its own until then. */
  assembled(): void {
    const servers = this.members[0]?.servers ?? null
    if (this.finding !== null) servers!.hearer!(this.wires[0]!.from).delay = delayOf(this.finding)
    this.servers = servers?.knownTo?.(this.wires[0]!.from) ?? servers
  }

  /** What the servers have in common, where one of them copies others; else null. */
  get replication(): Replication | null {
    const servers = this.members[0]?.servers
    return servers instanceof Replication && servers.members.length > 1 ? servers : null
  }

  /**
   * The place in the list of the one that `request` asks.
   * @param sticks whether a read goes where writes go, since its visitor has just written
   * @param fills whether it does, since what it reads goes into a cache
   */
  of(request: Request, sticks: boolean, fills: boolean): number {
    const { servers } = this
    if (servers === null) return 0
    this.arrange(servers)
    if (servers.writes(request.class)) return this.nextWriter
    this.reading++
    if (sticks) {
      this.stuck++
      return this.nextWriter
    }
    if (fills) return this.nextWriter
    this.turn = (this.turn + 1) % this.readers.length
    return this.readers[this.turn]!
  }

  /**
   * Where a failed query of `request` that went to `place` may be tried once more: a read, at one that takes writes;
   * -1 if nowhere.
   */
  again(request: Request, place: number): number {
    const { servers } = this
    if (servers === null || servers.writes(request.class)) return -1
    this.arrange(servers)
    if (this.writers.length === 1 && this.writers[0] === place) return -1
    const next = this.nextWriter
    return next === place ? this.nextWriter : next
  }

  private get nextWriter(): number {
    this.written = (this.written + 1) % this.writers.length
    return this.writers[this.written]!
  }

  writes(request: Request): boolean {
    return this.servers?.writes(request.class) === true
  }

  /** Share of the reads that went to the primary since their visitor had just written. */
  get stuckShare(): number {
    return this.reading > 0 ? this.stuck / this.reading : Number.NaN
  }

  /** The measured span begins. */
  restart(): void {
    this.reading = 0
    this.stuck = 0
  }

  /** These request classes write. */
  tell(classes: readonly number[]): void {
    for (const { servers } of this.members) servers.tell(classes)
  }

  /** Asks each server that answers; of the others it is found out by calling them that they do not. */
  private readonly look = (limit: LagLimit): void => {
    limit.kernel.after(limit.interval, this.look, limit)
    this.members.forEach((server, place) => {
      if (!server.serves) return
      const behind = server.secondsBehind ?? UNKNOWN
      this.shunned[place] = Math.floor(behind) > limit.most
    })
    this.epoch = -1
  }

  private arrange(servers: Servers): void {
    if (servers.epoch === this.epoch) return
    this.epoch = servers.epoch
    const { members } = this
    const { believed = null } = servers
    const writes = (member: DatabaseServer) => (believed === null ? member.takesWrites : member === believed)
    const writers = members.flatMap((member, i) => (writes(member) ? [i] : []))
    this.writers = writers.length > 0 ? writers : [0]
    const others = members.flatMap(({ takesReads }, i) =>
      takesReads && !writers.includes(i) && !this.shunned[i] ? [i] : [],
    )
    if (this.reads === 'primary' || others.length === 0) this.readers = this.writers
    else if (this.reads === 'replicas') this.readers = others
    else this.readers = [...others, ...writers].sort((a, b) => a - b)
  }
}

/** Seconds to the next look, at any time. */
const delayOf =
  ({ interval, phase, kernel }: Finding) =>
  (): number =>
    interval - ((kernel.now - phase + interval) % interval)
