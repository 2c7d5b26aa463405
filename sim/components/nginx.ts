import { z } from 'zod'
import type { Deadlines } from '../kernel/deadlines.js'
import {
  classNames,
  count,
  duration,
  flag,
  limit,
  oneOf,
  perClass,
  refsWith,
  timeout,
} from '../options/types.js'
import type { Stream } from '../random/stream.js'
import { Component } from './component.js'
import type { Demand } from './demand.js'
import { kind, type Site } from './kind.js'
import { type Peer, Peers } from './nginx/peers.js'
import { Outcome } from './outcome.js'
import type { Request } from './request.js'
import { Station } from './station.js'

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

const nginxOptions = z.strictObject({
  static: classNames().prefault(['static']).describe('request classes that nginx answers itself'),
  // nginx.com, "Testing the Performance of NGINX": 74,091 requests/s of 1 kB on one core.
  service: perClass()
    .prefault('13.5us')
    .describe('CPU time of a request, before it is answered or passed on'),
  worker_processes: count(1, 1024).prefault(1).describe('event loops; each works on one request at a time'),
  worker_connections: count(1)
    .prefault(512)
    .describe('of each worker; a request that is passed on takes two'),
  upstream: refsWith({
    weight: count(1, 65535).prefault(1).describe('share of the requests'),
    max_fails: count(0).prefault(1).describe('failures after which it is left out; 0: never'),
    fail_timeout: duration().prefault('10s').describe('how long it is left out'),
    max_conns: limit(1).prefault('unlimited').describe('requests at a time'),
    backup: flag().prefault('off').describe('only when the others are unavailable'),
    down: flag().prefault('off').describe('never used'),
  })
    .refine((list) => list.length <= 30, 'expected at most 30 servers')
    .optional()
    .describe('servers for what it does not answer itself'),
  balance: oneOf('round_robin', 'least_conn')
    .prefault('round_robin')
    .describe('smooth weighted round robin, or least_conn'),
  zone: flag().prefault('off').describe('workers share what they know of the servers'),
  proxy_connect_timeout: timeout().prefault('60s').describe('for the connection to a server'),
  proxy_read_timeout: timeout().prefault('60s').describe('for the answer of a server'),
  proxy_next_upstream: z
    .array(oneOf(...conditions), { error: `expected a list of: ${conditions.join(', ')}` })
    .prefault(['error', 'timeout'])
    .meta({ type: 'conditions' })
    .describe(`what makes it try another server: ${conditions.join(', ')}`),
  proxy_next_upstream_tries: count(0).prefault(0).describe('servers tried at most; 0: all'),
  proxy_next_upstream_timeout: duration()
    .prefault('0s')
    .describe('no further try after so long; 0: no limit'),
  non_idempotent: classNames().prefault(['write']).describe('request classes (POST) that are not sent twice'),
})

/**
 * Nginx: an event loop in each worker, static files from itself, the rest from an upstream.
 * Sources: nginx.org documentation of the core, proxy and upstream modules; measured on nginx 1.22.1.
 */
class Nginx extends Component {
  override readonly station: Station
  private readonly service: Demand
  private readonly statics: ReadonlySet<number>
  private readonly posts: ReadonlySet<number>
  private readonly workers: readonly Peers[]
  private readonly peers: readonly Peer[]
  private readonly workerOf: Stream
  private readonly reading: Deadlines<Request> | null
  private readonly next: ReadonlySet<Condition>
  private readonly tries: number
  private readonly nextTimeout: number
  private readonly connections: number
  private used = 0
  private lines = 0
  private linesBefore = 0

