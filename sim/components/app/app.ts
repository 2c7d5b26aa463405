import * as z from 'zod'
import type { Deadlines } from '../../kernel/deadlines.js'
import {
  classNames,
  count,
  countPerClass,
  duration,
  flag,
  interval,
  law,
  oneOf,
  perClass,
  period,
  type Ref,
  ref,
  refs,
  servicePerClass,
  timeout,
} from '../../options/types.js'
import { ColdStart, coldStartOptions } from '../../parts/cold-start.js'
import { Component } from '../../parts/component.js'
import type { Count } from '../../parts/count.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import { type Limit, shareOf } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { Outcome, outcomeNames } from '../../parts/outcome.js'
import { acceptQueueOf, whenBroken } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import { queue, Station } from '../../parts/station.js'
import type { Wire } from '../../parts/wire.js'
import { Constant, type Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import { Probe } from '../../stats/probe.js'
import { clusterOf } from '../cluster/nodes.js'
import { replicationOf } from '../mysql/mysql.js'
import { asksCache, CACHE_COUNTS, CacheAside, cacheAsideOptions, cacheMisfits } from './cache-aside.js'
import { CALL_COUNTS, calledOptions, callMisfits, callsBelow } from './call-options.js'
import { Calls, isCall } from './calls.js'
import { type Children, childrenOf, looksOf, type Spawning } from './children.js'
import { Codel, codelOptions } from './codel.js'
import { Connections, drivers, firstOf, isHeld, MOST, poolOptions, ways, without } from './connections.js'
import { Databases, type LagLimit } from './databases.js'
import { EventLoops } from './event-loops.js'
import { type Finds, findingMisfits, findingOf, findsPrimary } from './finds-primary.js'
import { GarbageCollection, gcOptions } from './garbage-collection.js'
import { pmChecked, pmOptions, spawningOf } from './pm.js'
import { poolDirectives } from './pool-directives.js'
import { TimeLimit } from './time-limit.js'
import { classChecked, classOptions, placesOf } from './worker-class.js'

/** Queries are sent, and nobody is there to take them. */
export const queriesNobody = ({ queries, database }: { queries?: unknown; database?: unknown }): boolean =>
  queries !== undefined && database === undefined
export const QUERIES_NOBODY = 'expected database: too, to send them to'

/** What a worker does for a request, whatever server it belongs to. */
export const workOptions = {
  service: servicePerClass().describe('CPU time before the first query'),
  after: perClass().prefault('0s').describe('CPU time after the last query'),
  database: z
    .union([ref().transform((one) => [one]), refs()], {
      error: 'expected the name of a component, or a list of them',
    })
    .optional()
    .meta({ type: 'components', role: 'serves' })
    .describe('where it queries: one component, or the servers of one MySQL replication or Galera cluster'),
  queries: countPerClass(0, 32)
    .optional()
    .describe('queries of a request, one after the other; default 1 where there is a database'),
  writes: classNames()
    .optional()
    .describe(
      'request classes that write: they go to the primary, or to the nodes of a cluster in turn; default: as the database says, else write',
    ),
  reads: oneOf('replicas', 'primary', 'all')
    .prefault('replicas')
    .describe(
      'where the others read, in turn; the primary if there is no replica; nodes of a cluster are all alike',
    ),
  max_replication_lag: duration()
    .optional()
    .describe(
      'replicas that say they are further behind are not read, and the primary is if there is no other (ProxySQL, MaxScale); default: however far',
    ),
  monitor_replication_lag_interval: interval()
    .optional()
    .describe('how often they are asked (ProxySQL: mysql-monitor_replication_lag_interval); default 10s'),
  database_selector: z
    .strictObject({
      delay: period()
        .prefault('2s')
        .describe('for so long after a write was answered all that its visitor reads is read at the primary'),
    })
    .optional()
    .describe(
      'who has just written reads at the primary, by his session (Rails: config.active_record.database_selector); needs visitors who ask more than once',
    ),
  retry_reads: flag()
    .prefault('on')
    .describe(
      'a read that failed is tried once more, at the primary or another node of the cluster (as MaxScale does)',
    ),
  finds_primary: findsPrimary()
    .optional()
    .describe(
      'how it learns of a promotion, and writes where it did until then; default: at once, as by an address that moves there (vip), or when a tool tells it (tells:)',
    ),
  transaction_attempts: count(1, 100)
    .prefault(1)
    .describe(
      'how often a write is tried that a database rolls back for others (errors 1213 and 1205), at once each time (Laravel: DB::transaction(..., attempts: 3))',
    ),
  connection: oneOf(...ways)
    .prefault('request')
    .describe(
      'to a database: request: opened with the first query and held to the end of the request; query: one for each; persistent: kept by the worker (PDO::ATTR_PERSISTENT)',
    ),
  driver: oneOf(...drivers)
    .prefault('pdo')
    .describe('of a persistent connection: pdo asks once whether it is alive, mysqli twice'),
  ssl_verify_server_cert: flag()
    .prefault('on')
    .describe(
      'of a database with tls: its certificate is looked at (PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT); off: one that has expired is nobody’s concern',
    ),
  connect_timeout: timeout()
    .prefault('60s')
    .describe('for the connection to the database (mysqli: default_socket_timeout)'),
  read_timeout: timeout()
    .prefault('1d')
    .describe('for the answer of the database (mysqlnd.net_read_timeout)'),
  ...cacheAsideOptions,
  ...calledOptions,
} as const

const appOptions = z
  .strictObject({
    workers: count(1, 100_000)
      .prefault(5)
      .describe('pm.max_children: requests at a time, each held until it is answered; async: event loops'),
    ...classOptions,
    ...pmOptions,
    backlog: count(0, 1_000_000).prefault(511).describe('listen.backlog: connections that wait for a worker'),
    listen: oneOf('tcp', 'unix')
      .prefault('tcp')
      .describe('a full backlog is silent on tcp, and refuses on unix'),
    codel: codelOptions
      .optional()
      .describe(
        'who has waited too long for a worker gets 503 while the queue stays long, and costs no work (folly::Codel); default: all are served',
      ),
    keepalive_timeout: timeout()
      .prefault('none')
      .describe('an idle connection of a proxy is closed after so long (Node: server.keepAliveTimeout, 5s)'),
    request_terminate_timeout: timeout()
      .prefault('none')
      .describe(
        'from when a worker has a request: at the next look of the master, each third of it, the worker is killed, and the connection reset',
      ),
    startup: law()
      .optional()
      .describe(
        'from the start of the process until it listens: code is loaded, connections are made; default 0s',
      ),
    cold_start: coldStartOptions
      .optional()
      .describe('how slow it is after a start, until it is warm; default: warm at once'),
    gc: gcOptions
      .optional()
      .describe('stop-the-world pauses of a garbage collector; default: none that anybody notices'),
    ...workOptions,
    pool: poolOptions.optional().describe('a pool of connections to each database, instead'),
  })
  .superRefine(pmChecked)
  .superRefine(classChecked)
  .refine((o) => !queriesNobody(o), { path: ['queries'], error: QUERIES_NOBODY })
  .refine((o) => o.pool === undefined || o.database !== undefined, {
    path: ['pool'],
    error: 'expected database: too, to which connections could be kept',
  })
  .refine((o) => o.pool === undefined || o.connection === 'request', {
    path: ['pool'],
    error: 'expected either connection: or pool:',
  })

/** What servers of this kind are told, beside how their workers come and go. */
type ServerOptions = Omit<z.output<typeof appOptions>, keyof typeof pmOptions>

/**
 * What it notes on a request: queries that were answered; where it asks, and how (`Tries`); the ticket of `limit`; to
 * which databases it holds connections, a bit each.
 */
const visit = notes({ answered: 'note1', database: 'note2', tries: 'note3', limit: 'note4', held: 'note5' })

/**
 * Its query is asked again; its visitor has just written, and reads at the primary; (4 to 32 are its cache's) an event loop
 * has begun it, and is at it; how often a write was begun again.
 */
const Tries = { again: 1, sticks: 2, begun: 64, turn: 128, restart: 256 } as const
/** What stays of that when a query is answered. */
const STAYS = Tries.restart - 1 - Tries.again

/**
 * An application server after the model of PHP-FPM: a bounded set of workers, each of which holds one request from
 * when it takes it until it is answered, also while the database answers. That is how a slow database stops an
 * application whose CPU is idle. All workers are there from the start (pm = static), unless `pm` says otherwise.
 *
 * Requests wait for a worker in the accept queue, first in, first out. When that is full, a unix socket fails at
 * once (EAGAIN), and with tcp the kernel drops the SYN, so that the caller's kernel sends it again. A load
 * balancer's health check takes a worker too, without CPU time and queries (ping.path) unless it asks for a class.
 * A certificate that is looked at and has expired is a connection that fails: error 2002, of which the page makes a 500.
 * With `database_selector` a session has the time at which its last request that writes was answered, whatever came of
 * it; a request reads at the primary if that is less than `delay` ago when a worker takes it, to its end.
 * Sources: Rails' ActiveRecord::Middleware::DatabaseSelector (delay 2 s); PHP-FPM's www.conf (pm.max_children 5,
 * listen.backlog 511, request_terminate_timeout 0), the PHP manual (mysqlnd.net_read_timeout 86400,
 * default_socket_timeout 60), mysqlnd_structs.h of PHP 8 (where TLS is set up by a key,
 * a certificate or an authority, MYSQLND_SSL_PEER_DEFAULT_ACTION is to verify; so it is in MariaDB's client from 11.4 on).
 */
export class App extends Component {
  override readonly station: Station
  override readonly backlog: number
  override readonly acceptQueue: Station
  override readonly blocking: boolean
  override readonly releases: boolean
  override readonly forks: boolean
  override readonly readsBodies = true
  protected override readonly slots: string
  private readonly refusesWhenFull: boolean
  private readonly service: Demand
  private readonly after: Demand
  /** By request class. */
  private readonly queries: readonly number[]
  private readonly databases: Databases | null
  private readonly connections: Connections | null = null
  /** Of each database: who holds a connection of the pool, and who waits for one. */
  private readonly pools: readonly Station[] | null = null
  private readonly poolProbes: readonly Probe[]
  private readonly heldForQuery: boolean
  private readonly keepaliveTimeout: number
  private readonly retryReads: boolean
  private readonly attempts: number
  /** In the measured span. */
  private restarts = 0
  /** Seconds in which a visitor who wrote reads at the primary; 0: none. */
  private readonly delay: number
  private readonly reading: Deadlines<Request> | null = null
  /** What it asks before its databases; null: nothing. */
  private readonly cache: CacheAside | null = null
  /** What it calls beside its databases; null: nothing. */
  private readonly calls: Calls | null = null
  /** Running out, it kills the worker. */
  private readonly limit: TimeLimit<Request> | null

  /** What sheds load; null: nothing. */
  private readonly codel: Codel | null = null

  /** Seconds from its start until it listens. */
  private readonly startups: { readonly law: Distribution; readonly stream: Stream } | null = null
  private readonly coldStart: ColdStart | null = null
  private readonly gc: GarbageCollection | null = null

  /** What computes, where its workers are event loops; null: they are not. */
  private readonly loops: EventLoops | null = null

  /** Who starts and ends workers; null: all are there from the start. */
  private readonly children: Children | null = null

  /** Workers that wait for the next request of a connection. */
  private idle = 0

  /**
   * @param spawning how workers come and go; null: all are there from the start
   * @param waits whether a worker stays with its connection while that is idle
   */
  constructor(
    site: Site,
    options: ServerOptions,
    spawning: Spawning | null,
    private readonly waits = false,
  ) {
    super(site)
    this.backlog = options.backlog
    this.releases = options.worker_class === 'async'
    this.blocking = !this.releases
    this.forks = !this.releases
    const places = placesOf(options)
    this.slots =
      options.worker_class === 'async' ? 'connections of event loops (worker_connections)' : 'workers'
    this.keepaliveTimeout = options.keepalive_timeout
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
            lagLimitOf(site, options),
            findingOf(site, options.finds_primary),
          )
    if (options.writes) this.databases?.tell(options.writes.names.map((name) => site.classes.indexOf(name)))
    const { pool } = options
    this.heldForQuery = pool?.held === 'query'
    const wires = this.databases?.wires ?? []
    for (const wire of wires) wire.verifies = options.ssl_verify_server_cert
    this.poolProbes = pool === undefined ? [] : wires.slice(0, MOST).map(() => new Probe(outcomeNames.length))
    if (this.databases !== null) this.connections = this.connectionsOf(site, options, wires)
    if (pool !== undefined) this.pools = this.poolProbes.map((probe) => this.poolOf(site, pool, probe))
    wires.forEach(({ to }, place) => {
      whenBroken(to, () => this.brokenTo(place))
    })
    this.retryReads = options.retry_reads
    this.attempts = options.transaction_attempts
    this.delay = options.database_selector?.delay ?? 0
    site.context.sessions.keep(this.delay)
    if (Number.isFinite(options.read_timeout))
      this.reading = this.timers(options.read_timeout, this.readTimedOut)
    if (options.cache !== undefined) this.cache = this.cacheOf(site, options.cache, options)
    if (options.calls !== undefined) this.calls = this.callsOf(site, options)
    this.limit = this.limitOf(site, options)
    if (options.codel !== undefined) this.codel = new Codel(options.codel)
    if (options.startup !== undefined)
      this.startups = { law: options.startup, stream: site.context.stream(site.name, 'startup') }
    if (options.cold_start !== undefined)
      this.coldStart = new ColdStart(site.context.kernel, this.speed, options.cold_start)
    if (options.gc !== undefined) this.gc = this.collecting(site, options.gc)
    if (this.releases) this.loops = new EventLoops(site, options.workers, this.turn)
    this.station = new Station(site.context, {
      servers: places,
      places: acceptQueueOf(options.backlog),
      begin: this.begin,
      probe: this.probe,
    })
    this.acceptQueue = this.station
    if (spawning !== null) this.children = this.childrenBy(site, spawning)
  }

  private connectionsOf(site: Site, options: ServerOptions, wires: readonly Wire[]): Connections {
    return new Connections(
      site.context,
      wires,
      options.connection,
      wires.map(({ to }) => site.ports(to)),
      options.pool,
      placesOf(options),
      options.driver,
    )
  }

  private limitOf(site: Site, said: ServerOptions): TimeLimit<Request> | null {
    const { timeout, request_terminate_timeout: limit } = said
    const [seconds, beat] = Number.isFinite(timeout) ? [timeout, ARBITER] : [limit, limit / 3]
    if (!Number.isFinite(seconds)) return null
    return new TimeLimit(
      site.context.kernel,
      seconds,
      beat,
      site.context.stream(site.name, 'request_terminate_timeout').next(),
      (request) => request[visit.limit],
      // The master is stopped with its workers.
      () => this.serves,
      this.terminate,
    )
  }

  private cacheOf(site: Site, cache: Ref, options: ServerOptions): CacheAside {
    return new CacheAside(site, cache, options, {
      timers: (seconds, strike) => this.timers(seconds, strike, true),
      wait: (request, seconds, then) => this.wait(request, seconds, then),
      found: (request) => {
        request[visit.answered] = this.queries[request.class]!
        this.goOn(request)
      },
      goOn: this.goOn,
    })
  }

  private collecting(site: Site, gc: z.output<typeof gcOptions>): GarbageCollection {
    return new GarbageCollection(site.context.kernel, this.running, gc, site.context.stream(site.name, 'gc'))
  }

  private callsOf(site: Site, options: ServerOptions): Calls {
    return new Calls(site, options, {
      timers: (seconds, strike) => this.timers(seconds, strike, true),
      served: this.called,
      failed: (request) => this.answer(request, Outcome.internalError),
    })
  }

  private childrenBy(site: Site, spawning: Spawning): Children {
    const { kernel } = site.context
    const phases = site.context.stream(site.name, 'spawning')
    const { station } = this
    return childrenOf({ kernel, station, phase: () => phases.next(), serves: () => this.serves }, spawning)
  }

  override assembled(): void {
    this.databases?.assembled()
    this.cache?.assembled(this.databases?.replication ?? null)
  }

  /** Workers that have work, or that there are where a master starts and ends them. */
  override get memoryUnits(): number {
    return this.children?.there.value ?? this.station.taken
  }

  accept(request: Request): void {
    if (request.rides && this.idle > 0) {
      // Its worker is there.
      this.idle--
      this.begin(request)
      return
    }
    if (this.codel !== null) request[queue.since] = this.context.kernel.now
    if (this.station.join(request)) {
      this.children?.changed()
      return
    }
    if (this.refusesWhenFull) this.refuse(request)
    else this.ignore(request)
  }

  private readonly begin = (request: Request): void => {
    if (this.codel?.sheds(request[queue.since], this.context.kernel.now)) {
      this.freeWorker(request)
      request.reply(Outcome.unavailable)
      return
    }
    if (request.health) {
      if (this.loops === null) this.respond(request)
      else this.loops.join(request)
      return
    }
    if (this.gc !== null) this.gc.allocate()
    if (this.limit !== null) request[visit.limit] = this.limit.set(request)
    if (this.delay > 0 && this.sticks(request)) request[visit.tries] = Tries.sticks
    this.work(request)
  }

  private sticks(request: Request): boolean {
    const { sessions, kernel } = this.context
    return sessions.hasWritten(request, kernel.now, this.delay)
  }

  /** The worker reads from whoever sends slowly, and does nothing else. */
  private readonly work = (request: Request): void => {
    if (!this.isWhole(request, this.work)) return
    if (this.loops === null) this.run(request, this.service.of(request), this.first)
    else this.loops.join(request)
  }

  /** An event loop has nothing else to do than this request, or a check. */
  private readonly turn = (request: Request): void => {
    request[visit.tries] |= Tries.turn
    if (request.health) this.respond(request)
    else if ((request[visit.tries] & Tries.begun) !== 0) this.query(request)
    else {
      request[visit.tries] |= Tries.begun
      this.run(request, this.service.of(request), this.first)
    }
  }

  /** Its event loop goes on with something else. */
  private giveTurn(request: Request): void {
    if (this.loops === null || (request[visit.tries] & Tries.turn) === 0) return
    request[visit.tries] &= ~Tries.turn
    this.loops.leave(request)
  }

  /** Something that it waited for is there. */
  private readonly goOn = (request: Request): void => {
    if (this.loops === null) this.query(request)
    else this.loops.join(request)
  }

  private readonly first = (request: Request): void => {
    if (this.cache === null || !this.cache.looksUp(request)) this.query(request)
    else this.giveTurn(request)
  }

  private readonly query = (request: Request): void => {
    if (request[visit.answered] < this.queries[request.class]!) this.ask(request, this.whereTo(request))
    else if (this.cache === null || !this.cache.tells(request)) this.finish(request)
    else this.giveTurn(request)
  }

  private whereTo(request: Request): number {
    const sticks = (request[visit.tries] & Tries.sticks) !== 0
    return this.databases!.of(request, sticks, this.cache?.fillsAtPrimary(request) === true)
  }

  /** Its queries are answered, and what they said is stored. */
  private finish(request: Request): void {
    if (this.calls !== null) this.callOn(request, this.calls)
    else this.complete(request)
  }

  /** Its queries are answered, and so many of its calls as were counted beyond. */
  private callOn(request: Request, calls: Calls): void {
    const step = request[visit.answered]
    const made = step - this.queries[request.class]!
    if (made < calls.of(request)) {
      this.giveTurn(request)
      calls.begin(request, made, step)
    } else this.complete(request)
  }

  private complete(request: Request): void {
    if (this.loops !== null && (request[visit.tries] & Tries.turn) === 0) this.loops.join(request)
    else this.run(request, this.after.of(request), this.respond)
  }

  private readonly called = (request: Request, calls: number): void => {
    request[visit.answered] += calls
    this.goOn(request)
  }

  private ask(request: Request, database: number): void {
    this.giveTurn(request)
    request[visit.database] = database
    const pool = this.pools?.[database]
    if (pool === undefined || isHeld(database, request[visit.held])) this.reach(request)
    else pool.join(request)
  }

  /** It has a connection of its pool, or needs none from there. */
  private readonly reach = (request: Request): void => {
    const connections = this.connections!
    const seconds = connections.asks ? connections.asking(request[visit.database], request[visit.held]) : 0
    if (seconds > 0) this.wait(request, seconds, this.send)
    else this.send(request)
  }

  private readonly send = (request: Request): void => {
    const database = request[visit.database]
    const connections = this.connections!
    if (connections.scarce && !connections.possible(database, request[visit.held])) {
      // Error 2002 at once.
      this.pools?.[database]?.leave(request)
      this.failed(request)
      return
    }
    const query = this.attempt(request, request[visit.answered], request[visit.tries] & Tries.again)
    if (this.reading !== null) query.deadline = this.reading.set(query)
    request[visit.held] = connections.provide(query, database, request[visit.held])
    this.databases!.wires[database]!.send(query)
  }

  private readonly noConnection = (request: Request): void => this.answer(request, Outcome.internalError)

  override resume(request: Request, answer: Request): void {
    if (this.calls !== null && isCall(request)) {
      this.received(answer)
      this.calls.answered(request, answer.outcome)
      return
    }
    if (this.cache !== null && asksCache(request)) {
      this.received(answer)
      this.cache.answered(request, answer)
      return
    }
    const database = request[visit.database]
    if (answer.outcome !== Outcome.ok && BROKEN.has(answer.outcome)) this.lose(request, false)
    else if (!isHeld(database, request[visit.held])) this.lose(request, true)
    else if (!this.connections!.answered(request, database, answer)) this.lose(request, false)
    else if (this.heldForQuery) this.release(request)
    if (answer.outcome !== Outcome.ok) {
      if (this.attempts > 1 && ROLLED_BACK.has(answer.outcome)) this.beginAgain(request)
      else this.failed(request)
      return
    }
    request[visit.answered]++
    request[visit.tries] &= STAYS
    this.cache?.queried(request, answer)
    this.goOn(request)
  }

  /** Its write was rolled back: the same once more, as the same rows and as long. */
  private beginAgain(request: Request): void {
    if (request[visit.tries] + Tries.restart >= Tries.restart * this.attempts) {
      this.failed(request)
      return
    }
    request[visit.tries] += Tries.restart
    this.restarts++
    this.ask(request, request[visit.database])
  }

  /** The connection of its query is over. @param first whether it is the application that closes it */
  private lose(request: Request, first: boolean): void {
    const database = request[visit.database]
    this.connections!.lost(request, database, first)
    if (!isHeld(database, request[visit.held])) return
    request[visit.held] = without(database, request[visit.held])
    this.pools?.[database]?.leave(request)
  }

  /** Nothing holds the connections of a request any more. */
  private release(request: Request): void {
    for (let held = request[visit.held]; held !== 0; held = without(firstOf(held), held)) {
      this.connections!.giveBack(request, firstOf(held))
      this.pools?.[firstOf(held)]?.leave(request)
    }
    request[visit.held] = 0
  }

  private readonly readTimedOut = (request: Request): void => {
    this.lose(request, true)
    this.failed(request)
  }

  /** The connections to a database are broken; who has a query there is told by its answer. */
  private brokenTo(place: number): void {
    for (const request of this.context.requests.inside(this.process)) {
      const held = request[visit.held]
      if (!isHeld(place, held) || request.child?.wire === this.databases!.wires[place]) continue
      request[visit.held] = without(place, held)
      this.connections!.lost(request, place, false)
      this.pools?.[place]?.leave(request)
    }
  }

  private poolOf(site: Site, { size, acquire_timeout }: z.output<typeof poolOptions>, probe: Probe): Station {
    return new Station(site.context, {
      servers: size,
      places: Number.POSITIVE_INFINITY,
      begin: this.reach,
      probe,
      ...(Number.isFinite(acquire_timeout) && {
        patience: {
          law: new Constant(acquire_timeout),
          stream: site.context.stream(site.role, 'pool'),
          leave: (request) => this.proceed(this.noConnection, request),
        },
      }),
    })
  }

  /** A query failed, or was given up. */
  private readonly failed = (request: Request): void => {
    const place =
      this.retryReads && (request[visit.tries] & Tries.again) === 0
        ? this.databases!.again(request, request[visit.database])
        : -1
    if (place >= 0) {
      request[visit.tries] |= Tries.again
      this.ask(request, place)
    } else {
      this.answer(request, Outcome.internalError)
    }
  }

  private readonly respond = (request: Request): void => {
    this.giveTurn(request)
    this.answer(request, Outcome.ok)
  }

  /** The worker is killed, and another started in its place. Its query goes on in the database. */
  private readonly terminate = (request: Request): void => {
    if (request.child !== null && !isCall(request.child) && !asksCache(request)) this.lose(request, true)
    this.halt(request)
    const pool = this.pools?.[request[visit.database]]
    if (pool?.queues(request)) pool.withdraw(request)
    this.answer(request, Outcome.reset)
  }

  override forget(request: Request): void {
    this.calls?.forget(request)
    super.forget(request)
  }

  private answer(request: Request, outcome: Outcome): void {
    request[visit.limit] = 0
    if (request[visit.held] !== 0) this.release(request)
    if (this.delay > 0 && outcome !== Outcome.reset && this.databases!.writes(request))
      this.context.sessions.wrote(request, this.context.kernel.now)
    if (outcome === Outcome.ok && this.holds(request)) this.process.releaseSlowly(request)
    else {
      this.endWork(request, outcome, request.parent !== null)
      request.reply(outcome)
    }
  }

  /** The worker has written all of its answer. */
  override answerTaken(request: Request, _below: Request | null, heard: boolean): void {
    this.endWork(request, Outcome.ok, heard)
  }

  private endWork(request: Request, outcome: Outcome, heard: boolean): void {
    if (this.waits) request.keeps = request.keeps && heard && outcome !== Outcome.reset && !request.health
    if (this.waits && request.keeps) this.idle++
    else this.freeWorker(request)
  }

  private freeWorker(request?: Request): void {
    this.station.leave(request)
    this.children?.changed()
  }

  override connectionClosed(): void {
    if (this.idle === 0) return
    this.idle--
    this.freeWorker()
  }

  override startup(): number {
    return this.startups === null ? 0 : this.startups.law.sample(this.startups.stream)
  }

  override started(): void {
    this.gc?.started()
    this.coldStart?.begin()
    this.children?.begin()
  }

  override crashed(): void {
    this.idle = 0
    this.children?.end()
    const inside = this.context.requests.inside(this.process)
    this.connections?.crashed(inside, idleOf)
    this.calls?.crashed()
    this.loops?.empty()
    this.codel?.forget()
    this.gc?.crashed()
    for (const pool of this.pools ?? []) pool.empty()
  }

  override get idleTimeout(): number {
    return this.keepaliveTimeout
  }

  /** Nothing else here is answered with 503. */
  override turnsAway({ outcome }: Request): 'place' | null {
    return this.codel !== null && outcome === Outcome.unavailable ? 'place' : null
  }

  override get lacks(): 'place' | 'connection' | 'port' {
    if (this.connections?.exhausted) return 'port'
    return 2 * this.idle > this.station.open ? 'connection' : 'place'
  }

  /** Of the workers: whom they shed they turn away, as a full backlog does. */
  private get shedding(): Partial<Limit> {
    const { codel, probe } = this
    if (codel === null) return {}
    return { refused: () => shareOf(probe.turnedAway + codel.shed, Math.max(0, probe.joined - codel.shed)) }
  }

  override utilization(now: number): number {
    return this.loops === null ? super.utilization(now) : this.loops.utilization(now)
  }

  /** Workers, event loops, and the connections of pools. */
  override limits(): readonly Limit[] {
    const { pools, poolProbes, databases, loops } = this
    return [
      ...(loops === null ? [] : [loops.limit]),
      ...super.limits().map((limit) => ({ ...limit, ...this.shedding })),
      ...(this.connections?.limits ?? []),
      ...(pools ?? []).map(({ servers }, place) => ({
        says: `connections to ${databases!.wires[place]!.towards} (pool)`,
        capacity: servers,
        used: (now: number) => poolProbes[place]!.serving.mean(now),
      })),
    ]
  }

  override restart(now: number): void {
    super.restart(now)
    for (const probe of this.poolProbes) probe.restart(now)
    this.connections?.restart(now)
    this.databases?.restart()
    this.restarts = 0
    this.children?.there.restart(now)
    this.cache?.restart()
    this.calls?.restart(now)
    this.loops?.restart(now)
    this.codel?.restart()
    this.gc?.restart(now)
  }

  override extra(now: number): Record<string, number> {
    return {
      ...(this.children && { workers: this.children.there.mean(now) }),
      ...(this.delay > 0 && { sticky_read_share: this.databases!.stuckShare }),
      ...(this.attempts > 1 && { transactions_restarted: this.restarts }),
      ...this.poolExtra(now),
      ...this.loops?.extra(now),
      ...this.cache?.extra,
      ...this.calls?.extra(now),
      ...(this.codel && { shed: this.codel.shed }),
      ...(this.gc && { gc_share: this.gc.share(now) }),
    }
  }

  private poolExtra(now: number): Record<string, number> {
    if (this.pools === null) return {}
    const waits = this.poolProbes.reduce((sum, { waits }) => sum + waits.sum, 0)
    const joined = this.poolProbes.reduce((sum, { waits }) => sum + waits.count, 0)
    const sum = (level: 'serving' | 'waiting') =>
      this.poolProbes.reduce((all, probe) => all + probe[level].mean(now), 0)
    return {
      pool_in_use: sum('serving'),
      pool_waiting: sum('waiting'),
      pool_wait_ms: joined > 0 ? (waits / joined) * 1000 : Number.NaN,
    }
  }
}

