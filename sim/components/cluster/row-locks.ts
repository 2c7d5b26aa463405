import type { Handler } from '../../kernel/event.js'
import type { Request } from '../../parts/request.js'

/** A row that somebody writes, or wants to. */
interface Lock {
  holder: Request | null
  /** Writes of other nodes that are applied to it. */
  appliers: number
  readonly waiters: Request[]
}

/** The locks of a node on its rows: held from the statement to the end of the commit; who waits is first in, first out. */
export class RowLocks {
  private readonly locks = new Map<number, Lock>()

  /** @param begin what a request does that has got its row */
  constructor(private readonly begin: Handler<Request>) {}

  take(row: number, request: Request): void {
    const lock = this.of(row)
    lock.waiters.push(request)
    this.next(row, lock)
  }

  release(row: number): void {
    const lock = this.of(row)
    lock.holder = null
    this.next(row, lock)
  }

  /** A write of another node is applied to `row` from now on. Returns who holds it, and is in the way. */
  apply(row: number): Request | null {
    const lock = this.of(row)
    lock.appliers++
    return lock.holder
  }

  applied(row: number): void {
    const lock = this.of(row)
    lock.appliers--
    this.next(row, lock)
  }

  /** What was applied is not applied any more. */
  stopApplying(): void {
    for (const [row, lock] of this.locks) {
      lock.appliers = 0
      this.next(row, lock)
    }
  }

  /** The process died. */
  clear(): void {
    this.locks.clear()
  }

  private next(row: number, lock: Lock): void {
    if (lock.holder !== null || lock.appliers > 0) return
    const next = lock.waiters.shift()
    if (next === undefined) this.locks.delete(row)
    else {
      lock.holder = next
      this.begin(next)
    }
  }

  private of(row: number): Lock {
    let lock = this.locks.get(row)
    if (lock === undefined) {
      lock = { holder: null, appliers: 0, waiters: [] }
      this.locks.set(row, lock)
    }
    return lock
  }
}
