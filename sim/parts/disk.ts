import type { Handler } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Dial } from './dial.js'
import type { Request } from './request.js'

interface Turn {
  readonly job: Request
  readonly seconds: number
  readonly then: Handler<Request>
}

/** The disk of a machine, which does so many fsyncs at a time of all that is there: first come, first served. */
export class Disk {
  private waiting: Turn[] = []
  private busy = new Set<Turn>()

  constructor(
    private readonly kernel: Kernel,
    power: Dial,
    private readonly places: number,
  ) {
    power.watch(() => {
      if (power.value > 0) return
      this.waiting = []
      this.busy = new Set()
    })
  }

  /** An fsync for `job`, then `then`. One of a process that has died (`job.at` is null) is not begun any more. */
  sync(job: Request, seconds: number, then: Handler<Request>): void {
    this.waiting.push({ job, seconds, then })
    this.go()
  }

  private go(): void {
    while (this.busy.size < this.places && this.waiting.length > 0) {
      const turn = this.waiting.shift()!
      if (turn.job.at === null) continue
      this.busy.add(turn)
      this.kernel.after(turn.seconds, this.done, turn)
    }
  }

  private readonly done = (turn: Turn): void => {
    // If it is not there, the power has been lost since.
    if (!this.busy.delete(turn)) return
    this.go()
    turn.job.at?.proceed(turn.then, turn.job)
  }
}
