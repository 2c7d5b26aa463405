import type { Event } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Context } from '../../parts/context.js'
import { Outcome } from '../../parts/outcome.js'
import type { Port } from '../../parts/port.js'
import type { Wire } from '../../parts/wire.js'
import type { Contents } from '../cache/redis-store.js'
import type { Command } from './commands.js'

/** Seconds from one try of a replica to connect to the next, and after which a full copy begins (repl-diskless-sync-delay). */
const RECONNECT = 1
const DELAY = 5

/** One of several Redis servers that have the same data. */
export interface Member extends Port {
  readonly serves: boolean
  /** Whom it copies; null: it takes writes. */
  follows: Member | null
  /** Writes that it has, and of which history: where that is another, all is copied. */
  offset: number
  history: number
  /** Does again what its primary did. */
  apply(key: number, what: Command, value: number): void
  dataset(): Contents
  /** Has what its primary has. */
  copy(contents: Contents): void
  /** Writes all to a replica: its command thread stands still for the fork. Returns the seconds of a core that it takes. */
  sendAll(): number
  /** Seconds that it takes it to read that. */
  readonly reading: number
}

interface Write {
  readonly key: number
  readonly what: Command
  readonly value: number
  readonly position: number
}

/** Who knows who is primary, and tells whoever asks. */
export interface Watcher {
  readonly name: string
  readonly serves: boolean
  readonly primary: Member
}

/** The connection of a replica to its primary. */
class Link {
  connected = false
  /** When it was last heard of, where it does not know better: seconds; never once it knows that it is gone. */
  heard: number
  private possible = false
  private pending: Event | null = null
  private closed = false

  constructor(
    private readonly kernel: Kernel,
    readonly primary: Member,
    readonly replica: Member,
    readonly wire: Wire,
    private readonly copied: () => void,
    isThere: boolean,
  ) {
    this.heard = kernel.now
    this.possible = isThere
    this.connected = isThere
    if (!isThere) this.look()
  }

  look(): void {
    const possible = this.primary.serves && this.replica.serves && this.wire.open.value > 0
    if (possible === this.possible) return
    this.possible = possible
    this.cancel()
    if (possible) this.pending = this.kernel.after(RECONNECT, this.connect, null)
    else this.lose()
  }

  private lose(): void {
    if (this.connected) this.heard = this.kernel.now
    this.connected = false
    // A process that died has its connections closed; a hung one, a dead machine and a cut are silence.
    const { replica, wire } = this
    const isTold = replica.state < HANGING && replica.host.power.value > 0 && wire.open.value > 0
    if (isTold) this.heard = Number.NEGATIVE_INFINITY
  }

  private readonly connect = (): void => {
    this.pending = null
    const { primary, replica } = this
    if (replica.history === primary.history && replica.offset <= primary.offset) this.follow()
    else this.pending = this.kernel.after(DELAY, this.begin, null)
  }

  private readonly begin = (): void => {
    this.copied()
    const seconds = this.primary.sendAll() + this.replica.reading
    this.pending = this.kernel.after(seconds, this.follow, null)
  }

  private readonly follow = (): void => {
    this.pending = null
    const { primary, replica } = this
    if (replica.history !== primary.history || replica.offset < primary.offset)
      replica.copy(primary.dataset())
    replica.offset = primary.offset
    replica.history = primary.history
    this.connected = true
  }

  /** What its primary has just written. */
  ship(key: number, what: Command, value: number): void {
    const { wire, kernel } = this
    if (!this.connected) return
    wire.sent++
    const write = { key, what, value, position: this.primary.offset }
    if (wire.latency.value === 0) this.arrive(write)
    else kernel.after(wire.latency.value, this.arrive, write)
  }

  /** What a process has sent its machine delivers, be it dead by then; not so a machine that dies, or a cut wire. */
  private readonly arrive = ({ key, what, value, position }: Write): void => {
    const { primary, replica, wire } = this
    const isLost = this.closed || wire.open.value === 0 || primary.host.power.value === 0 || !replica.serves
    // What was on its way when all was copied, it has.
    if (!isLost && position === replica.offset + 1) replica.apply(key, what, value)
  }

  /** Its replica copies another from now on. */
  close(): void {
    this.cancel()
    this.closed = true
    this.connected = false
  }

  private cancel(): void {
    this.pending?.cancel()
    this.pending = null
  }
}