/** Seconds from one look of gunicorn's arbiter, or uWSGI's master, at its workers to the next. */
const ARBITER = 1

/** Seconds: mysql-monitor_replication_lag_interval of ProxySQL. */
const LAG_INTERVAL = 10

/** From which lag on replicas are not read; null: from none on. */
function lagLimitOf(site: Site, options: ServerOptions): LagLimit | null {
  const { max_replication_lag: most, monitor_replication_lag_interval: interval = LAG_INTERVAL } = options
  if (most === undefined) return null
  const { kernel } = site.context
  // The phase to whatever happens is chance.
  return { most, interval, phase: site.context.stream(site.name, 'lag check').next() * interval, kernel }
}

/** The connections that a request holds and has no query on. */
const idleOf = (request: Request): number =>
  request.child === null || isCall(request.child) || asksCache(request)
    ? request[visit.held]
    : without(request[visit.database], request[visit.held])

/** Answers after which there is no connection any more. */
const BROKEN: ReadonlySet<Outcome> = new Set([
  Outcome.refused,
  Outcome.reset,
  Outcome.connectTimeout,
  Outcome.tooManyConnections,
  Outcome.tlsFailed,
])

/** Answers to a write that was rolled back for others (Laravel: DetectsConcurrencyErrors). */
const ROLLED_BACK: ReadonlySet<Outcome> = new Set([Outcome.deadlock, Outcome.lockWaitTimeout])

