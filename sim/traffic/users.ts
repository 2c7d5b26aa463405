import { pow } from '../arithmetic/elementary.js'
import { Deadlines } from '../kernel/deadlines.js'
import type { Event } from '../kernel/event.js'
import { Component } from '../parts/component.js'
import type { Context } from '../parts/context.js'
import { Dial } from '../parts/dial.js'
import { Host } from '../parts/host.js'
import { KeptConnections } from '../parts/kept.js'
import { Outcome } from '../parts/outcome.js'
import { familyOf, Request, Scheme, type Way } from '../parts/request.js'
import { type RetryOptions, RetryPolicy } from '../parts/retry-policy.js'
import type { Wire } from '../parts/wire.js'
import { Constant, type Distribution } from '../random/distribution.js'
import { type Stream, wordOf } from '../random/stream.js'
import type { Gaps } from './arrivals/arrival-law.js'
import type { Account, Ledger } from './ledger.js'
import { type Browser, type Load, type PageOptions, Pages } from './pages.js'
import type { Profile } from './profile.js'

/** What all users of one name do, whether open or closed. */
interface UsersOptions extends RetryOptions {
  name: string
  /** Seconds for one try, `Infinity` for no limit. */
  timeout: number
  /** Cumulated shares of the request classes, in the order of the scenario's classes. */
  mix: readonly number[]
  malicious: boolean
  /** Requests that a connection carries in the mean; 1: each opens one. */
  requestsPerConnection: number
  /** Seconds for which a visitor leaves an idle connection open; 0: he closes it, and how others came about is not asked. */
  keepalive: number
  /** Seconds from an answer to the next request of a visitor, in the mean; people who come and go read first. */
  pause: number
  /** What belongs to a page; null: each request is by itself. */
  page: PageOptions | null
  /** They come in clear, also where TLS ends. */
  clear: boolean
  /** Who comes in clear is sent to TLS, so that what is open is open over TLS. */
  redirected: boolean
}

/** Stands for the port in clear in the lineage of what is asked there, whose numbers are its own. */
const PORT_80 = wordOf('http')

/** Assets that are asked for at one instant because others took no time: more are asked for by an event. */
const DEEP = 50

/** Who asks. Each try of a visitor is a request of its own; one that he has given up goes on below. */
export abstract class Users extends Component implements Browser {
  /** Factor on the arrival rate, bent by surges. */
  readonly surge = new Dial(1)
  /** One for each request class. */
  readonly accounts: readonly Account[]
  private wire!: Wire
  private kept: KeptConnections | null = null
  /** Those in clear to who has sent them on; nobody uses them again. */
  private leftBehind: KeptConnections | null = null
  /** Null where nobody loads pages. */
  readonly pages: Pages | null
  /** Connections stay open after an answer, for a time or for what follows. */
  private stays = false
  private depth = 0
  /** Each request has a connection of its own, which ends with it. */
  private single: boolean
  private readonly timer: Deadlines<Request> | null
  /** Stands for all visitors: the parent of what they ask. */
  private readonly crowd = new Request()
  private readonly mixStream: Stream
  private readonly backoffStream: Stream
  private readonly connections: Stream
  private readonly retries: RetryPolicy
  /** Of this name's visitors, so that they differ from those of another. */
  private readonly family: number
  private readonly malicious: boolean
  private readonly clear: boolean
  /** There are several request classes. */
  private readonly mixed: boolean

  constructor(
    context: Context,
    private readonly ledger: Ledger,
    readonly options: UsersOptions,
  ) {
    super({
      context,
      name: options.name,
      role: options.name,
      host: new Host(context.kernel, options.name, Number.POSITIVE_INFINITY),
    })
    this.crowd.at = this.process
    this.timer =
      options.timeout < Number.POSITIVE_INFINITY
        ? new Deadlines(
            context.kernel,
            options.timeout,
            (request, ticket) => request.deadline === ticket,
            this.timedOut,
          )
        : null
    this.accounts = ledger.open(options.mix.length, options.malicious)
    this.mixStream = context.stream(options.name, 'mix')
    this.backoffStream = context.stream(options.name, 'backoff')
    this.connections = context.stream(options.name, 'connection')
    this.family = familyOf(options.name)
    this.malicious = options.malicious
    this.retries = new RetryPolicy(context.kernel, options)
    this.clear = options.clear
    this.mixed = options.mix.length > 1
    this.pages = options.page === null ? null : new Pages(this, ledger, options.page)
    this.single = options.requestsPerConnection === 1 && this.pages === null
  }

