import type { Handler } from '../../kernel/event.js'
import type { Place, Request } from '../../parts/request.js'
import { Durability } from './durability.js'
import { LogFile, type Writer } from './log-file.js'

/** What commits need of their server. */
interface Home {
  readonly process: Place
  now(): number
  /** An fsync for `job`, then `then`. */
  sync(job: Request, then: Handler<Request>): void
  /** Whether the server writes a binlog, by what it is at present. */
  logs(): boolean
  /** So many go into the binlog together. */
  together(writes: number): void
  /** `request` is in the binlog, from where replicas get it. */
  write(request: Request): void
  /** Its changes are visible from now on. */
  commit(request: Request): void
  /** The last of a group that is in the binlog waits for a replica; `acknowledged` continues, at once if it does not wait. */
  await(last: Request): void
  /** What an applier did is durable. */
  readonly applied: Handler<Request>
}

/** How commits are made durable. */
interface Ways {
  /** innodb_flush_log_at_trx_commit */
  readonly flush: number
  /** sync_binlog: groups to one fsync of it; 0: none has one. */
  readonly sync: number
  /** When in a period the redo log is flushed in the background, and how long that is, seconds; default 1. */
  readonly phase: number
  readonly period?: number
  /** Whether a group waits for a replica before it is visible (AFTER_SYNC). */
  readonly awaits: boolean
  /** Whether all groups that are written meanwhile wait together after that (MySQL); else there is one (MariaDB). */
  readonly gathers: boolean
}

/**
 * The commit of InnoDB with a binlog: an fsync of the redo log when it is prepared
 * (innodb_flush_log_at_trx_commit=1), one of the binlog (sync_binlog), then it is visible; each shared by all who wait for
 * it (group commit), each file by itself. Measured on MariaDB 10.11: one fsync alone and two among others where one log
 * is synced; two and three, in groups of a third of the connections, where both are.
 *
 * With AFTER_SYNC a group that is in the binlog waits for a replica before it is visible, one group after the other. In
 * MariaDB the next may be written in the meantime, and no more than that (sql/log.cc: LOCK_after_binlog_sync): among many
 * writers one waits for up to half a round trip more than with AFTER_COMMIT, and a primary that dies has at most two
 * groups that nobody else has (both measured). In MySQL more are written, and wait together for the last of them
 * (sql/binlog.cc, ordered_commit: the queue of the commit stage).
 */
export class Commits {
  readonly durability: Durability
  /** Writes that were committed in the measured span, and in how many groups: of the last log that is synced. */
  private writes = 0
  private groups = 0
  private readonly redo: LogFile
  private readonly binlog: LogFile
  /** Groups written since the last fsync of the binlog. */
  private unsynced = 0
  /** Groups that are in the binlog and not visible yet: those that wait for a replica, and those that do next. */
  private waiting: readonly Writer[] = []
  private next: Writer[] = []

  constructor(
    private readonly home: Home,
    private readonly ways: Ways,
  ) {
    const { flush, sync, phase, period } = ways
    const durability = new Durability(flush, () => home.logs(), phase, period)
    this.durability = durability
    this.redo = new LogFile(
      home,
      () => flush === 1,
      () => durability.redoBegins(),
      this.prepared,
    )
    this.binlog = new LogFile(
      home,
      () => sync > 0 && this.unsynced + 1 >= sync,
      () => {},
      this.logged,
    )
  }

  /** The work of `request`, a write, is done. */
  join(request: Request): void {
    this.redo.join(request, this.enterBinlog)
  }

  /** An applier has done `job`, but for the commit. */
  apply(job: Request): void {
    this.redo.join(job, this.ways.sync > 0 && this.home.logs() ? this.logApplied : this.home.applied)
  }

  private readonly logApplied = (job: Request): void => this.binlog.join(job, this.home.applied)

  private readonly prepared = (group: readonly Writer[], synced: boolean): boolean => {
    if (synced) this.durability.redoSynced()
    if (this.ways.sync === 0) this.count(group)
    this.binlog.gather(group)
    return true
  }

  private readonly enterBinlog = (request: Request): void => this.binlog.join(request, this.write)

  private readonly write = (request: Request): void => {
    this.home.write(request)
    this.durability.committed(this.home.now())
  }

  private readonly logged = (group: readonly Writer[], synced: boolean): boolean => {
    this.unsynced = synced ? 0 : this.unsynced + 1
    if (this.ways.sync > 0) this.count(group)
    if (group.length > 1) this.home.together(this.writesOf(group))
    for (const { request, then } of group) then(request)
    if (synced) this.durability.binlogSynced()
    if (!this.ways.awaits) {
      this.commit(group)
      return true
    }
    if (this.waiting.length > 0) {
      this.next = this.next.concat(group)
      return this.ways.gathers
    }
    this.await(group)
    return true
  }

  /** Those of them that are no appliers'. */
  private writesOf(group: readonly Writer[]): number {
    let writes = 0
    for (const { then } of group) if (then === this.write) writes++
    return writes
  }

  private count(group: readonly Writer[]): void {
    this.writes += group.length
    this.groups++
  }

  private await(group: readonly Writer[]): void {
    this.waiting = group
    this.home.await(group.at(-1)!.request)
  }

  /** The group that waits need not wait any longer. */
  readonly acknowledged = (): void => {
    const { waiting, next } = this
    this.waiting = []
    this.next = []
    this.commit(waiting)
    if (next.length === 0) return
    this.await(next)
    if (!this.ways.gathers) this.binlog.free()
  }

  private commit(group: readonly Writer[]): void {
    for (const { request, then } of group) if (then === this.write) this.home.commit(request)
  }

  /** The process died, or (`power`) its machine: how many of the last writes are gone. */
  dies(power: boolean): { writes: number; from: number } {
    this.redo.clear()
    this.binlog.clear()
    this.waiting = []
    this.next = []
    return this.durability.dies(this.home.now(), power)
  }

  /** The measured span begins. */
  restart(): void {
    this.writes = 0
    this.groups = 0
    this.redo.fsyncs = 0
    this.binlog.fsyncs = 0
  }

  get extra(): { fsyncs: number; commit_group: number } {
    const { groups, writes } = this
    return {
      fsyncs: this.redo.fsyncs + this.binlog.fsyncs,
      commit_group: groups > 0 ? writes / groups : Number.NaN,
    }
  }
}
