import * as z from 'zod'
import type { Deadlines } from '../../kernel/deadlines.js'
import { hint } from '../../options/nearest.js'
import { quoted } from '../../options/shown.js'
import { mapOf, text } from '../../options/texts.js'
import {
  classNames,
  count,
  duration,
  flag,
  interval,
  limit,
  oneOf,
  redirection,
  refsWith,
  servicePerClass,
  timeout,
} from '../../options/types.js'
import { REJECTED } from '../../parts/bucket.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { Dial } from '../../parts/dial.js'
import { Encryption } from '../../parts/encryption.js'
import { KeptConnections } from '../../parts/kept.js'
import { kind, type Site } from '../../parts/kind.js'
import { type Limit, shareOf } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import type { Ports } from '../../parts/ports.js'
import { type Batch, type Request, Scheme, type Way } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import { Handshake, Tls, tlsOptions } from '../../parts/tls.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'
import { clientOptions } from './client-options.js'
import { ConnectionLimits, connectionLimitOptions } from './connection-limits.js'
import { ErrorPages, errorPageOptions, type Page } from './error-pages.js'
import { Gzip, gzipOptions } from './gzip.js'
import { type Location, location } from './location.js'
import { nginxDirectives } from './nginx-directives.js'
import { type Peer, Peers, WORD } from './peers.js'
import { type Balance, balance, namesObject, type Proposals, proposalsOf } from './proposals.js'
import { RequestLimits, requestLimitOptions } from './request-limits.js'
import { addressesOf, type Named, Names, resolverOptions } from './server-names.js'
import { maxConnsLimits, peerOf, unbalanced } from './upstream-lines.js'

const conditions = [
  'error',
  'timeout',
  'http_500',
  'http_502',
  'http_503',
  'http_504',
  'non_idempotent',
  'off',
] as const
type Condition = (typeof conditions)[number]

const server = {
  weight: count(1, 65535).prefault(1).describe('share of the requests'),
  max_fails: count(0).prefault(1).describe('failures after which it is left out; 0: never'),
  fail_timeout: duration().prefault('10s').describe('how long it is left out'),
  max_conns: limit(1).prefault('unlimited').describe('requests at a time'),
  backup: flag().prefault('off').describe('only when the others are unavailable'),
  down: flag().prefault('off').describe('never used'),
}

const upstreamOptions = z.strictObject({
  servers: refsWith(server).describe('its servers'),
  balance: balance(),
})

const nginxOptions = z.strictObject({
  static: classNames()
    .prefault(['static'])
    .describe('request classes that nginx answers itself; without an upstream it answers all of them'),
  // nginx.com, "Testing the Performance of NGINX": 74,091 requests/s of 1 kB on one core.
  service: servicePerClass()
    .prefault('13.5us')
    .describe('CPU time of a request, before it is answered or passed on'),
  worker_processes: count(1, 1024).prefault(1).describe('event loops; each works on one request at a time'),
  worker_connections: count(1)
    .prefault(512)
    .describe('of each worker; a request that is passed on takes two'),
  backlog: count(0, 1_000_000)
    .prefault(511)
    .describe('of listen: connections that the kernel holds while the process hangs'),
  upstream: refsWith(server).optional().describe('servers for what it does not answer itself'),
  upstreams: mapOf(
    upstreamOptions,
    'expected a map of upstreams, such as { api: { servers: [api-1, api-2] } }',
  )
    .optional()
    .meta({ type: 'upstreams by name', role: 'serves', entry: upstreamOptions })
    .describe('upstreams beside that, by name, for location:; the rest is as said here'),
  location: mapOf(
    location(),
    'expected a map from request classes to what is done, such as { admin: return 403 }',
  )
    .optional()
    .meta({ type: 'actions by class' })
    .describe(
      'location: request classes that go to one of upstreams: (proxy_pass api), or are answered at once: return 403, return 301 /new; 444 closes the connection',
    ),
  tls: tlsOptions.optional().describe('TLS ends here (listen ssl)'),
  return: redirection(/^(30[12378])\s+https:\/\/\S+$/, {
    usual: 301,
    example: '301 https://$host$request_uri',
  })
    .optional()
    .describe('of the server in clear (listen 80): who comes there (scheme: http of users) is sent to TLS'),
  ...gzipOptions,
  keepalive: count(0)
    .prefault(0)
    .describe(
      'of the upstream: idle connections that each worker keeps to it; 0: a connection for each request',
    ),
  keepalive_requests: count(1)
    .prefault(1000)
    .describe('of the upstream: requests after which a connection is closed'),
  keepalive_timeout: interval()
    .prefault('60s')
    .describe('of the upstream: how long an idle connection is kept'),
  proxy_http_version: z
    .union([text(), z.number()])
    .transform((version) => (version === 1 ? '1.0' : String(version)))
    .pipe(oneOf('1.0', '1.1'))
    .optional()
    .meta({ type: '1.0 | 1.1' })
    .describe(
      'to servers: with 1.0 they close after each answer, keepalive or not; 1.1, with proxy_set_header Connection "", is the default where there is a keepalive',
    ),
  balance: balance(),
  zone: flag().prefault('off').describe('workers share what they know of the servers'),
  ...resolverOptions,
  worker_shutdown_timeout: timeout()
    .prefault('none')
    .describe('after a reload, how long the old workers may take to finish what they have; then it is cut'),
  proxy_connect_timeout: timeout().prefault('60s').describe('for the connection to a server'),
  proxy_read_timeout: timeout().prefault('60s').describe('for the answer of a server'),
  proxy_ignore_client_abort: flag()
    .prefault('off')
    .describe('go on waiting for the server when the client has closed the connection'),
  proxy_next_upstream: z
    .array(oneOf(...conditions), { error: `expected a list of: ${conditions.join(', ')}` })
    .refine((list) => list.length === 1 || !list.includes('off'), 'expected off alone, or conditions')
    .prefault(['error', 'timeout'])
    .meta({ type: 'conditions' })
    .describe(`what makes it try another server: ${conditions.join(', ')}`),
  proxy_next_upstream_tries: count(0).prefault(0).describe('servers tried at most; 0: all'),
  proxy_next_upstream_timeout: duration()
    .prefault('0s')
    .describe('no further try after so long; 0: no limit'),
  non_idempotent: classNames().prefault(['write']).describe('request classes (POST) that are not sent twice'),
  ...clientOptions,
  ...errorPageOptions,
  ...requestLimitOptions,
  ...connectionLimitOptions,
})

