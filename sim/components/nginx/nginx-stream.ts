import type * as z from 'zod'
import type { Deadlines } from '../../kernel/deadlines.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { kind, type Site } from '../../parts/kind.js'
import { type Limit, shareOf } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { whenBroken } from '../../parts/port.js'
import { type Request, Scheme } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'
import { unlike } from '../balance/passed-tls.js'
import { Tunnels } from '../balance/tunnels.js'
import { nginxStreamOptions, type StreamOptions, streamDirectives } from './nginx-stream-options.js'
import { type Peer, Peers, WORD } from './peers.js'
import { proposalsOf } from './proposals.js'
import { addressesOf, type Named, Names } from './server-names.js'
import { maxConnsLimits, peerOf, unbalanced } from './upstream-lines.js'

/**
 * What it notes on a request: who has its connection (a worker, and the server that this has chosen: `slotOf`); how many
 * servers were tried, and which of the first 31, a bit each; what it alone meets.
 */
const visit = notes({ slot: 'note1', tries: 'note2', tried: 'note3', fate: 'note4' })

/** The last that old workers have: a request, a connection; and how often the process had died by then. */
interface Last {
  readonly entry: number
  readonly number: number
  readonly deaths: number
}

/** It needs a connection; there were no worker_connections for it. */
const Fate = { usual: 0, anew: 1, full: 2 } as const

/**
 * Nginx that passes connections on (`stream { }`): each to one server, as long as it is open, and no answer is its own.
 * Where a connection can not be made the next server is tried, and only that is held against a server: one that takes
 * connections and says nothing is up. Where none is left the client's connection is closed, which he sees as a reset. A
 * client that hangs up while it connects is noticed only when it is connected.
 *
 * Sources: nginx.org, ngx_stream_proxy_module and ngx_stream_upstream_module; ngx_stream_proxy_module.c (test_finalize,
 * next_upstream) and ngx_stream_upstream_round_robin.c; measured on nginx 1.22.1: what is closed and when (no server left,
 * silence, a client that hangs up, a reload), CPU time.
 * Assumptions: any worker takes a connection; worker_connections are counted over all workers together; that a server
 * has been connected to is known by its first answer; a request that comes slowly is silence; of a connection of which
 * nobody says when it was opened the server is that of one of the last that were; as soon as a server closes idle
 * connections all do (the shortest time of them holds).
 */
class NginxStream extends Component {
  override readonly station: Station
  override readonly backlog: number
  override readonly readsBodies = true
  protected override readonly slots = 'workers (worker_processes)'
  private readonly service: Demand
  private readonly peers: readonly Peer[]
  private readonly names: Names
  private readonly tunnels: Tunnels
  /** What each worker knows of the servers; one for all workers with a zone. */
  private workers: readonly Peers[]
  private readonly workerOf: Stream
  private readonly riders: Stream
  /** Seconds since the last whole one when the run begins. */
  private readonly clock: number
  /** Seconds after which a connection is closed on which nothing passes. */
  private readonly silence: number
  private readonly answering: Deadlines<Request> | null
  /** Servers that are tried for a connection at most. */
  private readonly most: number
  /** Seconds. */
  private readonly nextTimeout: number
  /** When what needs a connection came in, if that matters: seconds. */
  private readonly entered: Map<Request, number> | null
  /** Servers of a longer list that were tried, beyond those with a bit in the note. */
  private readonly triedBeyond: Map<Request, Set<number>> | null
  private readonly connections: number
  /** Connections in use, and to each server that may have so many only. */
  private readonly used = new Level()
  private readonly toServer: readonly (Level | null)[]
  /** Connections of clients on which nothing is under way. */
  private idle = 0
  private turnedAway = 0
  private tried = 0
  private unplaced = 0
  private silent = 0

