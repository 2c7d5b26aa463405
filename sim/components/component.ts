import { Deadlines } from '../kernel/deadlines.js'
import type { Event, Handler } from '../kernel/event.js'
import type { Stream } from '../random/stream.js'
import { Probe } from '../stats/probe.js'
import type { Context } from './context.js'
import { Dial } from './dial.js'
import type { Host } from './host.js'
import type { Site } from './kind.js'
import { Outcome, outcomeNames } from './outcome.js'
import type { Processor } from './processor.js'
import type { Request } from './request.js'
import type { Station } from './station.js'
import type { Wire } from './wire.js'

/** A timer that expired while the process was stopped. */
interface Overdue {
  readonly child: Request
  readonly ticket: number
  readonly strike: Handler<Request>
}

/**
 * A box of the diagram. A subclass reads as the life of a request: `accept` when it comes down to the box,
 * handlers in the order of what happens to it, `resume` when the answer of a box below came back up, `reply`
 * in the end. What is common to all boxes is here: calls and answers, CPU time, waiting, and the kinds of
 * death.
 */
export abstract class Component {
  readonly name: string
  /** Names the box in keyed streams; boxes that stand for one another (`app-1`, `app-2`) share it. */
  readonly role: string
  readonly host: Host
  readonly probe = new Probe(outcomeNames.length)
  /** 1, or 0 while the process is not there: its port is closed. */
  readonly up = new Dial(1)
  /** 1, or 0 while the process hangs: connections are made, nothing is answered. */
  readonly running = new Dial(1)
  /** Factor on the speed of the process. */
  readonly speed = new Dial(1)
  /** Share of the answers that would be ok which are. */
  readonly soundness = new Dial(1)
  /** 1, or 0 while load balancers are told to send nothing new here (drain). */
  readonly rotation = new Dial(1)
  /** 1, or 0 once the certificate has expired; null where no TLS ends. */
  readonly certificate: Dial | null = null
  /** Connections that the kernel completes while the process hangs; more get silence. */
  readonly backlog: number = 511
  /** Whether nobody speaks for it once it is dead, not even its machine: it forwarded the packets of others. */
  protected readonly quiet: boolean = false
  /** The station whose queue and slots the reports show, if the box has one. */
  readonly station: Station | null = null

  protected readonly context: Context
  private alive = true
  private frozen = false
  /** The process is there, but its port is not open yet. */
  private starting: Event | null = null
  private first: Request | null = null
  private last: Request | null = null
  /** Its jobs while it hangs: taken off the CPU. */
  private readonly stopped: Request[] = []
  private readonly parked: Request[] = []
  private readonly parkedAnswers: Request[] = []
  private readonly unaccepted: Request[] = []
  private readonly overdue: Overdue[] = []
  private readonly observers: (() => void)[] = []
  private readonly errors: Stream

  constructor({ context, name, role, host }: Pick<Site, 'context' | 'name' | 'role' | 'host'>) {
    this.context = context
    this.name = name
    this.role = role
    this.host = host
    this.errors = context.stream(name, 'errors')
    host.components.push(this)
    host.power.watch(() => this.check())
    this.up.watch(() => this.check())
    this.running.watch(() => this.check())
  }

  get processor(): Processor {
    return this.host.processor
  }

  /** Share of the box's own capacity in use over the measured span: slots of its station, else cores of its host. */
  utilization(now: number): number {
    const { station, probe } = this
    if (station !== null && station.servers < Number.POSITIVE_INFINITY)
      return probe.serving.mean(now) / station.servers
    const span = probe.inside.span(now)
    return span > 0 ? probe.cpu / span / this.processor.cores : 0
  }

  /** Lines that its access log has got since the start; null for a box without one. */
  get logLines(): number | null {
    return null
  }

  /** What this kind counts beyond its probe, by the name that reports show; rates and counts of the measured span. */
  extra(_now: number): Record<string, number> {
    return {}
  }

  /** The measured span begins: what `extra` counts starts from zero. */
  restart(now: number): void {
    this.probe.restart(now)
  }