  connect(wire: Wire): void {
    this.wire = wire
    const { keepalive } = this.options
    if (wire.to.idleTimeout === 0) {
      // Closed after each answer; of what is behind a box that passes connections on that is not known here.
      this.single ||= this.pages === null && !wire.to.forwards
      return
    }
    this.stays = this.pages !== null
    // Who is told where to go has connections to several, and this is none of them.
    if (keepalive === 0 || wire.to.directs) return
    this.stays = true
    this.single = false
    const keeps = { most: Number.POSITIVE_INFINITY, idle: keepalive }
    this.kept = new KeptConnections(this.context.kernel, wire, keeps)
    if (this.clear) this.leftBehind = new KeptConnections(this.context.kernel, wire, keeps)
  }

  /**
   * Seconds after which a visitor has an answer or has given up, pauses between his tries at their means; `Infinity`
   * where he has no timeout.
   */
  get longest(): number {
    const { timeout, retries, backoff, growth } = this.options
    let seconds = timeout
    for (let retry = 1; retry <= retries; retry++) seconds += timeout + backoff.mean * pow(growth, retry - 1)
    return seconds * (this.pages?.rounds ?? 1)
  }

  /**
   * A census: the requests of the measured span that have no final outcome yet, also those that wait to be tried
   * again. Found among the requests that there are, not by what was counted.
   */
  underWay(): Request[] {
    return this.context.requests.waitedForBy(this.crowd).filter(({ number }) => number > 0)
  }

  /** All of the measured span that have none: requests and pages. */
  get awaited(): number {
    return this.underWay().length + (this.pages?.underWay ?? 0)
  }

  /** The first arrivals are entered. */
  abstract begin(): void

  /** A visitor asks now. @param number counts the requests of this name: the same visitor under every architecture */
  protected ask(number: number): Request {
    const request = this.context.requests.take(this.crowd)
    request.identify(number, this.family, this.malicious, this.single)
    if (this.single === false) this.connectFor(request)
    request.class = this.mixed === true ? this.classOf(request) : 0
    if (this.clear === true) this.comeInClear(request)
    this.offer(request)
    if (this.pages !== null) this.pages.begin(request)
    return request
  }

  private offer(request: Request): void {
    const { context } = this
    request.arrived = context.kernel.now
    if (this.malicious === false) context.asked++
    this.retries.asked()
    this.ledger.offer(this.accounts[request.class]!, request)
    if (context.tap?.asked(request, this.name)) request.traced = true
  }

  /** Where they are sent to TLS, what rides on an open connection is there already. */
  private comeInClear(request: Request): void {
    const { redirected } = this.options
    if (redirected && request.rides) return
    request.scheme = Scheme.http
    if (redirected) request.branch(PORT_80, 1, 0)
  }

  /** The connection of a request that is one of several, or that stays open. */
  connectFor(request: Request): void {
    const { requestsPerConnection } = this.options
    const first =
      requestsPerConnection === 1 || request.draws(this.connections).next() * requestsPerConnection < 1
    if (first || this.kept?.take() === 0) request.open()
    else {
      request.ride(this.kept?.stale, this.kept?.route)
      request.warm = this.wire.staysWarm(this.options.pause)
    }
    if (this.stays) request.keeps = true
  }

  protected classOf(request: Request): number {
    const u = request.visitorDraws(this.mixStream).next()
    const { mix } = this.options
    let kind = 0
    while (u >= mix[kind]!) kind++
    return kind
  }

  protected send(request: Request): void {
    if (this.timer !== null) request.deadline = this.timer.set(request)
    this.wire.send(request)
  }

  accept(): void {
    throw new Error('nobody calls the users')
  }

  override resume(_crowd: Request, answer: Request): void {
    if (this.clear === true && answer.scheme === Scheme.moved && answer.outcome === Outcome.ok) {
      this.comeAgain(answer)
      return
    }
    if (answer.keeps && this.leaves(answer)) {
      answer.keeps = false
      this.letGo(answer.wire!, answer.route)
    }
    this.judge(answer, answer.outcome)
  }

  /** `moved` was told to come over TLS: on another connection, with the same patience. */
  private comeAgain(moved: Request): void {
    if (moved.keeps) {
      moved.keeps = false
      if (this.leftBehind !== null && moved.wire === this.wire) this.leftBehind.give(1, moved.route)
      else moved.wire!.to.connectionClosed(moved.route)
    }
    const request = this.context.requests.take(this.crowd)
    request.follow(moved)
    request.lineage = 0
    this.sendAnew(request, moved)
    this.send(request)
  }