export type Options = z.output<typeof nginxOptions>

/**
 * What it notes on a request: its server; how many were tried, and which of the first 31, a bit each; its handshake; its
 * turns at a worker, where answers may be packed or encrypted.
 */
const visit = notes({ server: 'note1', tries: 'note2', tried: 'note3', handshake: 'note4', turns: 'note5' })

/**
 * It had to wait for its first turn at a worker; it comes for its second, to write its answer; it has none, being above a
 * limit.
 */
const Turn = { delayed: 1, writes: 2, limited: 3 } as const

/**
 * Nginx: an event loop in each worker, static files from itself, the rest from an upstream.
 *
 * Sources: nginx.org documentation of the core, proxy, upstream and limit_req modules; measured on nginx 1.22.1.
 * Assumptions: any worker accepts a request, whatever it has to do; connections are counted over all workers
 * together; a connection carries one request at a time and is free when that is answered; an answer that is packed or
 * encrypted has its turn at a worker when all of it is there; whoever asks takes packed answers.
 */
class Nginx extends Component {
  override readonly station: Station
  override readonly backlog: number
  override readonly certificate: Dial | null
  override readonly readsBodies = true
  private readonly keepAlive: number
  /** Seconds (client_body_timeout). */
  private readonly silence: number
  /** Bytes of a request (client_max_body_size). */
  private readonly largest: number
  protected override readonly slots = 'workers (worker_processes)'
  private readonly tls: Tls | null
  private readonly gzip: Gzip | null
  /** Whether answers cost CPU by their bytes, where they have any. */
  private readonly weighs: boolean
  private readonly service: Demand
  /** By class: 1 where the answer is its own. */
  private readonly statics: Uint8Array
  private readonly posts: ReadonlySet<number>
  private readonly upstreams: readonly Upstream[]
  /** By request class: to which of them it goes. */
  private readonly routes: readonly number[]
  /** By request class: what is answered at once (return); null where nothing is, and none is too large. */
  private readonly answers: readonly (Outcome | null)[] | null
  /** The servers of all upstreams. */
  private readonly peers: readonly Peer[]
  private readonly names: Names
  /** Seconds. */
  private readonly shutdown: number
  /** Seconds since the last whole one when the run begins. */
  private readonly clock: number
  private readonly workerOf: Stream
  private readonly reading: Deadlines<Request> | null
  private readonly next: ReadonlySet<Condition>
  private readonly nextTimeout: number
  /** When the requests came in, if that matters: seconds. */
  private readonly entered: Map<Request, number> | null
  /** Servers of a longer list that were tried for a request, beyond those with a bit in its note. */
  private readonly triedBeyond: Map<Request, Set<number>> | null
  private readonly ignoresAbort: boolean
  /** It has to know what becomes of its connections. */
  private readonly keeping: boolean
  /** From which it connects to each server; null where ports are no matter: the server closes first. */
  private readonly ports: readonly (Ports | null)[]
  /** Idle connections to each server, of all workers together; null without any. */
  private readonly kept: readonly KeptConnections[] | null
  private readonly connections: number
  /** limit_req, and limit_conn. */
  private readonly rates: RequestLimits | null
  private readonly places: ConnectionLimits | null
  private readonly pages: ErrorPages | null
  /** Whether it takes in whole answers. */
  private readonly buffers: boolean
  /** For what is worked on while it is passed on. */
  private readonly encryption: Encryption | null
  /** Requests that were passed on before all of them had come; null where none are. */
  private readonly begun: Set<Request> | null
  /** What each worker knows of the servers, by upstream; one for all workers with a zone. */
  private workers: readonly (readonly Peers[])[]
  /** Requests inside that come on connections which carry several (HTTP/2). */
  private readonly streams = new Map<Batch, number>()
  /** Who waits for an answer about a name, and since when: seconds. */
  private readonly unresolved = new Map<Request, number>()
  /** Connections in use; and to each server that may have so many only. */
  private readonly used = new Level()
  private readonly toServer: readonly (Level | null)[]
  private lines = 0
  private linesBefore = 0
  private turnedAway = 0
  private readonly redirects: boolean
  private redirected = 0
  /** Requests passed on to a server in the measured span, and those for which all were full. */
  private proxied = 0
  private unplaced = 0
  /** Connections to servers opened in the measured span. */
  private opened = 0

