import * as z from 'zod'
import type { Deadlines } from '../../kernel/deadlines.js'
import { text } from '../../options/texts.js'
import {
  ClassNames,
  count,
  flag,
  flagOrClass,
  interval,
  limit,
  oneOf,
  refsWith,
  servicePerClass,
  timeout,
} from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { Dial } from '../../parts/dial.js'
import { KeptConnections } from '../../parts/kept.js'
import { kind, type Neighbour, type Site } from '../../parts/kind.js'
import type { Limit } from '../../parts/limit.js'
import { notes } from '../../parts/notes.js'
import { Outcome, outcomeNames } from '../../parts/outcome.js'
import { acceptQueueOf, State, Syn } from '../../parts/port.js'
import { checkersOf, Request } from '../../parts/request.js'
import { queue, Station } from '../../parts/station.js'
import { CLIENT_SECONDS, Handshake, Tls, tlsOptions } from '../../parts/tls.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import { Level } from '../../stats/level.js'
import { Probe } from '../../stats/probe.js'
import { algorithms, type Balance } from '../balance/algorithms.js'
import { balancing } from '../balance/icon.js'
import { type Algorithm, Server } from '../balance/server.js'
import { haproxyKeywords } from './haproxy-keywords.js'
import { Health } from './health.js'
import { BackendQueue } from './queue.js'
import { unrecorded } from './unrecorded.js'

/** Linux: net.core.somaxconn. */
const SOMAXCONN = 4096
/** HAProxy waits at most so long before it tries the same server again. */
const TURN_AROUND = 1
/** Seconds after which idle connections to servers are closed: pool-purge-delay. It closes half of them each time. */
const PURGE = 5

const names = Object.keys(algorithms)

/** `roundrobin`, ..., `random`, `random(3)`. */
const balance = () =>
  text()
    .transform((given, ctx): { by: Balance; draws: number } => {
      const drawn = /^random(?:\(\s*([1-9]\d{0,2})\s*\))?$/.exec(given)
      if (drawn) return { by: 'random', draws: Number(drawn[1] ?? 2) }
      if (names.includes(given)) return { by: given as Balance, draws: 1 }
      ctx.addIssue({
        code: 'custom',
        message: `expected one of ${names.join(', ')}, random(n), not "${given}"`,
      })
      return z.NEVER
    })
    .meta({ type: [...names, 'random(n)'].join(' | ') })

/** The options of a `server` line, and of `default-server`, which has the real defaults. */
const given = {
  weight: count(0, 256).describe('share of the requests; 0: none'),
  maxconn: limit(0).describe('requests at a time, others wait in the queue of the backend; 0: no limit'),
  check: flag().describe('health checks: without them a server is taken to be up for ever'),
  inter: interval().describe('from the end of a check to the next'),
  fastinter: interval().optional().describe('the same while it is going up or down; default inter'),
  downinter: interval().optional().describe('the same while it is down; default inter'),
  fall: count(1).describe('failed checks that take it down'),
  rise: count(1).describe('passed checks that bring it up'),
  backup: flag().describe('used only while no other is up'),
  ssl: flag().describe('TLS again from here to the server, which has tls: too'),
}
const defaultServer = z.strictObject({
  ...given,
  weight: given.weight.prefault(1),
  maxconn: given.maxconn.prefault(0),
  check: given.check.prefault('off'),
  inter: given.inter.prefault('2s'),
  fall: given.fall.prefault(3),
  rise: given.rise.prefault(2),
  backup: given.backup.prefault('off'),
  ssl: given.ssl.prefault('off'),
})
const server = z.strictObject(given).partial().shape

