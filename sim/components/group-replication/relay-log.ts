import type { Context } from '../../parts/context.js'
import type { Demand } from '../../parts/demand.js'
import { Applier } from '../mysql/applier.js'
import { BinaryLog } from '../mysql/binlog.js'

/** What a relay log needs of its member. */
interface Home {
  /** Whether it hears a majority of its group. */
  hears(): boolean
  /** A write of another is applied to `row` from now on: whoever holds that is in its way. */
  applying(row: number): void
  /** It is visible. */
  applied(row: number): void
  /** One more is visible, of a row or not. */
  advanced(): void
}

type Site = Omit<ConstructorParameters<typeof Applier>[0], 'log' | 'applied' | 'begins'>

/**
 * What others of its group have written, as a member gets and applies it: of all members that is the same in the end, and each
 * numbers it for itself, since it does not get its own. Threads (replica_parallel_workers) work in parallel and commit in order
 * (replica_preserve_commit_order, ON as MySQL 8.0 has it); the member's own writes do not wait for them.
 */
export class RelayLog {
  readonly applier: Applier
  private readonly log: BinaryLog
  /** When each was first visible somewhere. */
  private readonly visible: BinaryLog
  /** By position: the row of what is not applied; and by row how many that are. */
  private readonly rows = new Map<number, number>()
  private readonly unapplied = new Map<number, number>()
  /** Up to here rows are applied. */
  private done = 0
  /** It gets what is written; else it is not in the group, or has just joined. */
  private follows = true
  /** What it has to apply to be online. */
  private target = 0

  constructor(
    private readonly context: Context,
    site: Site,
    threads: number,
    cpu: Demand,
    io: Demand,
    private readonly home: Home,
  ) {
    const needed = () => this.applier.applied + 1
    this.log = new BinaryLog(needed)
    this.visible = new BinaryLog(needed)
    const own = {
      log: () => this.log,
      applied: () => this.advance(),
      begins: (position: number) => {
        const row = this.rows.get(position)
        if (row !== undefined) home.applying(row)
      },
    }
    this.applier = new Applier({ ...site, ...own }, threads, cpu, io, false)
  }

  // ---- What is written ------------------------------------------------------------------------------------------

  /** Another has a write in the order, of class `kind`. @param row that others write too; -1 if they do not */
  append(kind: number, row: number): void {
    this.log.append(this.context.kernel.now, kind)
    if (row < 0) return
    this.rows.set(this.log.head, row)
    this.unapplied.set(row, this.unappliedOf(row) + 1)
  }

  /** The member that wrote the next one has committed it. */
  shown(): void {
    this.visible.append(this.context.kernel.now, 0)
  }

  /** The last write is sent to it, and arrives after `seconds`. */
  ship(seconds: number): void {
    if (seconds > 0) this.context.kernel.after(seconds, this.arrive, this.log.head)
    else this.arrive(this.log.head)
  }

  private readonly arrive = (position: number): void => {
    if (this.follows && this.home.hears()) this.applier.receive(Math.min(position, this.log.head))
  }

  /** It hears the others again: what it has missed is in their cache. */
  fill(): void {
    this.arrive(this.log.head)
  }

  /** Writes of `row` that are in the order and not visible here. */
  unappliedOf(row: number): number {
    return this.unapplied.get(row) ?? 0
  }

  private advance(): void {
    while (this.done < this.applier.applied) {
      const row = this.rows.get(++this.done)
      if (row === undefined) continue
      this.forget(this.done, row)
      this.home.applied(row)
    }
    this.home.advanced()
  }

  private forget(position: number, row: number): void {
    this.rows.delete(position)
    const left = this.unappliedOf(row) - 1
    if (left > 0) this.unapplied.set(row, left)
    else this.unapplied.delete(row)
  }

  /** Whether a read that was sent at `sent` misses what was visible somewhere by then. */
  misses(sent: number): boolean {
    return this.applier.applied < this.visible.at(sent)
  }

  // ---- Coming and going -----------------------------------------------------------------------------------------

  /** Its process died, or it left the group. */
  stop(died: boolean): void {
    this.follows = false
    if (died) this.applier.stop()
  }

  /** It gets what it has missed, or all (`copied`) at once. */
  catchUp(copied: boolean): void {
    this.follows = true
    this.target = this.log.head
    // What was written before is no lag of a member.
    this.applier.revive()
    if (copied) this.copy()
    this.fill()
    this.applier.work()
  }

  private copy(): void {
    this.applier.stop()
    this.applier.follow(this.log.head)
    this.done = this.log.head
    this.rows.clear()
    this.unapplied.clear()
  }

  get isCaughtUp(): boolean {
    return this.follows && this.applier.applied >= this.target
  }

  /** Writes that have not come: all, and those of them that were visible where they were done, the first of them at `from`. */
  get missing(): { all: number; writes: number; from: number } {
    const { received } = this.applier
    const writes = Math.max(0, this.visible.head - received)
    const from = writes > 0 ? this.visible.timeOf(received + 1) : Number.NaN
    return { all: this.log.head - received, writes, from }
  }

  /** The last `writes` are gone, and what is left is here. */
  truncate(writes: number): void {
    const position = this.log.head - writes
    for (const [at, row] of this.rows) if (at > position) this.forget(at, row)
    this.log.truncate(position)
    if (this.visible.head > position) this.visible.truncate(position)
    this.follows = true
    this.target = 0
    this.applier.receive(position)
    this.applier.work()
  }
}