  constructor(site: Site, options: z.output<typeof nginxOptions>) {
    super(site)
    const indices = (names: readonly string[]) => new Set(names.map((name) => site.classes.indexOf(name)))
    this.service = site.demand(options.service, 'service')
    this.statics = indices(options.static.names)
    this.posts = indices(options.non_idempotent.names)
    this.peers = (options.upstream ?? []).map((server) => ({
      wire: site.wire(server.name.name, options.proxy_connect_timeout),
      weight: server.weight,
      maxFails: server.max_fails,
      failTimeout: server.fail_timeout,
      maxConns: server.max_conns,
      backup: server.backup,
      down: server.down,
    }))
    const views = options.zone ? 1 : options.worker_processes
    this.workers = Array.from(
      { length: views },
      () => new Peers(this.peers, options.balance === 'least_conn'),
    )
    this.workerOf = site.context.stream(site.name, 'worker')
    this.next = new Set(options.proxy_next_upstream)
    this.tries = options.proxy_next_upstream_tries || this.peers.length
    this.nextTimeout = options.proxy_next_upstream_timeout || Number.POSITIVE_INFINITY
    this.reading = Number.isFinite(options.proxy_read_timeout)
      ? this.timers(options.proxy_read_timeout, this.readTimedOut)
      : null
    this.connections = options.worker_processes * options.worker_connections
    this.station = new Station(site.context, {
      servers: options.worker_processes,
      places: Number.POSITIVE_INFINITY,
      begin: this.work,
      probe: this.probe,
    })
  }

  protected accept(request: Request): void {
    const needed = this.answersItself(request) ? 1 : 2
    if (this.used + needed > this.connections) {
      // "worker_connections are not enough": the connection is closed without an answer or a line in the log.
      this.drop(request)
      return
    }
    this.used += needed
    this.station.join(request)
  }

  private readonly work = (request: Request): void => this.run(request, this.service.of(request), this.pass)

  private readonly pass = (request: Request): void => {
    this.station.leave(request)
    if (this.answersItself(request)) this.log(request, Outcome.ok)
    else if (this.peers.length === 0) this.log(request, Outcome.badGateway)
    else this.proxy(request)
  }

  private proxy(request: Request): void {
    const peers = this.peersFor(request)
    const place = peers.pick(this.context.kernel.now, request.note)
    if (place < 0) {
      // "no live upstreams": measured, answered at once.
      this.log(request, Outcome.badGateway)
      return
    }
    request.server = place
    request.note |= 1 << place
    request.tries++
    peers.taken(place)
    const child = this.attempt(request)
    child.attempt += request.tries - 1
    if (this.reading !== null) child.deadline = this.reading.set(child)
    this.peers[place]!.wire.send(child)
  }

  protected override resume(request: Request, answer: Request): void {
    this.judge(request, answer.outcome)
  }

  private readonly readTimedOut = (request: Request): void => this.judge(request, Outcome.timeout)

  private judge(request: Request, outcome: Outcome): void {
    const { now } = this.context.kernel
    const condition = conditionOf(outcome)
    const failed =
      condition === 'error' || condition === 'timeout' || (condition !== null && this.next.has(condition))
    this.peersFor(request).done(request.server, failed, now)
    const sent = outcome !== Outcome.refused && outcome !== Outcome.connectTimeout
    const again =
      condition !== null &&
      this.next.has(condition) &&
      !this.next.has('off') &&
      request.tries < this.tries &&
      now - request.entered < this.nextTimeout &&
      !(sent && this.posts.has(request.class) && !this.next.has('non_idempotent'))
    if (again && request.tries < this.peers.length) this.proxy(request)
    else this.log(request, statusOf(outcome))
  }

  /** The answer, and its line in the access log. */
  private log(request: Request, outcome: Outcome): void {
    this.lines++
    this.used -= this.answersItself(request) ? 1 : 2
    request.reply(outcome)
  }

  private answersItself(request: Request): boolean {
    return request.health || this.statics.has(request.class)
  }

  private peersFor(request: Request): Peers {
    if (this.workers.length === 1) return this.workers[0]!
    // Which worker accepts is the kernel's choice: any.
    return this.workers[this.workerOf.at(request.key, request.attempt).below(this.workers.length)]!
  }

  protected override crashed(): void {
    this.used = 0
  }

  override get logLines(): number {
    return this.lines
  }

  override restart(now: number): void {
    super.restart(now)
    this.linesBefore = this.lines
  }

  /** Lines of the access log per second: completed requests, health checks and retries among them. */
  override extra(now: number): Record<string, number> {
    return { logged_qps: (this.lines - this.linesBefore) / this.probe.inside.span(now) }
  }
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

export const nginx = kind({
  kind: 'nginx',
  says: 'web server: static files itself, the rest from an upstream',
  options: nginxOptions,
  cores: (options) => options.worker_processes,
  build: (site, options) => new Nginx(site, options),
})
