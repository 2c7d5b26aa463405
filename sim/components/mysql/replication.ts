import type { Handler } from '../../kernel/event.js'
import type { Context } from '../../parts/context.js'
import { Syn } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import { UP } from '../../parts/transfer.js'
import type { Wire } from '../../parts/wire.js'
import { Level } from '../../stats/level.js'
import { BinaryLog } from './binlog.js'
import type { Servers } from './database-server.js'
import { Hearer } from './hearer.js'
import { type End, Link } from './link.js'
import { Moments } from './moments.js'
import { ObjectWrites } from './object-writes.js'
import { OwnWrites } from './own-writes.js'
import type { Rows } from './rows.js'
import type { Visible } from './visible.js'
import { visit } from './visit.js'
import { WritingClasses } from './writing-classes.js'

/** A server of a replication. */
export interface Member extends End {
  replication: Replication
  /** Once another was promoted in its place: the last position here that the new primary has too. */
  kept: number
  /** It was replaced by a tool that does not take it in again: it follows nobody. */
  apart: boolean
  /** Whether it takes writes all the same, from who does not know better. */
  writable: boolean
  /** Writes that it alone has, being apart. */
  own: number
  /** The writer is told that its write is done. */
  readonly confirm: Handler<Request>
}

/** Whoever promotes a replica when the primary is gone. */
interface Promoting {
  /** Something has changed, perhaps. */
  look(): void
  /** `replica` has applied a write. */
  applied(replica: Member): void
}

/**
 * The servers of one replication, or a server that stands alone: who is primary, what was committed
 * there, and how far each replica has come. Applications ask here where to send.
 */
export class Replication {
  readonly members: Member[]
  readonly log: BinaryLog
  /** One for each replica. */
  links: Link[] = []
  failover: Promoting | null = null
  /** By a tool, which can be wrong. */
  isWatched = false
  /** What requests are about; null: all of them about the same. */
  rows: Rows | null = null
  /** Of each cache that is filled from here, by name: which of its objects were written when. */
  readonly objects = new Map<string, ObjectWrites>()
  readonly moments = new Moments()
  /** Of visitors who ask more than once: whether they find what they have written. */
  readonly own: OwnWrites
  /** Up to where the primary shows what is written; null: everything, at once. */
  visible: Visible | null = null
  /** Goes up whenever who is primary, or who follows it, has changed. */
  epoch = 0
  promotions = 0
  /** From the failure of a primary to the promotion that replaced it, added up, seconds. */
  promoting = 0
  /** Writes that were answered ok and are gone: not received by the server that was promoted. */
  lost = 0
  /** Writes that only a deposed primary has, answered or not. */
  errant = 0
  /** Writes that a server took which had been replaced before: those of them that were not errant to begin with. */
  diverged = 0
  /** 1 while there is no primary that serves, 0 else. */
  readonly orphaned = new Level()
  /** 1 while a server that was replaced takes writes beside the primary, 0 else. */
  readonly split = new Level()
  /** Applications that have to be told who is primary, by name; others know it at once. */
  readonly hearers = new Map<string, Hearer>()
  /** Position of the last write that was answered ok. */
  private answered = 0
  private readonly writing: WritingClasses
  /** The first primary: where reports show what concerns all servers of the replication. */
  private readonly leader: string

  constructor(
    private readonly context: Context,
    public primary: Member,
  ) {
    this.members = [primary]
    this.leader = primary.name
    this.log = new BinaryLog(() => this.needed())
    this.own = new OwnWrites(
      context.addresses,
      () => this.log.head,
      () => this.needed() - 1,
    )
    this.writing = new WritingClasses(context.classes)
  }

  // ---- What applications ask and say -----------------------------------------------------------------------

  writes(requestClass: number): boolean {
    return this.writing.has(requestClass)
  }

  tell(classes: Iterable<number>): void {
    this.writing.tell(classes)
  }