  constructor(site: Site, options: z.output<typeof nginxOptions>) {
    super(site)
    const indices = (names: readonly string[]) => new Set(names.map((name) => site.classes.indexOf(name)))
    this.service = site.demand(options.service, 'service')
    this.backlog = options.backlog
    this.keepAlive = options.http.keepalive_timeout
    this.silence = options.client_body_timeout
    this.largest = options.client_max_body_size
    const { context } = site
    this.certificate = options.tls ? new Dial(1) : null
    this.tls = options.tls
      ? new Tls(options.tls, this.certificate!, () => context.kernel.now, context.stream(site.role, 'tls'))
      : null
    this.gzip = options.gzip ? new Gzip(options, site.classes) : null
    this.weighs = this.tls !== null || this.gzip !== null
    const { upstream = [], upstreams = {}, location = {} } = options
    const served = upstream.length === 0 ? site.classes : options.static.names
    const routes = site.classes.map((name) => location[name] ?? null)
    this.statics = Uint8Array.from(site.classes, (name, i) =>
      routes[i] === null ? Number(served.includes(name)) : Number('outcome' in routes[i]!),
    )
    const large = site.requestSizes.some((law) => law.variance > 0 || law.mean > this.largest)
    this.answers =
      large || routes.some((route) => route !== null && 'outcome' in route)
        ? routes.map((route) => (route !== null && 'outcome' in route ? route.outcome : null))
        : null
    this.posts = indices(options.non_idempotent.names)
    const names = Object.keys(upstreams)
    this.upstreams = upstreamsOf(site, options)
    this.routes = routes.map((route) =>
      route !== null && 'upstream' in route ? 1 + names.indexOf(route.upstream) : 0,
    )
    this.peers = this.upstreams.flatMap(({ peers }) => peers)
    this.names = new Names(this.upstreams, options)
    this.shutdown = options.worker_shutdown_timeout
    this.toServer = this.peers.map(({ maxConns }) => (Number.isFinite(maxConns) ? new Level() : null))
    this.triedBeyond = this.upstreams.some(({ peers }) => peers.length > WORD) ? new Map() : null
    // Machines that stand for one another show the same time.
    this.clock = site.context.stream(site.role, 'clock').next()
    this.workers = Array.from({ length: options.zone ? 1 : options.worker_processes }, () => this.view())
    this.workerOf = site.context.stream(site.name, 'worker')
    this.next = new Set(options.proxy_next_upstream)
    this.nextTimeout = options.proxy_next_upstream_timeout || Number.POSITIVE_INFINITY
    this.entered = Number.isFinite(this.nextTimeout) ? new Map() : null
    const keeps = options.keepalive > 0 && options.proxy_http_version !== '1.0'
    // With "Connection: close" in the request the server's FIN comes with its answer, and TIME_WAIT stays there.
    const closesFirst = (options.proxy_http_version ?? (options.keepalive > 0 ? '1.1' : '1.0')) === '1.1'
    this.ports = this.peers.map(({ wire }) => (closesFirst ? site.ports(wire.to) : null))
    this.kept = keeps ? this.peers.map(({ wire }, place) => this.keptTo(wire, place, options)) : null
    this.keeping = this.kept !== null || this.ports.some((ports) => ports !== null)
    this.buffers = options.proxy_buffering
    this.encryption = this.weighs && !this.buffers ? new Encryption(this.process, () => this.station) : null
    this.begun = options.proxy_request_buffering ? null : new Set()
    this.ignoresAbort = options.proxy_ignore_client_abort
    this.reading = Number.isFinite(options.proxy_read_timeout)
      ? this.timers(options.proxy_read_timeout, this.readTimedOut)
      : null
    this.connections = options.worker_processes * options.worker_connections
    this.redirects = options.return !== undefined
    const { limit_req, limit_req_status, limit_conn, limit_conn_status, error_page } = options
    this.pages = error_page ? new ErrorPages(error_page, options, names) : null
    this.rates = limit_req ? new RequestLimits(context, limit_req, limit_req_status) : null
    this.places = limit_conn ? new ConnectionLimits(context, limit_conn, limit_conn_status) : null
    this.station = new Station(site.context, {
      servers: options.worker_processes,
      places: Number.POSITIVE_INFINITY,
      begin: this.weighs ? this.turn : this.work,
      probe: this.probe,
    })
  }

  accept(request: Request): void {
    const needed = this.takes(request)
    if (this.used.value + needed > this.connections) {
      // "worker_connections are not enough": it closes what it has accepted, without an answer or a line in the log.
      this.turnedAway++
      this.refuse(request, Outcome.reset)
      return
    }
    this.used.add(this.context.kernel.now, needed)
    if (request.batch !== null) this.stream(request, 1)
    this.entered?.set(request, this.context.kernel.now)
    if (this.tls === null || request.scheme === Scheme.http) this.queue(request)
    else this.greet(request, this.tls)
  }

  private greet(request: Request, tls: Tls): void {
    request[visit.handshake] = tls.handshake(request, this.context.kernel.now)
    const delay = tls.delay(request, request[visit.handshake])
    if (delay > 0) this.wait(request, delay, this.greeted)
    else this.queue(request)
  }

  private readonly greeted = (request: Request): void => this.queue(request)

  private queue(request: Request): void {
    if (this.weighs === true && this.station.taken >= this.station.servers)
      request[visit.turns] = Turn.delayed
    this.station.join(request)
  }

  private readonly turn = (request: Request): void => {
    if (this.encryption?.begins(request)) return
    if (request[visit.turns] >= Turn.writes) this.run(request, this.writing(request), this.written)
    else this.work(request)
  }

  private readonly work = (request: Request): void => {
    const seconds = this.service.of(request)
    this.run(request, this.tls === null ? seconds : this.decrypted(request, seconds, this.tls), this.admit)
  }

  /** Seconds of CPU, with those of TLS. */
  private decrypted(request: Request, seconds: number, tls: Tls): number {
    const opened = seconds + tls.cost(request[visit.handshake])
    const bytes = this.process.sized && this.isSecret(request) ? request.wire!.bytesOf(request) : 0
    return bytes > 0 ? opened + tls.costOf(bytes) : opened
  }

