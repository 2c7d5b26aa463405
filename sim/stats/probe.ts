import { Level } from './level.js'
import { Tally } from './tally.js'

/** What is counted at a box, from outside: the box's own file knows nothing of it. */
export class Probe {
  /** Requests inside the box, waiting, in service or waiting for a box below. */
  readonly inside = new Level()
  /** Requests waiting for a place in service. */
  readonly waiting = new Level()
  /** Requests in service (of a station: slots taken). */
  readonly serving = new Level()
  /** Waiting times, seconds, of the requests that came into service. */
  readonly waits = new Tally()
  /** Requests that left, by outcome. */
  readonly outcomes: Float64Array
  /** Requests that got a place in service or in the queue; those of them that found none in service free. */
  joined = 0
  delayed = 0
  /** Requests that found the port closed or no place in the queue. */
  refused = 0
  /** Those that were told at once that there is no place, and do not wait outside. */
  turnedAway = 0
  /** Requests that left with an ok that nobody waited for any more. */
  unheard = 0
  /** Seconds of cores in use by the requests that have left the CPU, less what had passed when those there now came. */
  cpu = 0.5

  constructor(outcomes: number) {
    this.outcomes = new Float64Array(outcomes)
    this.cpu = 0
  }

  /** Throws where a level is below 0: something left that had not come. Looked at once a run, not at every change. */
  verify(name: string): void {
    for (const [what, { value }] of Object.entries({
      inside: this.inside,
      waiting: this.waiting,
      'in service': this.serving,
    }))
      if (value < 0) throw new Error(`${value} requests are ${what} at ${name}: more left than came`)
  }

  /** The start of the measured span. */
  restart(now: number): void {
    this.inside.restart(now)
    this.waiting.restart(now)
    this.serving.restart(now)
    this.waits.restart()
    this.joined = 0
    this.delayed = 0
    this.outcomes.fill(0)
    this.refused = 0
    this.turnedAway = 0
    this.unheard = 0
    this.cpu = 0
  }
}
