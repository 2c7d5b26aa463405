import type * as z from 'zod'
import type { Deadlines } from '../../kernel/deadlines.js'
import type { PerClass } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import type { Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { acceptQueueOf } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import type { Wire } from '../../parts/wire.js'
import { Level } from '../../stats/level.js'
import {
  ASYNC_REQUEST_WORKER_FACTOR,
  type eventOptions,
  PROXY_TIMEOUT,
  THREADS_PER_CHILD,
} from './event-options.js'

type Said = { readonly [Name in keyof typeof eventOptions]?: z.output<(typeof eventOptions)[Name]> }

interface EventOptions extends Said {
  readonly max_request_workers: number
  readonly listen_backlog: number
  readonly keep_alive: boolean
  readonly keep_alive_timeout: number
  readonly service: PerClass
  readonly after: PerClass
}

/** What it notes on a request: its connection is one that is counted already; it is passed on. */
const visit = notes({ known: 'note1', proxied: 'note2' })

/**
 * Apache httpd with MPM event: a thread has a request until it is answered, also while PHP-FPM works on it
 * (mod_proxy_fcgi), and an idle connection has none: the listener of its process watches it. What it answers itself
 * leaves its thread once the rest is the kernel's to send (write completion); what it passes on does not, since it
 * cannot know where that ends.
 *
 * New connections are accepted while a thread is idle and there are fewer connections than ThreadsPerChild +
 * AsyncRequestWorkerFactor x idle threads; once it has stopped, it begins again with one idle thread more. When all
 * threads are busy and somebody comes, idle connections are closed, so that others find a place. Whoever asks on one of
 * these comes as on a new connection.
 *
 * Sources: httpd.apache.org, event (AsyncRequestWorkerFactor, "How it Works", "Limitations"); connections_above_limit
 * and listener_thread of server/mpm/event/event.c, proxy_fcgi_handler of modules/proxy/mod_proxy_fcgi.c (503 where there
 * is no connection or it breaks, 504 after ProxyTimeout, a new connection for each request, no second try) of 2.4;
 * measured on Apache 2.4 (idle clients, closed loops before PHP-FPM). Assumptions: processes are alike, and counted
 * together; all are there from the start; its own CPU time, `service` and `after`, comes before it asks PHP-FPM; of
 * its connections the first that become idle are closed by those who have them first.
 */
export class ApacheEvent extends Component {
  override readonly station: Station
  override readonly acceptQueue: Station
  override readonly backlog: number
  override readonly blocking = true
  override readonly readsBodies = true
  protected override readonly slots = 'threads'
  private readonly service: Demand
  private readonly after: Demand
  private readonly upstream: Wire | null
  /** By request class: 1 where the answer is its own. */
  private readonly statics: Uint8Array
  private readonly reading: Deadlines<Request> | null
  private readonly threads: number
  private readonly processes: number
  private readonly factor: number
  private readonly keepAliveTimeout: number
  /** Connections that it has accepted. */
  private readonly connections = new Level()
  /** Those that are idle; and those of which the client does not know yet that they are closed. */
  private idle = 0
  private gone = 0
  private listening = true
  /** Idle ones that were closed since all threads were busy, in the measured span. */
  private closed = 0

  constructor(site: Site, options: EventOptions) {
    super(site)
    this.backlog = options.listen_backlog
    this.service = site.demand(options.service, 'service')
    this.after = site.demand(options.after, 'after')
    const timeout = options.proxy_timeout ?? PROXY_TIMEOUT
    const own = options.static?.names ?? ['static']
    this.upstream = options.upstream === undefined ? null : site.wire(options.upstream.name, timeout)
    this.statics = Uint8Array.from(site.classes, (name) =>
      Number(this.upstream === null || own.includes(name)),
    )
    this.reading = Number.isFinite(timeout) ? this.timers(timeout, this.readTimedOut) : null
    this.threads = options.max_request_workers
    this.processes = this.threads / (options.threads_per_child ?? THREADS_PER_CHILD)
    this.factor = options.async_request_worker_factor ?? ASYNC_REQUEST_WORKER_FACTOR
    this.keepAliveTimeout = options.keep_alive ? options.keep_alive_timeout : 0
    this.station = new Station(site.context, {
      servers: this.threads,
      places: acceptQueueOf(options.listen_backlog),
      begin: this.begin,
      probe: this.probe,
    })
    this.acceptQueue = this.station
  }

  // ---- The life of a request ----------------------------------------------------------------------------

  accept(request: Request): void {
    if (request.rides && request.shares === null) this.ride(request)
    else this.come(request)
  }

  /** On a connection that is idle, unless it has been closed by now. */
  private ride(request: Request): void {
    if (this.idle > 0 && this.station.taken < this.threads) {
      this.idle--
      request[visit.known] = 1
      this.seat(request)
      return
    }
    if (this.idle > 0) {
      // No thread for it: it is closed, and the others too.
      this.closeIdle()
      this.gone--
    } else if (this.gone > 0) this.gone--
    this.come(request)
  }

  /** On a new connection, or as one of several on one that is counted. */
  private come(request: Request): void {
    const { station } = this
    if (request.shares !== null && station.taken < this.threads) {
      this.seat(request)
      return
    }
    this.limit()
    if (station.taken >= station.open) {
      if (this.listening && station.taken === this.threads) this.closeIdle()
      this.listening = false
    }
    if (!station.join(request)) this.ignore(request)
  }

  /** It takes a thread, of which one is idle, whatever the limit is. */
  private seat(request: Request): void {
    this.station.open = this.station.taken + 1
    this.station.join(request)
  }

  private readonly begin = (request: Request): void => {
    if (request[visit.known] === 0 && request.shares === null) this.count(1)
    this.limit()
    if (request.health) this.answer(request, Outcome.ok)
    else this.work(request)
  }

  /** The thread reads from whoever sends slowly, and does nothing else. */
  private readonly work = (request: Request): void => {
    if (this.isWhole(request, this.work))
      this.run(request, this.service.of(request) + this.after.of(request), this.handle)
  }

  private readonly handle = (request: Request): void => {
    if (this.statics[request.class] === 1) {
      this.answer(request, Outcome.ok)
      return
    }
    request[visit.proxied] = 1
    const child = this.attempt(request)
    if (this.reading !== null) child.deadline = this.reading.set(child)
    child.open()
    this.upstream!.send(child)
  }

  override resume(request: Request, answer: Request): void {
    const outcome = statusOf(answer.outcome)
    if (this.process.sized === true) {
      request.packed = answer.packed
      if (outcome === Outcome.ok && this.holds(request)) {
        this.passOnSlowly(request, answer)
        return
      }
      this.received(answer)
    }
    this.end(request, outcome)
  }

  private readonly readTimedOut = (request: Request): void => this.end(request, Outcome.gatewayTimeout)

  private answer(request: Request, outcome: Outcome): void {
    if (this.holds(request)) {
      this.freeThread(request)
      this.process.releaseSlowly(request)
    } else this.end(request, outcome)
  }

  private end(request: Request, outcome: Outcome): void {
    this.disconnect(request, request.parent !== null)
    this.freeThread(request)
    request.reply(outcome)
  }

  override answerTaken(request: Request, _below: Request | null, heard: boolean): void {
    this.disconnect(request, heard)
    if (request[visit.proxied] === 1) this.freeThread(request)
    else this.admit()
  }

  // ---- Threads and connections --------------------------------------------------------------------------

  /** The connection of the client is idle, or over. */
  private disconnect(request: Request, heard: boolean): void {
    request.keeps = request.keeps && heard && !request.health
    // One that carries several is idle as long as nobody closes it.
    if (request.shares !== null) return
    if (request.keeps) this.idle++
    else this.count(-1)
  }

  private freeThread(request: Request): void {
    // Nobody moves up before the limit has been looked at.
    this.station.open = this.station.taken - 1
    this.station.leave(request)
    this.admit()
  }

  private count(by: number): void {
    this.connections.add(this.context.kernel.now, by)
  }

  private closeIdle(): void {
    this.count(-this.idle)
    this.closed += this.idle
    this.gone += this.idle
    this.idle = 0
  }

  private accepts(): boolean {
    const spare = this.threads - this.station.taken
    if (spare === 0) return false
    const counted = this.listening ? spare : Math.max(0, spare - this.processes)
    return this.connections.value < this.threads + this.factor * counted
  }

  /** Those who wait see as many threads as may take a new connection: one, or none. */
  private limit(): void {
    const { station } = this
    const accepts = this.accepts()
    if (!accepts && station.waiting > 0) this.listening = false
    station.open = accepts ? station.taken + 1 : station.taken
  }

  /** There may be a place for those who wait. */
  private admit(): void {
    if (this.accepts()) this.listening = true
    this.limit()
    this.station.resize(this.station.open)
  }

  override connectionClosed(): void {
    if (this.gone > 0) this.gone--
    else if (this.idle > 0) {
      this.idle--
      this.count(-1)
      this.admit()
    }
  }

  override crashed(): void {
    this.connections.set(this.context.kernel.now, 0)
    this.idle = 0
    this.gone = 0
    this.listening = true
    this.limit()
  }

  override get idleTimeout(): number {
    return this.keepAliveTimeout
  }

  // ---- What others see of it ----------------------------------------------------------------------------

  override leadsTo(_wire: Wire, requestClass: number): boolean {
    return this.statics[requestClass] === 0
  }

  override get lacks(): 'place' | 'connection' {
    return this.station.taken < this.threads && 2 * this.idle > this.connections.value
      ? 'connection'
      : 'place'
  }

  override limits(): readonly Limit[] {
    return [
      ...super.limits(),
      {
        says: 'connections (AsyncRequestWorkerFactor)',
        capacity: this.threads * (1 + this.factor),
        used: (now) => this.connections.mean(now),
      },
    ]
  }

  override restart(now: number): void {
    super.restart(now)
    this.connections.restart(now)
    this.closed = 0
  }

  override extra(now: number): Record<string, number> {
    return { connections: this.connections.mean(now), keep_alive_closed: this.closed }
  }
}

/** What the client is told: there is no second try. */
const statusOf = (outcome: Outcome): Outcome =>
  outcome === Outcome.refused || outcome === Outcome.reset || outcome === Outcome.connectTimeout
    ? Outcome.unavailable
    : outcome