  private readonly admit = (request: Request): void => {
    this.station.leave(request)
    if (this.certificate?.value === 0 && request[visit.handshake] !== Handshake.none) {
      // No line, as measured on 1.22.1: there was no request.
      this.lines--
      this.log(request, Outcome.tlsFailed)
      return
    }
    if (this.redirects && request.scheme === Scheme.http) {
      // The rewrite module has its turn before limit_req.
      this.redirected++
      request.scheme = Scheme.moved
      this.log(request, Outcome.ok)
      return
    }
    if (this.answers !== null && !request.health) {
      // Where a location is found, before it is asked what to do.
      const answer = this.isTooLarge(request) ? Outcome.tooLarge : this.answers[request.class]!
      if (answer !== null) {
        this.answer(request, answer)
        return
      }
    }
    if (this.rates === null || request.health) this.enter(request)
    else this.meter(request, this.rates)
  }

  private isTooLarge(request: Request): boolean {
    return request.wire!.bytesOf(request) > this.largest
  }

  private meter(request: Request, rates: RequestLimits): void {
    const delay = rates.meter(request)
    if (delay === REJECTED) this.turnDown(request, rates.answer)
    else if (delay > 0) {
      if (request.traced) this.context.tap?.throttled(request)
      this.wait(request, delay, this.enter)
    } else this.enter(request)
  }

  /** limit_conn has its turn after limit_req, before the rest of the request is read. */
  private readonly enter = (request: Request): void => {
    if (this.places === null || request.health || this.places.take(request)) this.handle(request)
    else this.turnDown(request, this.places.answer)
  }

  private turnDown(request: Request, outcome: Outcome): void {
    request[visit.turns] = Turn.limited
    this.answer(request, outcome)
  }

  /** Nobody is asked. */
  private answer(request: Request, outcome: Outcome): void {
    if (outcome === Outcome.reset || outcome === Outcome.tooLarge) request.keeps = false
    this.fail(request, outcome, false)
  }

  private readonly handle = (request: Request): void => {
    if (this.process.sized === true && this.waits(request)) return
    if (this.answersItself(request)) this.finish(request, Outcome.ok)
    else this.proxy(request)
  }

  /** Whether it waits until all of it is there. */
  private waits(request: Request): boolean {
    const { begun } = this
    const rest = request.wire!.rest(request)
    if (rest !== undefined && this.silence < Number.POSITIVE_INFINITY)
      this.context.kernel.after(this.silence, this.listen, rest)
    if (begun === null || this.answersItself(request)) return !request.wire!.isWhole(request, this.handle)
    if (rest !== undefined) begun.add(request)
    else begun.delete(request)
    return false
  }

  /**
   * Whether more has come of a request. If not, its connection is closed: 408 stands in the log, and nobody is told
   * (`ngx_http_finalize_request`). While the process hangs nobody looks.
   */
  private readonly listen = (rest: Rest): void => {
    const { request } = rest
    if (request.wire?.rest(request) !== rest) return
    const { kernel } = this.context
    const left = this.serves ? heardOf(request) + this.silence - kernel.now : this.silence
    if (left > INSTANT) {
      kernel.after(left, this.listen, rest)
      return
    }
    if (request.child !== null) this.abandon(request)
    this.answer(request, Outcome.reset)
  }

  /** Whether a server is sent it while it comes: how long it takes to answer counts from when it has all. */
  private goesOn(request: Request): boolean {
    const goes = this.begun!.has(request) && request.wire!.lacks(request)
    if (goes) request.wire!.whenWhole(request, this.sent)
    return goes
  }

  private readonly sent = ({ child }: Request): void => {
    if (child !== null) child.deadline = this.reading!.set(child)
  }

  private readonly proxy = (request: Request): void => {
    if (this.names.patience > 0 && !this.knows(request)) return
    const peers = this.peersFor(request)
    const beyond = this.triedBeyond?.get(request)
    const place = peers.pick(
      this.context.kernel.now,
      request[visit.tried],
      beyond,
      request,
      request[visit.tries],
    )
    if (place < 0) {
      // "no live upstreams": measured, answered at once.
      if (this.fullBehind) this.unplaced++
      this.fail(request, Outcome.badGateway, false)
      return
    }
    this.proxied++
    request[visit.server] = place
    this.remember(request, place - peers.from)
    peers.taken(place)
    this.toServer[place]?.add(this.context.kernel.now, 1)
    const carried = this.kept === null ? 0 : this.kept[place]!.take()
    if (carried === 0 && !this.openTo(place)) {
      request[visit.tries]++
      this.judge(request, Outcome.refused)
      return
    }
    const child = this.attempt(request, 0, request[visit.tries]++)
    if (this.reading !== null && (this.begun === null || !this.goesOn(request)))
      child.deadline = this.reading.set(child)
    const { wire } = this.peers[place]!
    child.carried = carried + 1
    if (this.kept !== null) child.keeps = true
    if (carried === 0) child.open()
    else {
      const kept = this.kept![place]!
      child.ride(kept.stale, kept.route)
      child.warm = wire.staysWarm(kept.pause)
    }
    wire.send(child)
  }

  /** Whether it is known where the servers of `request` are; if not, it waits for that, or has its answer. */
  private knows(request: Request): boolean {
    const place = this.routeOf(request)
    const second = this.second
    if (this.names.has(place, second)) {
      if (this.unresolved.size > 0) this.unresolved.delete(request)
      return true
    }
    const { now } = this.context.kernel
    const asks = this.unresolved.size === 0 || this.names.pause(place, now) === 0
    const count = asks ? this.names.ask(place, second) : null
    if (count !== null && count > 0) {
      this.unresolved.delete(request)
      this.relist()
      return true
    }
    const since = this.unresolved.get(request) ?? now
    const left = since + this.names.patience - now
    if (count === null && left > INSTANT) {
      this.unresolved.set(request, since)
      this.wait(request, Math.min(left, this.names.wait(place, now)), this.proxy)
      return false
    }
    // "could not be resolved (3: Host not found)", or (110: Operation timed out).
    this.unresolved.delete(request)
    this.fail(request, Outcome.badGateway, false)
    return false
  }

  /** Of its clock. */
  private get second(): number {
    return Math.floor(this.context.kernel.now + this.clock)
  }

