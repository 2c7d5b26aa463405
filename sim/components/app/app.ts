import * as z from 'zod'
import { Deadlines } from '../../kernel/deadlines.js'
import {
  classNames,
  count,
  countPerClass,
  flag,
  oneOf,
  perClass,
  ref,
  refs,
  servicePerClass,
  timeout,
} from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { acceptQueueOf } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import { replicationOf } from '../mysql/mysql.js'
import { Databases } from './databases.js'
import { poolDirectives } from './pool-directives.js'

const appOptions = z
  .strictObject({
    workers: count(1, 100_000)
      .prefault(5)
      .describe('pm.max_children: requests at a time, each held until it is answered'),
    backlog: count(0, 1_000_000).prefault(511).describe('listen.backlog: connections that wait for a worker'),
    listen: oneOf('tcp', 'unix')
      .prefault('tcp')
      .describe('a full backlog is silent on tcp, and refuses on unix'),
    service: servicePerClass().describe('CPU time before the first query'),
    after: perClass().prefault('0s').describe('CPU time after the last query'),
    request_terminate_timeout: timeout()
      .prefault('none')
      .describe('from when a worker takes a request until the worker is killed, and the connection reset'),
    database: z
      .union([ref().transform((one) => [one]), refs()], {
        error: 'expected the name of a component, or a list of them',
      })
      .optional()
      .meta({ type: 'components', role: 'serves' })
      .describe('where it queries: one component, or the servers of one MySQL replication'),
    queries: countPerClass(0, 32)
      .optional()
      .describe('queries of a request, one after the other; default 1 where there is a database'),
    writes: classNames()
      .optional()
      .describe(
        'request classes that write: they go to the primary; default: as the database says, else write',
      ),
    reads: oneOf('replicas', 'primary', 'all')
      .prefault('replicas')
      .describe('where the others read, in turn; the primary if there is no replica'),
    retry_reads: flag()
      .prefault('on')
      .describe('a read that failed at a replica is tried once more, at the primary (as MaxScale does)'),
    connect_timeout: timeout()
      .prefault('60s')
      .describe('for the connection to the database (mysqli: default_socket_timeout)'),
    read_timeout: timeout()
      .prefault('1d')
      .describe('for the answer of the database (mysqlnd.net_read_timeout)'),
  })
  .refine((o) => o.queries === undefined || o.database !== undefined, {
    path: ['queries'],
    error: 'expected database: too, to send them to',
  })

/** What it notes on a request: queries that were answered; where it asks, and whether again; the ticket of `limit`. */
const visit = notes({ answered: 'note1', database: 'note2', tries: 'note3', limit: 'note4' })

/**
 * An application server after the model of PHP-FPM: a bounded set of workers, each of which holds one request from
 * when it takes it until it is answered, also while the database answers. That is how a slow database stops an
 * application whose CPU is idle.
 *
 * Requests wait for a worker in the accept queue, first in, first out. When that is full, a unix socket fails at
 * once (EAGAIN), and with tcp the kernel drops the SYN, so that the caller's kernel sends it again. A load
 * balancer's health check takes a worker too, without CPU time and queries (ping.path) unless it asks for a class.
 * Sources: PHP-FPM's www.conf (pm.max_children 5, listen.backlog 511, request_terminate_timeout 0), the PHP manual
 * (mysqlnd.net_read_timeout 86400, default_socket_timeout 60).
 */
class App extends Component {
  override readonly station: Station
  override readonly backlog: number
  override readonly acceptQueue: Station
  protected override readonly slots = 'workers'
  private readonly refusesWhenFull: boolean
  private readonly service: Demand
  private readonly after: Demand
  /** By request class. */
  private readonly queries: readonly number[]
  private readonly databases: Databases | null
  private readonly retryReads: boolean
  private readonly reading: Deadlines<Request> | null = null
  /** Running out, it kills the worker. */
  private readonly limit: Deadlines<Request> | null = null

