import type { Context } from '../../parts/context.js'
import type { Port } from '../../parts/port.js'
import { nextSending } from '../../parts/tcp.js'
import type { Wire } from '../../parts/wire.js'
import type { Applier } from './applier.js'
import type { BinaryLog } from './binlog.js'
import type { SemiSync } from './semisync.js'

/** A server at one end of a replication connection. */
export interface End extends Port {
  readonly serves: boolean
  readonly applier: Applier
  readonly semiSync: SemiSync | null
  /** As a replica it has received everything up to `position`, and tells `link` so: now, or when that is worth more. */
  receipt(position: number, link: Link): void
  /** As a replica that has received everything up to `position` by an earlier connection: how far that is worth a word. */
  vouches(position: number, link: Link): number
  /** Seconds. */
  readonly connectRetry: number
  readonly netTimeout: number
  /** Whether applications may read here. */
  follows: boolean
}

/** Packets of one position. */
const DATA = 0
const ACK = 1

/**
 * The replication connection of one replica: the primary sends every write as it commits, and what the replica has
 * not got when the connection was broken is sent again from the binlog.
 *
 * A replica that is told that its connection broke (the primary's process died) connects again at once, and then
 * every `master_connect_retry`. One that hears nothing does so after `slave_net_timeout`: if the silence was a cut
 * and ends before, the connection goes on; if it was the death of the primary's machine, it is gone all the same.
 */
export class Link {
  /** Position up to which everything was sent. */
  private sent = 0
  /** When the last of what is on its way arrives. */
  private arrival = 0
  /** Packets that were lost and are sent again, in their order: the binlog from one position to another. */
  private gaps: { from: number; to: number }[] = []
  /** Position up to which something has arrived; what is after a gap waits for it. */
  private heard = 0
  /** Both ends are there, and nothing between them is cut. */
  private possible = false
  private connected = false
  /** When something was first sent into a cut of it, or was on its way; NaN if nothing was. */
  private unheard = Number.NaN
  /** The connection is gone, whether the replica knows or not. */
  private broken = false
  /** Seconds from when it was lost to the first attempt to connect again. */
  private notice = 0
  private lostAt: number
  private closed = false

  /** @param followed told when the replica follows the primary from now on */
  constructor(
    private readonly context: Context,
    private readonly log: BinaryLog,
    private readonly primary: End,
    readonly replica: End,
    private readonly wire: Wire,
    private readonly followed: () => void,
  ) {
    this.lostAt = context.kernel.now
    this.look()
  }

  /** Something at one of the ends, or in between, has changed. */
  look(): void {
    const possible = this.primary.serves && this.replica.serves && this.wire.open.value > 0
    if (possible === this.possible) return
    this.possible = possible
    if (possible) {
      const wait = this.broken || this.late >= 0 ? this.untilAttempt : this.untilSentAgain
      if (wait > 0) this.context.kernel.after(wait, this.connect, null)
      else this.connect()
    } else {
      this.lose()
    }
  }

  /** Seconds to the replica; infinite while nothing comes there. */
  get distance(): number {
    return this.connected ? this.wire.latency.value : Number.POSITIVE_INFINITY
  }

  /** Whether what is sent comes there. */
  get connects(): boolean {
    return this.connected
  }

  /** Whether the replica knows that it has no connection. */
  get known(): boolean {
    return !this.connected && this.late >= 0
  }

  /** Seconds since the replica began to try to connect; negative before. */
  private get late(): number {
    return this.context.kernel.now - this.lostAt - this.notice
  }

  private get untilAttempt(): number {
    const { late } = this
    const { connectRetry } = this.replica
    if (late <= 0) return -late
    return connectRetry > 0 ? (connectRetry - (late % connectRetry)) % connectRetry : 0
  }

  /** Seconds until the primary's kernel sends again what was sent into a cut: the connection has lived through it. */
  private get untilSentAgain(): number {
    const since = this.context.kernel.now - this.unheard
    return Number.isNaN(since) ? 0 : nextSending(since, 2 * this.wire.latency.value) - since
  }

  private lose(): void {
    const { now } = this.context.kernel
    if (this.connected) {
      this.lostAt = now
      this.notice = this.replica.netTimeout
      this.unheard = this.arrival > now && this.wire.open.value === 0 ? now : Number.NaN
    }
    this.connected = false
  }

  /** The process at one end died; the replica is told, if the machine of the primary can tell it. */
  died(): void {
    this.lose()
    if (!this.broken && this.primary.host.power.value > 0 && this.wire.open.value > 0) this.restarted()
    this.broken = true
  }

  /** The replica starts: it tries to connect at once. */
  restarted(): void {
    this.lostAt = this.context.kernel.now
    this.notice = 0
  }

  /** The replica follows another primary from now on: what is on its way is not taken any more. */
  close(): void {
    this.closed = true
  }

  private readonly connect = (): void => {
    if (this.closed || !this.possible || this.connected) return
    this.connected = true
    this.broken = false
    this.sent = this.replica.applier.received
    this.heard = this.sent
    this.gaps = []
    this.replica.follows = true
    this.followed()
    this.replica.applier.work()
    const { semiSync } = this.primary
    semiSync?.acknowledge(this.replica.vouches(this.sent, this), this.log.head, this.replica)
    this.ship()
  }

  /** Sends what is new in the primary's binlog. */
  ship(): void {
    const { head } = this.log
    const cut = this.wire.open.value === 0
    if (!this.connected && cut && Number.isNaN(this.unheard)) this.unheard = this.context.kernel.now
    if (!this.connected || this.sent === head) return
    const from = this.sent
    this.wire.sent += head - from
    this.sent = head
    if (!this.wire.passes(head, DATA)) {
      this.gaps.push({ from, to: head })
      this.wire.passAgain(head, DATA, this.fill)
      return
    }
    const { now } = this.context.kernel
    // A stream: what is sent later does not arrive earlier.
    this.arrival = Math.max(this.arrival, now + this.wire.latency.value)
    if (this.arrival === now && this.primary.semiSync === null) this.arrive(head)
    else this.context.kernel.after(this.arrival - now, this.arrive, head)
  }

  /** What was sent again is there. */
  private readonly fill = (position: number): void => {
    this.gaps = this.gaps.filter(({ to }) => to !== position)
    this.arrive(position)
  }

  /**
   * What a process has sent, its machine delivers, even if the process is dead by then; what is on its way when
   * the machine dies or the wire is cut is lost. Both measured on MariaDB 10.11.
   */
  private readonly arrive = (position: number): void => {
    const lost = this.closed || this.wire.open.value === 0 || this.primary.host.power.value === 0
    if (lost || !this.replica.serves) return
    this.heard = Math.max(this.heard, position)
    const upTo = this.gaps.length > 0 ? Math.min(this.heard, this.gaps[0]!.from) : this.heard
    this.replica.applier.receive(upTo)
    if (this.primary.semiSync !== null) this.replica.receipt(upTo, this)
  }

  /** The replica says that it has everything up to `position`. */
  tell(position: number): void {
    if (!this.closed) this.wire.pass(position, ACK, this.acknowledge)
  }

  private readonly acknowledge = (position: number): void => {
    if (this.connected) this.primary.semiSync!.acknowledge(position, this.log.head, this.replica)
  }
}
