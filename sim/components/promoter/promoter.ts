import type { Deadlines } from '../../kernel/deadlines.js'
import type { Event } from '../../kernel/event.js'
import { Component } from '../../parts/component.js'
import type { Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { Syn } from '../../parts/port.js'
import { Request } from '../../parts/request.js'
import { UP } from '../../parts/transfer.js'
import type { Wire } from '../../parts/wire.js'
import type { Distribution } from '../../random/distribution.js'
import type { Stream } from '../../random/stream.js'
import type { Hearer } from '../mysql/hearer.js'
import type { Mysql } from '../mysql/mysql.js'
import type { Replication } from '../mysql/replication.js'
import type { PromoterOptions } from './promoter-options.js'

/** What it notes on a poll: the place of the server. */
const polling = notes({ place: 'note1' })

/** Seconds after which it tries again to tell an application that it did not reach. */
const TELLS_AGAIN = 1

/** A server, and what the last polls of it said. */
export interface Watched {
  readonly server: Mysql
  readonly wire: Wire
  /** The poll, a request that is made again and again. */
  readonly poll: Request
  /** Whether the last poll was answered. */
  answers: boolean
  /** Polls in a row that were not. */
  failures: number
  /** What the answer said: it has no connection to its primary, and knows it. */
  broken: boolean
  /** Since when no poll can have been answered, as far as it could be known; NaN while one can. */
  gone: number
}

/** An application that is told who is primary. */
interface Told {
  readonly wire: Wire
  readonly hearer: Hearer
  telling: boolean
}

/**
 * A program that promotes a replica when it finds the primary dead. It stands on a machine of the network and sees what
 * it gets answers from: it may be cut off from the primary alone, and then it depends on its rules whether it is wrong.
 * Nobody makes sure that the old primary is dead (fencing): if it lives, it goes on taking writes from applications that
 * still go there, which nobody else will ever have. When it is replaced it follows nobody any more.
 */
export abstract class Promoter extends Component {
  protected readonly watched: readonly Watched[]
  protected readonly replication: Replication
  private told: readonly Told[] = []
  private readonly tells: readonly string[]
  private readonly timeout: Deadlines<Request>
  private readonly connecting: Deadlines<Request>
  private readonly promote: Distribution
  private readonly stream: Stream
  private polls = 0
  /** `electing`: it waits for a server that it could promote. */
  private stage: 'watching' | 'promoting' | 'electing' = 'watching'
  private candidate: Mysql | null = null
  private pending: Event | null = null
  /** This failure was declared. */
  private isDeclared = false
  /** Why it did not promote, as last said of this failure. */
  private reason = ''
  // Of the measured span:
  private declared = 0
  private held = 0

  /**
   * @param patience seconds that a poll takes at most
   * @param connect the same where there is no connection
   */
  constructor(
    private readonly site: Site,
    options: PromoterOptions,
    patience: number,
    connect: number,
  ) {
    super(site)
    this.tells = (options.tells ?? []).map(({ name }) => name)
    this.promote = options.promote
    this.stream = site.context.stream(site.name, 'promote')
    const silent = (poll: Request) => this.polled(poll, false)
    this.timeout = this.timers(patience, silent, true)
    this.connecting = this.timers(connect, silent, true)
    const servers = options.servers.map(({ name }) => site.component(name) as Mysql)
    this.replication = servers[0]!.replication
    this.watched = servers.map((server, place) => {
      const poll = new Request()
      poll.at = this.process
      poll.health = true
      poll[polling.place] = place
      const wire = site.wire(server.name)
      const one: Watched = { server, wire, poll, answers: true, failures: 0, broken: false, gone: Number.NaN }
      const look = () => this.note(one)
      wire.open.watch(look)
      server.observe(look)
      return one
    })
    this.observe(() => this.look())
    this.replication.failover = this
    this.replication.isWatched = true
    for (const name of this.tells) this.replication.hearer(name)
  }

  override assembled(): void {
    super.assembled()
    this.told = this.tells.map((name) => ({
      wire: this.site.wire(name),
      hearer: this.replication.hearers.get(name)!,
      telling: false,
    }))
  }

  /** Someone looks at its page. */
  accept(request: Request): void {
    request.reply(Outcome.ok)
  }

  // ---- Polls ----------------------------------------------------------------------------------------------

  protected get primary(): Watched {
    return this.watched.find(({ server }) => server.isPrimary)!
  }

  /** Those that follow the primary, or should. */
  protected get replicas(): readonly Watched[] {
    return this.watched.filter(({ server }) => !server.isPrimary && !server.apart)
  }

  /** Asks a server how it is, unless it is being asked. Returns whether it does. */
  protected ask(one: Watched): boolean {
    const { poll } = one
    if (poll.child !== null) return false
    poll.key = ++this.polls
    poll.arrived = this.context.kernel.now
    const child = this.attempt(poll)
    child.deadline = (one.wire.syn === Syn.silence ? this.connecting : this.timeout).set(child)
    one.wire.send(child)
    return true
  }

  override resume(poll: Request, answer: Request): void {
    // Who says that it has too many connections is alive.
    this.polled(poll, answer.outcome === Outcome.ok || answer.outcome === Outcome.tooManyConnections)
  }

  private polled(poll: Request, answers: boolean): void {
    const one = this.watched[poll[polling.place]]!
    one.answers = answers
    one.failures = answers ? 0 : one.failures + 1
    if (answers) one.broken = this.replication.behind(one.server) === null
    else if (Number.isNaN(one.gone)) one.gone = poll.arrived
    this.heard(one)
  }

  /** A poll has ended. */
  protected abstract heard(one: Watched): void

  /** A server, or the way there, has changed: what a poll may find out later. */
  private note(one: Watched): void {
    if (this.sees(one)) one.gone = Number.NaN
    else if (Number.isNaN(one.gone)) one.gone = this.context.kernel.now
    this.look()
  }

  private sees({ server, wire }: Watched): boolean {
    return server.serves && wire.carries(UP)
  }

  override crashed(): void {
    super.crashed()
    this.stage = 'watching'
    this.pending?.cancel()
    this.pending = null
    this.candidate = null
    this.isDeclared = false
    for (const one of this.watched) one.failures = 0
  }

  // ---- Promotion ------------------------------------------------------------------------------------------

  protected get watches(): boolean {
    return this.stage === 'watching'
  }

  /** The primary is taken for dead: another takes its place. */
  protected declareDead(): void {
    const { server, gone } = this.primary
    this.stage = 'promoting'
    if (!this.isDeclared) {
      this.isDeclared = true
      this.declared++
      this.reason = ''
      this.context.detected(this.name, `declared ${server.name} dead`, gone)
    }
    this.pending = this.context.kernel.after(this.promote.sample(this.stream), this.elect, null)
  }

  /** It does not promote, and says why, once for each reason. */
  protected holdBack(why: string): void {
    if (why === this.reason) return
    this.reason = why
    this.held++
    const { server, gone } = this.primary
    this.context.detected(this.name, `left ${server.name} the primary: ${why}`, gone)
  }

  /** All is well, or was found out to be. */
  protected calm(): void {
    this.reason = ''
    this.isDeclared = false
  }

  /** How much it takes a server to have, of those that it might promote. */
  protected abstract worth(server: Mysql): number

  /** Whether it may promote a server that it reaches. */
  protected suits(_server: Mysql): boolean {
    return true
  }

  /** What it does before it chooses. */
  protected prepare(): void {}

  /** Whether a server is promoted as soon as it is chosen; else when it has applied what it has received. */
  protected abstract readonly hurries: boolean

  /** Whether the old primary is sent word that it is read only. */
  protected readonly setsReadOnly: boolean = false

  private readonly elect = (): void => {
    this.stage = 'electing'
    this.pending = null
    if (!this.serves) return
    this.prepare()
    this.candidate = null
    for (const one of this.replicas) {
      const { server } = one
      if (!this.sees(one) || !this.suits(server)) continue
      if (this.candidate === null || this.worth(server) > this.worth(this.candidate)) this.candidate = server
    }
    if (this.candidate === null) this.withoutCandidate()
    else if (this.hurries) this.raise(this.candidate)
    else this.applied(this.candidate)
  }

  /** There is nobody to promote. */
  private withoutCandidate(): void {
    this.stage = 'watching'
    this.holdBack('no server that it may promote answers')
    this.failed()
  }

  protected failed(): void {}

  /** Something has changed, perhaps. */
  look(): void {
    if (this.stage === 'electing') this.elect()
  }

  /** `replica` has applied a write: perhaps the last that it waited for. */
  applied(replica: object): void {
    const { candidate } = this
    if (candidate === null || replica !== candidate) return
    if (candidate.applier.applied >= candidate.applier.received) this.raise(candidate)
  }

  private raise(server: Mysql): void {
    const old = this.primary
    this.candidate = null
    this.stage = 'watching'
    const { applier } = server
    // What it has not applied is gone with its relay log.
    if (this.hurries) applier.truncate(applier.applied)
    const isReadOnly = this.setsReadOnly && this.sees(old)
    const fell = Number.isNaN(old.gone) ? this.context.kernel.now : old.gone
    this.replication.promote(server, fell, { writable: !isReadOnly })
    for (const one of this.watched) one.failures = 0
    this.calm()
    this.promoted()
    for (const one of this.told) {
      if (one.telling) continue
      one.telling = true
      this.tell(one)
    }
  }

  protected promoted(): void {}

  private readonly tell = (one: Told): void => {
    const { kernel } = this.context
    if (this.serves && one.wire.carries(UP)) kernel.after(one.wire.latency.value, this.heardOf, one)
    else kernel.after(TELLS_AGAIN, this.tell, one)
  }

  private readonly heardOf = (one: Told): void => {
    one.telling = false
    one.hearer.hear()
  }

  // ---- What reports show ----------------------------------------------------------------------------------

  override restart(now: number): void {
    super.restart(now)
    this.declared = 0
    this.held = 0
  }

  override extra(_now: number): Record<string, number> {
    return { declared_dead: this.declared, held_back: this.held }
  }
}
