import { Deadlines } from '../kernel/deadlines.js'
import type { Handler } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { Constant, type Distribution } from '../random/distribution.js'
import type { Stream } from '../random/stream.js'
import type { Probe } from '../stats/probe.js'
import type { Context } from './context.js'
import { notes } from './notes.js'
import type { Request } from './request.js'

/** What a queue notes on a request: when it joined; the ticket of its patience, 0 for none. */
export const queue = notes({ since: 'moment', patience: 'place' })

interface StationOptions {
  /** Slots; `Infinity` for as many as there are requests. */
  servers: number
  /** Places to wait for a slot, beside the slots; `Infinity` for no bound. */
  places: number
  /** Called when a request has got its slot. */
  begin: Handler<Request>
  /** Where waiting and slots are counted. */
  probe: Probe
  /** By request class: who has a higher one is served before all others that wait. Default: all are equal. */
  priority?: readonly number[]
  /** How long a request waits at most, and what then. */
  patience?: { law: Distribution; stream: Stream; leave: Handler<Request> }
}

/**
 * Slots and a queue for them, first in first out among those of one priority. A slot is held from `begin` until
 * `leave`, whatever the request does in between: that is how a worker is held while the database answers.
 */
export class Station {
  /** Slots taken. */
  taken = 0
  /** Requests waiting. */
  waiting = 0
  /** The most slots that there may be. */
  readonly servers: number
  /** Slots that there are now. */
  open: number
  readonly places: number
  private head: Request | null = null
  private tail: Request | null = null
  private serving = false
  private readonly begin: Handler<Request>
  private readonly probe: Probe
  private readonly priority: readonly number[] | null
  private readonly patience: StationOptions['patience']
  private readonly alike: Deadlines<Request> | null = null
  private readonly kernel: Kernel

  constructor(
    private readonly context: Context,
    options: StationOptions,
  ) {
    this.kernel = context.kernel
    this.servers = options.servers
    this.open = options.servers
    this.places = options.places
    this.begin = options.begin
    this.probe = options.probe
    this.priority = options.priority ?? null
    this.patience = options.patience
    if (this.patience?.law instanceof Constant) {
      this.alike = new Deadlines(
        context.kernel,
        this.patience.law.mean,
        (request, ticket) => request[queue.patience] === ticket,
        (request) => this.losePatience(request),
      )
    }
  }

  /** Whether there is neither a slot nor a place in the queue. */
  get full(): boolean {
    return this.taken >= this.open && this.waiting >= this.places
  }

  /** Takes a slot, or a place in the queue; false if there is neither. */
  join(request: Request): boolean {
    if (this.taken < this.open) {
      this.probe.joined++
      this.start(request, 0)
      return true
    }
    if (this.waiting >= this.places) return false
    this.line(request)
    if (request.traced) this.context.tap?.queued(request)
    return true
  }

  /**
   * One that has had a slot, and given it back, comes for another: it counts as one request, that waited twice.
   * @param delayed whether it had to wait for the first
   */
  rejoin(request: Request, delayed: boolean): boolean {
    const waits = this.taken >= this.open
    if (!this.join(request)) return false
    this.probe.joined--
    this.probe.waits.count--
    if (waits && delayed) this.probe.delayed--
    return true
  }

  /** Takes a place in the queue. */
  private line(request: Request): void {
    request[queue.since] = this.kernel.now
    if (this.priority === null) this.put(request, this.tail)
    else this.put(request, this.lastBefore(request.class, this.priority))
    this.probe.joined++
    this.probe.delayed++
    this.probe.waiting.add(this.kernel.now, 1)
    if (this.patience !== undefined) this.bePatient(request)
  }

  private put(request: Request, ahead: Request | null): void {
    const behind = ahead === null ? this.head : ahead.behind
    request.ahead = ahead
    request.behind = behind
    if (ahead === null) this.head = request
    else ahead.behind = request
    if (behind === null) this.tail = request
    else behind.ahead = request
    this.waiting++
  }

  /** Gives the slot back; the next in the queue takes it. */
  leave(_request?: Request): void {
    if (--this.taken < 0) throw slip()
    this.probe.serving.add(this.kernel.now, -1)
    if (this.head !== null) this.serve()
  }

  /** From now on there are `open` slots, not fewer than are taken; those who wait get the new ones. */
  resize(open: number): void {
    this.open = open
    this.serve()
  }

  /** Whether `request`, which waits in no other queue, waits here. */
  queues(request: Request): boolean {
    return request.ahead !== null || this.head === request
  }

  /** Takes a waiting request out of the queue. */
  withdraw(request: Request): void {
    if (request.ahead === null) this.head = request.behind
    else request.ahead.behind = request.behind
    if (request.behind === null) this.tail = request.ahead
    else request.behind.ahead = request.ahead
    request.ahead = null
    request.behind = null
    request[queue.patience] = 0
    this.waiting--
    this.probe.waiting.add(this.kernel.now, -1)
  }

  /** The process died: nobody waits, nobody is served. */
  empty(): void {
    while (this.head !== null) this.withdraw(this.head)
    this.taken = 0
    this.probe.serving.set(this.kernel.now, 0)
  }

  private lastBefore(kind: number, priority: readonly number[]): Request | null {
    let ahead = this.tail
    while (ahead !== null && priority[ahead.class]! < priority[kind]!) ahead = ahead.ahead
    return ahead
  }

  private serve(): void {
    // A request that fails at once gives its slot back from within `begin`: go round again here, not deeper.
    if (this.serving === true) return
    this.serving = true
    while (this.head !== null && this.taken < this.open) {
      const request = this.head
      this.withdraw(request)
      this.start(request, this.kernel.now - request[queue.since])
    }
    this.serving = false
  }

  private start(request: Request, waited: number): void {
    this.taken++
    this.probe.serving.add(this.kernel.now, 1)
    this.probe.waits.record(waited)
    if (request.traced) this.context.tap?.began(request, waited)
    this.begin(request)
  }

  private bePatient(request: Request): void {
    const { law, stream } = this.patience!
    if (this.alike !== null) {
      request[queue.patience] = this.alike.set(request)
      return
    }
    request[queue.patience] = this.kernel.ticket()
    const patience = law.sample(request.draws(stream))
    this.kernel.after(patience, this.expire, { request, place: request[queue.patience] })
  }

  private readonly expire = ({ request, place }: { request: Request; place: number }): void => {
    if (request[queue.patience] === place) this.losePatience(request)
  }

  private losePatience(request: Request): void {
    this.withdraw(request)
    this.patience!.leave(request)
  }
}

/** Apart: what is thrown would make every `leave` longer. */
function slip(): Error {
  return new Error('a slot was given back twice')
}
