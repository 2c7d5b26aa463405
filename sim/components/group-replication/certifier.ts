import type { Context } from '../../parts/context.js'
import type { Request } from '../../parts/request.js'

/** A member, as the order of writes sees it. */
interface Sender {
  readonly name: string
  /** The row that `request` writes; -1 for one that nobody else writes. */
  rowOf(request: Request): number
  /** Writes of that row that were visible there when `request` got it. */
  seenBy(request: Request): number
}

/** A write on its way to the others. */
interface Proposal {
  readonly key: number
  readonly request: Request
  readonly row: number
  readonly seen: number
  /** Its sending: what was sent before the majority was out of reach counts no more. */
  sending: number
  /** Whether a majority has it. */
  there: boolean
}

/** What the order asks of its group. */
interface Home<Member> {
  /** Seconds until `origin` knows that a majority has its message `key`; infinite while it reaches none. */
  agreement(origin: Member, key: number): number
  /** The farthest of those that a write of `origin` waits for. */
  obstacle(origin: Member): Member
  certified(origin: Member, request: Request, row: number): void
  conflicted(origin: Member, request: Request): void
}

/**
 * The order of the writes of a group: a write has its place once a majority of the members has it, a round trip to the
 * nearest ones that are enough; each member's own writes in the order in which it sent them. Then it is certified: if another
 * write of its row has its place already, and was not visible where this one was done, this one is rolled back: the first
 * committer wins. While its member reaches no majority it waits, for ever if need be.
 *
 * Sources: MySQL 8.0 Reference Manual, Group Replication (Multi-Primary and Single-Primary Modes; Flow Control: "a transaction
 * only commits after a majority of the members in a group have received it and agreed on the relative order"; Network
 * Partitioning). That members without writes of their own delay others (XCom, with all as leaders) is not simulated.
 */
export class Certifier<Member extends Sender> {
  private keys = 0
  private sending = 0
  private readonly onTheWay = new Map<Member, Proposal[]>()
  /** By row: how many writes of it have their place. */
  private readonly writes = new Map<number, number>()

  constructor(
    private readonly context: Context,
    private readonly home: Home<Member>,
  ) {}

  writesOf(row: number): number {
    return this.writes.get(row) ?? 0
  }

  /** `request` at `origin` has done its work, and would commit. */
  send(origin: Member, request: Request): void {
    if (request.traced) this.context.tap?.awaits(request, this.home.obstacle(origin).name)
    const proposal = {
      key: ++this.keys,
      request,
      row: origin.rowOf(request),
      seen: origin.seenBy(request),
      sending: 0,
      there: false,
    }
    const before = this.onTheWay.get(origin)
    if (before === undefined) this.onTheWay.set(origin, [proposal])
    else before.push(proposal)
    this.carry(origin, proposal)
  }

  private carry(origin: Member, proposal: Proposal): void {
    const seconds = this.home.agreement(origin, proposal.key)
    if (seconds === Number.POSITIVE_INFINITY) return
    const sending = ++this.sending
    proposal.sending = sending
    this.context.kernel.after(seconds, this.arrive, { origin, proposal, sending })
  }

  private readonly arrive = (one: { origin: Member; proposal: Proposal; sending: number }): void => {
    const { origin, proposal, sending } = one
    if (proposal.sending !== sending) return
    proposal.there = true
    const queue = this.onTheWay.get(origin)!
    while (queue[0]?.there === true) this.certify(origin, queue.shift()!)
  }

  private certify(origin: Member, { request, row, seen }: Proposal): void {
    if (row >= 0) {
      const writes = this.writesOf(row)
      if (writes > seen) {
        this.home.conflicted(origin, request)
        return
      }
      this.writes.set(row, writes + 1)
    }
    this.home.certified(origin, request, row)
  }

  /** `origin` reaches no majority any more. */
  halt(origin: Member): void {
    for (const proposal of this.onTheWay.get(origin) ?? []) {
      proposal.sending = 0
      proposal.there = false
    }
  }

  /** It does again: what waited is sent once more. */
  go(origin: Member): void {
    for (const proposal of [...(this.onTheWay.get(origin) ?? [])]) this.carry(origin, proposal)
  }

  /** What of `origin` has no place in the order will have none. Returns whose writes these were. */
  drop(origin: Member): Request[] {
    const proposals = this.onTheWay.get(origin) ?? []
    this.onTheWay.delete(origin)
    for (const proposal of proposals) proposal.sending = 0
    return proposals.map(({ request }) => request)
  }
}
