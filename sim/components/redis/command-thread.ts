import type { Handler } from '../../kernel/event.js'
import type { Context } from '../../parts/context.js'
import type { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import { Level } from '../../stats/level.js'
import type { Probe } from '../../stats/probe.js'

interface Home {
  readonly probe: Probe
  /** Commands that there may be at a time. */
  readonly clients: number
  /** The work of a command begins; `executed` continues. */
  readonly work: Handler<Request>
  /** All commands of a turn are done, some of which write; `flushed` continues. Null: nothing is waited for. */
  readonly flush: (() => void) | null
}

/**
 * The thread of Redis that executes commands, one after the other, first come, first served: a long one stops all others.
 * It goes round in turns: what has come in by the beginning of one is executed, then what was written is flushed, and
 * then all are answered (`ae.c`, `beforeSleep`, `handleClientsWithPendingWrites`). Where nothing waits for a flush, each is
 * answered when it is done: what the answers wait for the rest of a turn is left out.
 */
export class CommandThread {
  readonly station: Station
  /** Whether it stands still: forks, and waits for a disk. */
  readonly still = new Level()
  private stops = 0
  /** Its command is not begun yet, since it stands still. */
  private held: Request | null = null
  /** Executed in this turn and not answered; how many more belong to it; whether one of them wrote. */
  private turn: Request[] = []
  private left = 0
  private wrote = false

  constructor(
    private readonly context: Context,
    private readonly home: Home,
  ) {
    this.station = new Station(context, {
      servers: 1,
      places: home.clients - 1,
      begin: this.begin,
      probe: home.probe,
    })
  }

  private readonly begin = (request: Request): void => {
    if (this.stops > 0) this.held = request
    else this.home.work(request)
  }

  /** The command of `request` is executed. */
  executed(request: Request, outcome: Outcome, writes: boolean): void {
    if (this.home.flush === null) {
      this.station.leave(request)
      request.reply(outcome)
      return
    }
    request.outcome = outcome
    this.turn.push(request)
    this.wrote ||= writes
    if (this.left > 0) {
      this.left--
      this.station.leave(request)
    } else if (this.wrote) this.home.flush()
    else this.flushed()
  }

  /** What this turn has written is where it should be. */
  flushed(): void {
    const { turn } = this
    this.turn = []
    this.wrote = false
    // What has come in meanwhile is the next turn. The last of this one has the place of the thread until now.
    this.left = Math.max(0, this.station.waiting - 1)
    for (const request of turn) request.reply(request.outcome)
    this.station.leave()
  }

  /** It stands still before the next command, until `go`. */
  stop(): void {
    if (this.stops++ === 0) this.still.set(this.context.kernel.now, 1)
  }

  go(): void {
    if (--this.stops > 0) return
    this.still.set(this.context.kernel.now, 0)
    const { held } = this
    this.held = null
    if (held !== null) this.home.work(held)
  }

  crashed(): void {
    this.stops = 0
    this.still.set(this.context.kernel.now, 0)
    this.held = null
    this.turn = []
    this.left = 0
    this.wrote = false
  }
}