  /** The servers as the component `caller` knows them. */
  knownTo(caller: string): Servers {
    return this.hearers.get(caller) ?? this
  }

  /** The component `caller` has to be told who is primary. */
  hearer(caller: string): Hearer {
    const hearer = new Hearer(this)
    this.hearers.set(caller, hearer)
    return hearer
  }

  // ---- Forming ------------------------------------------------------------------------------------------------

  /**
   * `replicas` follow the primary, which is the only member so far.
   * @param ways between any two of all servers
   */
  form(replicas: readonly Member[], ways: readonly Wire[]): void {
    for (const replica of replicas) {
      this.writing.join(replica.replication.writing)
      replica.replication = this
      this.members.push(replica)
    }
    if (this.members.some(({ applier }) => applier.conservative)) this.log.keepGroups()
    this.ways = ways
    for (const way of ways) way.open.watch(() => this.look())
    this.connect()
  }

  private ways: readonly Wire[] = []

  private connect(): void {
    for (const link of this.links) link.close()
    this.links = this.members
      .filter((member) => member !== this.primary && !member.apart)
      .map(
        (replica) =>
          new Link(this.context, this.log, this.primary, replica, this.way(replica), this.followed),
      )
    this.epoch++
  }

  private readonly followed = (): void => {
    this.epoch++
  }

  /** The way between the primary and `replica`, whichever of the two it was laid from. */
  private way(replica: Member): Wire {
    return this.ways.find(
      ({ from, to }) =>
        (from === this.primary.name && to === replica) || (from === replica.name && to === this.primary),
    )!
  }

  // ---- Writes -----------------------------------------------------------------------------------------------

  /** The write `request` is committed at `server`, and answered when it may be. */
  commit(server: Member, request: Request): void {
    this.write(server, request)
    this.finish(server, request)
  }

  /** The write `request` is in the binlog of `server`. */
  write(server: Member, request: Request): void {
    if (this.members.length > 1 && server === this.primary) {
      this.log.append(this.context.kernel.now, request.class)
      const { head } = this.log
      request[visit.position] = head
      this.rows?.written(request, head)
      for (const objects of this.objects.values()) objects.written(request, head)
      if (this.context.addresses.some) this.own.written(request, this.rows, head)
      for (const link of this.links) link.ship()
    } else if (server.writable) {
      // As an answered write it is lost when it is answered (`told`).
      this.errant++
      this.diverged++
      request[visit.position] = server.kept + ++server.own
    } else if (this.members.length > 1) {
      // It had hung or was cut off, another was promoted, and it finishes what it had begun: nobody sees that write.
      this.errant++
      this.lose(1, this.context.kernel.now)
    }
  }

  /** It is visible at `server`, and answered when it may be. */
  finish(server: Member, request: Request): void {
    if (this.visible !== null) this.reach(server, request)
    if (!this.waits(server, request)) server.confirm(request)
  }

  /** It has waited for a replica: it is visible at `server`, and answered. */
  show(server: Member, request: Request): void {
    this.reach(server, request)
    server.confirm(request)
  }

  /** Whether `request` waits until a replica has it. What becomes of it after that is said where `server` was built. */
  waits(server: Member, request: Request): boolean {
    if (request[visit.position] === 0 || server.semiSync === null) return false
    if (server.semiSync.commit(request) && request.traced)
      this.context.tap?.awaits(request, this.nearest.name)
    return true
  }

  private reach(server: Member, request: Request): void {
    const position = request[visit.position]
    if (position > 0 && server === this.primary) this.visible?.reach(position, this.context.kernel.now)
  }

  /**
   * Whether a read that was sent at `sent` misses a write where everything up to `applied` is visible: one that was
   * committed before it was sent, of the row that it is about.
   */
  misses(read: Request, applied: number, sent: number): boolean {
    const written = this.log.at(sent)
    const there = this.visible === null ? written : Math.min(written, this.visible.at(sent))
    if (this.context.addresses.some) this.own.read(read, this.rows, applied, there)
    return applied < there && (this.rows === null || this.rows.changed(read, applied, there))
  }

