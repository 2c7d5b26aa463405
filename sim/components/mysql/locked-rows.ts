import { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import type { Request } from '../../parts/request.js'
import { Level } from '../../stats/level.js'
import type { Rows } from './rows.js'
import { visit } from './visit.js'

/** What becomes of who wants a row. */
interface Home {
  /** It holds its row, without having waited; after it has. */
  readonly begin: Handler<Request>
  readonly resume: Handler<Request>
  /** It has waited for innodb_lock_wait_timeout, and has no row any more. */
  readonly giveUp: Handler<Request>
  /** It was rolled back, so that others can go on: it has no row any more. */
  readonly deadlocked: Handler<Request>
}

/**
 * InnoDB's locks on the rows that are written: each is held from the statement until the change is visible, so that
 * those who write one row share no fsync; who waits is first in, first out, and gets error 1205 after
 * innodb_lock_wait_timeout. All measured on MariaDB 10.11.
 *
 * A write of several rows takes one after the other. Where that makes a circle of those who wait, it is found at once
 * (innodb_deadlock_detect), and one of it rolled back: the one that has written the fewest rows; of several, whoever made
 * the circle, else the first that is met on it. So it is in the source (storage/innobase/lock/lock0lock.cc,
 * Deadlock::report and find_cycle: TRX_WEIGHT), and so it was measured on MariaDB 10.11, with circles of two and three.
 * Who is turned away has rolled back by then, after error 1205 too (an assumption: the application does that at once;
 * innodb_rollback_on_timeout is off).
 */
export class LockedRows {
  /** Who waited, in the measured span; how many do; and who was rolled back. */
  private waits = 0
  private readonly current = new Level()
  private deadlocks = 0
  /** By row that somebody holds: he, and after him who waits for it. */
  private readonly queues = new Map<number, Request[]>()
  private readonly patience: Deadlines<Request>

  /**
   * @param timeout seconds
   * @param detects whether a circle is looked for
   */
  constructor(
    private readonly kernel: Kernel,
    timeout: number,
    private readonly detects: boolean,
    private readonly rows: () => Rows,
    private readonly home: Home,
  ) {
    this.patience = new Deadlines(
      kernel,
      timeout,
      (request, ticket) => request[visit.patience] === ticket,
      this.expire,
    )
  }

  /** `request` wants the next of its rows. */
  take(request: Request): void {
    const row = this.rows().rowOf(request, request[visit.held])
    const queue = this.queues.get(row)
    if (queue === undefined) {
      this.queues.set(row, [request])
      request[visit.held]++
      this.home.begin(request)
      return
    }
    queue.push(request)
    this.waits++
    this.current.add(this.kernel.now, 1)
    request[visit.patience] = this.patience.set(request)
    // Who holds nothing is in nobody's way.
    if (this.detects && request[visit.held] > 0) this.lookForCircle(request)
  }

  /** `request` has done with its rows, if it has any. */
  release(request: Request): void {
    const held = request[visit.held]
    request[visit.held] = 0
    for (let place = 0; place < held; place++) {
      const row = this.rows().rowOf(request, place)
      const queue = this.queues.get(row)!
      queue.shift()
      if (queue.length === 0) this.queues.delete(row)
      else this.give(queue[0]!)
    }
  }

  private give(request: Request): void {
    this.leave(request)
    request[visit.held]++
    this.home.resume(request)
  }

  private readonly expire = (request: Request): void => {
    this.withdraw(request)
    this.home.giveUp(request)
  }

  /** `request`, which waits, does so no more, and gives back what it has. */
  private withdraw(request: Request): void {
    const queue = this.queueOf(request)
    queue.splice(queue.indexOf(request), 1)
    this.leave(request)
    this.release(request)
  }

  private leave(request: Request): void {
    request[visit.patience] = 0
    this.current.add(this.kernel.now, -1)
  }

  /** Of the row that `request` waits for. */
  private queueOf(request: Request): Request[] {
    return this.queues.get(this.rows().rowOf(request, request[visit.held]))!
  }

  // ---- Deadlocks ------------------------------------------------------------------------------------------------

  /** Whoever has the row that `request` waits for; null if it waits for none. */
  private awaited(request: Request): Request | null {
    return request[visit.patience] === 0 ? null : this.queueOf(request)[0]!
  }

  private lookForCircle(request: Request): void {
    const met = this.onCircle(request)
    if (met === null) return
    let victim = request
    let least = request[visit.held]
    for (let next = this.awaited(met)!; ; next = this.awaited(next)!) {
      if (next[visit.held] < least) {
        victim = next
        least = next[visit.held]
      }
      if (next === met) break
    }
    this.deadlocks++
    this.withdraw(victim)
    this.home.deadlocked(victim)
  }

  /** One of the circle of those that wait for one another, to which the way from `request` leads; null if there is none. */
  private onCircle(request: Request): Request | null {
    let slow = request
    let power = 1
    let steps = 1
    for (let fast = this.awaited(request); fast !== null; fast = this.awaited(fast), steps++) {
      if (fast === slow) return fast
      if (steps === power) {
        power *= 2
        steps = 0
        slow = fast
      }
    }
    return null
  }

  /** The process died, and all who wait with it. */
  clear(): void {
    this.queues.clear()
    this.current.set(this.kernel.now, 0)
  }

  /** The measured span begins. */
  restart(): void {
    this.waits = 0
    this.deadlocks = 0
    this.current.restart(this.kernel.now)
  }

  get extra(): { row_lock_waits: number; row_lock_current_waits: number; deadlocks?: number } {
    return {
      row_lock_waits: this.waits,
      row_lock_current_waits: this.current.mean(this.kernel.now),
      ...(this.rows().most > 1 && { deadlocks: this.deadlocks }),
    }
  }
}
