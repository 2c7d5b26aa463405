import type { Context } from '../../parts/context.js'
import type { Request } from '../../parts/request.js'
import { Level } from '../../stats/level.js'
import type { Network } from '../cluster/network.js'

/** A node, as the order of writes sees it. */
interface Sender {
  /** Its place among the nodes. */
  readonly place: number
  readonly name: string
  /** Whether its receive queue is too long for more. */
  readonly stops: boolean
  /** The last position that was committed there when `request` got its row. */
  seenBy(request: Request): number
  /** The row that `request` writes; -1 for one that nobody else writes. */
  rowOf(request: Request): number
}

/** A write on its way to all nodes. */
interface WriteSet<Node> {
  readonly key: number
  readonly origin: Node
  readonly request: Request
  readonly row: number
  readonly seen: number
  /** Its sending: what was sent before the group stood still counts no more. */
  sending: number
  /** Whether all nodes have it. */
  there: boolean
}

/** What becomes of a write that has its place in the order. */
interface Outcomes<Node> {
  /** The nodes that the write has to reach. */
  nodes(): readonly Node[]
  /** It is certified: it has the next position, on all nodes. */
  certified(origin: Node, request: Request, row: number): void
  /** Another wrote its row first. */
  conflicted(origin: Node, request: Request): void
  /** The last position that wrote the row. */
  lastOf(row: number): number
}

/**
 * The one order of all writes of a cluster, and who may write.
 *
 * A write set goes to all nodes, and has its place in the order when all have said so to the node that it comes from: a
 * round trip to the farthest. What was sent earlier comes earlier. It is certified if no write of the same row lies between
 * the last position that was committed at its node when it got its row there and its own: the first committer wins (Galera
 * documentation, Certification-Based Replication).
 *
 * While a node of the group is silent nothing is ordered, and while a node asks for it (flow control) nothing more is sent:
 * writes wait at their nodes, first in first out.
 */
export class Order<Node extends Sender> {
  /** 1 while somebody's flow control holds writes back. */
  readonly paused = new Level()
  private keys = 0
  private sending = 0
  private halted = false
  private delivering = false
  private onTheWay: WriteSet<Node>[] = []
  private readonly held = new Map<Node, Request[]>()
  /** Who has asked that nobody sends more. */
  private readonly stopping = new Set<Node>()

  constructor(
    private readonly context: Context,
    private readonly network: () => Network,
    private readonly outcomes: Outcomes<Node>,
  ) {}

  /** `request` at `origin` has done its work, and would commit. */
  send(origin: Node, request: Request): void {
    if (request.traced) this.context.tap?.awaits(request, this.obstacle(origin))
    if (this.halted || this.stopping.size > 0) {
      const held = this.held.get(origin)
      if (held === undefined) this.held.set(origin, [request])
      else held.push(request)
    } else this.launch(origin, request)
  }

  /** Whom a write of `origin` waits for. */
  private obstacle(origin: Node): string {
    const [stopping] = this.stopping
    if (stopping !== undefined) return stopping.name
    const far = (node: Node) => this.network().distance(origin.place, node.place)
    return this.outcomes.nodes().reduce((a, b) => (far(b) > far(a) ? b : a), origin).name
  }

  private launch(origin: Node, request: Request): void {
    const set = {
      key: ++this.keys,
      origin,
      request,
      row: origin.rowOf(request),
      seen: origin.seenBy(request),
      sending: 0,
      there: false,
    }
    this.onTheWay.push(set)
    this.carry(set)
  }

  private carry(set: WriteSet<Node>): void {
    const { origin, key } = set
    let seconds = 0
    for (const { place } of this.outcomes.nodes())
      if (place !== origin.place)
        seconds = Math.max(seconds, this.network().roundTrip(origin.place, place, key))
    set.sending = ++this.sending
    this.context.kernel.after(seconds, this.arrive, { set, sending: set.sending })
  }

  private readonly arrive = ({ set, sending }: { set: WriteSet<Node>; sending: number }): void => {
    if (this.halted || set.sending !== sending) return
    set.there = true
    this.deliver()
  }

  /** What all nodes have, in the order in which it was sent. */
  private deliver(): void {
    if (this.delivering) return
    this.delivering = true
    while (this.onTheWay[0]?.there === true) {
      const { origin, request, row, seen } = this.onTheWay.shift()!
      if (row >= 0 && this.outcomes.lastOf(row) > seen) this.outcomes.conflicted(origin, request)
      else this.outcomes.certified(origin, request, row)
    }
    this.delivering = false
  }

  // ---- Who may write ------------------------------------------------------------------------------------------

  /** The group stands still, or goes on: what was on its way is sent again. */
  halt(still: boolean): void {
    if (still === this.halted) return
    this.halted = still
    if (still) return
    for (const set of this.onTheWay) {
      set.there = false
      this.carry(set)
    }
    this.release()
  }

  /** A node's receive queue has become too long, or is no longer: others know when its message is there. */
  flow(node: Node): void {
    const nodes = this.outcomes.nodes()
    const far = Math.max(0, ...nodes.map(({ place }) => this.network().distance(node.place, place)))
    if (far === 0 || far === Number.POSITIVE_INFINITY) this.turn(node)
    else this.context.kernel.after(far, this.turn, node)
  }

  private readonly turn = (node: Node): void => {
    if (node.stops && this.outcomes.nodes().includes(node)) this.stopping.add(node)
    else this.stopping.delete(node)
    this.settle()
  }

  private settle(): void {
    this.paused.set(this.context.kernel.now, this.stopping.size > 0 ? 1 : 0)
    this.release()
  }

  private release(): void {
    for (const node of this.outcomes.nodes()) {
      const held = this.held.get(node) ?? []
      while (held.length > 0 && !this.halted && this.stopping.size === 0) this.launch(node, held.shift()!)
    }
  }

  /** What of `node` has no place in the order yet will have none. Returns whose writes these were. */
  drop(node: Node): Request[] {
    const own = this.onTheWay.filter(({ origin }) => origin === node).map(({ request }) => request)
    this.onTheWay = this.onTheWay.filter(({ origin }) => origin !== node)
    const held = this.held.get(node) ?? []
    this.held.delete(node)
    this.stopping.delete(node)
    this.settle()
    return [...own, ...held]
  }
}