/** What its kind says of its count of workers. */
export const WORKERS_THERE = { unit: 'count', says: 'workers that there are in the mean' } as const

/** What its kind says of reads that stick to the primary. */
export const STICKY_READS: Count<Pick<Asking, 'database_selector'>> = {
  unit: 'share',
  says: 'share of the reads that went to the primary since their visitor had just written',
  when: ({ options }) => options.database_selector !== undefined,
}

const async = ({ options }: { options: z.output<typeof appOptions> }): boolean =>
  options.worker_class === 'async'
/** What its kind says of writes that are begun again. */
export const RESTARTED: Count<Pick<Asking, 'transaction_attempts'>> = {
  unit: 'count',
  says: 'writes that were begun again after a rollback',
  when: ({ options }) => options.transaction_attempts > 1,
}

const pools = ({ options }: { options: z.output<typeof appOptions> }): boolean => options.pool !== undefined

/** What an application says of its databases. */
interface Asking {
  readonly database?: readonly { readonly name: string }[] | undefined
  readonly reads: string
  readonly database_selector?: object | undefined
  readonly finds_primary?: Finds | undefined
  readonly transaction_attempts: number
  readonly max_replication_lag?: number | undefined
  readonly monitor_replication_lag_interval?: number | undefined
}

type Misfit = { path: (string | number)[]; message: string }