/** `State.hanging`: what is below is no process that takes part. */
const HANGING = 3

/**
 * Redis servers that have the same data: one takes writes, the others copy what it has done, after it has answered. A
 * replica that was away gets what it missed; one of another history (after a crash, or if it has what its new primary has
 * not) gets all anew: after 5 s the primary forks, and the replica reads what the child sends.
 *
 * Sources: replication.c of 7.0 (PSYNC, repl-diskless-sync-delay 5, replicationCron once a second); redis.conf
 * (min-replicas-to-write 0, min-replicas-max-lag 10). Assumptions: what a replica missed is in the backlog, however much it
 * is; what it does again takes none of its time.
 */
export class RedisReplication {
  /** Who was made primary last. */
  primary: Member
  readonly members: readonly Member[]
  private links: Link[] = []
  private histories = 1
  /** By key: the position of its last write. */
  private readonly newest = new Map<number, number>()
  /** Told when clients may be told of another primary, by one of those who watch. */
  readonly clients: (() => void)[] = []
  readonly watchers: Watcher[] = []
  // In the measured span.
  promotions = 0
  promoting = 0
  lost = 0
  copies = 0

  constructor(
    private readonly context: Context,
    primary: Member,
    replicas: readonly Member[],
    private readonly ways: readonly Wire[],
  ) {
    this.primary = primary
    this.members = [primary, ...replicas]
    for (const replica of replicas) replica.follows = primary
    for (const member of this.members) member.observe(this.look)
    for (const way of ways) way.open.watch(this.look)
    this.connect(true)
  }

  private connect(isThere: boolean): void {
    for (const replica of this.members) {
      const primary = replica.follows
      const old = this.links.find((link) => link.replica === replica)
      if (old?.primary === primary) continue
      old?.close()
      this.links = this.links.filter((link) => link !== old)
      if (primary === null) continue
      const wire = this.ways.find(
        ({ from, to }) =>
          (from === primary.name && to === replica) || (from === replica.name && to === primary),
      )!
      const count = () => this.copies++
      this.links.push(new Link(this.context.kernel, primary, replica, wire, count, isThere))
    }
  }

  private readonly look = (): void => {
    for (const link of this.links) link.look()
  }

  /** A process of `member` has died: what it has when it is back is no part of the history. */
  died(member: Member): void {
    member.history = ++this.histories
    if (member === this.primary) this.newest.clear()
  }

  /** Whether `member` does not have the last write of `key`, which was answered. */
  misses(member: Member, key: number): boolean {
    return (this.newest.get(key) ?? 0) > member.offset
  }

  /**
   * How a write is turned down by `member`; ok if it is not.
   * @param least replicas that must have been heard of within `lag` seconds
   */
  refusal(member: Member, least: number, lag: number): Outcome {
    if (member.follows !== null) return Outcome.readOnly
    if (least === 0) return Outcome.ok
    const { now } = this.context.kernel
    const good = this.links.filter(
      (link) => link.primary === member && (link.connected || now - link.heard <= lag),
    )
    return good.length < least ? Outcome.noReplicas : Outcome.ok
  }

  /** `member` has executed a write, which it answers now. */
  written(member: Member, key: number, what: Command, value: number): void {
    member.offset++
    for (const link of this.links) if (link.primary === member) link.ship(key, what, value)
    if (member === this.primary) this.newest.set(key, member.offset)
    else this.lost++
  }

  /** `member` takes writes from now on, in the place of the primary, which fell at `fell`. */
  promote(member: Member, fell: number): void {
    const old = this.primary
    const { now } = this.context.kernel
    const lost = Math.max(0, old.offset - member.offset)
    this.promotions++
    this.promoting += now - fell
    this.lost += lost
    if (lost > 0) this.context.losses.push({ failed: fell, at: now, writes: lost, seconds: 0 })
    member.follows = null
    this.primary = member
    this.newest.clear()
    this.connect(false)
  }

  /** `member` copies the primary from now on. */
  demote(member: Member): void {
    if (member === this.primary || member.follows === this.primary) return
    if (member.offset > this.primary.offset) member.history = ++this.histories
    member.follows = this.primary
    this.connect(false)
  }

  /** Clients that ask are told of the primary. */
  announce(): void {
    for (const hear of this.clients) hear()
  }

  restart(): void {
    this.promotions = 0
    this.promoting = 0
    this.lost = 0
    this.copies = 0
  }
}
