import { Deadlines } from '../kernel/deadlines.js'
import type { Handler } from '../kernel/event.js'
import type { Probe } from '../stats/probe.js'
import type { Context } from './context.js'
import { type ClassDials, Dial } from './dial.js'
import type { Host } from './host.js'
import type { Site } from './kind.js'
import { type Limit, shareOf } from './limit.js'
import { Outcome } from './outcome.js'
import { type Port, State, type Syn } from './port.js'
import { type Owner, Process } from './process.js'
import type { Processor } from './processor.js'
import { type Request, Scheme } from './request.js'
import type { Naming } from './resolvable.js'
import type { Station } from './station.js'
import type { Supervisor } from './supervisor.js'
import type { Wire } from './wire.js'
import type { WorkingSet } from './working-set.js'

/**
 * A box of the diagram. A subclass reads as the life of a request: `accept` when it comes down to the box,
 * handlers in the order of what happens to it, `resume` when the answer of a box below came back up, `reply`
 * in the end. What is common to all boxes is in its process: the port, CPU time, and the kinds of death.
 */
export abstract class Component implements Port, Owner {
  readonly name: string
  /** Names the box in keyed streams; boxes that stand for one another (`app-1`, `app-2`) share it. */
  readonly role: string
  readonly host: Host
  readonly process: Process
  readonly probe: Probe
  /** 1, or 0 while load balancers are told to send nothing new here (drain). */
  readonly rotation = new Dial(1)
  /** Whether it is not there for now, and load balancers know. */
  absent = false
  /** 1, or 0 once the certificate has expired; null where no TLS ends. */
  readonly certificate: Dial | null = null
  /** 1, or 0 while it is to bring out the new version of what it deploys; null for what deploys nothing. */
  readonly rollout: Dial | null = null
  /** 1, or 0 while name servers know nothing of it; null where it is no name. */
  readonly registered: Dial | null = null
  /** What it stands for, where it is a name. */
  readonly naming: Naming | null = null
  /** When certificates of it expire, as they say themselves: seconds on the kernel's clock. */
  readonly expiries: number[] = []
  /** Of `listen`: the kernel completes as many connections, and one, while the process hangs; more get silence. */
  readonly backlog: number = 511
  /** Whether connections end further behind: it passes on their packets, SYNs among them (`forward`). */
  readonly forwards: boolean = false
  /** Whether it only tells where to go: who has been told goes there by himself (`hand`). */
  readonly directs: boolean = false
  /** Whether nobody speaks for it once it is dead, not even its machine: it forwarded the packets of others. */
  readonly quiet: boolean = false
  /** What faults on the network around it strike, where its traffic takes other ways; null: all wires to and from it. */
  readonly approaches: readonly Wire[] | null = null
  /** Whether what it does for requests goes on without its process: it stands beside their way, or lets them pass. */
  readonly survives: boolean = false
  /** Whether it waits for a write to end, so that it is woken late: a worker that does one thing at a time. */
  readonly blocking: boolean = false
  /** Whether a request has no place in it while it waits for a box below: who waits for a place waits for none of those. */
  readonly releases: boolean = false
  /** Whether it takes in a request before all of it has come, and sees to the rest itself (`isWhole`). */
  readonly readsBodies: boolean = false
  /** Whether its waits are work of its own, which stops while it hangs; else time that passes all the same. */
  readonly works: boolean = false
  /** The station whose queue and slots the reports show, if the box has one. */
  readonly station: Station | null = null
  /** Whether each of its workers is a process, with memory of its own. */
  readonly forks: boolean = false
  /** Who starts its process again when it died; null: nobody. */
  supervisor: Supervisor | null = null
  /** Null: nobody counts its memory. */
  workingSet: WorkingSet | null = null

  /** Exchanges, after that of TCP, before the first request of a connection can be sent. */
  readonly greeting: number = 0

  /** What people call its slots. */
  protected readonly slots: string = 'slots'