  constructor(
    site: Site,
    private readonly options: StreamOptions,
  ) {
    super(site)
    const { context } = site
    const { worker_processes, worker_connections, proxy_timeout } = options
    this.service = site.demand(options.service, 'service')
    this.backlog = options.backlog
    const named = options.upstream.map((line): Named => {
      const { name } = line.name
      const peers = addressesOf(site, name).map((one) =>
        peerOf(site, one, line, options.proxy_connect_timeout),
      )
      return { naming: site.component(name).naming, peers }
    })
    this.peers = named.flatMap(({ peers }) => peers)
    this.names = new Names([{ named }], { resolver_timeout: 0 })
    this.tunnels = new Tunnels(context)
    // Machines that stand for one another show the same time.
    this.clock = context.stream(site.role, 'clock').next()
    const shares = this.peers.map(({ wire, weight }) => ({ name: wire.towards, weight }))
    const draws = context.stream(site.role, 'balance')
    const proposals = proposalsOf(options.balance, shares, context, draws)
    this.view = () => new Peers(this.peers, options.balance === 'least_conn', this.clock, 0, proposals)
    this.workers = Array.from({ length: options.zone ? 1 : worker_processes }, this.view)
    this.workerOf = context.stream(site.name, 'worker')
    this.riders = context.stream(site.name, 'rider')
    this.answering =
      proxy_timeout < Number.POSITIVE_INFINITY ? this.timers(proxy_timeout, this.nothingPassed) : null
    this.silence = Math.min(proxy_timeout, ...this.peers.map(({ wire }) => wire.to.idleTimeout))
    this.most = options.proxy_next_upstream
      ? Math.min(
          options.proxy_next_upstream_tries || Number.POSITIVE_INFINITY,
          this.peers.filter(({ down }) => !down).length,
        )
      : 1
    this.nextTimeout = options.proxy_next_upstream_timeout || Number.POSITIVE_INFINITY
    this.entered = Number.isFinite(this.nextTimeout) ? new Map() : null
    this.triedBeyond = this.peers.length > WORD ? new Map() : null
    this.connections = worker_processes * worker_connections
    this.toServer = this.peers.map(({ maxConns }) => (Number.isFinite(maxConns) ? new Level() : null))
    this.station = new Station(context, {
      servers: worker_processes,
      places: Number.POSITIVE_INFINITY,
      begin: this.work,
      probe: this.probe,
    })
    for (const [place, { wire }] of this.peers.entries()) {
      // Connections to a server end with it, and do not show what they carry.
      wire.encloses = true
      whenBroken(wire.to, () => this.broken(place))
    }
  }

  /** What a new worker knows of the servers. */
  private readonly view: () => Peers

  // ---- What comes on a connection --------------------------------------------------------------------------

  /** On one that is open, and leads somewhere; or on another, which takes two of its own. */
  accept(request: Request): void {
    const { route } = request
    if (request.rides && route > 0) {
      // The server has closed it at this time.
      if (!this.tunnels.has(route)) {
        this.reject(request, Outcome.reset)
        return
      }
      request[visit.slot] = this.tunnels.serverOf(route)
      if (request.shares === null) {
        this.tunnels.use(route)
        this.idle--
      }
    } else if (request.shares === null) {
      if (this.used.value + 2 > this.connections) {
        // "worker_connections are not enough": it closes what it has accepted.
        this.turnedAway++
        request[visit.fate] = Fate.full
        this.refuse(request, Outcome.reset)
        return
      }
      this.use(2)
      request[visit.slot] = -1
    } else request[visit.slot] = -1
    this.station.join(request)
  }

  private readonly work = (request: Request): void =>
    this.run(request, this.service.of(request), this.dispatch)

  private readonly dispatch = (request: Request): void => {
    this.station.leave(request)
    this.lead(request)
  }

  /** To the server that the connection leads to, or one that is chosen for it. */
  private lead(request: Request): void {
    const { route } = request
    if (request.rides && route > 0) {
      if (this.tunnels.has(route)) this.send(request)
      else this.hangUp(request, Outcome.reset)
      return
    }
    const slot = request.rides ? this.recalled(request) : -1
    if (slot >= 0) this.goTo(request, slot)
    else {
      request[visit.fate] = Fate.anew
      this.entered?.set(request, this.context.kernel.now)
      this.choose(request)
    }
  }

  /** Who has a connection of which nobody says when it was opened; -1: it was closed meanwhile. */
  private recalled(request: Request): number {
    const slot = this.tunnels.recall(request.draws(this.riders).next())
    if (slot < 0) return -1
    const level = this.toServer[this.placeOf(slot)]!
    return level === null || level.value < this.peers[this.placeOf(slot)]!.maxConns ? slot : -1
  }