const ABOUT_REPLICAS = ['max_replication_lag', 'database_selector'] as const

/** Databases that do not have the same data, and bounds on a lag that nobody has. */
export const askingMisfits = ({ database = [], ...said }: Asking, all: readonly Neighbour[]): Misfit[] => [
  ...apart(database, all),
  ...ABOUT_REPLICAS.filter((option) => said[option] !== undefined).flatMap((option) => {
    if (database.length < 2 || said.reads === 'primary')
      return [{ path: [option], message: 'is about replicas, and it reads at none' }]
    if (database.some(({ name }) => clusterOf(name, all).length > 1))
      return [{ path: [option], message: 'is about replicas, and the nodes of a cluster are none' }]
    return []
  }),
  ...(said.finds_primary === undefined ? [] : findingMisfits(database, all)),
  ...(said.transaction_attempts > 1 && !database.some(({ name }) => rollsBack(name, all))
    ? [{ path: ['transaction_attempts'], message: ROLLS_BACK_NONE }]
    : []),
  ...(said.monitor_replication_lag_interval !== undefined && said.max_replication_lag === undefined
    ? [{ path: ['monitor_replication_lag_interval'], message: 'expected max_replication_lag: too' }]
    : []),
]

const ROLLS_BACK_NONE =
  'is about writes that a database rolls back for others, and none does here: expected a mysql server with innodb_lock_wait_timeout:, or a galera cluster'