const haproxyOptions = z.strictObject({
  balance: balance().prefault('roundrobin').describe('how a server is chosen'),
  servers: refsWith(server).describe(
    'the servers of the backend; what one does not say is as in default_server',
  ),
  default_server: defaultServer.optional().describe('default-server: what holds for all servers'),
  allbackups: flag()
    .prefault('off')
    .describe('option allbackups: all backups share the work, not the first alone'),
  maxconn: limit(0)
    .prefault(0)
    .describe('connections of clients at a time, others wait in the kernel; 0: no limit'),
  backlog: limit(1).optional().describe('places in the kernel, at most 4096; default maxconn'),
  timeout_client: timeout()
    .prefault('none')
    .describe('for an idle client, where the two that follow say nothing'),
  timeout_http_request: timeout()
    .optional()
    .describe('the same, where the next says nothing; requests come whole'),
  timeout_http_keep_alive: timeout()
    .optional()
    .describe('after an answer, for the next request of a client: an idle connection has a place of maxconn'),
  timeout_connect: timeout().prefault('none').describe('for the connection to a server'),
  timeout_server: timeout().prefault('none').describe('for the answer of a server, then 504'),
  timeout_queue: timeout().optional().describe('for a free slot, then 503; default timeout_connect'),
  timeout_check: timeout()
    .optional()
    .describe('for the answer to a check once connected; default inter for all of it'),
  retries: count(0).prefault(3).describe('further attempts to connect'),
  redispatch: flag().prefault('off').describe('option redispatch: a retry may go to another server'),
  option_httpchk: flagOrClass()
    .prefault('off')
    .describe(
      'a check asks for an answer, not only for a connection: on for a light one, which the server gives at once; a request class for a page that costs what it costs a visitor',
    ),
  // Measured on HAProxy 2.6.12: a connection with one request.
  service: servicePerClass().prefault('85us').describe('CPU time of a request'),
  http_reuse: oneOf('never', 'safe', 'aggressive', 'always')
    .prefault('safe')
    .describe(
      'http-reuse: which requests may use an idle connection to a server; safe: all but the first of a client',
    ),
  option_http_server_close: flag()
    .prefault('off')
    .describe('option http-server-close: a connection to a server for each request'),
  option_httpclose: flag()
    .prefault('off')
    .describe('option httpclose: a connection for each request, of clients and to servers'),
  nbthread: limit(1).prefault('unlimited').describe('event loops; default one for each core'),
  tls: tlsOptions.optional().describe('TLS ends here'),
})
type Options = z.output<typeof haproxyOptions>

/** What it notes on a request, and on a health check: which handshake it brought; its server; further attempts to connect. */
const visit = notes({ handshake: 'note1', server: 'note2', tries: 'note3' })

/** A `server` line. */
interface Line {
  readonly server: Server
  readonly options: z.output<typeof defaultServer>
  readonly wire: Wire
  readonly health: Health
  /** Idle connections to it, whoever had them opened; null if each client has his own. */
  readonly kept: KeptConnections | null
  /** Its slots in use, where it has so many only. */
  readonly used: Level | null
  /** The check, a request that never ends; it waits between checks. Null without checks. */
  readonly check: Request | null
  /** The group that it is chosen from. */
  readonly group: Group
  /** Its free slots are being filled. */
  filling: boolean
  /** When the first of the checks in a row was over that say otherwise than what is believed; NaN if none does. */
  doubted: number
}

/** Active servers, or backups. */
interface Group {
  algorithm: Algorithm
  readonly servers: Server[]
  usable: number
}

/**
 * HAProxy in HTTP mode: one frontend, one backend.
 *
 * A connection to HAProxy is counted as long as a request is in it, and as long as its client keeps it open. Health
 * checks open one each. Only requests that a cookie or a hash sends to one server can wait at that server, and there is
 * neither: all waiting is in the queue of the backend.
 *
 * Sources: HAProxy 2.6 configuration manual; measured on HAProxy 2.6.12 (dispatch sequences, attempts, waits,
 * statuses and the timing of checks).
 */
class Haproxy extends Component {
  override readonly certificate: Dial | null
  override readonly readsBodies = true
  override readonly backlog: number
  override readonly acceptQueue: Station | null
  private readonly options: Options
  private readonly lines: readonly Line[]
  private readonly active: Group = { algorithm: none, servers: [], usable: 0 }
  private readonly backups: Group = { algorithm: none, servers: [], usable: 0 }
  private readonly tls: Tls | null
  private readonly service: Demand
  /** Slots of the frontend, and the kernel's queue for them. */
  private readonly frontend: Station | null
  private readonly kernelProbe = new Probe(outcomeNames.length)
  private readonly threads: Station | null
  private readonly threadProbe = new Probe(outcomeNames.length)
  private readonly queue: BackendQueue
  private readonly answering: Deadlines<Request> | null
  private readonly choice: Stream
  private readonly phase: Stream
  /** The request class that checks ask for; -1 for none. */
  private readonly page: number
  /** Tells what they draw from what visitors do. */
  private readonly checkers: number
  private readonly turnAround: number
  /** Timers of checks by their length. */
  private readonly checking = new Map<number, Deadlines<Request>>()
  private inFlight = 0
  /** Connections of clients without a request, where they have so many only. */
  private idle = 0
  private retries = 0
  private redispatches = 0
  private handshakes = 0
  /** Requests sent to servers in the measured span, and connections opened for them. */
  private sent = 0
  private opened = 0
  private measuredFrom = 0
  /** How often checks took a server down, and up; and when first, seconds of the measured span. */
  private readonly marks = { down: new Marks(), up: new Marks() }

