import type { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import { ClassNames } from '../../options/types.js'
import type { Site } from '../../parts/kind.js'
import { Syn } from '../../parts/port.js'
import { checkersOf, type Request } from '../../parts/request.js'
import { CLIENT_SECONDS } from '../../parts/tls.js'
import type { Stream } from '../../random/stream.js'
import type { AgentCheck } from './agent-check.js'
import { Marks } from './first-marks.js'
import type { Options } from './haproxy-options.js'
import { visit } from './haproxy-visit.js'
import type { Observation } from './observation.js'
import type { Line } from './running-line.js'
import type { Servers } from './servers.js'

interface Checking {
  /** What is believed of a server may be otherwise than before: it was up, or not. */
  believed(line: Line, before: boolean): void
  /** Timers of so many seconds, over all of a check. */
  timers(seconds: number, strike: Handler<Request>): Deadlines<Request>
}

/**
 * Health checks of servers, and what errors of requests add to them (`observe`): each server is up, or down, as far as
 * HAProxy knows.
 */
export class Checks {
  private readonly phase: Stream
  /** The request class that checks ask for; -1 for none. */
  private readonly page: number
  /** Tells what they draw from what visitors do. */
  private readonly checkers: number
  /** Timers of checks by their length. */
  private readonly checking = new Map<number, Deadlines<Request>>()
  /** How often checks took a server down, and up; and when first, seconds of the measured span. */
  readonly marks = { down: new Marks(), up: new Marks() }
  /** How often what requests met took a server down. */
  observedDown = 0
  /** How often the words of an agent changed what its server gets. */
  agentChanges = 0
  private measuredFrom = 0
  private measures = false
  /** Null where checks come at their intervals. */
  private readonly spread: Stream | null

  constructor(
    private readonly site: Site,
    private readonly options: Options,
    private readonly servers: Servers,
    private readonly haproxy: Checking,
  ) {
    const { option_httpchk } = options
    this.phase = site.context.stream(site.name, 'check')
    this.page = option_httpchk instanceof ClassNames ? site.classes.indexOf(option_httpchk.names[0]!) : -1
    this.checkers = checkersOf(site.name)
    this.spread = options.spread_checks > 0 ? site.context.stream(site.name, 'spread') : null
  }

  get any(): boolean {
    return this.servers.lines.some(({ check }) => check !== null)
  }

  /**
   * First checks are spread over the shortest interval in the order of the servers (HAProxy's start_checks), and those
   * of agents with them; when the process was started, seen from whatever happens later, is chance.
   */
  begin(): void {
    const rounds = this.servers.lines.flatMap(({ check, agent, options: { inter, agent_inter } }) => [
      ...(check === null ? [] : [{ round: check, every: inter, look: this.look }]),
      ...(agent === null ? [] : [{ round: agent.round, every: agent_inter, look: this.askAgent }]),
    ])
    const shortest = Math.min(...rounds.map(({ every }) => every))
    const phase = this.phase.next()
    rounds.forEach(({ round, look }, i) => {
      this.wait(round, shortest * (phase + i / rounds.length), look)
    })
  }

  /** The next look, in so many seconds, or by chance `spread-checks` sooner or later (process_chk_conn of check.c). */
  private next(round: Request, seconds: number, look: Handler<Request>): void {
    const { spread, options } = this
    const by = spread === null ? 0 : (1 - 2 * spread.next()) * (options.spread_checks / 100)
    this.wait(round, seconds * (1 + by), look)
  }

  private wait(check: Request, seconds: number, then: Handler<Request>): void {
    this.servers.process.wait(check, seconds, then)
  }

  private lineOf(check: Request): Line {
    return this.servers.lines[check[visit.server]]!
  }

  private readonly look = (check: Request): void => {
    check.tryAgain()
    const line = this.lineOf(check)
    if (line.wire.to.absent) line.health.reset()
    if (pauses(line)) this.next(check, line.options.inter, this.look)
    else if (this.options.option_httpchk === false) this.connectOnly(check)
    else if (this.checksTls(check)) this.servers.process.run(check, CLIENT_SECONDS, this.ask)
    else this.ask(check)
  }

  private checksTls(check: Request): boolean {
    const { ssl, check_ssl } = this.lineOf(check).options
    return ssl || check_ssl
  }

  private readonly ask = (check: Request): void => {
    const line = this.lineOf(check)
    const { timeout_check } = this.options
    const connects = line.wire.syn === Syn.accepted
    const patience = timeout_check !== undefined && connects ? timeout_check : this.patience(line)
    const child = this.servers.process.attempt(check, 0, 0)
    child.open()
    if (this.page >= 0) child.checkFor(this.page, this.checkers)
    if (patience < Number.POSITIVE_INFINITY) child.deadline = this.checkTimers(patience).set(child)
    line.wire.send(child)
  }

  /** A layer 4 check: the kernel of the other side answers, whatever its process does. */
  private connectOnly(check: Request): void {
    const line = this.lineOf(check)
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
    const timers = this.checking.get(length) ?? this.haproxy.timers(length, this.unanswered)
    this.checking.set(length, timers)
    return timers
  }

  private readonly passed = (check: Request): void => this.judge(check, this.lineOf(check), true)
  private readonly unanswered = (check: Request): void => this.answered(check, false)

  /** A server has answered, or an agent; or not. */
  answered(check: Request, well: boolean): void {
    const line = this.lineOf(check)
    if (line.agent?.round === check) this.hear(line, line.agent, well)
    else this.judge(check, line, well)
  }

  private judge(check: Request, line: Line, passed: boolean): void {
    const { health, options } = line
    if (pauses(line)) {
      this.next(check, options.inter, this.look)
      return
    }
    const ran = this.servers.runs(line)
    const { up } = health
    const { now } = this.site.context.kernel
    if (passed === up) line.doubted = Number.NaN
    else if (Number.isNaN(line.doubted)) line.doubted = now
    if (passed) {
      health.passed()
      line.observation?.clear()
    } else health.failed()
    if (health.up !== up) this.marks[up ? 'down' : 'up'].record(now - this.measuredFrom)
    this.believe(line, up, ran)
    if (line.slow?.under) this.servers.reweigh(line)
    const { inter, fastinter = inter, downinter = inter } = options
    this.next(check, health.sound ? inter : health.dead ? downinter : fastinter, this.look)
  }

  /** Requests have met errors enough in a row. */
  suspect(line: Line, { since }: Observation): void {
    const { health, options } = line
    const { up } = health
    const ran = this.servers.runs(line)
    const { on_error, fastinter } = options
    if (up && on_error !== 'fastinter' && Number.isNaN(line.doubted)) line.doubted = since
    if (on_error === 'mark-down') health.markDown()
    else if (on_error === 'sudden-death') health.fade()
    if (on_error === 'fail-check' || on_error === 'sudden-death') health.failed()
    if (up && !health.up) this.observedDown++
    this.believe(line, up, ran)
    if (fastinter !== undefined) this.bringForward(line.check!, fastinter)
  }

  /** The next look, if it is later than in so many seconds. */
  private bringForward(check: Request, seconds: number): void {
    const { event } = check
    const { now } = this.site.context.kernel
    if (event === null || check.after !== this.look || event.time <= now + seconds) return
    event.cancel()
    this.wait(check, seconds, this.look)
  }

  /** @param before whether checks had it up, @param ran whether it was up */
  private believe(line: Line, before: boolean, ran: boolean): void {
    const { up } = line.health
    if (up !== before) {
      this.tell(line, up, line.doubted)
      line.doubted = Number.NaN
    }
    this.haproxy.believed(line, ran)
  }

  private tell({ wire }: Line, up: boolean, since: number): void {
    this.site.context.detected(this.site.name, `marked ${wire.towards} ${up ? 'up' : 'down'}`, since)
  }

  // ---- Agents -------------------------------------------------------------------------------------------------

  private readonly askAgent = (round: Request): void => {
    const { agent, options } = this.lineOf(round)
    round.tryAgain()
    const child = this.servers.process.attempt(round, 0, 0)
    child.open()
    child.deadline = this.checkTimers(options.agent_inter).set(child)
    agent!.wire.send(child)
  }

  private hear(line: Line, agent: AgentCheck, answers: boolean): void {
    const { now } = this.site.context.kernel
    const [ran, paused] = [this.servers.runs(line), agent.pauses]
    const time = this.measures ? now - this.measuredFrom : Number.NEGATIVE_INFINITY
    if (answers && agent.heed(time, now)) {
      this.agentChanges++
      if (paused && !agent.pauses) line.health.reset()
      const runs = this.servers.runs(line)
      if (runs !== ran) this.tell(line, runs, now)
      this.servers.reweigh(line)
      this.haproxy.believed(line, ran)
    }
    this.next(agent.round, line.options.agent_inter, this.askAgent)
  }

  restart(now: number): void {
    this.measuredFrom = now
    this.measures = true
    this.agentChanges = 0
    this.observedDown = 0
    this.marks.down.restart()
    this.marks.up.restart()
  }
}

/** Whether its checks pause. */
const pauses = ({ agent, wire }: Line): boolean => agent?.pauses === true || wire.to.absent
