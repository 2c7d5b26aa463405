import { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import type { Context } from '../context.js'
import type { Mysql } from '../mysql.js'
import type { Request } from '../request.js'

/**
 * Semi-synchronous replication at a primary: who writes is answered once one replica has the write in its relay log
 * and has said so. If none says so within the timeout, all who wait are answered, and replication is asynchronous
 * until a replica has everything again; without any replica too (rpl_semi_sync_master_wait_no_slave is on).
 * Measured on MariaDB 10.11, wait point AFTER_COMMIT: a commit takes one round trip longer; with a stopped replica
 * all commits of 10 s wait for the timeout of the first.
 */
export class SemiSync {
  /** Off: asynchronous for now. */
  private on = true
  /** In the order of their positions, which they keep in `note`. */
  private waiting: Request[] = []
  private readonly patience: Deadlines<Request>

  /** @param answer what becomes of a write that is confirmed, or not waited for any more */
  constructor(
    context: Context,
    private readonly server: Mysql,
    timeout: number,
    private readonly answer: Handler<Request>,
  ) {
    this.patience = new Deadlines(
      context.kernel,
      timeout,
      (request, ticket) => request.place === ticket,
      this.fallBack,
    )
  }

  /** `request` has committed a write. */
  commit(request: Request): void {
    if (this.on) {
      this.waiting.push(request)
      request.place = this.patience.set(request)
    } else {
      this.answer(request)
    }
  }

  /** A replica has everything up to `position`; the last write here is `head`. */
  acknowledge(position: number, head: number): void {
    if (position >= head) this.on = true
    let n = 0
    while (n < this.waiting.length && this.waiting[n]!.note <= position) n++
    if (n > 0) this.release(n)
  }

  private readonly fallBack = (): void => {
    this.on = false
    this.release(this.waiting.length)
  }

  private release(n: number): void {
    for (const request of this.waiting.splice(0, n)) {
      request.place = 0
      this.server.proceed(this.answer, request)
    }
  }

  /** The server starts, or becomes primary: it waits for replicas again. */
  begin(): void {
    this.on = true
  }

  /** The process died, and all who wait with it. */
  crashed(): void {
    this.waiting = []
  }
}