/** Whether writes of the data that `name` has wait for one another. */
function rollsBack(name: string, all: readonly Neighbour[]): boolean {
  const server = all.find((one) => one.name === sameDataAs(name, all))
  return server?.kind === 'galera' || server?.options.innodb_lock_wait_timeout !== undefined
}

/** How often it asks its databases how far they are behind, a second. */
export const lagChecks = (said: Asking): number =>
  said.max_replication_lag === undefined ? 0 : 1 / (said.monitor_replication_lag_interval ?? LAG_INTERVAL)

/** The first of the servers that have the same data as the database `name`. */
const sameDataAs = (name: string, all: readonly Neighbour[]): string =>
  replicationOf(clusterOf(name, all)[0]!, all)

/** Databases that do not have the same data. */
function apart(database: readonly { readonly name: string }[], all: readonly Neighbour[]): Misfit[] {
  const [first, ...others] = database
  return others.flatMap((other, i) => {
    const path = ['database', i + 1]
    const one = all.find((n) => n.name === other.name)
    if (one === undefined || all.every((n) => n.name !== first!.name)) return []
    if (database.findIndex((d) => d.name === other.name) <= i)
      return [{ path, message: `${other.name} is here twice` }]
    if (sameDataAs(other.name, all) !== sameDataAs(first!.name, all))
      return [
        {
          path,
          message: `expected servers of one MySQL replication or Galera cluster, and ${other.name} and ${first!.name} are not (replicas:, cluster:)`,
        },
      ]
    return []
  })
}