  constructor(site: Site, options: z.output<typeof appOptions>) {
    super(site)
    this.backlog = options.backlog
    this.refusesWhenFull = options.listen === 'unix'
    this.service = site.demand(options.service, 'service')
    this.after = site.demand(options.after, 'after')
    this.queries =
      options.database === undefined
        ? site.classes.map(() => 0)
        : (options.queries?.each(site.classes, 1) ?? site.classes.map(() => 1))
    this.databases =
      options.database === undefined
        ? null
        : new Databases(
            options.database.map((to) => site.wire(to.name, options.connect_timeout)),
            options.reads,
          )
    if (options.writes) this.databases?.tell(options.writes.names.map((name) => site.classes.indexOf(name)))
    this.retryReads = options.retry_reads
    if (Number.isFinite(options.read_timeout)) this.reading = this.timers(options.read_timeout, this.failed)
    if (Number.isFinite(options.request_terminate_timeout)) {
      this.limit = new Deadlines(
        site.context.kernel,
        options.request_terminate_timeout,
        (request, ticket) => request[visit.limit] === ticket,
        this.terminate,
      )
    }
    this.station = new Station(site.context, {
      servers: options.workers,
      places: acceptQueueOf(options.backlog),
      begin: this.begin,
      probe: this.probe,
    })
    this.acceptQueue = this.station
  }

  accept(request: Request): void {
    if (this.station.join(request)) return
    if (this.refusesWhenFull) this.refuse(request)
    else this.ignore(request)
  }

  private readonly begin = (request: Request): void => {
    if (request.health) {
      this.respond(request)
      return
    }
    if (this.limit !== null) request[visit.limit] = this.limit.set(request)
    this.run(request, this.service.of(request), this.query)
  }

  private readonly query = (request: Request): void => {
    if (request[visit.answered] === this.queries[request.class])
      this.run(request, this.after.of(request), this.respond)
    else this.ask(request, this.databases!.of(request))
  }

  private ask(request: Request, database: number): void {
    request[visit.database] = database
    const query = this.attempt(request, request[visit.answered], request[visit.tries])
    if (this.reading !== null) query.deadline = this.reading.set(query)
    this.databases!.wires[database]!.send(query)
  }

  override resume(request: Request, answer: Request): void {
    if (answer.outcome !== Outcome.ok) {
      this.failed(request)
      return
    }
    request[visit.answered]++
    request[visit.tries] = 0
    this.query(request)
  }

  /** A query failed, or was given up. */
  private readonly failed = (request: Request): void => {
    if (
      this.retryReads &&
      request[visit.tries] === 0 &&
      this.databases!.again(request, request[visit.database])
    ) {
      request[visit.tries] = 1
      this.ask(request, this.databases!.primary)
    } else {
      this.answer(request, Outcome.internalError)
    }
  }

  private readonly respond = (request: Request): void => this.answer(request, Outcome.ok)

  /** The worker is killed, and another started in its place. Its query goes on in the database. */
  private readonly terminate = (request: Request): void => {
    if (!this.serves) {
      // Who should kill it is stopped too.
      request[visit.limit] = this.limit!.set(request)
      return
    }
    this.halt(request)
    this.answer(request, Outcome.reset)
  }

  private answer(request: Request, outcome: Outcome): void {
    request[visit.limit] = 0
    this.station.leave(request)
    request.reply(outcome)
  }
}

export const app = kind({
  kind: 'app',
  says: 'application server: workers, each held while the database answers',
  known: poolDirectives,
  aliases: [
    'php',
    'php-fpm',
    'fpm',
    'apache',
    'httpd',
    'gunicorn',
    'uwsgi',
    'uvicorn',
    'unicorn',
    'puma',
    'tomcat',
    'jetty',
    'node',
    'nodejs',
    'django',
    'rails',
  ],
  icon: 'M6 5l-4 4l4 4M12 5l4 4l-4 4M10.5 3l-3 12',
  example: `
    app: { kind: app, workers: 8, service: 10ms, database: store, read_timeout: 5s }
    store: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: appOptions,
  misfits: ({ options: { database = [] } }, all) => {
    const [first, ...others] = database
    return others.flatMap((other, i) => {
      const path = ['database', i + 1]
      const one = all.find((n) => n.name === other.name)
      if (one === undefined || all.every((n) => n.name !== first!.name)) return []
      if (database.findIndex((d) => d.name === other.name) <= i)
        return [{ path, message: `${other.name} is here twice` }]
      if (replicationOf(other.name, all) !== replicationOf(first!.name, all))
        return [
          {
            path,
            message: `expected servers of one MySQL replication, and ${other.name} and ${first!.name} are not (replicas:)`,
          },
        ]
      return []
    })
  },
  build: (site, options) => new App(site, options),
})
