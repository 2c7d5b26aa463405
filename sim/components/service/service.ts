import * as z from 'zod'
import { countPerClass, law, limit, oneOf, perClass, refs, servicePerClass } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import type { Wire } from '../../parts/wire.js'

const serviceOptions = z.strictObject({
  servers: limit(1).prefault(1).describe('requests served at a time; with ps, cores that all share'),
  queue: limit(0).prefault('unlimited').describe('places to wait; a request that finds none is refused'),
  discipline: oneOf('fifo', 'ps').prefault('fifo').describe('first in first out, or processor sharing'),
  service: servicePerClass().describe('service time'),
  cold_start: perClass()
    .optional()
    .describe('before its service, of a request that finds a server idle: servers are off while they are'),
  priority: countPerClass()
    .prefault(0)
    .describe('request classes with a higher one go before the others in the queue'),
  patience: law().optional().describe('longest wait in the queue, then abandoned'),
  backlog: limit(0)
    .prefault(511)
    .describe('connections that are made while it hangs; the SYN of another is sent again'),
  next: refs()
    .optional()
    .describe(
      'where a request goes on to when its service here is done, in turn; the answer does not come back through here',
    ),
})

/** What it notes on a request: 1 if it found an idle server, which has to start. */
const visit = notes({ cold: 'note1' })

/**
 * The plain queueing station: G/G/c/K with FIFO or egalitarian processor sharing, and patience (Erlang A).
 * On a host its service is CPU time, shared with what else runs there; without one it is time. While it hangs, what
 * is in service stops, and goes on where it was (preemptive resume).
 */
class Service extends Component {
  private readonly service: Demand
  private readonly coldStart: Demand | null
  private readonly next: readonly Wire[]
  private turnOf = 0
  override readonly station: Station
  override readonly backlog: number
  override readonly works = true
  protected override readonly slots = 'servers'

  /** Service is plain time, not CPU of a shared host. */
  private readonly timed: boolean
  private readonly shares: boolean

  constructor(site: Site, options: z.output<typeof serviceOptions>) {
    super(site)
    this.backlog = options.backlog
    this.shares = options.discipline === 'ps'
    this.timed = !this.shares && site.host.cores === Number.POSITIVE_INFINITY
    this.service = site.demand(options.service, 'service')
    this.coldStart = options.cold_start ? site.demand(options.cold_start, 'cold start') : null
    this.next = (options.next ?? []).map((to) => site.wire(to.name))
    const priorities = options.priority.each(site.classes, 0)
    this.station = new Station(site.context, {
      // Under processor sharing everyone is in service at once; the bound is on how many may be inside.
      servers: this.shares ? options.servers + options.queue : options.servers,
      places: this.shares ? 0 : options.queue,
      begin: this.serve,
      priority: priorities.some((p) => p !== priorities[0]) ? priorities : undefined,
      probe: this.probe,
      patience: options.patience && {
        law: options.patience,
        stream: site.context.stream(site.role, 'patience'),
        leave: this.abandon,
      },
    })
  }

  override utilization(now: number): number {
    return this.shares ? this.processor.busy.mean(now) / this.processor.cores : super.utilization(now)
  }

  /** Who shares the cores holds none of them: they are told as cores. */
  override limits(): readonly Limit[] {
    return this.shares ? [] : super.limits()
  }

  accept(request: Request): void {
    // An event loop answers a health check at once, whatever waits for a place.
    if (request.health) {
      request.reply(Outcome.ok)
      return
    }
    if (this.coldStart !== null && this.station.taken < this.station.servers) request[visit.cold] = 1
    if (!this.station.join(request)) this.refuse(request)
  }

  private readonly serve = (request: Request): void => {
    const demand =
      this.coldStart === null ? this.service.of(request) : this.withStart(request, this.coldStart)
    if (this.timed === true) this.wait(request, this.process.slowed(request, demand), this.done)
    else this.run(request, demand, this.done)
  }

  private withStart(request: Request, coldStart: Demand): number {
    return this.service.of(request) + (request[visit.cold] === 1 ? coldStart.of(request) : 0)
  }

  private readonly done = (request: Request): void => {
    this.station.leave(request)
    if (this.next.length === 0) request.reply(Outcome.ok)
    else {
      request.forgetConnection()
      this.hand(request, this.whoseTurn())
    }
  }

  private whoseTurn(): Wire {
    const turn = this.turnOf
    this.turnOf = turn + 1 < this.next.length ? turn + 1 : 0
    return this.next[turn]!
  }

  private readonly abandon = (request: Request): void => request.reply(Outcome.abandoned)
}

export const service = kind({
  kind: 'service',
  says: 'the plain queueing station',
  icon: 'M2 6v6M5.5 6v6M13 5a4 4 0 1 0 0 8a4 4 0 0 0 0-8M2 9h7',
  example: 'service: { kind: service, servers: 4, queue: 100, service: exponential(20ms) }',
  options: serviceOptions,
  hands: () => true,
  cores: (options) => (options.discipline === 'ps' ? options.servers : Number.POSITIVE_INFINITY),
  build: (site, options) => new Service(site, options),
})