export const app = kind({
  kind: 'app',
  composes: () => true,
  says: 'application server: workers, each held while the database answers',
  known: poolDirectives,
  aliases: [
    'php',
    'php-fpm',
    'fpm',
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
  counts: {
    workers: { ...WORKERS_THERE, when: ({ options }) => spawningOf(options) !== null },
    sticky_read_share: STICKY_READS,
    loop_wait_ms: { unit: 'ms', says: 'mean wait for an event loop', when: async, steady: true },
    loop_waiting: { unit: 'count', says: 'requests that wait for one in the mean', when: async },
    transactions_restarted: RESTARTED,
    pool_in_use: { unit: 'count', says: 'connections of the pool in use in the mean', when: pools },
    pool_waiting: { unit: 'count', says: 'requests that wait for one of them in the mean', when: pools },
    pool_wait_ms: { unit: 'ms', says: 'mean wait for a connection of the pool', when: pools, steady: true },
    ...CACHE_COUNTS,
    ...CALL_COUNTS,
    shed: {
      unit: 'count',
      says: 'requests and health checks that had waited too long and got 503',
      when: ({ options }) => options.codel !== undefined,
    },
    gc_share: {
      unit: 'share',
      says: 'share of the time in which it stood still for garbage collection',
      when: ({ options }) => options.gc !== undefined,
    },
  },
  periodic: (options) => lagChecks(options) + looksOf(spawningOf(options)),
  misfits: ({ options }, all) => [
    ...askingMisfits(options, all),
    ...cacheMisfits(options, all),
    ...callMisfits(options),
  ],
  calls: callsBelow,
  build: (site, options) => new App(site, options, spawningOf(options)),
})