  // ---- The life of a request ----------------------------------------------------------------------------

  /** A request comes down to this box. */
  protected abstract accept(request: Request): void

  /** The answer to what `request` called for came back up; `answer` is gone when this returns. */
  protected resume(request: Request, answer: Request): void {
    request.reply(answer.outcome)
  }

  /** The process died: forget queues, caches, connections. Stations are emptied by themselves. */
  protected crashed(): void {}

  /** The process listens: from here on it gets requests. */
  protected started(): void {}

  /** Seconds from the start of the process until it listens; before, its port refuses. */
  protected startup(): number {
    return 0
  }

  /** A child of `request` to be sent along a wire by `call`; in between the caller may set a timer on it. */
  protected attempt(request: Request): Request {
    const child = this.context.requests.take()
    child.parent = request
    child.visitor = request.visitor
    child.key = request.key
    child.attempt = request.attempt
    child.class = request.class
    child.malicious = request.malicious
    child.traced = request.traced
    child.health = request.health
    request.child = child
    return child
  }

  /** Calls the box at the other end of `wire` for `request`; `resume` gets the answer. */
  protected call(request: Request, wire: Wire): void {
    wire.send(this.attempt(request))
  }

  /**
   * Timers of `seconds` on the children that this box has sent; `strike` gets the request that waits, after its
   * child has been given up. Start one with `child.deadline = timers.set(child)` before the call.
   *
   * @param whole whether the time to connect counts too, as in a visitor's patience; a proxy has its own timeout
   * for that, which is the wire's
   */
  protected timers(seconds: number, strike: Handler<Request>, whole = false): Deadlines<Request> {
    const timers: Deadlines<Request> = new Deadlines(
      this.context.kernel,
      seconds,
      (child, ticket) => child.deadline === ticket,
      (child) => {
        if (this.frozen) {
          child.deadline = this.context.kernel.ticket()
          this.overdue.push({ child, ticket: child.deadline, strike })
        } else if (child.knock !== 0 && !whole) {
          child.deadline = timers.set(child)
        } else {
          const request = child.parent!
          this.forget(request)
          strike(request)
        }
      },
    )
    return timers
  }

  /** A process that was stopped looks at its clock again, after it has read what had come in. */
  private readonly lookAtClock = (late: Overdue): void => {
    const { child, ticket, strike } = late
    if (child.deadline !== ticket) return
    if (this.frozen) {
      this.overdue.push(late)
      return
    }
    const request = child.parent!
    this.forget(request)
    strike(request)
  }

  /** Gives up what `request` waits for. The orphan burns on below; its answer will find nobody. */
  protected forget(request: Request): void {
    const child = request.child
    if (child === null) return
    request.child = null
    child.parent = null
    child.deadline = 0
    if (child.wire === null) this.context.requests.release(child)
    else if (child.knock !== 0) child.wire.quit(child)
    else if (child.child !== null) child.at!.hungUp(child)
  }

  /** Ends whatever `request` does in this box: it has no CPU, no wait and no child any more. */
  protected halt(request: Request): void {
    this.forget(request)
    request.event?.cancel()
    request.event = null
    this.host.processor.drop(request)
  }

  /**
   * The caller of `request` gave up while this box waits for an answer from below. Servers mostly do not notice;
   * what only passes connections through ends its own side too.
   */
  hungUp(_request: Request): void {}

  /** Gives `request` `demand` seconds of CPU on this box's host, then continues with `handler`. */
  protected run(request: Request, demand: number, handler: Handler<Request>): void {
    if (demand === 0) {
      handler(request)
      return
    }
    this.probe.cpu += demand
    this.host.processor.run(request, demand / this.speed.value, handler)
  }

  /** Lets `request` wait for `delay` seconds, without CPU, then continues with `handler`. */
  protected wait(request: Request, delay: number, handler: Handler<Request>): void {
    request.after = handler
    request.event = this.context.kernel.after(delay, this.waited, request)
  }

  private readonly waited = (request: Request): void => {
    request.event = null
    this.proceed(request.after, request)
  }