  /** The station whose queue is the accept queue of the port, if connections wait there to be accepted. */
  readonly acceptQueue: Station | null = null
  protected readonly context: Context
  private readonly observers: (() => void)[] = []

  constructor({ context, name, role, host }: Pick<Site, 'context' | 'name' | 'role' | 'host'>) {
    this.context = context
    this.name = name
    this.role = role
    this.host = host
    this.process = new Process(this, context, host, name)
    this.probe = this.process.probe
    for (const dial of [host.power, this.process.up]) dial.watch(() => this.revive(dial))
    host.components.push(this)
  }

  // ---- The life of a request ----------------------------------------------------------------------------

  /** A request comes down to this box. */
  abstract accept(request: Request): void

  /** The answer to what `request` called for came back up; `answer` is gone when this returns, unless it is streamed. */
  resume(request: Request, answer: Request): void {
    if (this.forwards) {
      request.keeps = answer.keeps
      request.route = answer.route
    }
    this.passOn(request, answer)
  }

  /** Whether all of `request` has come; if not, `then` continues when it has. */
  protected isWhole(request: Request, then: Handler<Request>): boolean {
    return this.process.sized === false || request.wire!.isWhole(request, then)
  }

  /** Whether it has to stay with its answer to `request`, ok, for a while. */
  protected holds(request: Request): boolean {
    return this.process.sized === true && request.wire!.holds(request)
  }

  /** Passes `answer` on as it comes. */
  protected passOn(request: Request, answer: Request): void {
    if (answer.scheme === Scheme.moved) request.scheme = Scheme.moved
    if (this.process.sized === true && this.passedOnSlowly(request, answer)) return
    request.reply(answer.outcome)
  }

  private passedOnSlowly(request: Request, answer: Request): boolean {
    request.packed = answer.packed
    const slowly = answer.stays && request.wire!.holds(request)
    if (slowly) this.passOnSlowly(request, answer)
    else this.received(answer)
    return slowly
  }

  /** Passes on `answer`, which is ok: it is held, and who answered with it, until whoever is before has taken it. */
  protected passOnSlowly(request: Request, answer: Request): void {
    request.child = answer
    this.process.releaseSlowly(request)
  }

  /** All of `answer` is here: whoever wrote it may go. */
  protected received(answer: Request): void {
    if (answer.stays) answer.at!.answerTaken(answer)
  }

  /**
   * The answer to `request`, which is out of the box, is taken, but for what the kernels hold.
   * @param _below what it was passed on from, if it was
   * @param _heard whether its caller is there still
   */
  answerTaken(_request: Request, _below: Request | null, _heard: boolean): void {}

  /**
   * The caller of `request` gave up while this box waits for an answer from below. Servers mostly do not notice;
   * what only passes connections through ends its own side too.
   */
  hungUp(_request: Request): void {}

  /** The same while `request` waits, or is worked on, in the box itself. */
  withdrawn(_request: Request): void {}

  /**
   * A child of `request`, to be sent along a wire; before that the caller may set a timer on it. Where the box calls
   * several times for one request, each call draws its own numbers below.
   *
   * @param step the place of the call among those that this box makes for `request`: its second query is 1
   * @param retry how often that call was tried before
   */
  protected attempt(request: Request, step = 0, retry = 0): Request {
    return request.at!.attempt(request, step, retry)
  }

  /** Calls the box at the other end of `wire` for `request`; `resume` gets the answer. */
  protected call(request: Request, wire: Wire): void {
    wire.send(this.attempt(request))
  }

  /** Passes `request` on along `wire`, with its connection, or on one that is as new or as old. */
  protected forward(request: Request, wire: Wire): void {
    const child = this.attempt(request)
    child.comeAs(request)
    if (this.forwards) {
      child.keeps = request.keeps
      child.route = request.route
      if (request.shares !== null) child.batch = request.shares
      wire.relay(child)
    } else wire.send(child)
  }