  override assembled(): void {
    this.lookUp(this.names.ageOf(this.context.stream(this.name, 'names')))
  }

  private lookUp(age = 0): void {
    this.names.lookUp(this.second, age)
    this.relist()
  }

  private relist(): void {
    for (const upstreams of this.workers) for (const peers of upstreams) peers.relist()
  }

  /** Whether there is a port for a new connection. */
  private openTo(place: number): boolean {
    this.opened++
    const ports = this.ports[place]!
    return ports === null || ports.take(this.context.kernel.now)
  }

  private keptTo(wire: Wire, place: number, options: z.output<typeof nginxOptions>): KeptConnections {
    const keeps = {
      most: options.keepalive * options.worker_processes,
      idle: options.keepalive_timeout,
      requests: options.keepalive_requests,
    }
    return new KeptConnections(this.context.kernel, wire, keeps, (first) => this.closed(place, first))
  }

  /** A connection to a server is over. @param first whether it is the one that closes it */
  private closed(place: number, first = true): void {
    this.ports[place]?.give(this.context.kernel.now, first)
  }

  /** @param place among the servers of its upstream */
  private remember(request: Request, place: number): void {
    if (place < WORD) request[visit.tried] |= 1 << place
    else {
      const beyond = this.triedBeyond!.get(request)
      if (beyond === undefined) this.triedBeyond!.set(request, new Set([place]))
      else beyond.add(place)
    }
  }

  override resume(request: Request, answer: Request): void {
    if (this.process.sized === true && this.isStreamed(request, answer)) return
    if (this.keeping) this.giveBack(request[visit.server], answer)
    // What broke on a connection that was kept is no try (ngx_http_upstream_next): the server may be tried again.
    if (answer.outcome === Outcome.reset && answer.rides && request[visit.tries] > 0) {
      request[visit.tries]--
      if (this.upstreamOf(request).peers.length === 1) request[visit.tried] = 0
    }
    this.judge(request, answer.outcome)
  }

  /** Whether `answer` is passed on as the client reads it: it holds its server, and the connection to that. */
  private isStreamed(request: Request, answer: Request): boolean {
    request.packed = answer.packed
    if (this.buffers || !answer.stays) return false
    if (!this.holds(request) || this.pages?.isError(request)) {
      this.received(answer)
      return false
    }
    if (this.encryption !== null && this.isWorked(request)) this.encryption.spend(this.writing(request))
    this.lines++
    this.triedBeyond?.delete(request)
    this.passOnSlowly(request, answer)
    return true
  }

  /** What becomes of a connection. */
  private giveBack(place: number, { outcome, carried, route }: Request): void {
    const broken =
      outcome === Outcome.reset || outcome === Outcome.refused || outcome === Outcome.connectTimeout
    if (broken || carried === 0) this.closed(place, false)
    else if (this.kept !== null) this.kept[place]!.give(carried, route)
    else this.closed(place)
  }

  private readonly readTimedOut = (request: Request): void => {
    this.closed(request[visit.server])
    this.judge(request, Outcome.timeout)
  }

  private judge(request: Request, outcome: Outcome): void {
    const { now } = this.context.kernel
    const condition = conditionOf(outcome)
    const sent = outcome !== Outcome.refused && outcome !== Outcome.connectTimeout
    const again =
      condition !== null &&
      this.next.has(condition) &&
      request[visit.tries] < this.upstreamOf(request).tries &&
      (this.entered === null || now - this.entered.get(request)! < this.nextTimeout) &&
      !(sent && this.posts.has(request.class) && !this.next.has('non_idempotent')) &&
      // What was passed on as it came is gone.
      !(sent && this.begun?.has(request))
    // An answer, be it 500, is held against the server only if another one is asked instead.
    const failed = condition === 'error' || condition === 'timeout' || again
    this.peersFor(request).done(request[visit.server], failed, now)
    this.toServer[request[visit.server]]?.add(now, -1)
    if (again) this.proxy(request)
    else if (outcome === Outcome.ok && this.pages === null) this.finish(request, outcome)
    else this.fail(request, statusOf(outcome), condition !== 'error' && condition !== 'timeout')
  }

  /** What becomes of it if there are no pages for errors. @param theirs whether a server has answered so */
  private fail(request: Request, outcome: Outcome, theirs: boolean): void {
    const { pages } = this
    const asked = pages?.asks(request) ?? false
    const told = pages === null ? outcome : pages.instead(request, outcome, theirs)
    // What is its own takes a connection more while another server is asked.
    if (asked !== (told === null) && this.answersItself(request))
      this.used.add(this.context.kernel.now, asked ? -1 : 1)
    if (told === null) this.askInstead(request)
    else this.finish(request, told)
  }

  private readonly askInstead = (request: Request): void => {
    if (!this.isWhole(request, this.askInstead)) return
    request[visit.tries] = 0
    request[visit.tried] = 0
    this.triedBeyond?.delete(request)
    this.begun?.delete(request)
    this.proxy(request)
  }

  /** It has the answer, which may have to be packed, or encrypted. */
  private finish(request: Request, outcome: Outcome): void {
    if (this.weighs === true && outcome === Outcome.ok && this.isWorked(request)) {
      const delayed = request[visit.turns] === Turn.delayed
      request[visit.turns] = Turn.writes
      this.station.rejoin(request, delayed)
    } else this.log(request, outcome)
  }

  private isWorked(request: Request): boolean {
    if (!this.process.sized) return false
    const bytes = request.wire!.contentOf(request)
    return bytes > 0 && (this.isSecret(request) || this.isPacked(request, bytes))
  }

  /** What comes packed is left as it is. */
  private isPacked(request: Request, bytes: number): boolean {
    return this.gzip !== null && request.packed === 0 && this.gzip.packs(request.class, bytes)
  }