  // ---- What wires, hosts and stations call ----------------------------------------------------------------

  /** Whether the machine answers the SYN of a new connection: with SYN-ACK or, if the port is closed, RST. */
  get hears(): boolean {
    if (this.host.power.value === 0) return false
    if (this.quiet) return this.serves
    return !this.frozen || !this.alive || this.unaccepted.length < this.backlog
  }

  /** Whether a TCP connection would be made. */
  get connects(): boolean {
    return this.alive && this.hears
  }

  /** Whether the process is there and answers. */
  get serves(): boolean {
    return this.alive && !this.frozen
  }

  /** Calls `observer` whenever `serves` may have changed. */
  observe(observer: () => void): void {
    this.observers.push(observer)
  }

  /** Whether the process is there, takes connections, and does nothing. */
  get hangs(): boolean {
    return this.frozen
  }

  /** Whether load balancers may send new requests here, and to what a pass-through stands before. */
  get inRotation(): boolean {
    return this.rotation.value > 0
  }

  /** Calls `watcher` when `inRotation` may have changed. */
  watchRotation(watcher: () => void): void {
    this.rotation.watch(watcher)
  }

  /** A request arrives at the port. */
  enter(request: Request): void {
    if (!this.alive) {
      this.probe.refused++
      request.wire!.bounce(request, Outcome.refused)
      return
    }
    const now = this.context.kernel.now
    request.at = this
    request.entered = now
    request.elder = this.last
    request.younger = null
    if (this.last === null) this.first = request
    else this.last.younger = request
    this.last = request
    this.probe.inside.add(now, 1)
    if (request.traced) this.context.tap?.entered(request)
    if (this.frozen) this.unaccepted.push(request)
    else this.accept(request)
  }

  /** A request leaves with an answer. */
  release(request: Request, outcome: Outcome): void {
    if (outcome === Outcome.ok && this.soundness.value < 1) {
      this.errors.at(request.key, request.attempt)
      if (this.errors.next() >= this.soundness.value) outcome = Outcome.internalError
    }
    request.outcome = outcome
    this.remove(request)
    request.wire!.answer(request)
  }

  /** Hands `request` itself on along `wire`: this box is out of the way, the answer goes past it. */
  protected hand(request: Request, wire: Wire): void {
    this.remove(request, Outcome.ok)
    wire.send(request)
  }

  /** There is no place: the connection is refused, or closed (`reset`) after it was accepted. */
  protected refuse(request: Request, outcome: Outcome = Outcome.refused): void {
    this.probe.refused++
    this.remove(request, outcome)
    request.wire!.bounce(request, outcome)
  }

  /** Breaks the connections of those inside of whom `which` says so: their callers get a reset. */
  protected sever(which: (request: Request) => boolean): void {
    for (let request = this.first; request !== null; ) {
      const next: Request | null = request.younger
      if (which(request)) {
        this.forget(request)
        request.event?.cancel()
        request.event = null
        this.remove(request, Outcome.reset)
        request.wire!.bounce(request, Outcome.reset)
      }
      request = next
    }
  }

  /** Says nothing: the connection is not accepted, and the caller's machine will try again (accept queue full). */
  protected ignore(request: Request): void {
    this.probe.refused++
    this.remove(request, Outcome.dropped)
    request.wire!.knock(request)
  }

  /** Says nothing, ever: the request is lost, and only the caller's timeout will speak. */
  protected drop(request: Request): void {
    this.remove(request, Outcome.dropped)
    request.wire!.lose(request)
  }

  /** Says nothing, now or to any SYN that is sent again: only the caller's connect timeout will speak. */
  protected swallow(request: Request): void {
    this.probe.refused++
    this.remove(request, Outcome.dropped)
    request.wire!.swallow(request)
  }

  /** An answer comes back up to `request`, which is in this box. */
  answered(request: Request, answer: Request): void {
    if (this.frozen) {
      this.parkedAnswers.push(answer)
      return
    }
    answer.deadline = 0
    request.child = null
    this.resume(request, answer)
    this.context.requests.release(answer)
  }