  /** It has a connection of its own, and is the same to whoever counts. */
  private sendAnew(request: Request, before: Request): void {
    request.open()
    request.batch = before.batch
    request.keeps = this.stays && (this.pages?.reuses(request) ?? true)
    request.arrived = before.arrived
    request.number = before.number
  }

  private readonly timedOut = (request: Request): void => {
    this.judge(request, Outcome.timeout)
    this.process.disown(request)
  }

  private judge(request: Request, outcome: Outcome): void {
    if (outcome !== Outcome.ok && this.triesAgain(request, outcome)) return
    request.outcome = outcome
    this.ledger.settle(this.accounts[request.class]!, request, this.context.kernel.now)
    this.context.tap?.ended(request, this.name)
    if (this.pages === null) this.answeredTo(request)
    else this.pages.answered(request, this.context.kernel.now)
  }

  private triesAgain(failed: Request, outcome: Outcome): boolean {
    if (!this.retries.again(failed.attempt, outcome)) return false
    const request = this.context.requests.take(this.crowd)
    request.follow(failed)
    request.tryAgain()
    // A failure leaves no connection.
    this.sendAnew(request, failed)
    if (failed.scheme !== Scheme.any) request.scheme = Scheme.http
    const pause = this.retries.pause(failed.attempt, request.draws(this.backoffStream))
    this.context.kernel.after(pause, this.again, request)
    return true
  }

  private readonly again = (request: Request): void => this.send(request)

  /** The visitor has the final answer, or his page. */
  protected answeredTo(_visit: Visit): void {}

  // ---- Pages ----------------------------------------------------------------------------------------------------

  asset(key: number, family: number, kind: number): Request {
    const asset = this.context.requests.take(this.crowd)
    asset.identify(key, family, this.malicious)
    asset.class = kind
    if (this.clear && !this.options.redirected) asset.scheme = Scheme.http
    return asset
  }

  fetch(asset: Request, way: Way | null): void {
    this.offer(asset)
    if (this.depth === DEEP) {
      this.context.kernel.after(0, () => this.sendOn(asset, way), null)
      return
    }
    this.depth++
    this.sendOn(asset, way)
    this.depth--
  }

  private sendOn(asset: Request, way: Way | null): void {
    if (this.timer !== null) asset.deadline = this.timer.set(asset)
    ;(way ?? this.wire).send(asset)
  }

  toldBy({ wire }: Request): Way | null {
    return this.wire.to.directs ? wire : null
  }

  letGo(way: Way, route: number): void {
    if (this.kept !== null && way === this.wire) this.kept.give(1, route)
    else way.to.connectionClosed(route)
  }

  loaded(page: Load): void {
    this.answeredTo(page)
  }

  /**
   * Whether nothing follows on the connection of `answer`, which is open: after a failure, where it was another box that
   * called on, and where it is closed before anything can be there.
   */
  private leaves({ outcome, wire }: Request): boolean {
    if (this.pages === null || outcome !== Outcome.ok) return true
    const { to, latency } = wire!
    return (wire !== this.wire && !this.wire.to.directs) || 2 * latency.value >= to.idleTimeout
  }
}

/** What a closed user remembers of what he asked. */
type Visit = Pick<Request, 'key' | 'arrived'>

/** Users who come whatever the state of the site. */
export class OpenUsers extends Users {
  private number = 0
  /** Operational seconds to the next arrival: the process's own time, `factor` seconds of which pass per second. */
  private left = 0.5
  private since = 0.5
  private factor = 1.5
  private slope = 0.5
  /** On the profile's clock: the last corner that was turned, and the next one. */
  private turned = Number.NEGATIVE_INFINITY
  private corner = Number.POSITIVE_INFINITY
  private pending: Event | null = null

  /**
   * @param origin when the profile begins: the start of the measured span
   * @param first when the arrival process begins
   */
  constructor(
    context: Context,
    ledger: Ledger,
    options: UsersOptions,
    private readonly gaps: Gaps,
    private readonly profile: Profile | null,
    private readonly origin: number,
    private readonly first = 0,
  ) {
    super(context, ledger, options)
    this.factor = 1
    this.slope = 0
    this.since = 0
    this.left = 0
    this.surge.watch(() => this.turn())
  }

  override begin(): void {
    if (this.first > 0) this.context.kernel.after(this.first, this.start, null)
    else this.start()
  }