  /**
   * Timers of `seconds` on the children that this box has sent; `strike` gets the request that waits, after its
   * child has been given up. Start one with `child.deadline = timers.set(child)` before the call.
   *
   * @param whole whether the time to connect counts too, as in the timeout of a scrape; a proxy has its own timeout
   * for that, which is the wire's
   */
  protected timers(seconds: number, strike: Handler<Request>, whole = false): Deadlines<Request> {
    const timers: Deadlines<Request> = new Deadlines(
      this.context.kernel,
      seconds,
      (child, ticket) => child.deadline === ticket,
      (child) => this.process.expire(child, timers, strike, whole),
    )
    return timers
  }

  /** Gives up what `request` waits for. The orphan burns on below; its answer will find nobody. */
  forget(request: Request): void {
    request.at!.forget(request)
  }

  /** Ends whatever `request` does in this box: it has no CPU, no wait and no child any more. */
  protected halt(request: Request): void {
    this.forget(request)
    request.event?.cancel()
    request.event = null
    this.host.processor.drop(request)
  }

  /** Gives `request` `demand` seconds of CPU on this box's host, then continues with `handler`. */
  protected run(request: Request, demand: number, handler: Handler<Request>): void {
    if (demand === 0) handler(request)
    else request.at!.run(request, demand, handler)
  }

  /** Lets `request` wait for `delay` seconds, without CPU, then continues with `handler`. */
  protected wait(request: Request, delay: number, handler: Handler<Request>): void {
    request.at!.wait(request, delay, handler)
  }

  /** Continues with `handler`, unless the process hangs: then when it runs again. */
  protected proceed(handler: Handler<Request>, request: Request): void {
    request.at!.proceed(handler, request)
  }

  // ---- Other ways out than `reply` -------------------------------------------------------------------------

  /**
   * Hands `request` itself on along `wire`: this box is out of the way, the answer goes past it.
   * @param astray to where the other end was before
   */
  protected hand(request: Request, wire: Wire, astray = false): void {
    this.process.leave(request, Outcome.ok)
    request.forgetNotes()
    if (astray) wire.sendAstray(request)
    else wire.send(request)
  }

  /** There is no place: the connection is refused, or closed (`reset`) after it was accepted. */
  protected refuse(request: Request, outcome: Outcome = Outcome.refused): void {
    this.turnAway()
    this.reject(request, outcome)
  }

  /** There is no place, and who came is told so. */
  protected turnAway(): void {
    this.probe.refused++
    this.probe.turnedAway++
  }

  /** The connection is refused though there is a place: not counted among those that found none. */
  protected reject(request: Request, outcome: Outcome = Outcome.refused): void {
    this.process.leave(request, outcome)
    request.wire!.reject(request, outcome)
  }

  /** Says nothing: the connection is not accepted, and the caller's machine will try again (accept queue full). */
  protected ignore(request: Request): void {
    this.probe.refused++
    this.process.leave(request, Outcome.dropped)
    request.wire!.connect(request)
  }

  /** Says nothing, ever: the request is lost, and only the caller's timeout will speak. */
  protected drop(request: Request): void {
    this.process.leave(request, Outcome.dropped)
    request.wire!.lose(request)
  }

  /** Says nothing, now or to any SYN that is sent again: only the caller's connect timeout will speak. */
  protected dropSyn(request: Request): void {
    this.process.leave(request, Outcome.dropped)
    request.wire!.dropSyn(request)
  }

  /** Whether a connection to it leads on to one of several, always the same, so that each has a number (`Request.route`). */
  get pins(): boolean {
    return false
  }

  /** Whether the connection of that number is one of those, and open. */
  leadsOn(_route: number): boolean {
    return false
  }

  /**
   * A connection that was kept open after an answer (`Request.keeps`) is closed, by the caller or after `idleTimeout`.
   * @param _route its number
   */
  connectionClosed(_route = 0): void {}

