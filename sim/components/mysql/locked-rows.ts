import { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Request } from '../../parts/request.js'
import { Level } from '../../stats/level.js'
import { visit } from './visit.js'

/** What becomes of who wants a row. */
interface Home {
  /** It holds its row, without having waited; after it has. */
  readonly begin: Handler<Request>
  readonly resume: Handler<Request>
  /** It has waited for innodb_lock_wait_timeout. */
  readonly giveUp: Handler<Request>
}

/**
 * InnoDB's locks on the rows that are written: each is held from the statement until the change is visible, so that
 * those who write one row share no fsync; who waits is first in, first out, and gets error 1205 after
 * innodb_lock_wait_timeout. All measured on MariaDB 10.11. A statement is a transaction, so that there are no deadlocks.
 */
export class LockedRows {
  /** Who waited, in the measured span; and how many do. */
  private waits = 0
  private readonly current = new Level()
  /** By row that somebody holds: who waits for it. */
  private readonly waiting = new Map<number, Request[]>()
  private readonly patience: Deadlines<Request>

  /** @param timeout seconds */
  constructor(
    private readonly kernel: Kernel,
    timeout: number,
    private readonly home: Home,
  ) {
    this.patience = new Deadlines(
      kernel,
      timeout,
      (request, ticket) => request[visit.patience] === ticket,
      this.expire,
    )
  }

  take(row: number, request: Request): void {
    request[visit.row] = row + 1
    const others = this.waiting.get(row)
    if (others === undefined) {
      this.waiting.set(row, [])
      this.home.begin(request)
      return
    }
    others.push(request)
    this.waits++
    this.current.add(this.kernel.now, 1)
    request[visit.patience] = this.patience.set(request)
  }

  /** The row of `request` is free, if it held one. */
  release(request: Request): void {
    const row = request[visit.row] - 1
    const next = this.waiting.get(row)?.shift()
    if (next === undefined) {
      this.waiting.delete(row)
      return
    }
    this.leave(next)
    this.home.resume(next)
  }

  private readonly expire = (request: Request): void => {
    const others = this.waiting.get(request[visit.row] - 1)!
    others.splice(others.indexOf(request), 1)
    this.leave(request)
    this.home.giveUp(request)
  }

  private leave(request: Request): void {
    request[visit.patience] = 0
    this.current.add(this.kernel.now, -1)
  }

  /** The process died, and all who wait with it. */
  clear(): void {
    this.waiting.clear()
    this.current.set(this.kernel.now, 0)
  }

  /** The measured span begins. */
  restart(): void {
    this.waits = 0
    this.current.restart(this.kernel.now)
  }

  get extra(): { row_lock_waits: number; row_lock_current_waits: number } {
    return { row_lock_waits: this.waits, row_lock_current_waits: this.current.mean(this.kernel.now) }
  }
}