  private readonly choose = (request: Request): void => {
    const worker = this.workers.length === 1 ? 0 : request.draws(this.workerOf).below(this.workers.length)
    const place = this.workers[worker]!.pick(
      this.context.kernel.now,
      request[visit.tried],
      this.triedBeyond?.get(request),
      request,
      request[visit.tries],
    )
    if (place < 0) {
      // "no live upstreams": measured, closed at once.
      this.unplaced++
      this.turnOut(request, Outcome.reset)
      return
    }
    this.remember(request, place)
    this.goTo(request, worker * this.peers.length + place)
  }

  private goTo(request: Request, slot: number): void {
    request[visit.slot] = slot
    if (request.shares === null) this.load(slot, 1)
    this.send(request)
  }

  private send(request: Request): void {
    const { wire } = this.peers[this.placeOf(request[visit.slot])]!
    const child = this.attempt(request, 0, request[visit.tries]++)
    if (this.answering !== null) child.deadline = this.answering.set(child)
    this.passConnection(child, request)
    wire.send(child)
  }

  private passConnection(child: Request, request: Request): void {
    const { route } = request
    const anew = request[visit.fate] === Fate.anew
    if (request.opens || (anew && request.rides)) child.open()
    else if (request.rides) {
      child.ride(false, route > 0 ? this.tunnels.behindOf(route) : 0)
      child.warm = request.warm
    }
    child.keeps = request.keeps
    child.scheme = request.scheme
    if (request.shares !== null) child.batch = request.shares
  }

  override resume(request: Request, answer: Request): void {
    if (this.process.sized === true) request.packed = answer.packed
    const { outcome } = answer
    const failed = outcome === Outcome.refused || outcome === Outcome.connectTimeout
    if (answer.scheme === Scheme.moved) request.scheme = Scheme.moved
    if (failed && !answer.rides) {
      this.tryNext(request)
      return
    }
    if (!failed) this.viewOf(request[visit.slot]).connected(this.placeOf(request[visit.slot]))
    if (outcome === Outcome.ok && this.holds(request)) {
      if (request.keeps && request.route === 0) request.route = this.tunnels.open(request[visit.slot])
      this.passOnSlowly(request, answer)
      return
    }
    this.received(answer)
    this.part(request, answer)
    request.reply(failed ? Outcome.reset : outcome)
  }

  /** No connection could be made: that is held against the server. */
  private tryNext(request: Request): void {
    const { now } = this.context.kernel
    const slot = request[visit.slot]
    if (request.shares === null) this.load(slot, -1, true)
    request[visit.slot] = -1
    const since = this.entered?.get(request) ?? now
    if (request[visit.tries] < this.most && now - since < this.nextTimeout) {
      this.tried++
      request[visit.fate] = Fate.anew
      this.choose(request)
    } else this.turnOut(request, Outcome.reset)
  }

  override answerTaken(request: Request, answer: Request): void {
    // First whoever answered: of his connection there is something to be closed by then.
    if (answer.stays) answer.at!.answerTaken(answer, true)
    this.part(request, answer)
  }

  private readonly nothingPassed = (request: Request): void => {
    this.silent++
    this.hangUp(request, Outcome.reset)
  }

  /**
   * What was asked on a connection is over: that is idle from now on, on both sides, or closed. A stream has none of its
   * own.
   * @param answer null: it is closed
   */
  private part(request: Request, answer: Request | null): void {
    this.triedBeyond?.delete(request)
    this.entered?.delete(request)
    if (request.shares !== null) return
    const { tunnels } = this
    const { route } = request
    const slot = request[visit.slot]
    const open = route === 0 || tunnels.has(route)
    if (answer?.opens) tunnels.remember(slot)
    request.keeps = open && request.keeps && answer?.keeps === true && request.parent !== null
    if (request.keeps) {
      if (route === 0) request.route = tunnels.open(slot)
      tunnels.rest(request.route, answer!.route)
      this.idle++
      return
    }
    if (answer?.keeps) this.peers[this.placeOf(slot)]!.wire.to.connectionClosed(answer.route)
    if (route > 0 && open) tunnels.close(route)
    this.load(slot, -1)
    this.use(-2)
  }

  /** Both sides of the connection are closed. */
  private hangUp(request: Request, outcome: Outcome): void {
    this.part(request, null)
    request.reply(outcome)
  }

  /** It comes to no server: there is nothing to say but that the connection is over. */
  private turnOut(request: Request, outcome: Outcome): void {
    this.triedBeyond?.delete(request)
    this.entered?.delete(request)
    request.keeps = false
    if (request.shares === null) this.use(-2)
    request.reply(outcome)
  }

