import type { Context } from '../../parts/context.js'
import { BinaryLog } from '../mysql/binlog.js'

/** All writes of a cluster in their order, as far as anybody still has to know of them. Positions are 1, 2, 3, ... */
export class WriteHistory {
  /** Writes that were committed, and so answered, and are gone; in the measured span. */
  lost = 0
  /** When each was certified, and when it was first committed somewhere. */
  private readonly log: BinaryLog
  private readonly visible: BinaryLog
  /** Of each row the last position that wrote it. */
  private readonly rows = new Map<number, number>()

  /** @param needed the first position that a node may still ask for */
  constructor(
    private readonly context: Context,
    needed: () => number,
  ) {
    this.log = new BinaryLog(needed)
    this.visible = new BinaryLog(needed)
  }

  /** The last position. */
  get head(): number {
    return this.log.head
  }

  classOf(position: number): number {
    return this.log.classOf(position)
  }

  /** When the write was certified, seconds. */
  timeOf(position: number): number {
    return this.log.timeOf(position)
  }

  /** The last position that was committed somewhere by `time`. */
  visibleAt(time: number): number {
    return this.visible.at(time)
  }

  /** The last position that wrote the row. */
  lastOf(row: number): number {
    return this.rows.get(row) ?? 0
  }

  /** A write of class `kind` has the next position. @param row that it writes; -1 for one that nobody else writes */
  append(kind: number, row: number): void {
    this.log.append(this.context.kernel.now, kind)
    if (row >= 0) this.rows.set(row, this.head)
  }

  /** A node has committed everything up to `position`. */
  committed(position: number): void {
    if (position > this.visible.head) this.visible.append(this.context.kernel.now, this.log.classOf(position))
  }

  /** Nobody who goes on has what came after `position`. @param failed when those were lost who had it */
  truncate(position: number, failed: number): void {
    const writes = this.visible.head - position
    if (writes > 0) {
      const seconds = Math.max(0, failed - this.visible.timeOf(position + 1))
      this.lost += writes
      this.context.losses.push({ failed, at: this.context.kernel.now, writes, seconds })
      this.visible.truncate(position)
    }
    if (this.head > position) this.log.truncate(position)
    for (const [row, last] of this.rows) if (last > position) this.rows.set(row, position)
  }
}
