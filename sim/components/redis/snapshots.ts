import type { Event, Handler } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import { type Place, Request } from '../../parts/request.js'
import type { Contents } from '../cache/redis-store.js'
import type { SavePoint } from './redis-options.js'
import { type Loss, Unsafe } from './unsafe.js'

interface Home {
  readonly kernel: Kernel
  readonly process: Place
  /** Seconds for which a fork stops the command thread, and of a core that writing all to a file takes. */
  fork(): number
  readonly saving: number
  stop(): void
  go(): void
  /** Gives `job` so many seconds of CPU, then continues with `then`. */
  cpu(job: Request, seconds: number, then: Handler<Request>): void
  contents(): Contents
}

/**
 * Files of all that there is (RDB), which a child writes that has it as it was at the fork: so long as the fork takes the
 * command thread stands still, and after that the child takes CPU time of the machine. What was written since the fork of
 * the last complete file is lost with the process.
 *
 * Sources: redis.conf (`save 3600 1 300 100 60 10000`), `serverCron` and `rdbSaveBackground`; measured on 7.0.15: a fork of
 * a process of 1 GB takes 10 ms, the child 3 s, loading the file 3.7 s. Assumptions: a file is complete when a run begins;
 * the copies of pages that are written meanwhile cost nothing; a child dies with its parent.
 */
export class Snapshots {
  /** In the measured span. */
  saves = 0
  /** What the last complete file has. */
  file: Contents = []
  private readonly unsafe = new Unsafe()
  /** Of each point; null once its time has come. */
  private readonly timers: (Event | null)[]
  /** The changes that are enough for a file now. */
  private enough = Number.POSITIVE_INFINITY
  private forking: Event | null = null
  private child: Request | null = null
  private begun: Contents = []

  constructor(
    private readonly home: Home,
    private readonly points: readonly SavePoint[],
  ) {
    this.timers = points.map(() => null)
    this.wait()
  }

  /** Nothing is asked for yet: this is what the file has. */
  begin(): void {
    this.file = this.home.contents()
  }

  /** A write was executed. */
  write(): void {
    this.unsafe.write(this.home.kernel.now)
    if (this.unsafe.writes >= this.enough) this.save()
  }

  private wait(): void {
    this.enough = Number.POSITIVE_INFINITY
    for (const [place, { seconds }] of this.points.entries())
      this.timers[place] = this.home.kernel.after(seconds, this.due, place)
  }

  private readonly due = (place: number): void => {
    this.timers[place] = null
    this.enough = Math.min(this.enough, this.points[place]!.changes)
    if (this.unsafe.writes >= this.enough) this.save()
  }

  private save(): void {
    this.cancel()
    this.unsafe.begin()
    this.begun = this.home.contents()
    const seconds = this.home.fork()
    if (seconds > 0) {
      this.home.stop()
      this.forking = this.home.kernel.after(seconds, this.forked, null)
    } else this.startChild()
  }

  private readonly forked = (): void => {
    this.forking = null
    this.home.go()
    this.startChild()
  }

  private startChild(): void {
    const child = new Request()
    child.at = this.home.process
    this.child = child
    this.home.cpu(child, this.home.saving, this.saved)
  }

  private readonly saved = (child: Request): void => {
    if (child !== this.child) return
    this.child = null
    this.saves++
    this.file = this.begun
    this.unsafe.done()
    this.wait()
  }

  private cancel(): void {
    for (const timer of this.timers) timer?.cancel()
    this.timers.fill(null)
    this.enough = Number.POSITIVE_INFINITY
  }

  dies(): Loss {
    this.cancel()
    this.forking?.cancel()
    this.forking = null
    if (this.child !== null) this.child.at = null
    this.child = null
    return this.unsafe.lose()
  }

  /** The process is there again. */
  started(): void {
    this.wait()
  }

  restart(): void {
    this.saves = 0
  }
}
