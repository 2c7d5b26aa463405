import type { Handler } from '../../kernel/event.js'
import type { Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { outcomeNames } from '../../parts/outcome.js'
import { Queue } from '../../parts/queue.js'
import type { Request } from '../../parts/request.js'
import { Probe } from '../../stats/probe.js'

/** What is noted on a request: the number of the loop that has it, from 1 on. It has no time limit, which is noted there else. */
const bound = notes({ loop: 'note4' })

/** An event loop: what it has to go on with, beside what it does. */
interface Loop {
  readonly number: number
  readonly line: Queue
  busy: boolean
}

/**
 * The event loops of async workers (gunicorn with gevent, uvicorn, Node's cluster): each does one thing at a time, to its
 * end, and in the order in which it came up: it computes for one request, or takes up one whose answer has come from
 * below. What waits for an answer has no loop; but while its loop computes for another, nothing else of it goes on. A new
 * connection is accepted by a loop that does nothing, or the first that comes to it, and stays with it; so are health
 * checks.
 *
 * Sources: the Node.js guide "Don't Block the Event Loop"; gunicorn's design page (async workers) and settings
 * (worker_connections 1000); measured on gunicorn 20.1.0 with gevent. Assumption: where callers keep their connections,
 * each request comes as a new one would.
 */
export class EventLoops {
  private readonly context: Site['context']
  private readonly probe = new Probe(outcomeNames.length)
  private readonly loops: readonly Loop[]
  /** What no loop has accepted. */
  private readonly fresh: Queue
  /** Loops that may have nothing to do. */
  private readonly freed: Loop[] = []
  private serving = false
  /** Which of them accepts next, if it is idle. */
  private next = 0

  /** @param turn a loop has nothing else to do than this request, until it is given back by `leave` */
  constructor(
    { context }: Site,
    count: number,
    private readonly turn: Handler<Request>,
  ) {
    this.context = context
    const queue = () => new Queue(context, this.probe)
    this.fresh = queue()
    this.loops = Array.from({ length: count }, (_, i) => ({ number: i + 1, line: queue(), busy: false }))
  }

  join(request: Request): void {
    this.probe.joined++
    const number = request[bound.loop]
    const loop = number === 0 ? this.idle() : this.loops[number - 1]!
    if (loop === null) this.fresh.join(request)
    else if (loop.busy) loop.line.join(request)
    else this.start(loop, request, 0)
  }

  leave(request: Request): void {
    const loop = this.loops[request[bound.loop] - 1]!
    loop.busy = false
    this.probe.serving.add(this.context.kernel.now, -1)
    this.freed.push(loop)
    // What is over at once frees its loop from within `turn`: go round again here, not deeper.
    if (this.serving) return
    this.serving = true
    for (let free = this.freed.pop(); free !== undefined; free = this.freed.pop()) this.goOn(free)
    this.serving = false
  }

  private idle(): Loop | null {
    for (let i = 0; i < this.loops.length; i++) {
      const loop = this.loops[(this.next + i) % this.loops.length]!
      if (loop.busy) continue
      this.next = loop.number
      return loop
    }
    return null
  }

  /** The next that came up, be it new. */
  private goOn(loop: Loop): void {
    const { fresh } = this
    const { line, busy } = loop
    if (busy || (line.empty && fresh.empty)) return
    const from = line.empty || (!fresh.empty && fresh.since < line.since) ? fresh : line
    const { since } = from
    this.start(loop, from.take(), this.context.kernel.now - since)
  }

  private start(loop: Loop, request: Request, waited: number): void {
    loop.busy = true
    request[bound.loop] = loop.number
    this.probe.serving.add(this.context.kernel.now, 1)
    this.probe.waits.record(waited)
    if (request.traced) this.context.tap?.began(request, waited)
    this.turn(request)
  }

  /** The process died. */
  empty(): void {
    this.fresh.clear()
    for (const loop of this.loops) {
      loop.line.clear()
      loop.busy = false
    }
    this.probe.serving.set(this.context.kernel.now, 0)
  }

  /** Share of the measured span in which they had something to do. */
  utilization(now: number): number {
    return this.probe.serving.mean(now) / this.loops.length
  }

  get limit(): Limit {
    return {
      says: 'event loops',
      capacity: this.loops.length,
      used: (now) => this.probe.serving.mean(now),
    }
  }

  restart(now: number): void {
    this.probe.restart(now)
  }

  extra(now: number): Record<string, number> {
    const { waits, waiting } = this.probe
    return {
      loop_wait_ms: waits.count > 0 ? (waits.sum / waits.count) * 1000 : Number.NaN,
      loop_waiting: waiting.mean(now),
    }
  }
}