  constructor(site: Site, options: Options) {
    super(site)
    const { context } = site
    this.options = options
    this.certificate = options.tls ? new Dial(1) : null
    this.tls = options.tls
      ? new Tls(options.tls, this.certificate!, () => context.kernel.now, context.stream(site.role, 'tls'))
      : null
    this.service = site.demand(options.service, 'service')
    this.choice = context.stream(site.role, 'choice')
    this.phase = context.stream(site.name, 'check')
    const { option_httpchk } = options
    this.page = option_httpchk instanceof ClassNames ? site.classes.indexOf(option_httpchk.names[0]!) : -1
    this.checkers = checkersOf(site.name)
    this.turnAround = Math.min(TURN_AROUND, options.timeout_connect)
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
    this.threads =
      options.nbthread < Number.POSITIVE_INFINITY
        ? new Station(context, {
            servers: options.nbthread,
            places: Number.POSITIVE_INFINITY,
            begin: this.work,
            probe: this.threadProbe,
          })
        : null
    this.queue = new BackendQueue(
      context,
      this.probe,
      options.timeout_queue ?? options.timeout_connect,
      (request) => this.proceed(this.queuedTooLong, request),
    )
    this.answering =
      options.timeout_server < Number.POSITIVE_INFINITY
        ? this.timers(options.timeout_server, this.answeredTooLate)
        : null
    const every = options.default_server ?? defaultServer.parse({})
    this.lines = options.servers.map(({ name, ...own }, place) =>
      this.line(site, name.name, { ...every, ...own }, place),
    )
    this.begin()
  }

  // ---- The life of a request --------------------------------------------------------------------------------

  accept(request: Request): void {
    if (request.health) request.reply(Outcome.ok)
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
    if (option_httpclose) return 0
    return timeout_http_keep_alive ?? timeout_http_request ?? timeout_client
  }

  /** Who waits in the queue of the backend does not wait for a client to close. */
  override get lacks(): 'place' | 'connection' | 'server' {
    const { frontend, idle, queue } = this
    if (this.active.usable === 0 && this.backups.usable === 0) return 'server'
    const full = frontend !== null && frontend.taken >= frontend.servers && queue.empty
    return full && 2 * idle > frontend.servers ? 'connection' : 'place'
  }

  override connectionClosed(): void {
    if (this.idle === 0) return
    this.idle--
    this.frontend!.leave()
  }

