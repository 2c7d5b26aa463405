import type { Handler } from '../../kernel/event.js'
import { type Place, Request } from '../../parts/request.js'

/** Who waits until what it wrote is on the disk. */
export interface Writer {
  readonly request: Request
  readonly then: Handler<Request>
}

/** What a log file needs of its server. */
interface Home {
  readonly process: Place
  /** An fsync for `job`, then `then`. */
  sync(job: Request, then: Handler<Request>): void
}

/**
 * A log, and group commit: one fsync at a time, for all who wait when it begins; who comes while it runs goes with the
 * next. So among many who commit again and again one takes two fsyncs, and their number does not matter.
 */
export class LogFile {
  /** In the measured span. */
  fsyncs = 0
  private waiting: Writer[] = []
  private busy = false
  private going = false
  private job: Request
  private group: Writer[] = []

  /**
   * @param syncs whether the next group has an fsync; else it is done at once
   * @param begun an fsync begins: what is written by now is in it
   * @param done it has ended, for that group. Returns whether the next may begin; else somebody calls `free`
   */
  constructor(
    private readonly home: Home,
    private readonly syncs: () => boolean,
    private readonly begun: () => void,
    private readonly done: (group: readonly Writer[], synced: boolean) => boolean,
  ) {
    this.job = this.hire()
  }

  join(request: Request, then: Handler<Request>): void {
    this.waiting.push({ request, then })
    this.go()
  }

  /** All of `group`, which another log has done with at the same time, continue before anybody has an fsync here. */
  gather(group: readonly Writer[]): void {
    const { going } = this
    this.going = true
    for (const { request, then } of group) then(request)
    this.going = going
    this.go()
  }

  /** The last group is out of the way. */
  free(): void {
    this.busy = false
    this.go()
  }

  /** The process died, and all who wait with it. */
  clear(): void {
    this.waiting = []
    this.group = []
    this.busy = false
    this.job.event?.cancel()
    this.job.at = null
    this.job = this.hire()
  }

  private go(): void {
    // What takes no time ends within this call: go round again here, not deeper.
    if (this.going) return
    this.going = true
    while (!this.busy && this.waiting.length > 0) this.begin()
    this.going = false
  }

  private begin(): void {
    this.busy = true
    this.group = this.waiting
    this.waiting = []
    if (!this.syncs()) {
      this.end(false)
      return
    }
    this.fsyncs++
    this.begun()
    this.home.sync(this.job, this.synced)
  }

  private readonly synced = (job: Request): void => {
    if (job === this.job) this.end(true)
  }

  private end(synced: boolean): void {
    const { group } = this
    this.group = []
    if (this.done(group, synced)) this.free()
  }

  private hire(): Request {
    const job = new Request()
    job.at = this.home.process
    return job
  }
}