  /** The client has closed: so is the connection behind, but one that is being opened is opened all the same. */
  override hungUp(request: Request): void {
    if (!this.serves || request.wire!.open.value === 0 || request.child!.connecting !== 0) return
    this.forget(request)
    this.hangUp(request, Outcome.timeout)
  }

  // ---- Connections ------------------------------------------------------------------------------------------

  /** @param by connections, of both sides together */
  private use(by: number): void {
    this.used.add(this.context.kernel.now, by)
  }

  /** The worker that has the connection of that slot, as it sees the servers. */
  private viewOf(slot: number): Peers {
    return this.workers[Math.floor(slot / this.peers.length)]!
  }

  /** The server of a slot. */
  private placeOf(slot: number): number {
    return slot % this.peers.length
  }

  /** A worker has one connection more to a server, or (-1) one less. @param failed it could not be made */
  private load(slot: number, by: 1 | -1, failed = false): void {
    const { now } = this.context.kernel
    const place = this.placeOf(slot)
    this.toServer[place]?.add(now, by)
    if (by > 0) this.viewOf(slot).taken(place)
    else this.viewOf(slot).done(place, failed, now)
  }

  private remember(request: Request, place: number): void {
    if (place < WORD) request[visit.tried] |= 1 << place
    else {
      const beyond = this.triedBeyond!.get(request)
      if (beyond === undefined) this.triedBeyond!.set(request, new Set([place]))
      else beyond.add(place)
    }
  }

  override get idleTimeout(): number {
    return this.silence
  }

  override get pins(): boolean {
    return true
  }

  override leadsOn(route: number): boolean {
    return this.tunnels.has(route)
  }

  /** Its client, or this side, closes one that has nothing to do; what is under way on it ends by itself. */
  override connectionClosed(route = 0): void {
    const { tunnels } = this
    if (!tunnels.has(route)) return
    const [slot, idle, behind] = [tunnels.serverOf(route), tunnels.isIdle(route), tunnels.behindOf(route)]
    tunnels.close(route)
    if (!idle) return
    this.idle--
    this.use(-2)
    this.load(slot, -1)
    this.peers[this.placeOf(slot)]!.wire.to.connectionClosed(behind)
  }

  /** A server has closed all connections that lead to it. */
  private broken(place: number): void {
    for (let worker = 0; worker < this.workers.length; worker++) {
      const slot = worker * this.peers.length + place
      for (let left = this.tunnels.breakTo(slot); left > 0; left--) {
        this.idle--
        this.use(-2)
        this.load(slot, -1)
      }
    }
  }

  // ---- The process ------------------------------------------------------------------------------------------

  override assembled(): void {
    this.lookUp()
  }

  /** Names of servers are resolved when it starts, or loads a configuration. */
  private lookUp(): void {
    this.names.lookUp(Math.floor(this.context.kernel.now + this.clock))
    for (const peers of this.workers) peers.relist()
  }

  /** "host not found in upstream": it does not start. */
  override startup(): number {
    return this.names.known ? 0 : Number.POSITIVE_INFINITY
  }

  override started(): void {
    this.lookUp()
  }

  /**
   * New workers know of no failures; old ones keep their connections, idle ones too, until these are closed, or their time
   * is over (measured on 1.22.1). A configuration that names what cannot be resolved is not taken. Assumption: both share
   * worker_connections.
   */
  override reloaded(): void {
    if (this.startup() > 0) return
    for (const peers of this.workers) peers.forget()
    this.lookUp()
    const { worker_shutdown_timeout } = this.options
    if (worker_shutdown_timeout === Number.POSITIVE_INFINITY) return
    const last = {
      entry: this.process.entered,
      number: this.tunnels.latestNumber,
      deaths: this.process.deaths,
    }
    this.context.kernel.after(worker_shutdown_timeout, this.shutDown, last)
  }

  /** What old workers still have is closed. @param last of what came to them, and of their connections */
  private readonly shutDown = (last: Last): void => {
    // A process that hangs closes nothing, and one that was started since has none of them.
    if (!this.serves || this.process.deaths !== last.deaths) return
    for (const request of this.context.requests.inside(this.process)) {
      const { child, entry, route } = request
      if (request.at !== this.process || entry <= 0 || child === null) continue
      if (entry > last.entry && (route === 0 || route > last.number)) continue
      this.forget(request)
      this.hangUp(request, Outcome.reset)
    }
    for (const route of [...this.tunnels.resting()]) if (route <= last.number) this.connectionClosed(route)
  }