  /** One more of those that its caller keeps is idle, and may be used again by whoever comes; or (-1) one less. */
  connectionRests(_by: 1 | -1): void {}

  /** Seconds after which it closes a connection that is idle. */
  get idleTimeout(): number {
    return Number.POSITIVE_INFINITY
  }

  /** All components are there, peers among them, which may have been built after it. */
  assembled(): void {}

  // ---- The life of the process -----------------------------------------------------------------------------

  /** The process died: forget queues, caches, connections. Stations are emptied by themselves. */
  crashed(): void {}

  /** A new configuration was loaded: new processes take what comes, old ones finish what they have. */
  reloaded(): void {}

  /** The process listens: from here on it gets requests. */
  started(): void {}

  /** Seconds from the start of the process until it listens; before, its port refuses. Infinity: it does not start. */
  startup(): number {
    return 0
  }

  /** Bent by what makes its process die: 0 while it cannot run. Who starts it again has a say in when it does. */
  get life(): Dial {
    return this.supervisor?.able ?? this.process.up
  }

  /** Its process is killed: it is gone until somebody starts it again, as who stopped it on purpose does, or its machine. */
  kill(): void {
    const { supervisor, process } = this
    if (supervisor === null) {
      if (process.alive.value > 0) process.alive.bend(0)
    } else supervisor.kill()
  }

  /** Its machine boots, or it is no more stopped on purpose: who did that starts it. */
  private revive(dial: Dial): void {
    const { alive } = this.process
    if (this.supervisor === null && dial.value > 0 && alive.value === 0) alive.unbend(0)
  }

  // ---- What others see of it -------------------------------------------------------------------------------

  /** 1, or 0 while the process is not there: its port is closed. */
  get up(): Dial {
    return this.process.up
  }

  /** 1, or 0 while the process hangs: connections are made, nothing is answered. */
  get running(): Dial {
    return this.process.running
  }

  /** Factor on the speed of the process. */
  get speed(): Dial {
    return this.process.speed
  }

  /** Share of the answers that would be ok which are. */
  get soundness(): Dial {
    return this.process.soundness
  }

  /** The same two for requests of one class, beside those for all. */
  get speeds(): ClassDials {
    return this.process.speeds
  }

  get soundnesses(): ClassDials {
    return this.process.soundnesses
  }

  /** Share of what requests of one class ask for that is there. */
  get contents(): ClassDials {
    return this.process.contents
  }

  get processor(): Processor {
    return this.host.processor
  }

  /** What the SYN of a new connection meets here, or behind, if it is forwarded. */
  get syn(): Syn {
    return this.process.syn
  }

  /** Whether its process is there. */
  get state(): State {
    return this.process.state
  }

  /** How often its process has died. */
  get deaths(): number {
    return this.process.deaths
  }

  /** More than 0 while new configurations are loaded. */
  get renewal(): Dial {
    return this.process.renewal
  }

  get generation(): number {
    return this.process.generation
  }

  /** Since when its address is what it is, seconds. */
  get movedAt(): number {
    return this.process.movedAt
  }

  /** Calls `watcher` when `movedAt` may have changed. */
  watchAddress(watcher: () => void): void {
    this.process.relocation.watch(watcher)
  }

  /** Whether the process is there and does what it should. */
  get serves(): boolean {
    return this.process.state === State.serving
  }

  /** Calls `observer` whenever `state` may have changed. */
  observe(observer: () => void): void {
    this.observers.push(observer)
  }

  /** The process came, went, hung or runs again. */
  changed(): void {
    for (const observer of this.observers) observer()
  }

  /** Whether it confirms what others of its group send it: one that stands apart does not, though its process runs. */
  get confirms(): boolean {
    return true
  }

  /** Whether load balancers may send new requests here, and to what a pass-through stands before. */
  get inRotation(): boolean {
    return this.rotation.value > 0
  }

  /** Calls `watcher` when `inRotation` may have changed. */
  watchRotation(watcher: () => void): void {
    this.rotation.watch(watcher)
  }