  /** Continues with `handler`, unless the process hangs: then when it runs again. */
  proceed(handler: Handler<Request>, request: Request): void {
    if (this.frozen) {
      request.after = handler
      this.parked.push(request)
    } else {
      handler(request)
    }
  }

  /** Whether the process is there, as its dials and its machine have it. */
  protected get living(): boolean {
    return this.host.power.value > 0 && this.up.value > 0
  }

  /** Whether the process is there and does nothing. */
  protected get hanging(): boolean {
    return this.running.value === 0
  }

  // ---- Two kinds of death, and hanging ----------------------------------------------------------------------

  private check(): void {
    if (!this.living) {
      this.starting?.cancel()
      this.starting = null
      if (this.alive) this.die(this.quiet || this.host.power.value === 0)
    } else if (!this.alive && this.starting === null) {
      const seconds = this.startup()
      if (seconds > 0) this.starting = this.context.kernel.after(seconds, this.listen, null)
      else this.start()
    }
    const frozen = this.alive && this.hanging
    if (frozen !== this.frozen) {
      this.frozen = frozen
      if (frozen) this.stopped.push(...this.host.processor.take(this))
      else if (this.alive) this.thaw()
    }
    for (const observer of this.observers) observer()
  }

  /**
   * A process that dies on a living machine: the kernel resets every connection. A machine that dies: silence.
   */
  private die(silently: boolean): void {
    this.alive = false
    this.frozen = false
    this.parked.length = 0
    this.unaccepted.length = 0
    this.overdue.length = 0
    for (const answer of this.parkedAnswers.splice(0)) {
      if (answer.parent !== null) answer.parent.child = null
      this.context.requests.release(answer)
    }
    this.stopped.length = 0
    this.host.processor.take(this)
    this.station?.empty()
    this.crashed()
    for (let request = this.first; request !== null; request = this.first) {
      this.forget(request)
      request.event?.cancel()
      request.event = null
      request.queued = false
      request.place = 0
      this.remove(request, silently ? Outcome.dropped : Outcome.reset)
      if (silently) request.wire!.lose(request)
      else request.wire!.bounce(request, Outcome.reset)
    }
  }

  private start(): void {
    this.alive = true
    this.started()
  }

  private readonly listen = (): void => {
    this.starting = null
    this.start()
    this.check()
  }

  private thaw(): void {
    for (const job of this.stopped.splice(0)) this.host.processor.run(job, job.finish, job.after)
    const parked = this.parked.splice(0)
    const answers = this.parkedAnswers.splice(0)
    const unaccepted = this.unaccepted.splice(0)
    for (const request of parked) request.event = this.context.kernel.after(0, this.thawed, request)
    for (const answer of answers) this.context.kernel.after(0, this.thawedAnswer, answer)
    for (const late of this.overdue.splice(0)) this.context.kernel.after(0, this.lookAtClock, late)
    for (const request of unaccepted) request.event = this.context.kernel.after(0, this.thawedAccept, request)
  }

  private readonly thawed = (request: Request): void => {
    request.event = null
    this.proceed(request.after, request)
  }
  private readonly thawedAnswer = (answer: Request): void => {
    if (answer.parent === null) this.context.requests.release(answer)
    else this.answered(answer.parent, answer)
  }
  private readonly thawedAccept = (request: Request): void => {
    request.event = null
    if (this.frozen) this.unaccepted.push(request)
    else this.accept(request)
  }

  private remove(request: Request, outcome: Outcome = request.outcome): void {
    const now = this.context.kernel.now
    if (request.elder === null) this.first = request.younger
    else request.elder.younger = request.younger
    if (request.younger === null) this.last = request.elder
    else request.younger.elder = request.elder
    request.elder = null
    request.younger = null
    request.outcome = outcome
    this.probe.inside.add(now, -1)
    this.probe.outcomes[outcome]!++
    this.probe.sojourns.record(now - request.entered)
    if (request.traced) this.context.tap?.left(request)
  }
}