  /** Whether it came over TLS. */
  private isSecret(request: Request): boolean {
    return this.tls !== null && request.scheme !== Scheme.http
  }

  /** Seconds of CPU. */
  private writing(request: Request): number {
    const bytes = request.wire!.contentOf(request)
    let seconds = 0
    if (this.isPacked(request, bytes)) {
      seconds = this.gzip!.cost(bytes)
      request.packed = this.gzip!.saves
    }
    return this.isSecret(request) ? seconds + this.tls!.costOf(request.wire!.contentOf(request)) : seconds
  }

  private readonly written = (request: Request): void => {
    this.station.leave(request)
    this.log(request, Outcome.ok)
  }

  /** The client closed the connection while the server works: 499 in the log, and the server's answer finds nobody. */
  override hungUp(request: Request): void {
    if (this.ignoresAbort || !this.serves || request.wire!.open.value === 0) return
    this.abandon(request)
    this.log(request, Outcome.timeout)
  }

  /** Gives up what a server does for it. */
  private abandon(request: Request): void {
    this.forget(request)
    this.closed(request[visit.server])
    this.peersFor(request).done(request[visit.server], false, this.context.kernel.now)
    if (this.pages?.forget(request) && this.answersItself(request)) this.used.add(this.context.kernel.now, -1)
    this.toServer[request[visit.server]]?.add(this.context.kernel.now, -1)
  }

  /** The answer, and its line in the access log. */
  private log(request: Request, outcome: Outcome): void {
    this.lines++
    this.triedBeyond?.delete(request)
    if (outcome === Outcome.ok && this.holds(request)) {
      // Its own connection to the server is over; that of the client is when the answer is there.
      if (!this.answersItself(request)) this.used.add(this.context.kernel.now, -1)
      this.process.releaseSlowly(request)
      return
    }
    this.free(request, this.answersItself(request) ? 1 : 2)
    request.reply(outcome)
  }

  override answerTaken(request: Request, streamed: Request | null): void {
    if (streamed === null) {
      this.free(request, 1)
      return
    }
    const { now } = this.context.kernel
    const place = request[visit.server]
    if (this.keeping) this.giveBack(place, streamed)
    this.peersFor(request).done(place, false, now)
    this.toServer[place]?.add(now, -1)
    this.pages?.forget(request)
    this.free(request, 2)
  }

  /** Connections that `request` takes: its client's, unless that is here for others, and one to a server. */
  private takes(request: Request): number {
    const all = this.answersItself(request) ? 1 : 2
    return request.batch === null ? all : all - this.others(request)
  }

  /** @param connections its client's among them, unless that is here for others */
  private free(request: Request, connections: number): void {
    this.places?.give(request)
    if (request.batch !== null) this.stream(request, -1)
    const over = request.batch === null ? connections : connections - this.others(request)
    this.used.add(this.context.kernel.now, -over)
  }

  /** 1 where the connection of `request`, which is not counted, carries others that are inside; else 0. */
  private others({ shares }: Request): 0 | 1 {
    return shares !== null && this.streams.has(shares) ? 1 : 0
  }

  private stream({ shares }: Request, by: 1 | -1): void {
    if (shares === null) return
    const streams = (this.streams.get(shares) ?? 0) + by
    if (streams > 0) this.streams.set(shares, streams)
    else this.streams.delete(shares)
  }

  private answersItself(request: Request): boolean {
    if (this.redirects && request.scheme !== Scheme.any) return true
    return request.health || this.statics[request.class] === 1
  }

  private upstreamOf(request: Request): Upstream {
    return this.upstreams[this.routeOf(request)]!
  }

  private routeOf(request: Request): number {
    return (this.pages === null ? undefined : this.pages.routeOf(request)) ?? this.routes[request.class]!
  }

  private peersFor(request: Request): Peers {
    const { workers } = this
    const worker = workers.length === 1 ? 0 : request.draws(this.workerOf).below(workers.length)
    return workers[worker]![this.routeOf(request)]!
  }

  private view(): readonly Peers[] {
    return this.upstreams.map(
      ({ peers, leastConn, from, proposals }) => new Peers(peers, leastConn, this.clock, from, proposals),
    )
  }

  override leadsTo(wire: Wire, requestClass: number): boolean {
    return this.upstreams[this.routes[requestClass]!]!.peers.some((peer) => peer.wire === wire)
  }

  override turnsAway(request: Request): 'rule' | 'limit' | null {
    if (request[visit.turns] === Turn.limited) return 'limit'
    if (this.answers === null) return null
    return this.isTooLarge(request) || (this.answers[request.class] ?? Outcome.ok) !== Outcome.ok
      ? 'rule'
      : null
  }

  /** "host not found in upstream": it does not start. */
  override startup(): number {
    return this.names.patience > 0 || this.names.known ? 0 : Number.POSITIVE_INFINITY
  }

  /** A new process knows nothing of its servers. */
  override started(): void {
    this.tls?.restart(this.context.kernel.now)
    this.lookUp()
  }

  /**
   * New workers have the new configuration, and know of no failures; limits are in shared memory, and stay. Old ones
   * close connections that are idle, and finish what they have; what is not in time is cut (measured on nginx 1.22.1).
   * A configuration that names what cannot be resolved is not taken. Assumption: both share the CPU time of as many
   * workers as there are, and worker_connections.
   */
  override reloaded(): void {
    if (this.startup() > 0) return
    for (const upstreams of this.workers) for (const peers of upstreams) peers.forget()
    for (const kept of this.kept ?? []) kept.close(true)
    this.started()
    this.process.retire()
    if (this.shutdown < Number.POSITIVE_INFINITY)
      this.context.kernel.after(this.shutdown, this.cut, this.process.entered)
  }