  /**
   * Applications keep in the cache of that name what they read here.
   * @param of the object there that a request is about
   * @param areRows whether the rows of the primary are these objects
   */
  cachedBy(name: string, of: (request: Request) => number, areRows: (rows: Rows) => boolean): ObjectWrites {
    const known = this.objects.get(name)
    if (known !== undefined) return known
    const tied = this.rows !== null && areRows(this.rows)
    if (tied) this.rows!.tie(of)
    const objects = new ObjectWrites(of, this, tied)
    this.objects.set(name, objects)
    return objects
  }

  get head(): number {
    return this.log.head
  }

  /** The position of the last write that readers at the primary see. */
  get shown(): number {
    const { head } = this.log
    return this.visible === null ? head : Math.min(head, this.visible.at(this.context.kernel.now))
  }

  /** The replica that can be the first to have a write. */
  private get nearest(): End {
    return this.links.reduce((a, b) => (b.distance < a.distance ? b : a)).replica
  }

  /**
   * What `replica` says in SHOW SLAVE STATUS (Seconds_Behind_Master): seconds since the commit of what it applies now, 0
   * if its relay log is empty, null while it knows that it has no connection. So it says 0 too while nothing comes and it
   * has not noticed (slave_net_timeout). Measured on MariaDB 10.11: 0 when idle, NULL when a thread is stopped.
   */
  behind(replica: Member): number | null {
    const { applied, received } = replica.applier
    if (replica.apart || this.linkOf(replica)?.known) return null
    return applied < received ? this.context.kernel.now - this.log.timeOf(applied + 1) : 0
  }

  private linkOf(replica: Member): Link | undefined {
    return this.links.find((link) => link.replica === replica)
  }

  /** Whether what the primary writes comes to `replica` now. */
  hears(replica: Member): boolean {
    return this.linkOf(replica)?.connects === true
  }

  /** Whether the machine of `replica` can connect to the primary. */
  reaches(replica: Member): boolean {
    return this.way(replica).carries(UP) && this.primary.syn === Syn.accepted
  }

  /** Who wrote what `server` has at `position` is told that it is done. */
  told(server: Member, position: number): void {
    if (server === this.primary) this.answered = Math.max(this.answered, position)
    else if (position > server.kept) this.lose(1, this.context.kernel.now)
  }

  /** `replica` has applied a write. */
  applied(replica: Member): void {
    this.failover?.applied(replica)
  }

  private needed(): number {
    let least = this.log.head
    for (const { replica } of this.links) least = Math.min(least, replica.applier.applied)
    return least + 1
  }

  // ---- Deaths and promotion -----------------------------------------------------------------------------------

  /** A server died, came back, hung, runs again; a way was cut or healed. */
  readonly look = (): void => {
    const { now } = this.context.kernel
    this.orphaned.set(now, this.primary.serves ? 0 : 1)
    this.noteSplit()
    for (const link of this.links) link.look()
    this.failover?.look()
  }

  private noteSplit(): void {
    const split = this.primary.serves && this.members.some(({ writable, serves }) => writable && serves)
    this.split.set(this.context.kernel.now, split ? 1 : 0)
  }

  died(server: Member): void {
    for (const link of this.links) if (server === link.replica || server === this.primary) link.died()
  }

  started(server: Member): void {
    for (const link of this.links) if (server === link.replica) link.restarted()
    // What is in its binlog is committed when it recovers.
    if (server === this.primary) this.visible?.reach(this.log.head, this.context.kernel.now)
    this.look()
  }