  override crashed(): void {
    const { now } = this.context.kernel
    const { tunnels } = this
    // Its machine closes them.
    for (const route of tunnels.resting())
      this.peers[this.placeOf(tunnels.serverOf(route))]!.wire.to.connectionClosed(tunnels.behindOf(route))
    tunnels.clear()
    this.idle = 0
    this.used.set(now, 0)
    for (const level of this.toServer) level?.set(now, 0)
    this.workers = this.workers.map(this.view)
    this.triedBeyond?.clear()
    this.entered?.clear()
  }

  // ---- What is counted --------------------------------------------------------------------------------------

  override get lacks(): 'place' | 'connection' {
    return 4 * this.idle > this.used.value ? 'connection' : 'place'
  }

  override get fullBehind(): boolean {
    return this.toServer.some((level, place) => (level?.value ?? 0) >= this.peers[place]!.maxConns)
  }

  override turnsAway(request: Request): 'place' | null {
    return request[visit.fate] === Fate.full ? 'place' : null
  }

  override limits(): readonly Limit[] {
    const { used, peers, workers, probe } = this
    return [
      ...super.limits(),
      {
        says: 'connections (worker_connections)',
        capacity: this.connections,
        used: (now) => used.mean(now),
        refused: () => shareOf(this.turnedAway, probe.joined),
      },
      ...maxConnsLimits(peers, this.toServer, workers.length, () => shareOf(this.unplaced, probe.joined)),
    ]
  }

  override restart(now: number): void {
    super.restart(now)
    this.turnedAway = 0
    this.tried = 0
    this.unplaced = 0
    this.silent = 0
    this.used.restart(now)
    for (const level of this.toServer) level?.restart(now)
  }

  override extra(now: number): Record<string, number> {
    return {
      worker_connections_exceeded: this.turnedAway,
      next_upstream: this.tried,
      no_live_upstreams: this.unplaced,
      ...(this.options.proxy_timeout < Number.POSITIVE_INFINITY && { proxy_timeouts: this.silent }),
      connections_open: this.used.mean(now) / 2,
    }
  }
}

export const nginxStream = kind({
  kind: 'nginx_stream',
  says: 'Nginx that passes connections on (stream { }): TCP, and TLS with what is in it',
  known: streamDirectives,
  icon: 'M9 1.5l6.5 3.75v7.5l-6.5 3.75l-6.5-3.75v-7.5zM5.5 7h7M5.5 11h7',
  example: `
    nginx_stream: { kind: nginx_stream, upstream: [server-1, server-2], proxy_connect_timeout: 2s, proxy_timeout: 10s }
    server-1: { kind: service, servers: 8, service: exponential(20ms) }
    server-2: { kind: service, servers: 8, service: exponential(20ms) }`,
  options: nginxStreamOptions,
  reloads: true,
  resolves: true,
  tunnels: () => true,
  misfits: ({ options }: { options: z.output<typeof nginxStreamOptions> }, all) => [
    ...unbalanced(options.balance, options.upstream, [], 'upstream'),
    ...unlike(
      options.upstream.map(({ name }, i) => ({ name: name.name, path: ['upstream', i] })),
      all,
    ),
    ...(options.proxy_next_upstream
      ? []
      : (['proxy_next_upstream_tries', 'proxy_next_upstream_timeout'] as const).flatMap((option) =>
          options[option] > 0
            ? [{ path: [option], message: 'and no other server is tried: expected proxy_next_upstream: on' }]
            : [],
        )),
  ],
  cores: (options) => options.worker_processes,
  counts: {
    worker_connections_exceeded: { unit: 'count', says: 'closed for want of worker_connections' },
    next_upstream: { unit: 'count', says: 'tries at another server' },
    no_live_upstreams: { unit: 'count', says: 'closed because no server was left to try' },
    proxy_timeouts: {
      unit: 'count',
      says: 'closed because a server was silent (proxy_timeout)',
      when: ({ options }) => options.proxy_timeout < Number.POSITIVE_INFINITY,
    },
    connections_open: { unit: 'count', says: 'connections passed on at a time' },
  },
  build: (site, options) => new NginxStream(site, options),
})