  /** What old workers have not finished is closed without an answer. @param last of the requests that came to them */
  private readonly cut = (last: number): void => {
    for (const request of this.context.requests.inside(this.process)) {
      const { child, entry } = request
      // A process that hangs cuts nothing, and one that was started since knows none of them.
      if (request.at !== this.process || entry <= 0 || entry > last || child === null || !this.serves)
        continue
      this.abandon(request)
      this.answer(request, Outcome.reset)
    }
  }

  override crashed(): void {
    const { now } = this.context.kernel
    this.used.set(now, 0)
    this.streams.clear()
    for (const level of this.toServer) level?.set(now, 0)
    for (const kept of this.kept ?? []) kept.close(true)
    for (const ports of this.ports) ports?.giveAll(now)
    this.triedBeyond?.clear()
    this.entered?.clear()
    this.unresolved.clear()
    this.workers = this.workers.map(() => this.view())
    this.rates?.clear()
    this.places?.clear()
    this.pages?.clear()
    this.begun?.clear()
  }

  override get idleTimeout(): number {
    return this.keepAlive
  }

  override get lacks(): 'place' | 'port' {
    return this.ports.some((ports) => ports?.exhausted) ? 'port' : 'place'
  }

  override get fullBehind(): boolean {
    if (this.lacks === 'port') return true
    return this.toServer.some((level, place) => (level?.value ?? 0) >= this.peers[place]!.maxConns)
  }

  override limits(): readonly Limit[] {
    const { used, peers, toServer, workers, rates, places, probe } = this
    return [
      ...super.limits(),
      {
        says: 'connections (worker_connections)',
        capacity: this.connections,
        used: (now) => used.mean(now),
        refused: () => shareOf(this.turnedAway, probe.joined),
      },
      ...maxConnsLimits(peers, toServer, workers.length, () => shareOf(this.unplaced, this.proxied)),
      ...this.ports.flatMap((ports) => (ports === null ? [] : [ports.limit])),
      ...(rates === null ? [] : rates.limits((now) => probe.inside.span(now))),
      ...(places === null ? [] : places.limits),
    ]
  }

  override get logLines(): number {
    return this.lines
  }

  override restart(now: number): void {
    super.restart(now)
    this.linesBefore = this.lines
    this.turnedAway = 0
    this.redirected = 0
    this.used.restart(now)
    for (const level of this.toServer) level?.restart(now)
    this.rates?.restart()
    this.places?.restart(now)
    this.pages?.restart()
    this.proxied = 0
    this.unplaced = 0
    this.opened = 0
    for (const ports of this.ports) ports?.restart(now)
  }

  /**
   * Lines of the access log per second: requests that nginx completed, health checks and retries among them; and
   * connections closed for want of worker_connections.
   */
  override extra(now: number): Record<string, number> {
    return {
      logged_qps: (this.lines - this.linesBefore) / this.probe.inside.span(now),
      worker_connections_exceeded: this.turnedAway,
      ...(this.redirects && { redirected: this.redirected }),
      ...(this.rates !== null && { limit_req_exceeded: this.rates.exceeded }),
      ...(this.places !== null && { limit_conn_exceeded: this.places.exceeded }),
      ...(this.pages !== null && { error_pages: this.pages.replaced }),
      ...(this.kept !== null && { opened_share: this.proxied > 0 ? this.opened / this.proxied : Number.NaN }),
    }
  }
}

/** What of a request has not come yet. */
type Rest = NonNullable<ReturnType<Way['rest']>>

/** Seconds that are none: a sum of two times is rounded. */
const INSTANT = 1e-9

/** When the latest of `request` came, on any of its ways: seconds. */
function heardOf(request: Request): number {
  const { wire, parent } = request
  const own = wire?.rest(request)?.heard ?? 0
  return parent === null || parent.wire === null ? own : Math.max(own, heardOf(parent))
}

/** Servers of which one is asked. */
interface Upstream {
  /** The place of the first of them among all servers. */
  readonly from: number
  readonly peers: readonly Peer[]
  readonly named: readonly Named[]
  readonly leastConn: boolean
  readonly proposals: Proposals | null
  /** Servers that are tried for a request at most. */
  readonly tries: number
}

export type ServerLine = NonNullable<z.output<typeof nginxOptions>['upstream']>[number]

/** That of `upstream`, and those by name. */
function upstreamsOf(site: Site, options: Options): Upstream[] {
  const { upstream = [], upstreams = {}, balance, resolver, proxy_connect_timeout } = options
  const most = options.proxy_next_upstream_tries || Number.POSITIVE_INFINITY
  const groups = [{ servers: upstream, balance }, ...Object.values(upstreams)]
  let from = 0
  return groups.map(({ servers, balance }, place) => {
    const named = servers.map((server): Named => {
      const { name } = server.name
      const peers = addressesOf(site, name).map((one) => {
        const peer = peerOf(site, one, server, proxy_connect_timeout)
        // Each request has servers of its own there, of which nothing is remembered.
        return resolver === undefined ? peer : { ...peer, maxFails: 0 }
      })
      return { naming: site.component(name).naming, peers }
    })
    const peers = named.flatMap((one) => one.peers)
    const shares = peers.map(({ wire, weight }) => ({ name: wire.towards, weight }))
    const draws = site.context.stream(site.role, `balance ${place}`)
    from += peers.length
    return {
      from: from - peers.length,
      peers,
      named,
      leastConn: balance === 'least_conn',
      // With a resolver any of the addresses is the first (ngx_resolver_export).
      proposals: proposalsOf(resolver === undefined ? balance : 'random', shares, site.context, draws),
      tries: Math.min(most, peers.filter((peer) => !peer.down).length),
    }
  })
}