  private readonly open = (request: Request): void => {
    request[visit.handshake] = Handshake.none
    if (this.tls !== null) {
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

  private readonly work = (request: Request): void => {
    const handshake = this.tls === null ? 0 : this.tls.cost(request[visit.handshake])
    this.run(request, this.service.of(request) + handshake, this.dispatch)
  }

  private readonly dispatch = (request: Request): void => {
    this.threads?.leave(request)
    if (request[visit.handshake] !== Handshake.none && this.certificate!.value === 0)
      this.end(request, Outcome.tlsFailed)
    else {
      this.probe.joined++
      this.assign(request, null)
    }
  }

  /** @param avoid the server that has just failed */
  private assign(request: Request, avoid: Server | null): void {
    const group = this.active.usable > 0 ? this.active : this.backups
    if (group.usable === 0) {
      this.end(request, Outcome.unavailable)
      return
    }
    const server = this.choose(group, request, avoid)
    if (server === null) this.queue.join(request)
    else this.take(request, this.lines[server.place]!, 0)
  }

  private choose(group: Group, request: Request, avoid: Server | null): Server | null {
    if (group === this.backups && !this.options.allbackups) {
      const first = group.servers.find((s) => s.usable)!
      return first.full ? null : first
    }
    return group.algorithm.pick(request, request[visit.tries], avoid)
  }

  /** The request gets a slot of the server, which it holds through retries too. */
  private take(request: Request, line: Line, waited: number): void {
    request[visit.server] = line.server.place
    this.load(line, 1)
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
    if (this.answering !== null) child.deadline = this.answering.set(child)
    this.reach(child, request, line)
    line.wire.send(child)
  }

  /** Whether a connection has to be opened for `request`: none is there, or none that it may use. */
  private opens(request: Request, { kept }: Line): boolean {
    const { http_reuse } = this.options
    if (this.closes || request[visit.tries] > 0) return true
    if (kept === null) return request.opens || request.shares !== null
    // The first request of a client gets none in `safe`, and in `aggressive` one that has served another first one.
    const some = !request.opens || http_reuse === 'always' || (http_reuse === 'aggressive' && kept.has(2))
    return !some || !kept.has(1)
  }

  /** Which connection to the server `child` uses: a new one, one that is idle, or its client's own. */
  private reach(child: Request, request: Request, line: Line): void {
    const { kept, wire } = line
    this.sent++
    if (this.opens(request, line)) {
      this.opened++
      child.open()
      child.carried = kept !== null && !this.closes ? 1 : 0
    } else if (kept === null) {
      child.comeAs(request)
      child.carried = 0
    } else {
      child.carried = kept.take() + 1
      child.ride(kept.stale)
      child.warm = wire.staysWarm(kept.pause)
    }
    if (child.carried > 0) child.keeps = true
  }

  /** Whether connections to servers end with each request. */
  private get closes(): boolean {
    return this.options.option_http_server_close || this.options.option_httpclose
  }

  override resume(request: Request, answer: Request): void {
    const { outcome } = answer
    if (!request.health && outcome === Outcome.ok && this.holds(request)) {
      this.passOnSlowly(request, answer)
      return
    }
    this.received(answer)
    if (request.health) this.judge(request, outcome === Outcome.ok)
    else if (outcome === Outcome.refused || outcome === Outcome.connectTimeout) this.retry(request, outcome)
    else {
      this.giveBack(request, answer)
      this.leave(request, outcome === Outcome.reset ? broken(request) : outcome)
    }
  }

  /** The connection to the server, on which `answer` came, is idle. */
  private giveBack(request: Request, { carried, outcome }: Request): void {
    if (carried > 0 && outcome !== Outcome.reset) this.lines[request[visit.server]]!.kept?.give(carried)
  }

  /** It has two buffers of 16 kB, so that it keeps no answer: slots are in use as long as a client reads. */
  override answerTaken(request: Request, answer: Request): void {
    this.giveBack(request, answer)
    this.free(this.lines[request[visit.server]]!)
    this.disconnect(request)
  }

  /** No connection: to the same server again, after a pause if it refused; or at once to another. */
  private retry(request: Request, failure: Outcome): void {
    if (request[visit.tries] === this.options.retries) {
      this.leave(request, Outcome.unavailable)
      return
    }
    request[visit.tries]++
    this.retries++
    const others = this.active.usable > 1
    const down = !this.lines[request[visit.server]]!.health.up
    const elsewhere =
      this.options.redispatch && (others || down || request[visit.tries] === this.options.retries)
    if (elsewhere) {
      this.redispatches++
      this.free(this.lines[request[visit.server]]!)
    }
    const next = elsewhere ? this.reassign : this.connect
    if (failure === Outcome.refused && !(elsewhere && others)) this.wait(request, this.turnAround, next)
    else next(request)
  }

  private readonly reassign = (request: Request): void =>
    this.assign(request, this.lines[request[visit.server]]!.server)

  private readonly answeredTooLate = (request: Request): void => this.leave(request, Outcome.gatewayTimeout)

  private readonly queuedTooLong = (request: Request): void => this.end(request, Outcome.unavailable)

  private leave(request: Request, outcome: Outcome): void {
    this.free(this.lines[request[visit.server]]!)
    this.end(request, outcome)
  }

  private end(request: Request, outcome: Outcome): void {
    this.disconnect(request)
    request.reply(outcome)
  }

  /** The connection of the client is idle, or over. */
  private disconnect(request: Request): void {
    // A stream has no place of its own.
    if (this.frontend === null || request.shares !== null) return
    request.keeps = request.keeps && request.parent !== null && !this.options.option_httpclose
    if (request.keeps) this.idle++
    else this.frontend.leave()
  }

  /** In the queue of the backend, for a server with a slot. */
  override get queues(): boolean {
    return this.lines.some(({ server }) => server.maxconn < Number.POSITIVE_INFINITY)
  }

  // ---- Servers ------------------------------------------------------------------------------------------------

  private free(line: Line): void {
    this.load(line, -1)
    this.fill(line)
  }

  /** The longest waiting take the free slots of a server. */
  private fill(line: Line): void {
    const { server } = line
    if (line.filling || this.queue.empty || !this.eligible(line)) return
    line.filling = true
    while (!this.queue.empty && server.usable && !server.full) {
      const request = this.queue.take()
      this.take(request, line, this.context.kernel.now - request[queue.since])
    }
    line.filling = false
  }

  private eligible({ server, group }: Line): boolean {
    if (group === this.active) return true
    return (
      this.active.usable === 0 && (this.options.allbackups || group.servers.find((s) => s.usable) === server)
    )
  }

  private load({ server, group, used }: Line, by: number): void {
    server.served += by
    used?.add(this.context.kernel.now, by)
    group.algorithm.loaded(server)
    this.inFlight += by
    this.probe.serving.set(this.context.kernel.now, this.inFlight)
  }

  private line(site: Site, name: string, options: Line['options'], place: number): Line {
    const wire = site.wire(name, this.options.timeout_connect)
    const { http_reuse } = this.options
    const group = options.backup ? this.backups : this.active
    const server = new Server(place, options.weight, options.maxconn || Number.POSITIVE_INFINITY)
    group.servers.push(server)
    const line: Line = {
      server,
      options,
      wire,
      health: new Health(options.rise, options.fall),
      kept:
        http_reuse === 'never'
          ? null
          : new KeptConnections(site.context.kernel, wire, {
              most: Number.POSITIVE_INFINITY,
              idle: PURGE,
            }),
      used: server.maxconn < Number.POSITIVE_INFINITY ? new Level() : null,
      check: options.check ? this.checkOf(place) : null,
      group,
      filling: false,
      doubted: Number.NaN,
    }
    wire.to.watchRotation(() => this.review(line))
    return line
  }

  private usable({ options, health, wire }: Line): boolean {
    return options.weight > 0 && health.up && wire.to.inRotation
  }

  /** Its checks or its maintenance may have changed whether it gets requests; those that it has stay. */
  private review(line: Line): void {
    const { server, group } = line
    const usable = this.usable(line)
    if (usable === server.usable || this.state === State.gone) return
    server.usable = usable
    group.usable += usable ? 1 : -1
    if (usable) group.algorithm.up(server)
    else group.algorithm.down(server)
    if (usable) this.fill(line)
  }

  // ---- Health checks ------------------------------------------------------------------------------------------

  private checkOf(place: number): Request {
    const check = new Request()
    check.at = this.process
    check.health = true
    check[visit.server] = place
    check.key = place
    return check
  }

  /**
   * First checks are spread over the shortest interval in the order of the servers (HAProxy's start_checks); when
   * the process was started, seen from whatever happens later, is chance.
   */
  private schedule(): void {
    const checked = this.lines.filter((line) => line.check !== null)
    const shortest = Math.min(...checked.map((line) => line.options.inter))
    const phase = this.phase.next()
    checked.forEach(({ check }, i) => {
      this.wait(check!, shortest * (phase + i / checked.length), this.look)
    })
  }

  private readonly look = (check: Request): void => {
    check.tryAgain()
    if (this.options.option_httpchk !== false) this.ask(check)
    else this.connectOnly(check)
  }

  private ask(check: Request): void {
    const line = this.lines[check[visit.server]]!
    const { timeout_check } = this.options
    const connects = line.wire.syn === Syn.accepted
    const patience = timeout_check !== undefined && connects ? timeout_check : this.patience(line)
    const child = this.attempt(check)
    child.open()
    if (this.page >= 0) child.checkFor(this.page, this.checkers)
    if (patience < Number.POSITIVE_INFINITY) child.deadline = this.checkTimers(patience).set(child)
    line.wire.send(child)
  }

  /** A layer 4 check: the kernel of the other side answers, whatever its process does. */
  private connectOnly(check: Request): void {
    const line = this.lines[check[visit.server]]!
    const { syn, latency } = line.wire
    if (syn === Syn.silence) this.wait(check, this.patience(line), this.unanswered)
    else this.wait(check, 2 * latency.value, syn === Syn.accepted ? this.passed : this.unanswered)
  }

  /** Seconds for a check, or for its connection if the answer has a timeout of its own. */
  private patience({ options }: Line): number {
    const { timeout_check, timeout_connect } = this.options
    return timeout_check === undefined ? options.inter : Math.min(timeout_connect, options.inter)
  }

  private checkTimers(length: number): Deadlines<Request> {
    const timers = this.checking.get(length) ?? this.timers(length, this.unanswered, true)
    this.checking.set(length, timers)
    return timers
  }

  private readonly passed = (check: Request): void => this.judge(check, true)
  private readonly unanswered = (check: Request): void => this.judge(check, false)

  private judge(check: Request, passed: boolean): void {
    const line = this.lines[check[visit.server]]!
    const { health, options } = line
    const { up } = health
    if (passed === up) line.doubted = Number.NaN
    else if (Number.isNaN(line.doubted)) line.doubted = this.context.kernel.now
    if (passed) health.passed()
    else health.failed()
    if (health.up !== up) this.marked(line)
    this.review(line)
    const { inter, fastinter = inter, downinter = inter } = options
    this.wait(check, health.sound ? inter : health.dead ? downinter : fastinter, this.look)
  }

  /** Its checks have taken a server down, or up again. */
  private marked(line: Line): void {
    const { up } = line.health
    this.marks[up ? 'up' : 'down'].record(this.context.kernel.now - this.measuredFrom)
    this.context.detected(this.name, `marked ${line.wire.towards} ${up ? 'up' : 'down'}`, line.doubted)
    line.doubted = Number.NaN
  }

  // ---- The process --------------------------------------------------------------------------------------------

  override crashed(): void {
    this.queue.clear()
    this.frontend?.empty()
    this.idle = 0
    this.threads?.empty()
    this.inFlight = 0
    this.probe.serving.set(this.context.kernel.now, 0)
    for (const line of this.lines) {
      line.server.served = 0
      line.used?.set(this.context.kernel.now, 0)
      line.kept?.close(true)
      line.filling = false
      if (line.check === null) continue
      this.forget(line.check)
      line.check.event?.cancel()
      line.check.event = null
    }
  }

  override started(): void {
    this.tls?.restart(this.context.kernel.now)
    this.begin()
  }

  /** All servers are taken to be up, and the algorithms know of no past. */
  private begin(): void {
    for (const group of [this.active, this.backups]) group.usable = 0
    for (const line of this.lines) {
      line.health.reset()
      line.doubted = Number.NaN
      line.server.usable = this.usable(line)
      if (line.server.usable) line.group.usable++
    }
    const { by, draws } = this.options.balance
    for (const group of [this.active, this.backups]) {
      group.algorithm = algorithms[by](group.servers, draws, this.choice)
    }
    this.schedule()
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
      ...lines.flatMap(({ server, used, wire }) =>
        used === null
          ? []
          : [
              {
                says: `slots of server ${wire.towards}`,
                capacity: server.maxconn,
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
    this.sent = 0
    this.opened = 0
    this.measuredFrom = now
    this.marks.down.restart()
    this.marks.up.restart()
  }

  override extra(now: number): Record<string, number> {
    return {
      retries: this.retries,
      redispatches: this.redispatches,
      ...(this.lines.some(({ check }) => check !== null) && {
        marked_down: this.marks.down.count,
        first_down_s: this.marks.down.first,
        marked_up: this.marks.up.count,
        first_up_s: this.marks.up.first,
      }),
      ...(this.tls === null ? {} : { tls_handshakes: this.handshakes }),
      ...(this.options.http_reuse !== 'safe' && {
        opened_share: this.sent > 0 ? this.opened / this.sent : Number.NaN,
      }),
      ...(this.frontend === null ? {} : { kernel_queue: this.kernelProbe.waiting.mean(now) }),
    }
  }
}

/** Something that happens now and then. */
class Marks {
  count = 0
  first = Number.NaN

  record(time: number): void {
    if (this.count++ === 0) this.first = time
  }

  restart(): void {
    this.count = 0
    this.first = Number.NaN
  }
}

/** It checks the health of a server. */
const checks = ({ options }: { options: Options }): boolean =>
  options.servers.some(({ check = options.default_server?.check ?? false }) => check)

/** Servers of which one side speaks TLS, and the other does not. */
function unsecured(
  servers: Options['servers'],
  every: Options['default_server'],
  all: readonly Neighbour[],
): { path: (string | number)[]; message: string }[] {
  return servers.flatMap(({ name, ssl = every?.ssl ?? false }, i) => {
    const server = all.find((one) => one.name === name.name)
    if (server === undefined || !('tls' in server.options || ssl)) return []
    const speaks = server.options.tls !== undefined && server.options.tls !== false
    if (speaks === ssl) return []
    const message = speaks
      ? `${name.name} speaks TLS (tls:): expected ssl: on`
      : `ssl: on, and ${name.name} has no tls:`
    return [{ path: ['servers', i], message }]
  })
}

/**
 * What the client is told when the connection to the server breaks: 502; where it was not the first of the client's own
 * connection, that is closed, and he is expected to try again (measured on 2.6.12).
 */
const broken = (request: Request): Outcome => (request.rides ? Outcome.reset : Outcome.badGateway)

/** Connections of the frontend: `maxconn 0` is without a bound. */
const slotsOf = ({ maxconn }: { maxconn: number }): number => maxconn || Number.POSITIVE_INFINITY

/** Until the real one is there. */
const none: Algorithm = { pick: () => null, up: () => {}, down: () => {}, loaded: () => {} }

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
  periodic: ({ servers, default_server }) => {
    const every = default_server ?? defaultServer.parse({})
    const lines = servers.map((own) => ({ ...every, ...own })).filter(({ check }) => check)
    const shortest = lines.map(({ inter, fastinter = inter, downinter = inter }) =>
      Math.min(inter, fastinter, downinter),
    )
    return shortest.reduce((sum, seconds) => sum + 1 / seconds, 0)
  },
  options: haproxyOptions,
  encrypts: ({ tls }) => tls !== undefined,
  requestsPerConnection: ({ tls, option_httpclose }) => (option_httpclose ? 1 : tls?.requests_per_connection),
  cores: (options) => options.nbthread,
  counts: {
    retries: { unit: 'count', says: 'retries' },
    redispatches: { unit: 'count', says: 'retries at another server' },
    marked_down: { unit: 'count', says: 'times that checks took a server down', when: checks },
    first_down_s: {
      unit: 's',
      says: 'time in the span at which a server was first taken down',
      when: checks,
    },
    marked_up: { unit: 'count', says: 'times that checks took a server up again', when: checks },
    first_up_s: {
      unit: 's',
      says: 'time in the span at which a server was first taken up again',
      when: checks,
    },
    tls_handshakes: {
      unit: 'count',
      says: 'TLS handshakes',
      when: ({ options }) => options.tls !== undefined,
    },
    opened_share: {
      unit: 'share',
      says: 'share of the requests to servers that opened a connection',
      when: ({ options }) => options.http_reuse !== 'safe',
    },
    kernel_queue: {
      unit: 'count',
      says: 'mean number that wait in the kernel for maxconn',
      when: ({ options }) => slotsOf(options) < Number.POSITIVE_INFINITY,
    },
  },
  misfits: ({ name, options: { option_httpchk, servers, default_server } }, all) => {
    const mismatched = unsecured(servers, default_server, all)
    if (!(option_httpchk instanceof ClassNames)) return mismatched
    const page = option_httpchk.names[0]!
    const timeless = unrecorded(name, page, all).map((server) => ({
      path: ['option_httpchk'],
      message: `a check has no recorded service, and ${server} says service: trace: expected a law for ${page} there`,
    }))
    return [...mismatched, ...timeless]
  },
  build: (site, options) => new Haproxy(site, options),
})
