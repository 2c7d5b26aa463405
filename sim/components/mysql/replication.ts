import type { Context } from '../context.js'
import type { Mysql } from '../mysql.js'
import type { Wire } from '../wire.js'

/** Who becomes primary when the primary is gone, and after how many seconds. */
export interface Promotion {
  /** Seconds that the primary must be gone before anything happens. */
  readonly detect: number
  /** Seconds from there to the new primary. */
  readonly promote: number
}

/**
 * The servers of one asynchronous replication: who is primary, and how far each has come.
 *
 * Positions count committed writes since the start. The primary's binlog keeps what a replica has not got; a
 * replica that was cut off or dead gets the rest when it is back. What a promoted replica had not received is
 * lost: the old primary, when it returns, follows the new one without those writes (an assumption: it is
 * repaired while it is down).
 */
export class Replication {
  /** Writes committed at the primary. */
  committed = 0
  promotions = 0
  lost = 0
  private readonly members: Mysql[]
  private watch = 0
  private candidate: Mysql | null = null

  /**
   * @param links the wires from the first primary to each replica; promoted servers use the same ways
   */
  constructor(
    private readonly context: Context,
    public primary: Mysql,
    private readonly links: ReadonlyMap<Mysql, Wire>,
    private readonly promotion: Promotion | null,
  ) {
    this.members = [primary, ...links.keys()]
    for (const wire of links.values()) wire.open.watch(() => this.reconnect())
  }

  /** A write is committed, and sent to all replicas that are there. */
  commit(server: Mysql): void {
    if (server !== this.primary) {
      // It hung while another was promoted, and finishes what it had begun: nobody will see that write.
      this.lost++
      return
    }
    this.committed++
    const now = this.context.kernel.now
    for (const member of this.members) {
      if (member === this.primary) continue
      member.relay.note(this.committed, now)
      if (this.connected(member)) this.ship(member)
    }
  }

  /** A server came, went, hung, or runs again. */
  changed(server: Mysql): void {
    if (!server.serves) server.relay.disconnect()
    this.reconnect()
    if (server === this.primary) this.look()
  }

  /** A replica applied a write: if it is to be primary and has applied all that it received, it is. */
  applied(server: Mysql): void {
    if (server === this.candidate && server.relay.received === server.relay.applied) this.crown(server)
  }

  restart(): void {
    this.promotions = 0
    this.lost = 0
  }

  private connected(replica: Mysql): boolean {
    return this.primary.serves && replica.serves && this.link(replica).open.value > 0
  }

  private link(replica: Mysql): Wire {
    return (this.links.get(replica) ?? this.links.get(this.primary))!
  }

  private ship(replica: Mysql): void {
    const wire = this.link(replica)
    const count = this.committed - replica.relay.sent
    wire.sent += count
    replica.relay.send(this.committed, wire.latency.value)
  }

  private reconnect(): void {
    for (const member of this.members) {
      if (member === this.primary) continue
      if (!this.connected(member)) member.relay.disconnect()
      else if (member.relay.sent < this.committed) this.ship(member)
    }
  }

  private look(): void {
    const watch = ++this.watch
    this.candidate = null
    if (this.primary.serves || this.promotion === null) return
    const { detect, promote } = this.promotion
    const { kernel } = this.context
    const still = (then: () => void) => () => {
      if (watch === this.watch) then()
    }
    kernel.after(
      detect,
      still(() =>
        kernel.after(
          promote,
          still(() => this.elect()),
          null,
        ),
      ),
      null,
    )
  }

  private elect(): void {
    const living = this.members.filter((m) => m !== this.primary && m.serves)
    const best = living.reduce<Mysql | null>(
      (a, b) => (a === null || b.relay.received > a.relay.received ? b : a),
      null,
    )
    if (best === null) return
    this.candidate = best
    this.applied(best)
  }

  private crown(server: Mysql): void {
    const old = this.primary
    this.candidate = null
    this.promotions++
    this.lost += this.committed - server.relay.received
    this.committed = server.relay.received
    this.primary = server
    old.relay.rejoin(this.committed)
    this.reconnect()
  }
}