function conditionOf(outcome: Outcome): Condition | null {
  if (outcome === Outcome.refused || outcome === Outcome.reset) return 'error'
  if (outcome === Outcome.connectTimeout || outcome === Outcome.timeout) return 'timeout'
  if (outcome === Outcome.internalError) return 'http_500'
  if (outcome === Outcome.badGateway) return 'http_502'
  if (outcome === Outcome.unavailable) return 'http_503'
  if (outcome === Outcome.gatewayTimeout) return 'http_504'
  return null
}

/** What the client is told. */
function statusOf(outcome: Outcome): Outcome {
  const condition = conditionOf(outcome)
  return condition === 'error'
    ? Outcome.badGateway
    : condition === 'timeout'
      ? Outcome.gatewayTimeout
      : outcome
}

/** What has no sense where the name of a server is a variable: there is no group of them. */
function unresolvable(servers: readonly ServerLine[], balance: Balance) {
  const one = 'with resolver: a variable of proxy_pass holds'
  return [
    ...(servers.length > 1
      ? [{ path: ['upstream'], message: `${one} one name: expected a dns with these addresses` }]
      : []),
    ...(balance === 'round_robin'
      ? []
      : [{ path: ['balance'], message: `${one} a name, whose addresses come in any order` }]),
  ]
}

/** Locations that lead to an upstream that there is not, and upstreams to which none leads. */
function unrouted(
  names: readonly string[],
  locations: Readonly<Record<string, Location>>,
  pages: Readonly<Record<string, Page>>,
) {
  const leads = [
    ...Object.entries(locations).flatMap(([name, one]) =>
      'upstream' in one ? [{ path: ['location', name], upstream: one.upstream }] : [],
    ),
    ...Object.entries(pages).flatMap(([statuses, { upstream }]) =>
      upstream === null ? [] : [{ path: ['error_page', statuses], upstream }],
    ),
  ]
  return [
    ...leads
      .filter(({ upstream }) => !names.includes(upstream))
      .map(({ path, upstream }) => ({
        path,
        message: `there is no upstream ${quoted(upstream)}${hint(upstream, names)}`,
      })),
    ...names
      .filter((name) => leads.every(({ upstream }) => upstream !== name))
      .map((name) => ({
        path: ['upstreams', name],
        message: `no request class goes there: expected proxy_pass ${name} in location:, or = @${name} in error_page:`,
      })),
  ]
}

export const nginx = kind({
  kind: 'nginx',
  says: 'web server: static files itself, the rest from an upstream',
  aliases: ['caddy', 'lighttpd', 'openresty', 'webserver', 'web-server', 'web', 'proxy'],
  known: nginxDirectives,
  icon: 'M9 1.5l6.5 3.75v7.5l-6.5 3.75l-6.5-3.75v-7.5zM6.5 12v-6l5 6v-6',
  example: `
    nginx: { kind: nginx, upstream: [server], proxy_read_timeout: 10s }
    server: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: nginxOptions,
  keepsLog: true,
  reloads: true,
  resolves: true,
  buffers: ({ proxy_buffering }) => proxy_buffering,
  encrypts: ({ tls }) => tls !== undefined,
  redirects: ({ return: redirect }) => redirect !== undefined,
  readsObjects: ({ balance, upstreams = {} }) =>
    [{ balance }, ...Object.values(upstreams)].some((one) => namesObject(one.balance)),
  misfits: ({
    options: { tls, return: redirect, gzip, gzip_types, upstreams = {}, location = {}, ...rest },
  }) => [
    ...unrouted(Object.keys(upstreams), location, rest.error_page ?? {}),
    ...(['proxy_intercept_errors', 'recursive_error_pages'] as const).flatMap((name) =>
      rest[name] && rest.error_page === undefined
        ? [{ path: [name], message: 'on: expected error_page: beside it' }]
        : [],
    ),
    ...unbalanced(rest.balance, rest.upstream ?? [], [], 'upstream'),
    ...(rest.resolver === undefined ? [] : unresolvable(rest.upstream ?? [], rest.balance)),
    ...Object.entries(upstreams).flatMap(([name, one]) =>
      unbalanced(one.balance, one.servers, ['upstreams', name], 'servers'),
    ),
    ...(['limit_req', 'limit_conn'] as const).flatMap((limit) =>
      rest[`${limit}_status`] !== undefined && rest[limit] === undefined
        ? [{ path: [`${limit}_status`], message: `nobody is limited: expected ${limit}: beside it` }]
        : [],
    ),
    ...(redirect !== undefined && tls === undefined
      ? [{ path: ['return'], message: 'leads to TLS, and none ends here: expected tls: beside it' }]
      : []),
    ...(gzip && gzip_types === undefined
      ? [
          {
            path: ['gzip'],
            message: 'on: expected gzip_types: beside it, the request classes whose answers are text',
          },
        ]
      : []),
  ],
  requestsPerConnection: ({ tls }) => tls?.requests_per_connection,
  cores: (options) => options.worker_processes,
  counts: {
    logged_qps: { unit: '/s', says: 'lines in the access log' },
    worker_connections_exceeded: { unit: 'count', says: 'turned away for want of worker_connections' },
    redirected: {
      unit: 'count',
      says: 'sent to TLS who came in clear',
      when: ({ options }) => options.return !== undefined,
    },
    limit_req_exceeded: {
      unit: 'count',
      says: 'turned down by limit_req',
      when: ({ options }) => options.limit_req !== undefined,
    },
    limit_conn_exceeded: {
      unit: 'count',
      says: 'turned down by limit_conn',
      when: ({ options }) => options.limit_conn !== undefined,
    },
    error_pages: {
      unit: 'count',
      says: 'errors that something stood in for (error_page)',
      when: ({ options }) => options.error_page !== undefined,
    },
    opened_share: {
      unit: 'share',
      says: 'share of the requests to servers that opened a connection',
      when: ({ options }) => options.keepalive > 0 && options.proxy_http_version !== '1.0',
    },
  },
  build: (site, options) => new Nginx(site, options),
})
