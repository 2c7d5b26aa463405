import type { Deadlines } from '../../kernel/deadlines.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { Dial } from '../../parts/dial.js'
import { Encryption } from '../../parts/encryption.js'
import { kind, type Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import { Outcome, outcomeNames, outcomeOfStatus } from '../../parts/outcome.js'
import { acceptQueueOf, whenBroken } from '../../parts/port.js'
import type { Queue } from '../../parts/queue.js'
import { type Request, Scheme } from '../../parts/request.js'
import { Station } from '../../parts/station.js'
import { CLIENT_SECONDS, Handshake, SECONDS_PER_BYTE, Tls } from '../../parts/tls.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import { Probe } from '../../stats/probe.js'
import { namesObject } from '../balance/algorithms.js'
import { balancing } from '../balance/icon.js'
import type { Server } from '../balance/server.js'
import { Tunnels } from '../balance/tunnels.js'
import { mostSlots } from './agent-check.js'
import type { Backend } from './backend.js'
import { Checks } from './checks.js'
import { counts, cuts, observes, persists, sharesServers, slotsOf } from './haproxy-counts.js'
import { haproxyKeywords } from './haproxy-keywords.js'
import { haproxyOptions, type Options } from './haproxy-options.js'
import { Chosen, Fate, visit } from './haproxy-visit.js'
import type { Answer } from './http-request.js'
import { misfits, passesTls } from './misfits.js'
import { isDue, KEPT_BYTES, type RetryOn, repeats } from './retries.js'
import type { Line } from './running-line.js'
import { linesOf } from './server-lines.js'
import { Servers } from './servers.js'
import { RequestRates } from './stick-table.js'

/** Linux: net.core.somaxconn. */
const SOMAXCONN = 4096
/** HAProxy waits at most so long before it tries the same server again. */
const TURN_AROUND = 1

/**
 * HAProxy: one frontend, and a backend for each route.
 *
 * A connection to HAProxy is counted as long as a request is in it, and as long as its client keeps it open. Health
 * checks open one each. Only requests that a hash or a cookie sends to one server wait at that server; all other waiting
 * is in the queue of the backend.
 *
 * In mode tcp it is the connection that has a server, a slot there and a place in the queue, as long as it is open, and
 * no answer is its own: where it has none it closes the connection, and the client sees that as a reset. While either
 * side is silent the shorter of both timeouts runs, or timeout tunnel. Of a connection of which nobody says when it was
 * opened the server is that of one of the last that were. Assumption: as soon as a server closes idle connections all do
 * (the shortest time of them holds).
 *
 * Sources: HAProxy 2.6 configuration manual; measured on HAProxy 2.6.12 (dispatch sequences, attempts, waits,
 * statuses and the timing of checks; in mode tcp when what is closed, and that a connection with one request takes as
 * much CPU time as in mode http, 0.21 ms against 0.21 ms on a busy machine).
 */
class Haproxy extends Component {
  override readonly certificate: Dial | null
  override readonly readsBodies = true
  override readonly backlog: number
  override readonly acceptQueue: Station | null
  private readonly options: Options
  private readonly servers: Servers
  private readonly lines: readonly Line[]
  private readonly checks: Checks
  /** By request class. */
  private readonly routes: readonly Backend[]
  /** By request class: what is answered at once; null where nothing is. */
  private readonly answers: readonly (Answer | null)[] | null
  /** Some backend gives visitors a cookie. */
  private readonly binds: boolean
  /** What requests meet tells how some server is. */
  private readonly observes: boolean
  /** Null where nobody is denied for asking too often. */
  private readonly rates: RequestRates | null
  /** Null where no connection is closed for coming too often. */
  private readonly connectionRates: RequestRates | null
  /** What is sent again that a server has taken already; null where nothing is. */
  private readonly again: RetryOn | null
  /** By request class: it is not. */
  private readonly once: readonly boolean[]
  private readonly tls: Tls | null
  /** Null where it encrypts nothing. */
  private readonly encryption: Encryption | null
  /** Null in mode http. */
  private readonly tunnels: Tunnels | null
  /** Seconds after which a connection is closed on which nothing passes. */
  private readonly silence: number
  private readonly riders: Stream
  private readonly service: Demand
  /** Slots of the frontend, and the kernel's queue for them. */
  private readonly frontend: Station | null
  private readonly kernelProbe = new Probe(outcomeNames.length)
  private readonly threads: Station | null
  private readonly threadProbe = new Probe(outcomeNames.length)
  private readonly answering: Deadlines<Request> | null
  private readonly turnAround: number
  /** Seconds. */
  private readonly tarpit: number
  /** Connections of clients without a request, where they have so many only. */
  private idle = 0
  private retries = 0
  private redispatches = 0
  private handshakes = 0
  private redirected = 0
  private turnedAway = 0
  private answered = 0
  private byCookie = 0
  private rejected = 0
  /** Requests whose clients closed, and that were given up for that. */
  private aborted = 0
  /** Requests that were cut since their server was marked down. */
  private cut = 0
  /** Requests sent to servers in the measured span, and connections opened for them. */
  private sent = 0
  private opened = 0

  constructor(site: Site, options: Options) {
    super(site)
    const { context } = site
    this.options = options
    this.certificate = options.tls ? new Dial(1) : null
    this.tls = options.tls
      ? new Tls(options.tls, this.certificate!, () => context.kernel.now, context.stream(site.role, 'tls'))
      : null
    this.tunnels = options.mode === 'tcp' ? new Tunnels(context) : null
    const { http_req_rate, conn_rate } = options.stick_table ?? {}
    this.rates = http_req_rate === undefined ? null : new RequestRates(http_req_rate)
    this.connectionRates = conn_rate === undefined ? null : new RequestRates(conn_rate)
    this.binds = persists(options)
    this.observes = observes(options)
    this.again = repeats(options.retry_on) ? options.retry_on : null
    this.once = site.classes.map((one) => options.disable_l7_retry?.names.includes(one) ?? false)
    this.riders = context.stream(site.name, 'rider')
    this.service = site.demand(options.service, 'service')
    this.turnAround = Math.min(TURN_AROUND, options.timeout_connect)
    this.tarpit = options.timeout_tarpit ?? options.timeout_connect
    const slots = slotsOf(options)
    this.backlog = Math.min(options.backlog ?? slots, SOMAXCONN)
    this.frontend =
      slots < Number.POSITIVE_INFINITY
        ? new Station(context, {
            servers: slots,
            places: acceptQueueOf(this.backlog),
            begin: this.open,
            probe: this.kernelProbe,
          })
        : null
    this.acceptQueue = this.frontend
    const { default_server } = options
    const ssl = options.servers.some((own) => own.ssl ?? default_server?.ssl ?? false)
    this.encryption = this.tls !== null || ssl ? new Encryption(this.process, () => this.threads) : null
    this.threads =
      options.nbthread < Number.POSITIVE_INFINITY
        ? new Station(context, {
            servers: options.nbthread,
            places: Number.POSITIVE_INFINITY,
            begin: this.encryption === null ? this.work : this.turn,
            probe: this.threadProbe,
          })
        : null
    const { http_request } = options
    this.servers = new Servers(site, options, this)
    this.lines = this.servers.lines
    this.routes = this.servers.routes()
    this.checks = new Checks(site, options, this.servers, {
      believed: (line, before) => this.believed(line, before),
      timers: (seconds, strike) => this.timers(seconds, strike, true),
    })
    this.answers = http_request === undefined ? null : site.classes.map((one) => http_request[one] ?? null)
    const answers = this.tunnels === null ? options.timeout_server : silenceOf(options)
    this.answering = answers < Number.POSITIVE_INFINITY ? this.timers(answers, this.answeredTooLate) : null
    this.silence = Math.min(silenceOf(options), ...this.lines.map(({ wire }) => wire.to.idleTimeout))
    const { tunnels } = this
    if (tunnels !== null) for (const line of this.lines) this.watch(line, tunnels)
    this.begin()
    if (options.resolvers !== undefined) this.resolve(options.resolvers.timeout_resolve)
  }

  // ---- The life of a request --------------------------------------------------------------------------------

  accept(request: Request): void {
    if (this.tunnels !== null) this.acceptOn(request, this.tunnels)
    else if (request.health) request.reply(Outcome.ok)
    // Its connection has a place, among the idle ones, as long as it carries several (HTTP/2).
    else if (this.frontend === null || request.shares !== null) this.open(request)
    else if (request.rides && this.idle > 0) {
      // Its connection has a place.
      this.idle--
      this.open(request)
    } else if (!this.frontend.join(request)) this.ignore(request)
  }

  override get idleTimeout(): number {
    const { timeout_client, timeout_http_request, timeout_http_keep_alive, option_httpclose } = this.options
    if (this.tunnels !== null) return this.silence
    if (option_httpclose) return 0
    return timeout_http_keep_alive ?? timeout_http_request ?? timeout_client
  }

  /** Who waits in the queue of the backend does not wait for a client to close. */
  override get lacks(): 'place' | 'connection' {
    const { frontend, idle, servers } = this
    if (this.tunnels !== null && 2 * idle > servers.inFlight) return 'connection'
    const full =
      frontend !== null &&
      frontend.taken >= frontend.servers &&
      servers.backends.every(({ queue }) => queue.empty) &&
      this.lines.every(({ own }) => own?.empty ?? true)
    return full && 2 * idle > frontend.servers ? 'connection' : 'place'
  }

  override hasServer(requestClass: number): boolean {
    return this.routes[requestClass]!.serves
  }

  override leadsTo(wire: Wire, requestClass: number): boolean {
    return this.lines.some((line) => line.wire === wire && line.backend === this.routes[requestClass])
  }

  override turnsAway(request: Request): 'rule' | 'limit' | 'place' | null {
    const fate = request[visit.fate]
    if (fate === Fate.tooOften) return 'limit'
    if (fate === Fate.queueFull) return 'place'
    return (this.answers?.[request.class]?.outcome ?? Outcome.ok) === Outcome.ok ? null : 'rule'
  }

  override get pins(): boolean {
    return this.tunnels !== null
  }

  override leadsOn(route: number): boolean {
    return this.tunnels?.has(route) ?? false
  }

  override connectionClosed(route = 0): void {
    if (this.tunnels !== null) {
      this.closeTunnel(route, this.tunnels)
      return
    }
    if (this.idle === 0) return
    this.idle--
    this.frontend!.leave()
  }

  private readonly open = (request: Request): void => {
    const { connectionRates } = this
    if (connectionRates !== null && !request.rides && this.comesTooOften(request, connectionRates)) {
      this.close(request)
      return
    }
    request[visit.handshake] = Handshake.none
    if (this.tls !== null && request.scheme !== Scheme.http) {
      request[visit.handshake] = this.tls.handshake(request, this.context.kernel.now)
      if (request[visit.handshake] !== Handshake.none) {
        this.handshakes++
        const delay = this.tls.delay(request, request[visit.handshake])
        if (delay > 0) {
          this.wait(request, delay, this.greeted)
          return
        }
      }
    }
    this.greeted(request)
  }

  private readonly greeted = (request: Request): void => {
    if (this.threads === null) this.work(request)
    else this.threads.join(request)
  }

  /** Of a thread. */
  private readonly turn = (request: Request): void => {
    if (!this.encryption!.begins(request)) this.work(request)
  }

  private readonly work = (request: Request): void => {
    const handshake = this.tls === null ? 0 : this.tls.cost(request[visit.handshake])
    const seconds = this.service.of(request) + handshake
    const bytes = this.process.sized && this.isSecret(request) ? request.wire!.bytesOf(request) : 0
    this.run(request, bytes > 0 ? seconds + this.tls!.costOf(bytes) : seconds, this.dispatch)
  }

  /** Whether it came over TLS that ends here. */
  private isSecret(request: Request): boolean {
    return this.tls !== null && request.scheme !== Scheme.http
  }

  /** The bytes of an answer that is passed on, to the client and from the server; with those that the server was sent. */
  private encrypt(request: Request, encryption: Encryption): void {
    const wire = request.wire!
    const { ssl } = this.lines[request[visit.server]]!.options
    const bytes = wire.contentOf(request)
    const behind = ssl ? (bytes + wire.bytesOf(request)) * SECONDS_PER_BYTE : 0
    const seconds = this.isSecret(request) ? behind + this.tls!.costOf(bytes) : behind
    if (seconds > 0) encryption.spend(seconds)
  }

  private readonly dispatch = (request: Request): void => {
    this.threads?.leave(request)
    if (request[visit.handshake] !== Handshake.none && this.certificate!.value === 0)
      this.end(request, Outcome.tlsFailed)
    else if (this.rates !== null && this.comesTooOften(request, this.rates)) this.deny(request)
    else if (this.answers !== null && this.answers[request.class] !== null)
      this.answer(request, this.answers[request.class]!)
    else if (this.options.redirect !== undefined && request.scheme === Scheme.http) this.sendToTls(request)
    else {
      this.probe.joined++
      if (this.tunnels === null) this.assign(request, null)
      else this.lead(request, this.tunnels)
    }
  }

  /** The answer is its own: 301, 302, ... */
  private sendToTls(request: Request): void {
    this.redirected++
    request.scheme = Scheme.moved
    this.end(request, Outcome.ok)
  }

  private comesTooOften(request: Request, rates: RequestRates): boolean {
    const { kernel, addresses } = this.context
    return rates.count(addresses.of(request), kernel.now) > this.options.stick_table!.gt
  }

  private deny(request: Request): void {
    this.answered++
    request[visit.fate] = Fate.tooOften
    this.end(request, outcomeOfStatus(this.options.stick_table!.deny_status)!)
  }

  /** The connection that `request` brings, before anything is read of it. */
  private close(request: Request): void {
    this.rejected++
    request[visit.fate] = Fate.tooOften
    request.keeps = false
    this.end(request, Outcome.reset)
  }

  /** Nobody behind is asked. */
  private answer(request: Request, { action, outcome }: Answer): void {
    this.answered++
    if (action === 'tarpit') this.wait(request, this.tarpit, this.release)
    else if (action === 'answer') this.end(request, outcome)
    else {
      request.keeps = false
      this.disconnect(request)
      this.drop(request)
    }
  }

  /** Held for long enough. */
  private readonly release = (request: Request): void =>
    this.end(request, this.answers![request.class]!.outcome)

  /** @param avoid the server that has just failed */
  private assign(request: Request, avoid: Server | null): void {
    const backend = this.routes[request.class]!
    const { persistence, ramp } = backend
    if (ramp !== null) ramp.adjust(1)
    // Who is sent elsewhere is bound no more.
    const own = persistence === null || avoid !== null ? null : persistence.serverOf(request)
    if (own === null) this.balance(request, backend, avoid)
    else {
      request[visit.chosen] = Chosen.byCookie
      this.byCookie++
      this.goTo(request, this.lines[own.place]!)
    }
  }

  private balance(request: Request, backend: Backend, avoid: Server | null): void {
    if (!backend.serves) {
      this.end(request, Outcome.unavailable)
      return
    }
    const waits = backend.ramp !== null && !backend.queue.empty && backend.queuesFirst
    const server = waits ? null : backend.choose(request, request[visit.tries], avoid)
    if (server === null) {
      request[visit.server] = -1
      backend.queue.join(request)
      return
    }
    this.goTo(request, this.lines[server.place]!)
  }

  private goTo(request: Request, line: Line): void {
    const { own, server } = line
    if (own === null || (own.empty && !server.full)) this.take(request, line, 0)
    else {
      request[visit.server] = server.place
      this.waitAt(request, line, own)
    }
  }

  /** In the queue of the one server that is its own: nobody else is asked (measured: redispatch or not). */
  private waitAt(request: Request, { options: { maxqueue } }: Line, own: Queue): void {
    if (maxqueue === 0 || own.length < maxqueue) own.join(request)
    else {
      this.turnedAway++
      request[visit.fate] = Fate.queueFull
      this.end(request, Outcome.unavailable)
    }
  }

  /** The request gets a slot of the server, which it holds through retries too. */
  take(request: Request, line: Line, waited: number): void {
    request[visit.server] = line.server.place
    this.servers.load(line, 1)
    this.probe.waits.record(waited)
    if (request.traced) this.context.tap?.began(request, waited)
    this.connect(request)
  }

  private readonly connect = (request: Request): void => {
    const line = this.lines[request[visit.server]]!
    if (line.options.ssl && this.opens(request, line)) this.run(request, CLIENT_SECONDS, this.send)
    else this.send(request)
  }

  private readonly send = (request: Request): void => {
    const line = this.lines[request[visit.server]]!
    const child = this.attempt(request, 0, request[visit.tries])
    if (this.again !== null && this.process.sized) request[visit.fate] = fateOf(request)
    if (this.answering !== null) child.deadline = this.answering.set(child)
    this.reach(child, request, line)
    line.wire.send(child)
  }

  /** Whether a connection has to be opened for `request`: none is there, or none that it may use. */
  private opens(request: Request, { kept }: Line): boolean {
    const { http_reuse } = this.options
    if (this.closes || request[visit.tries] > 0) return true
    if (this.tunnels !== null)
      return request.opens || (request[visit.chosen] === Chosen.anew && request.rides)
    if (kept === null) return request.opens || request.shares !== null
    // The first request of a client gets none in `safe`, and in `aggressive` one that has served another first one.
    const some = !request.opens || http_reuse === 'always' || (http_reuse === 'aggressive' && kept.has(2))
    return !some || !kept.has(1)
  }

  /** Which connection to the server `child` uses: a new one, one that is idle, or its client's own. */
  private reach(child: Request, request: Request, line: Line): void {
    const { kept, wire } = line
    this.sent++
    const opens = this.opens(request, line)
    if (opens) this.opened++
    if (this.tunnels !== null) this.passConnection(child, request, opens, this.tunnels)
    else if (opens) {
      child.open()
      child.carried = kept !== null && !this.closes ? 1 : 0
    } else if (kept === null) {
      child.comeAs(request)
      child.scheme = Scheme.any
      child.carried = 0
    } else {
      child.carried = kept.take() + 1
      child.ride(kept.stale, kept.route)
      child.warm = wire.staysWarm(kept.pause)
    }
    if (child.carried > 0) child.keeps = true
  }

  /** Whether connections to servers end with each request. */
  private get closes(): boolean {
    return this.options.option_http_server_close || this.options.option_httpclose
  }

  override resume(request: Request, answer: Request): void {
    if (this.process.sized === true) this.weigh(request, answer)
    if (this.tunnels !== null && request.wire !== null) {
      this.resumeOn(request, answer, this.tunnels)
      return
    }
    const { outcome } = answer
    if (this.again?.outcomes.includes(outcome) && this.repeats(request, answer)) return
    if (this.binds && !request.health) this.bind(request, outcome)
    if (this.observes && !request.health) this.learn(request, outcome)
    if (!request.health && outcome === Outcome.ok && this.holds(request)) {
      this.passOnSlowly(request, answer)
      return
    }
    this.received(answer)
    if (request.health) this.checks.answered(request, outcome === Outcome.ok)
    else if (outcome === Outcome.refused || outcome === Outcome.connectTimeout) this.retry(request, outcome)
    else {
      this.giveBack(request, answer)
      this.leave(request, outcome === Outcome.reset ? broken(request) : outcome)
    }
  }

  /** Whether `request`, which a server has taken, may be sent again. */
  private mayRepeat(request: Request): boolean {
    if (request.health || request[visit.tries] >= this.options.retries) return false
    return !this.once[request.class] && request[visit.fate] !== Fate.unkept
  }

  /** What came of `request` is not its answer if it may be sent again. */
  private repeats(request: Request, answer: Request): boolean {
    if (!this.mayRepeat(request)) return false
    this.received(answer)
    this.giveBack(request, answer)
    this.repeat(request, answer.outcome)
    return true
  }

  /** Without a pause. Of such a failure only a connection is learned of: it was made. */
  private repeat(request: Request, failure: Outcome): void {
    if (this.lines[request[visit.server]]!.options.observe === 'layer4') this.learn(request, failure)
    this.wait(request, 0, this.sendAgain)
  }

  private readonly sendAgain = (request: Request): void => this.tryAgain(request, false)

  /** What `request` has met at its server, or has not, tells how that is. */
  private learn(request: Request, outcome: Outcome): void {
    const line = this.lines[request[visit.server]]!
    const { observation } = line
    if (observation?.met(outcome, this.context.kernel.now)) this.checks.suspect(line, observation)
  }

  /** A server has answered: its cookie goes with the answer, unless it was that which named it. */
  private bind(request: Request, outcome: Outcome): void {
    const { backend, server } = this.lines[request[visit.server]]!
    if (backend.persistence === null || request[visit.chosen] === Chosen.byCookie) return
    if (request.parent !== null && !isBroken(outcome)) backend.persistence.answered(request, server)
  }

  private weigh(request: Request, answer: Request): void {
    request.packed = answer.packed
    if (this.encryption !== null && answer.outcome === Outcome.ok && !request.health)
      this.encrypt(request, this.encryption)
  }

  /** The connection to the server, on which `answer` came, is idle. */
  private giveBack(request: Request, { carried, outcome, route }: Request): void {
    if (carried > 0 && outcome !== Outcome.reset)
      this.lines[request[visit.server]]!.kept?.give(carried, route)
  }

  /** It has two buffers of 16 kB, so that it keeps no answer: slots are in use as long as a client reads. */
  override answerTaken(request: Request, answer: Request): void {
    if (this.tunnels !== null) {
      // First whoever answered: of his connection there is something to be closed by then.
      if (answer.stays) answer.at!.answerTaken(answer, true)
      this.part(request, answer, this.tunnels)
      return
    }
    this.giveBack(request, answer)
    this.servers.free(this.lines[request[visit.server]]!)
    this.disconnect(request)
  }

  /** No connection. */
  private retry(request: Request, failure: Outcome): void {
    const { retries, retry_on } = this.options
    if (request[visit.tries] === retries || !retry_on.connections) this.leave(request, Outcome.unavailable)
    else this.tryAgain(request, failure === Outcome.refused)
  }

  /** At the same server, after a pause if it has refused; or at once at another. */
  private tryAgain(request: Request, refused: boolean): void {
    const { redispatch, retries } = this.options
    request[visit.tries]++
    this.retries++
    const line = this.lines[request[visit.server]]!
    const { backend } = line
    const others = backend.active.usable > 1 && !backend.hashes
    const free = others && request[visit.chosen] !== Chosen.byCookie
    const down = !this.servers.runs(line)
    const elsewhere =
      redispatch !== null && (free || down || isDue(redispatch, request[visit.tries], retries))
    if (elsewhere) {
      this.redispatches++
      request[visit.chosen] = Chosen.usual
      this.servers.free(line)
    }
    const next = elsewhere ? this.reassign : this.connect
    if (refused && !(elsewhere && others)) this.wait(request, this.turnAround, next)
    else next(request)
  }

  private readonly reassign = (request: Request): void =>
    this.assign(request, this.lines[request[visit.server]]!.server)

  private readonly answeredTooLate = (request: Request): void => {
    if (this.tunnels === null) {
      if (this.again?.timeouts && this.mayRepeat(request)) {
        this.repeat(request, Outcome.gatewayTimeout)
        return
      }
      if (this.observes) this.learn(request, Outcome.gatewayTimeout)
      this.leave(request, Outcome.gatewayTimeout)
    } else this.hangUp(request, this.tunnels, Outcome.reset)
  }

  readonly queuedTooLong = (request: Request): void => this.end(request, Outcome.unavailable)

  private leave(request: Request, outcome: Outcome): void {
    this.servers.free(this.lines[request[visit.server]]!)
    this.end(request, outcome)
  }

  private end(request: Request, outcome: Outcome): void {
    if (this.tunnels !== null) this.turnOut(request, outcome, this.tunnels)
    else {
      this.disconnect(request)
      request.reply(outcome)
    }
  }

  /** The connection of the client is idle, or over. */
  private disconnect(request: Request): void {
    // A stream has no place of its own.
    if (this.frontend === null || request.shares !== null) return
    request.keeps = request.keeps && request.parent !== null && !this.options.option_httpclose
    if (request.keeps) this.idle++
    else this.frontend.leave()
  }

  // ---- Mode tcp -----------------------------------------------------------------------------------------------

  /** On a connection that is open, and has its place and its server; or on another. */
  private acceptOn(request: Request, tunnels: Tunnels): void {
    const { route } = request
    if (request.rides && route > 0) {
      // The server has closed it at this time.
      if (!tunnels.has(route)) this.reject(request, Outcome.reset)
      else {
        if (request.shares === null) {
          tunnels.use(route)
          this.idle--
        }
        this.open(request)
      }
    } else if (this.frontend === null) this.open(request)
    else if (!this.frontend.join(request)) this.ignore(request)
  }

  /** To the server that the connection leads to, or one that is chosen for it. */
  private lead(request: Request, tunnels: Tunnels): void {
    const { route } = request
    if (request.rides && route > 0 && !tunnels.has(route)) {
      request.reply(Outcome.reset)
      return
    }
    const place = route > 0 ? tunnels.serverOf(route) : request.rides ? this.recalled(request, tunnels) : -1
    if (place < 0) {
      request[visit.chosen] = Chosen.anew
      this.assign(request, null)
      return
    }
    const line = this.lines[place]!
    if (route === 0) this.servers.load(line, 1)
    request[visit.server] = place
    this.probe.waits.record(0)
    if (request.traced) this.context.tap?.began(request, 0)
    this.connect(request)
  }

  /** The server of a connection of which nobody says when it was opened; -1: it was closed meanwhile. */
  private recalled(request: Request, tunnels: Tunnels): number {
    const backend = this.routes[request.class]!
    const place = backend.hashes
      ? (backend.choose(request, 0, null)?.place ?? -1)
      : tunnels.recall(request.draws(this.riders).next())
    return place >= 0 && !this.lines[place]!.server.full ? place : -1
  }

  private passConnection(child: Request, request: Request, opens: boolean, tunnels: Tunnels): void {
    if (opens) child.open()
    else if (request.rides) {
      const { route } = request
      child.ride(false, route > 0 ? tunnels.behindOf(route) : 0)
      child.warm = request.warm
    }
    child.keeps = request.keeps
    child.scheme = request.scheme
    if (request.shares !== null) child.batch = request.shares
  }

  private resumeOn(request: Request, answer: Request, tunnels: Tunnels): void {
    const { outcome } = answer
    const failed = outcome === Outcome.refused || outcome === Outcome.connectTimeout
    if (this.observes && answer.opens) this.learn(request, outcome)
    if (answer.scheme === Scheme.moved) request.scheme = Scheme.moved
    if (failed && !answer.rides) this.retry(request, outcome)
    else if (outcome === Outcome.ok && this.holds(request)) {
      if (request.keeps && request.route === 0) request.route = tunnels.open(request[visit.server])
      this.passOnSlowly(request, answer)
    } else {
      this.received(answer)
      this.part(request, answer, tunnels)
      request.reply(failed ? Outcome.reset : outcome)
    }
  }

  /**
   * What was asked on a connection is over: that is idle from now on, on both sides, or closed. A stream has none of its
   * own.
   * @param answer null: it is closed
   */
  private part(request: Request, answer: Request | null, tunnels: Tunnels): void {
    if (request.shares !== null) return
    const line = this.lines[request[visit.server]]!
    const { route } = request
    const open = route === 0 || tunnels.has(route)
    if (answer?.opens) tunnels.remember(line.server.place)
    request.keeps = open && request.keeps && answer?.keeps === true && request.parent !== null
    if (request.keeps) {
      if (route === 0) request.route = tunnels.open(line.server.place)
      tunnels.rest(request.route, answer!.route)
      this.idle++
      return
    }
    if (answer?.keeps) line.wire.to.connectionClosed(answer.route)
    if (route > 0 && open) tunnels.close(route)
    this.servers.free(line)
    this.frontend?.leave()
  }

  /** Both sides of the connection are closed. */
  private hangUp(request: Request, tunnels: Tunnels, outcome: Outcome): void {
    this.part(request, null, tunnels)
    request.reply(outcome)
  }

  /** It has no server, or comes to none: there is nothing to say but that the connection is over. */
  private turnOut(request: Request, outcome: Outcome, tunnels: Tunnels): void {
    const told = outcome === Outcome.unavailable ? Outcome.reset : outcome
    if (request.route > 0 && request.rides) {
      request[visit.server] = tunnels.serverOf(request.route)
      this.hangUp(request, tunnels, told)
      return
    }
    request.keeps = false
    this.frontend?.leave()
    request.reply(told)
  }

  /** Who waits in a queue leaves it, with `option abortonclose`. */
  override withdrawn(request: Request): void {
    if (!this.options.option_abortonclose || !this.serves || request.wire!.open.value === 0) return
    const place = request[visit.server]
    const waiting = place < 0 ? this.routes[request.class]!.queue : this.lines[place]?.own
    if (!waiting?.remove(request)) return
    this.aborted++
    this.end(request, Outcome.timeout)
  }

  /** What a server works on is given up with `option abortonclose`, and its slot is free (measured). */
  private abort(request: Request): void {
    if (!this.options.option_abortonclose || request.child!.parent !== request) return
    const line = this.lines[request[visit.server]]!
    this.aborted++
    this.forget(request)
    this.servers.load(line, -1)
    this.end(request, Outcome.timeout)
    // The next to get the slot may be one whose client closes at this time too.
    this.context.kernel.after(0, this.refill, line)
  }

  private readonly refill = (line: Line): void => this.servers.fill(line)

  /**
   * The client has closed the connection. In mode tcp the one behind is closed too, but one that is being opened is
   * opened all the same.
   */
  override hungUp(request: Request): void {
    const { tunnels } = this
    if (!this.serves || request.wire!.open.value === 0) return
    if (tunnels === null) {
      this.abort(request)
      return
    }
    if (request.child!.connecting !== 0) return
    this.forget(request)
    this.hangUp(request, tunnels, Outcome.timeout)
  }

  /** Its client, or this side, closes a connection that has nothing to do. */
  private closeTunnel(route: number, tunnels: Tunnels): void {
    if (!tunnels.has(route)) return
    const line = this.lines[tunnels.serverOf(route)]!
    const [idle, behind] = [tunnels.isIdle(route), tunnels.behindOf(route)]
    tunnels.close(route)
    // What is under way on it ends by itself.
    if (!idle) return
    this.idle--
    this.frontend?.leave()
    line.wire.to.connectionClosed(behind)
    this.servers.free(line)
  }

  /** Connections to a server end with it, and show what they carry only where TLS ends here, or begins. */
  private watch(line: Line, tunnels: Tunnels): void {
    const { wire, options } = line
    wire.encloses = this.tls === null && !options.ssl
    whenBroken(wire.to, () => this.broken(line, tunnels))
  }

  /** A server has closed all connections that lead to it. */
  private readonly broken = (line: Line, tunnels: Tunnels): void => {
    for (let left = tunnels.breakTo(line.server.place); left > 0; left--) {
      this.idle--
      this.frontend?.leave()
      this.servers.load(line, -1)
    }
    this.servers.fill(line)
  }

  /** In the queue of the backend, for a server with a slot. */
  override get queues(): boolean {
    return this.lines.some(({ server }) => server.maxconn < Number.POSITIVE_INFINITY)
  }

  // ---- Servers ------------------------------------------------------------------------------------------------

  /** What is believed of a server may be otherwise than before. */
  private believed(line: Line, before: boolean): void {
    this.servers.review(line)
    const up = this.servers.runs(line)
    // One that only cookies lead to (weight 0, drained) was none of those that are balanced over before.
    if (before && !up) this.left(line)
    if (before && !up && line.options.on_marked_down === 'shutdown-sessions') this.shutDown(line)
  }

  /** Their server is gone: who waits there looks for another. */
  left({ own }: Line): void {
    if (own === null || this.options.redispatch === null) return
    for (let left = own.length; left > 0; left--) {
      const request = own.take()
      request[visit.chosen] = Chosen.usual
      this.balance(request, this.routes[request.class]!, null)
    }
  }

  /**
   * Nobody waits any longer for a server that is down, and in mode tcp no connection leads to it.
   * Assumptions: who is still connecting goes on, and so does an answer that has begun.
   */
  private shutDown({ wire, server }: Line): void {
    const { tunnels } = this
    this.cutAll(({ child }) => child!.wire === wire && child!.connecting === 0, null)
    if (tunnels === null) return
    const idle = [...tunnels.resting()].filter((route) => tunnels.serverOf(route) === server.place)
    for (const route of idle) this.closeTunnel(route, tunnels)
    tunnels.breakTo(server.place)
  }

  /** @param which of those that a server has, @param outcome what they are told; null: as if the server had gone */
  private cutAll(which: (request: Request) => boolean, outcome: Outcome | null): void {
    const { tunnels, context, process } = this
    for (const request of context.requests.inside(process)) {
      // The end of one before may have been the end of this one.
      if (request.at !== process || request.entry <= 0 || request.health) continue
      if (request.child === null || !which(request)) continue
      this.forget(request)
      this.cut++
      if (tunnels === null) this.leave(request, outcome ?? broken(request))
      else this.hangUp(request, tunnels, Outcome.reset)
    }
  }

  // ---- The process --------------------------------------------------------------------------------------------

  override crashed(): void {
    this.servers.crashed()
    this.frontend?.empty()
    this.forgetTunnels()
    this.idle = 0
    this.threads?.empty()
  }

  /** Its machine closes them. */
  private forgetTunnels(): void {
    const { tunnels } = this
    if (tunnels === null) return
    for (const route of tunnels.resting())
      this.lines[tunnels.serverOf(route)]!.wire.to.connectionClosed(tunnels.behindOf(route))
    tunnels.clear()
  }

  override started(): void {
    this.tls?.restart(this.context.kernel.now)
    this.rates?.clear()
    this.connectionRates?.clear()
    this.begin()
  }

  private begin(): void {
    // Names are resolved when it starts (init-addr last,libc).
    for (const { wire } of this.lines) wire.lookUp()
    this.servers.begin()
    this.checks.begin()
  }

  /** Names of servers are asked for so often, seconds. */
  private resolve(every: number): void {
    const { kernel } = this.context
    const look = () => {
      kernel.after(every, look, null)
      if (this.serves) for (const { wire } of this.lines) wire.lookUp()
    }
    kernel.after(every * this.context.stream(this.name, 'names').next(), look, null)
  }

  /**
   * A new process has the new configuration: it takes all servers to be up until a check fails, and its stick table is
   * empty. The old one closes connections that are idle, and finishes what it has, in mode tcp too, for
   * `hard-stop-after` at most (measured on 2.6.12). Assumption: slots and the queue are of both together.
   */
  override reloaded(): void {
    this.servers.stopLooking()
    this.started()
    if (this.tunnels === null) this.process.retire()
    for (const line of this.lines) this.servers.fill(line)
    const { hard_stop_after } = this.options
    if (hard_stop_after < Number.POSITIVE_INFINITY)
      this.context.kernel.after(hard_stop_after, this.stopHard, this.process.entered)
  }

  /** What the old process has not finished is cut. @param last of the requests that came to it */
  private readonly stopHard = (last: number): void => {
    if (!this.serves) return
    this.cutAll(({ entry, child }) => entry <= last && child!.connecting === 0, Outcome.badGateway)
  }

  // ---- What is counted ----------------------------------------------------------------------------------------

  override utilization(now: number): number {
    const { threads } = this
    return threads === null ? super.utilization(now) : this.threadProbe.serving.mean(now) / threads.servers
  }

  /** Slots of servers, of the frontend, threads. */
  override limits(): readonly Limit[] {
    const { lines, frontend, threads, kernelProbe, threadProbe } = this
    return [
      ...lines.flatMap(({ options: { maxconn, agent_says }, used, wire }) =>
        used === null
          ? []
          : [
              {
                says: `slots of server ${wire.towards}`,
                capacity: mostSlots(maxconn, agent_says),
                used: (now: number) => used.mean(now),
              },
            ],
      ),
      ...(threads === null
        ? []
        : [
            {
              says: 'threads (nbthread)',
              capacity: threads.servers,
              used: (now: number) => threadProbe.serving.mean(now),
            },
          ]),
      ...(frontend === null
        ? []
        : [
            {
              says: 'connections (maxconn)',
              capacity: frontend.servers,
              used: (now: number) => kernelProbe.serving.mean(now),
            },
          ]),
    ]
  }

  override restart(now: number): void {
    super.restart(now)
    this.kernelProbe.restart(now)
    this.threadProbe.restart(now)
    for (const { used } of this.lines) used?.restart(now)
    this.retries = 0
    this.redispatches = 0
    this.handshakes = 0
    this.redirected = 0
    this.turnedAway = 0
    this.answered = 0
    this.byCookie = 0
    this.rejected = 0
    this.aborted = 0
    this.cut = 0
    this.sent = 0
    this.opened = 0
    this.checks.restart(now)
  }

  override extra(now: number): Record<string, number> {
    return {
      retries: this.retries,
      redispatches: this.redispatches,
      ...(this.checks.any && {
        marked_down: this.checks.marks.down.count,
        first_down_s: this.checks.marks.down.first,
        marked_up: this.checks.marks.up.count,
        first_up_s: this.checks.marks.up.first,
      }),
      ...(this.lines.some(({ agent }) => agent !== null) && { agent_changes: this.checks.agentChanges }),
      ...(this.tls === null ? {} : { tls_handshakes: this.handshakes }),
      ...(this.options.redirect !== undefined && { redirected: this.redirected }),
      ...((this.answers !== null || this.rates !== null) && { answered_itself: this.answered }),
      ...(this.lines.some(({ options }) => options.maxqueue > 0) && { queue_full: this.turnedAway }),
      ...(this.connectionRates !== null && { rejected: this.rejected }),
      ...(this.options.option_abortonclose && { aborted: this.aborted }),
      ...(this.observes && { observed_down: this.checks.observedDown }),
      ...(cuts(this.options) && { cut: this.cut }),
      ...(this.binds && { by_cookie: this.byCookie }),
      ...(sharesServers(this.options) && {
        opened_share: this.sent > 0 ? this.opened / this.sent : Number.NaN,
      }),
      ...(this.frontend === null ? {} : { kernel_queue: this.kernelProbe.waiting.mean(now) }),
    }
  }
}

/**
 * What the client is told when the connection to the server breaks: 502; where it was not the first of the client's own
 * connection, that is closed, and he is expected to try again (measured on 2.6.12).
 */
const broken = (request: Request): Outcome => (request.rides ? Outcome.reset : Outcome.badGateway)

/** Whether a request can be sent again: if it is here, and fits into the buffer, when it is sent. */
function fateOf(request: Request): number {
  const wire = request.wire!
  return wire.lacks(request) || wire.bytesOf(request) > KEPT_BYTES ? Fate.unkept : Fate.usual
}

/** What ends without an answer of the server. */
const isBroken = (outcome: Outcome): boolean =>
  outcome === Outcome.refused || outcome === Outcome.connectTimeout || outcome === Outcome.reset

/** Seconds after which it closes a connection on which nothing passes: measured, the shorter one decides. */
const silenceOf = ({ timeout_client, timeout_server, timeout_tunnel }: Options): number =>
  timeout_tunnel ?? Math.min(timeout_client, timeout_server)

export const haproxy = kind({
  kind: 'haproxy',
  says: 'HAProxy: balances by its own algorithms, queues, retries, checks health, ends TLS',
  known: haproxyKeywords,
  aliases: ['lb', 'load-balancer', 'elb', 'alb', 'loadbalancer', 'f5', 'proxy'],
  icon: balancing,
  example: `
    haproxy:
      kind: haproxy
      timeout_connect: 2s
      timeout_server: 10s
      default_server: { check: on, maxconn: 20 }
      servers: [server-1, server-2]
    server-1: { kind: service, servers: 4, service: exponential(20ms) }
    server-2: { kind: service, servers: 4, service: exponential(20ms) }`,
  periodic: (options) => {
    const shortest = linesOf(options).flatMap(
      ({ said: { check, agent_check, agent_inter, inter, fastinter = inter, downinter = inter } }) => [
        ...(check ? [Math.min(inter, fastinter, downinter)] : []),
        ...(agent_check ? [agent_inter] : []),
      ],
    )
    const names = options.resolvers === undefined ? 0 : 1 / options.resolvers.timeout_resolve
    return shortest.reduce((sum, seconds) => sum + 1 / seconds, names)
  },
  options: haproxyOptions,
  reloads: true,
  encrypts: ({ tls }) => tls !== undefined,
  tunnels: passesTls,
  redirects: ({ redirect }) => redirect !== undefined,
  readsObjects: ({ balance, backends = {} }) =>
    [{ balance }, ...Object.values(backends)].some((one) => namesObject(one.balance.by)),
  requestsPerConnection: ({ tls, option_httpclose }) => (option_httpclose ? 1 : tls?.requests_per_connection),
  cores: (options) => options.nbthread,
  counts,
  misfits,
  build: (site, options) => new Haproxy(site, options),
})
