import * as z from 'zod'
import { limit, perClass } from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Site } from '../../parts/kind.js'
import { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import { namedOptions } from './named-options.js'

/**
 * Datagrams of a query that a UDP socket holds: measured on Linux 6.18 with net.core.rmem_default 212992, 256 of up to
 * 100 bytes each.
 */
const DATAGRAMS = 256

const nameserverOptions = z.strictObject({
  service: perClass()
    .prefault('20us')
    .describe('CPU time of a query (an assumption: 50000/s on a core of a machine)'),
  threads: limit(1)
    .optional()
    .describe('queries that it works on at a time (named -n); default: the cores of its machine'),
  queue: limit(0)
    .prefault(DATAGRAMS)
    .describe('queries that wait in the buffer of its socket, net.core.rmem_default; one more is lost'),
})

/**
 * One server of a zone: BIND's named, NSD, Knot, PowerDNS. A query is a datagram: one for which the buffer of its socket
 * has no place is lost without a word, and so is what comes to a dead machine; where only the process is gone its machine
 * says so (ICMP port unreachable). While it hangs the buffer fills, and what is in it is answered afterwards, though
 * nobody may wait any more. Errors are SERVFAIL.
 */
class NameServer extends Component {
  override readonly station: Station
  override readonly acceptQueue: Station
  /** The kernel takes one more than the backlog (`acceptQueueOf`), and a buffer as many as it holds. */
  override readonly backlog: number
  protected override readonly slots = 'threads'
  private readonly service: Demand

  constructor(site: Site, options: z.output<typeof nameserverOptions>) {
    super(site)
    this.backlog = options.queue - 1
    this.service = site.demand(options.service, 'service')
    this.station = new Station(site.context, {
      servers: options.threads ?? site.host.cores,
      places: options.queue,
      begin: this.serve,
      probe: this.probe,
    })
    this.acceptQueue = this.station
  }

  accept(request: Request): void {
    if (request.health) request.reply(Outcome.ok)
    else if (!this.station.join(request)) {
      this.probe.turnedAway++
      this.ignore(request)
    }
  }

  private readonly serve = (request: Request): void => {
    this.run(request, this.service.of(request), this.answer)
  }

  private readonly answer = (request: Request): void => {
    this.station.leave(request)
    request.reply(Outcome.ok)
  }
}

export const nameserver = kind({
  kind: 'nameserver',
  says: 'one server of a zone, which a dns names among its name_servers',
  aliases: ['nsd', 'knot', 'pdns'],
  icon: 'M4 3h10v12h-10zM4 7h10M4 11h10M6.5 5h.01M6.5 9h.01M6.5 13h.01',
  example: 'nameserver: { kind: nameserver, threads: 2, service: 0.1ms }',
  known: namedOptions,
  options: nameserverOptions,
  cores: ({ threads }) => threads ?? Number.POSITIVE_INFINITY,
  build: (site, options) => new NameServer(site, options),
})
