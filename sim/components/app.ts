import { z } from 'zod'
import type { Deadlines } from '../kernel/deadlines.js'
import { classNames, count, flag, oneOf, perClass, ref, refs, timeout } from '../options/types.js'
import { Component } from './component.js'
import type { Demand } from './demand.js'
import { kind, type Site } from './kind.js'
import { Mysql } from './mysql.js'
import { Outcome } from './outcome.js'
import type { Request } from './request.js'
import { Station } from './station.js'
import type { Wire } from './wire.js'

const appOptions = z.strictObject({
  workers: count(1, 100_000)
    .prefault(5)
    .describe('pm.max_children: requests at a time, each held until it is answered'),
  backlog: count(0, 1_000_000).prefault(511).describe('listen.backlog: connections that wait for a worker'),
  listen: oneOf('tcp', 'unix')
    .prefault('tcp')
    .describe('a full backlog is silent on tcp, and refuses on unix'),
  service: perClass().describe('CPU time before the first query'),
  after: perClass().prefault('0s').describe('CPU time after the last query'),
  database: z
    .union([ref().transform((one) => [one]), refs()], {
      error: 'expected the name of a component, or a list of them',
    })
    .optional()
    .meta({ type: 'components' })
    .describe('where it queries: a MySQL primary and its replicas, or anything else'),
  queries: count(0, 32).prefault(1).describe('queries of a request, one after the other'),
  writes: classNames().prefault(['write']).describe('request classes that write: they go to the primary'),
  reads: oneOf('replicas', 'primary', 'all')
    .prefault('replicas')
    .describe('where the others read, in turn; the primary if there is no replica'),
  retry_reads: flag().prefault('on').describe('a read that failed is tried once more, at the primary'),
  connect_timeout: timeout()
    .prefault('60s')
    .describe('for the connection to the database (mysqlnd: default_socket_timeout)'),
  read_timeout: timeout()
    .prefault('1d')
    .describe('for the answer of the database (mysqlnd.net_read_timeout)'),
})

/** Draws of the k-th query differ from those of the first by this much in the attempt; retries stay below. */
const QUERY = 1000

/**
 * An application server after the model of PHP-FPM: a bounded set of workers, each of which holds one request,
 * also while the database answers. That is how a slow database stops an application whose CPU is idle.
 * Sources: php-fpm's www.conf (pm.max_children, listen.backlog); with tcp the kernel drops the SYN when the
 * accept queue is full, a unix socket fails at once (EAGAIN).
 */
class App extends Component {
  override readonly station: Station
  private readonly service: Demand
  private readonly after: Demand
  private readonly queries: number
  private readonly databases: readonly Wire[]
  private readonly writes: ReadonlySet<number>
  private readonly reads: 'replicas' | 'primary' | 'all'
  private readonly retryReads: boolean
  private readonly refusesWhenFull: boolean
  private readonly reading: Deadlines<Request> | null
  private turn = 0

  constructor(site: Site, options: z.output<typeof appOptions>) {
    super(site)
    this.service = site.demand(options.service, 'service')
    this.after = site.demand(options.after, 'after')
    this.databases = (options.database ?? []).map((to) => site.wire(to.name, options.connect_timeout))
    this.queries = this.databases.length > 0 ? options.queries : 0
    this.writes = new Set(options.writes.names.map((name) => site.classes.indexOf(name)))
    this.reads = options.reads
    this.retryReads = options.retry_reads
    this.refusesWhenFull = options.listen === 'unix'
    this.reading = Number.isFinite(options.read_timeout)
      ? this.timers(options.read_timeout, this.failed)
      : null
    this.station = new Station(site.context, {
      servers: options.workers,
      places: options.backlog,
      begin: this.compute,
      probe: this.probe,
    })
  }

  protected accept(request: Request): void {
    if (this.station.join(request)) return
    if (this.refusesWhenFull) this.refuse(request)
    else this.ignore(request)
  }

  private readonly compute = (request: Request): void => {
    if (request.health) this.respond(request)
    else this.run(request, this.service.of(request), this.query)
  }

  private readonly query = (request: Request): void => {
    if (request.note === this.queries) this.run(request, this.after.of(request), this.respond)
    else this.ask(request, this.database(request))
  }

  private ask(request: Request, database: number): void {
    request.server = database
    const query = this.attempt(request)
    query.attempt += request.note * QUERY + request.tries
    if (this.reading !== null) query.deadline = this.reading.set(query)
    this.databases[database]!.send(query)
  }

  protected override resume(request: Request, answer: Request): void {
    if (answer.outcome !== Outcome.ok) {
      this.failed(request)
      return
    }
    request.note++
    request.tries = 0
    this.query(request)
  }

  /** A query failed, or was given up. */
  private readonly failed = (request: Request): void => {
    const primary = this.primary()
    if (
      this.retryReads &&
      request.tries === 0 &&
      request.server !== primary &&
      !this.writes.has(request.class)
    ) {
      request.tries = 1
      this.ask(request, primary)
      return
    }
    this.station.leave(request)
    request.reply(Outcome.internalError)
  }

  private readonly respond = (request: Request): void => {
    this.station.leave(request)
    request.reply(Outcome.ok)
  }

  /** The place in the list of the database that a request asks. */
  private database(request: Request): number {
    const count = this.databases.length
    if (count === 1) return 0
    const primary = this.primary()
    if (this.reads === 'primary' || this.writes.has(request.class)) return primary
    for (let i = 0; i < count; i++) {
      this.turn = (this.turn + 1) % count
      if (this.reads === 'all' || this.turn !== primary) return this.turn
    }
    return primary
  }

  /** Who takes writes now, as far as this list goes: the first, where nobody knows better. */
  private primary(): number {
    for (let i = 0; i < this.databases.length; i++) {
      const server = this.databases[i]!.to
      if (server instanceof Mysql && server.isPrimary) return i
    }
    return 0
  }
}

export const app = kind({
  kind: 'app',
  says: 'application server: workers, each held while the database answers',
  options: appOptions,
  build: (site, options) => new App(site, options),
})