  /**
   * `server` is the primary from now on. What it had not received is lost; whoever has more (the old primary above
   * all) is set back to what it has, and follows it as soon as it can (an assumption: repaired by hand or restored
   * from a copy before it may come back; until then applications do not read there).
   *
   * @param fell when the old primary failed
   * @param leaves what becomes of the old primary where it is left as it is: whether it takes writes
   */
  promote(server: Member, fell: number, leaves: { writable: boolean } | null = null): void {
    const position = server.applier.received
    const old = this.primary
    this.promotions++
    this.promoting += this.context.kernel.now - fell
    this.context.detected(this.leader, `${server.name} was promoted`, fell)
    this.fell = fell
    this.oldestLost = Number.POSITIVE_INFINITY
    this.errant += this.log.head - position
    if (this.answered > position) {
      this.oldestLost = this.log.timeOf(position + 1)
      this.lose(this.answered - position, this.log.timeOf(this.answered))
      this.answered = position
    }
    if (leaves !== null) {
      old.own = this.log.head - position
      old.apart = true
      old.writable = leaves.writable
    }
    for (const hearer of this.hearers.values()) {
      hearer.miss(old)
      if (hearer.delay !== null) this.context.kernel.after(hearer.delay(), hearer.hear, null)
    }
    this.truncate(position)
    this.primary = server
    old.kept = position
    server.semiSync?.begin()
    this.orphaned.set(this.context.kernel.now, 0)
    old.applier.follow(position)
    this.visible?.reach(position, this.context.kernel.now)
    for (const member of this.members) {
      member.applier.truncate(position)
      if (!member.apart || member.kept <= position) continue
      member.own += member.kept - position
      member.kept = position
    }
    old.follows = false
    server.follows = true
    this.connect()
    this.noteSplit()
  }

  /** `server`, which was left apart and has nothing that others have not, follows the primary again. */
  rejoin(server: Member): void {
    server.apart = false
    server.writable = false
    this.connect()
    this.noteSplit()
  }

  /**
   * `server`, which is back after it fell at `fell`, has not got the last `writes` that it had committed, the first of
   * them at `from`: they were not on its disk. As long as it is the primary nobody has them (an assumption: replicas that
   * have more are set back too, by hand).
   */
  forget(server: Member, writes: number, from: number, fell: number): void {
    if (server !== this.primary) return
    let lost = writes
    if (this.links.length > 0) {
      const position = this.log.head - writes
      lost = Math.max(0, this.answered - position)
      this.answered = Math.min(this.answered, position)
      this.truncate(position)
      for (const member of this.members) member.applier.truncate(position)
    }
    if (lost === 0) return
    this.lost += lost
    this.context.losses.push({
      failed: fell,
      at: this.context.kernel.now,
      writes: lost,
      seconds: fell - from,
    })
  }

  private truncate(position: number): void {
    this.visible?.undo(position)
    this.rows?.truncate(position)
    for (const objects of this.objects.values()) objects.truncate(position)
    this.moments.cut(position)
    this.own.truncate(position)
    this.log.truncate(position)
  }

  /** `writes` that were answered are gone, the last of them committed at `last`. */
  private lose(writes: number, last: number): void {
    const { now } = this.context.kernel
    this.lost += writes
    this.oldestLost = Math.min(this.oldestLost, last)
    const seconds = Math.max(last, this.fell) - this.oldestLost
    this.context.losses.push({ failed: this.fell, at: now, writes, seconds })
  }

  /** When the last primary that was replaced failed, and the commit of the oldest write that it had alone. */
  private fell = Number.POSITIVE_INFINITY
  private oldestLost = Number.POSITIVE_INFINITY

  /** The measured span begins. */
  restart(): void {
    this.promotions = 0
    this.promoting = 0
    this.lost = 0
    this.errant = 0
    this.diverged = 0
    this.split.restart(this.context.kernel.now)
    this.own.restart()
    if (this.visible !== null) this.visible.phantoms = 0
    this.orphaned.restart(this.context.kernel.now)
  }
}