  // ---- What is counted -------------------------------------------------------------------------------------

  /** Share of the box's own capacity in use over the measured span: slots of its station, else cores of its host. */
  utilization(now: number): number {
    const { station, probe } = this
    if (station !== null && station.servers < Number.POSITIVE_INFINITY)
      return probe.serving.mean(now) / station.servers
    return this.cpuUse(now)
  }

  /** Share of the cores of its host that its requests had, in the mean over the measured span. */
  protected cpuUse(now: number): number {
    const { probe, processor, process } = this
    const span = probe.inside.span(now)
    return span > 0 ? (probe.cpu + processor.heldBy(process, now)) / span / processor.cores : 0
  }

  /** Share of the cores of its host that it had for what no visitor waits for, in the mean over the measured span. */
  asideUse(_now: number): number {
    return 0
  }

  /** Whatever of it can fill, beside the cores of a host: the slots of its station, and what a kind adds. */
  limits(): readonly Limit[] {
    const { station, probe, slots } = this
    if (station === null || station.servers === Number.POSITIVE_INFINITY) return []
    return [
      {
        says: slots,
        capacity: station.servers,
        used: (now) => probe.serving.mean(now),
        refused: () =>
          station.places < Number.POSITIVE_INFINITY ? shareOf(probe.turnedAway, probe.joined) : 0,
      },
    ]
  }

  /** Whether it has to turn away what it would pass on, since those behind it that are there are full. */
  get fullBehind(): boolean {
    return false
  }

  /**
   * What it lacks when it takes nobody in: a place, which those inside have, or connections without a request; an entry
   * of a table, which those keep that have left; or a port to connect from.
   */
  get lacks(): 'place' | 'connection' | 'entry' | 'port' {
    return 'place'
  }

  /** Whether it has somebody to pass requests of a class on to, as far as it knows. */
  hasServer(_requestClass: number): boolean {
    return true
  }

  /** Whether it passes requests of a class on along `wire`, if it chooses so. */
  leadsTo(_wire: Wire, _requestClass: number): boolean {
    return true
  }

  /**
   * Why `request`, which is leaving, is not answered by others as it would like: it was told so, more come than it lets
   * through, or a queue for one server is full; null where none of that is why.
   */
  turnsAway(_request: Request): 'rule' | 'limit' | 'place' | null {
    return null
  }

  /** Whether requests can wait here for a place in service. */
  get queues(): boolean {
    return this.station !== null
  }

  /** Lines that its access log has got since the start; null for a box without one. */
  get logLines(): number | null {
    return null
  }

  /** Requests, workers or connections, of which each has memory (`memory_per_request`). */
  get memoryUnits(): number {
    return this.probe.inside.value
  }

  /** Requests, or writes, for each of which it writes so much to the disk (`disk_per_request`): so far, of the measured span. */
  get diskUnits(): number {
    let left = 0
    for (const some of this.probe.outcomes) left += some
    return left
  }

  /** What is counted of it whatever its kind, where it says so (`everyCounts`). */
  everyCount(now: number): Record<string, number> {
    const { supervisor, workingSet } = this
    return {
      ...(supervisor !== null && {
        restarts: supervisor.starts,
        failed_starts: supervisor.failed,
        gave_up: supervisor.gaveUp ? 1 : 0,
      }),
      ...(workingSet !== null && { memory_mb: workingSet.mb(now), oom_kills: workingSet.kills }),
    }
  }

  /** What this kind counts beyond its probe, by the name that reports show; rates and counts of the measured span. */
  extra(_now: number): Record<string, number> {
    return {}
  }

  /** The measured span begins: what `extra` counts starts from zero. */
  restart(now: number): void {
    this.supervisor?.restart()
    this.workingSet?.restart(now)
    this.probe.restart(now)
    this.probe.cpu = 0 - this.processor.heldBy(this.process, now)
  }
}
