import type { Context } from '../context.js'
import type { Mysql } from '../mysql.js'
import type { Wire } from '../wire.js'
import type { BinaryLog } from './binlog.js'

/**
 * The replication connection of one replica: the primary sends every write as it commits (asynchronously: nobody
 * waits for the replica), and what the replica has not got when the connection was broken is sent again from the
 * binlog. A connection broken by a death on either side is tried again every `master_connect_retry`; one that was
 * only silent goes on, unless the replica gave it up after `slave_net_timeout`.
 */
export class Link {
  /** Position up to which everything was sent. */
  private sent = 0
  /** When the last of what is on its way arrives. */
  private arrival = 0
  /** Both ends are there, and nothing between them is cut. */
  private possible = false
  private connected = false
  private broken = false
  private lostAt: number
  private closed = false

  constructor(
    private readonly context: Context,
    private readonly log: BinaryLog,
    private readonly primary: Mysql,
    readonly replica: Mysql,
    private readonly wire: Wire,
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
      const { connectRetry, netTimeout } = this.replica
      const outage = this.context.kernel.now - this.lostAt
      const again = this.broken || outage >= netTimeout ? connectRetry : 0
      // Attempts are made every so often since the connection was lost.
      const wait = again > 0 ? (again - (outage % again)) % again : 0
      if (wait > 0) this.context.kernel.after(wait, this.connect, null)
      else this.connect()
    } else {
      this.connected = false
      this.lostAt = this.context.kernel.now
    }
  }

  /** The process at one end died. */
  died(): void {
    this.broken = true
  }

  /** The replica starts: it tries to connect at once. */
  restarted(): void {
    this.lostAt = this.context.kernel.now
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
    this.replica.follows = true
    this.replica.replication.epoch++
    this.ship()
  }

  /** Sends what is new in the primary's binlog. */
  ship(): void {
    const { head } = this.log
    if (!this.connected || this.sent === head) return
    this.wire.sent += head - this.sent
    this.sent = head
    const { now } = this.context.kernel
    // A stream: what is sent later does not arrive earlier.
    this.arrival = Math.max(this.arrival, now + this.wire.transit(head, 0))
    if (this.arrival === now) this.replica.applier.receive(head)
    else this.context.kernel.after(this.arrival - now, this.arrive, head)
  }

  /**
   * What a process has sent, its machine delivers, even if the process is dead by then; what is on its way when
   * the machine dies or the wire is cut is lost. Both measured on MariaDB 10.11.
   */
  private readonly arrive = (position: number): void => {
    const lost = this.closed || this.wire.open.value === 0 || this.primary.host.power.value === 0
    if (!lost && this.replica.serves) this.replica.applier.receive(position)
  }
}
