import type { Handler } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { Level } from '../stats/level.js'
import type { Dial } from './dial.js'
import type { Limit } from './limit.js'
import type { Place, Request } from './request.js'

interface Turn {
  readonly job: Request
  /** Whose it was, and the how manieth there: who has left since does not come back for it. */
  readonly at: Place | null
  readonly entry: number
  readonly seconds: number
  readonly then: Handler<Request>
}

/**
 * The disk of a machine, which does so many things at a time of all that is there: first come, first served. What was
 * begun for a process that has died is done to its end, and what was not is not begun any more.
 */
export class Disk {
  private waiting: Turn[] = []
  /** Of those that wait, the first. */
  private first = 0
  private busy = new Set<Turn>()
  private readonly level = new Level()
  /** Seconds of all that was asked of it, in the measured span. */
  private asked = 0.5

  /**
   * @param places what it does at a time
   * @param all whether that is all that it does; else fsyncs alone
   */
  constructor(
    private readonly kernel: Kernel,
    power: Dial,
    private readonly places: number,
    readonly all = false,
  ) {
    this.asked = 0
    power.watch(() => {
      if (power.value > 0) return
      this.waiting = []
      this.first = 0
      this.busy = new Set()
      this.level.set(kernel.now, 0)
    })
  }

  /** Takes it for `job` for so long, then continues with `then`. A process that has died (`job.at` is null) is no one. */
  use(job: Request, seconds: number, then: Handler<Request>): void {
    this.asked += seconds
    this.waiting.push({ job, at: job.at, entry: job.entry, seconds, then })
    this.go()
  }

  /** How full it is. */
  get limit(): Limit {
    return {
      says: 'disk',
      capacity: this.places,
      used: (now) => this.level.mean(now),
      load: (now) => {
        const span = this.level.span(now)
        return span > 0 ? this.asked / span / this.places : 0
      },
    }
  }

  /** The measured span begins. */
  restart(now: number): void {
    this.level.restart(now)
    this.asked = 0
  }

  private go(): void {
    while (this.busy.size < this.places && this.first < this.waiting.length) {
      const turn = this.waiting[this.first++]!
      if (gone(turn)) continue
      this.busy.add(turn)
      this.level.add(this.kernel.now, 1)
      this.kernel.after(turn.seconds, this.done, turn)
    }
    if (this.first > MANY) {
      this.waiting = this.waiting.slice(this.first)
      this.first = 0
    }
  }

  private readonly done = (turn: Turn): void => {
    // If it is not there, the power has been lost since.
    if (!this.busy.delete(turn)) return
    this.level.add(this.kernel.now, -1)
    this.go()
    if (!gone(turn)) turn.job.at!.proceed(turn.then, turn.job)
  }
}

/** So many that had their turn are forgotten together. */
const MANY = 1000

/** Whether who asked for it is not there any more. */
const gone = ({ job, at, entry }: Turn): boolean => at === null || job.at !== at || job.entry !== entry