  private readonly start = (): void => {
    this.left = this.gaps.next()
    this.line()
    this.arm()
  }

  private readonly arrive = (): void => {
    this.pending = null
    this.since = this.context.kernel.now
    this.left = this.gaps.next()
    if (this.profile !== null) this.line()
    this.arm()
    this.send(this.ask(this.number++))
  }

  /** A corner of the profile. */
  private readonly bend = (): void => {
    this.pending = null
    this.turned = this.corner
    this.turn()
  }

  /** The rate changes: what is left of the gap passes at the new rate. */
  private turn(): void {
    if (this.context.kernel.now < this.first) return
    const elapsed = this.context.kernel.now - this.since
    this.left = Math.max(0, this.left - elapsed * (this.factor + (this.slope * elapsed) / 2))
    this.pending?.cancel()
    this.line()
    this.arm()
  }

  private line(): void {
    const { kernel } = this.context
    this.since = kernel.now
    this.factor = this.surge.value
    this.slope = 0
    if (this.profile !== null) {
      // The clock may stand a rounding error before the corner that was just turned.
      const line = this.profile.line(Math.max(kernel.now - this.origin, this.turned))
      this.factor *= line.factor
      this.slope = line.slope * this.surge.value
      this.corner = line.until
    }
  }

  private arm(): void {
    const delay = this.left > 0 ? this.ahead() : 0
    if (this.profile !== null && this.bendsWithin(delay)) return
    this.pending =
      delay < Number.POSITIVE_INFINITY ? this.context.kernel.after(delay, this.arrive, null) : null
  }

  /** Seconds to the next arrival, if no corner comes before. */
  private ahead(): number {
    return this.slope === 0 ? this.left / this.factor : reach(this.left, this.factor, this.slope)
  }

  /** Whether the profile's next corner comes before the next arrival: then it is the next event. */
  private bendsWithin(delay: number): boolean {
    const { kernel } = this.context
    const corner = this.corner + this.origin - kernel.now
    if (corner >= delay) return false
    this.pending = kernel.after(Math.max(corner, 0), this.bend, null)
    return true
  }
}

/** Open users of whom it is recorded what each asks for. */
export class RecordedUsers extends OpenUsers {
  /** @param recorded index of the class that the visitor of a key asks for; -1 where that is drawn */
  constructor(
    private readonly recorded: (key: number) => number,
    ...as: ConstructorParameters<typeof OpenUsers>
  ) {
    super(...as)
  }

  protected override classOf(request: Request): number {
    const recorded = this.recorded(request.key)
    return recorded >= 0 ? recorded : super.classOf(request)
  }
}

/** When `left` has passed at a rate of `factor + slope t`: the smaller root; never, if the rate ends before. */
function reach(left: number, factor: number, slope: number): number {
  const root = factor * factor + 2 * slope * left
  return root < 0 ? Number.POSITIVE_INFINITY : (2 * left) / (factor + Math.sqrt(root))
}

/** A number of users who each think, ask, wait for the answer, and think again. */
export class ClosedUsers extends Users {
  private asked: number[]
  private readonly stream: Stream

  constructor(
    context: Context,
    ledger: Ledger,
    options: UsersOptions,
    private readonly users: number,
    private readonly think: Distribution,
  ) {
    super(context, ledger, options)
    this.asked = new Array(users).fill(0)
    this.stream = context.stream(options.name, 'think')
  }

  override begin(): void {
    // Pauses of one length began at any time before the run: else all would ask in step for ever.
    const alike = this.users > 1 && this.think instanceof Constant
    const phase = this.context.stream(this.name, 'phase')
    for (let user = 0; user < this.users; user++) {
      if (alike) this.context.kernel.after(this.think.mean * phase.at(user, 0).next(), this.come, user)
      else this.pause(user)
    }
  }

  private pause(user: number): void {
    const visit = this.asked[user]!
    const pause = this.think.sample(this.stream.at(user, visit))
    this.context.kernel.after(pause, this.come, user)
  }

  private readonly come = (user: number): void => {
    this.send(this.ask(this.asked[user]!++ * this.users + user))
  }

  protected override answeredTo({ key, arrived }: Visit): void {
    const { kernel } = this.context
    const user = key % this.users
    // Without a pause, a failure that takes no time would be asked again at the same instant, for ever.
    if (this.think.mean === 0 && kernel.now === arrived) kernel.after(0.001, this.come, user)
    else this.pause(user)
  }
}
