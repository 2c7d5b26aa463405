import { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import type { Context } from '../../parts/context.js'
import type { Request } from '../../parts/request.js'
import { Level } from '../../stats/level.js'
import { visit } from './visit.js'

/**
 * Semi-synchronous replication at a primary: who writes is answered once one replica has the write in its relay log
 * and has said so. If none says so within the timeout, all who wait are answered, and replication is asynchronous
 * until a replica has everything again; without any replica too (rpl_semi_sync_master_wait_no_slave is on).
 * Measured on MariaDB 10.11, wait point AFTER_COMMIT: a commit takes one round trip longer; with a stopped replica
 * all commits of 10 s wait for the timeout of the first.
 */
export class SemiSync {
  /** 1, or 0 while it is asynchronous for now, or down. */
  readonly active = new Level()
  /** Who waits, linked by `behind` in the order of their positions. */
  private head: Request | null = null
  private tail: Request | null = null
  /** Up to here a replica has everything, and has said so. */
  private acknowledged = 0
  /** The same of each, where several have to have a write. */
  private readonly positions = new Map<object, number>()
  /** Null: they wait for ever. */
  private readonly patience: Deadlines<Request> | null

  /**
   * @param timeout seconds
   * @param answer what becomes of a write that is not waited for
   * @param confirm what becomes of one that was: answered, as soon as the process runs
   * @param needs replicas that have to have it
   */
  constructor(
    private readonly context: Context,
    timeout: number,
    private readonly answer: Handler<Request>,
    private readonly confirm: Handler<Request>,
    private readonly needs = 1,
  ) {
    this.turn(1)
    this.patience =
      timeout === Number.POSITIVE_INFINITY
        ? null
        : new Deadlines(
            context.kernel,
            timeout,
            (request, ticket) => request[visit.patience] === ticket,
            this.fallBack,
          )
  }

  /** `request` has committed a write: perhaps a while ago, and a replica has it. Returns whether it waits now. */
  commit(request: Request): boolean {
    if (this.active.value === 0 || request[visit.position] <= this.acknowledged) {
      this.answer(request)
      return false
    }
    if (this.patience !== null) request[visit.patience] = this.patience.set(request)
    request.behind = null
    if (this.tail === null) this.head = request
    else this.tail.behind = request
    this.tail = request
    return true
  }

  /** The replica `by` has everything up to `received`; the last write here is `last`. */
  acknowledge(received: number, last: number, by: object = this): void {
    const position = this.needs === 1 ? received : this.agreed(received, by)
    if (position >= last) this.turn(1)
    this.acknowledged = Math.max(this.acknowledged, position)
    this.release(position)
  }

  /** Up to where as many replicas as it needs have everything. */
  private agreed(received: number, by: object): number {
    this.positions.set(by, received)
    return [...this.positions.values()].sort((a, b) => b - a)[this.needs - 1] ?? 0
  }

  private readonly fallBack = (): void => {
    this.turn(0)
    this.release(Number.POSITIVE_INFINITY)
  }

  /** Answers those who wait for what was written up to `position`. */
  private release(position: number): void {
    while (this.head !== null && this.head[visit.position] <= position) {
      const request = this.head
      this.head = request.behind
      if (this.head === null) this.tail = null
      request.behind = null
      request[visit.patience] = 0
      this.confirm(request)
    }
  }

  /** The server starts, or becomes primary: it waits for replicas again. */
  begin(): void {
    this.acknowledged = 0
    this.positions.clear()
    this.turn(1)
  }

  private turn(to: 0 | 1): void {
    if (this.active.value !== to) this.active.set(this.context.kernel.now, to)
  }

  /** The process died, and all who wait with it. */
  crashed(): void {
    this.turn(0)
    this.head = null
    this.tail = null
  }
}
