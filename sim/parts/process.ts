import type { Deadlines } from '../kernel/deadlines.js'
import type { Event, Handler } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { type Stream, wordOf } from '../random/stream.js'
import { Probe } from '../stats/probe.js'
import type { Context } from './context.js'
import { ClassDials, Dial } from './dial.js'
import { Floods } from './floods.js'
import { asSynQueue, HalfOpen } from './half-open.js'
import type { Host } from './host.js'
import { Outcome, outcomeNames } from './outcome.js'
import { acceptQueueOf, type Entrance, State, type Syn, synOf } from './port.js'
import type { Unfinished } from './processor.js'
import type { Request, RequestPool } from './request.js'

/** A timer that expired while the process was stopped. */
/** Who writes down what comes and goes. */
export interface Journal {
  entered(request: Request): void
  left(request: Request): void
}

const both = (one: Journal, other: Journal): Journal => ({
  entered: (request) => {
    one.entered(request)
    other.entered(request)
  },
  left: (request) => {
    one.left(request)
    other.left(request)
  },
})

interface Overdue {
  readonly child: Request
  readonly ticket: number
  readonly strike: Handler<Request>
}

/** What a process asks of its box: what differs from kind to kind. */
export interface Owner {
  readonly role: string
  /** Connections that the kernel completes while the process hangs; more get silence. */
  readonly backlog: number
  /** Where connections wait to be accepted, if they do. */
  readonly acceptQueue: { readonly waiting: number; readonly full: boolean } | null
  readonly station: { empty(): void } | null
  readonly quiet: boolean
  readonly survives: boolean
  readonly works: boolean
  readonly readsBodies: boolean
  accept(request: Request): void
  resume(request: Request, answer: Request): void
  forget(request: Request): void
  hungUp(request: Request): void
  withdrawn(request: Request): void
  answerTaken(request: Request, below: Request | null, heard: boolean): void
  startup(): number
  started(): void
  crashed(): void
  reloaded(): void
  /** `state` may have changed. */
  changed(): void
}

/** The machine that it runs on. */
type Home = Pick<Host, 'power' | 'processor' | 'network'>

/**
 * The running process of a component, whatever its kind: its port, the requests inside, its share of the CPU, and
 * the kinds of death. Wires and hosts deal with processes, and a process asks its component what to do.
 *
 * All processes are objects of one class, so that the engine compiles the way of a request through them once; what
 * differs from kind to kind is called through `component`.
 */
export class Process implements Entrance {
  readonly probe = new Probe(outcomeNames.length)
  private entries = 0
  /** Where it writes a line for each request, if somebody reads that. */
  private journal: Journal | null = null
  state: State = State.serving
  deaths = 0
  /** It is stopped, and what comes has to wait: asked at every step of a request, so it is worked out beforehand. */
  private stands = false
  /** What comes and is answered has a size: it may come, and go, bit by bit. */
  sized = false
  /** Nothing slows it, and no answer of it that would be ok is wrong: worked out beforehand for the same reason. */
  private brisk = true
  private sound = true
  private readonly kernel: Kernel
  private readonly requests: RequestPool
  /** 1, or 0 while the process is not there: its port is closed. */
  readonly up = new Dial(1)
  /** 1, or 0 from when it was killed until it is started again. */
  readonly alive = new Dial(1)
  /** 1, or 0 while the process hangs: connections are made, nothing is answered. */
  readonly running = new Dial(1)
  /** 1, or 0 while it is being stopped gracefully: its port is closed, and those inside are answered. */
  readonly listens = new Dial(1)
  /** How many new configurations are being loaded: each that is added makes it begin anew (`reloaded`). */
  readonly renewal = new Dial(0, 'sum')
  private renewed = 0
  /** How often connections that are idle became useless: it died, or a new process took its place. */
  generation = 0
  /** More than 0 while it is on its way to another address, where it is when that is over. */
  readonly relocation = new Dial(0, 'sum')
  private relocated = 0
  /** Since when its address is what it is, seconds. */
  movedAt = Number.NEGATIVE_INFINITY
  /** Factor on the speed of the process. */
  readonly speed = new Dial(1)
  /** Share of the answers that would be ok which are. */
  readonly soundness = new Dial(1)
  readonly floods = new Floods()
  /** Cores that SYNs of floods take, and the factor on the speed of what is left. */
  readonly interrupts = new Dial(0, 'sum')
  private rest = 1
  /** Its SYN queue, once it has been flooded, where nothing else answers a SYN. */
  private synQueue: HalfOpen | null = null
  /** Beside these, what they are for requests of one class. */
  readonly speeds: ClassDials
  readonly soundnesses: ClassDials
  /** Share of what requests of one class ask for that is there; of the rest it answers 404. */
  readonly contents: ClassDials
  /** While it starts: when it will listen. */
  private listening: Event | null = null
  /** Its work while it hangs. */
  private readonly stopped: Unfinished[] = []
  private readonly parked: Request[] = []
  private readonly parkedAnswers: Request[] = []
  private readonly unaccepted: Request[] = []
  private readonly overdue: Overdue[] = []
  private readonly errors: Stream
  /** Stands for the box's role in the lineage of what it calls. */
  private readonly role: number

  constructor(
    private readonly component: Owner,
    private readonly context: Context,
    private readonly host: Home,
    readonly name: string,
  ) {
    this.kernel = context.kernel
    this.requests = context.requests
    this.errors = context.stream(name, 'errors')
    this.role = wordOf(component.role)
    host.power.watch(() => this.check())
    this.up.watch(() => this.check())
    this.alive.watch(() => this.check())
    this.running.watch(() => this.check())
    this.listens.watch(() => this.stopListening())
    this.renewal.watch(() => this.renew())
    this.relocation.watch(() => this.relocate())
    const replan = () => {
      this.brisk = this.speed.value === 1 && !this.speeds.bent
      this.sound = this.soundness.value === 1 && !this.soundnesses.bent && !this.contents.bent
    }
    this.speeds = new ClassDials(context.classes, replan)
    this.soundnesses = new ClassDials(context.classes, replan)
    this.contents = new ClassDials(context.classes, replan)
    this.speed.watch(replan)
    this.soundness.watch(replan)
    this.floods.watch(() => this.flooded())
    this.interrupts.watch(() => this.interrupted())
  }

  /** `journal` is told of every request from now on, beside others. */
  writeTo(journal: Journal): void {
    this.journal = this.journal === null ? journal : both(this.journal, journal)
  }

  // ---- The port -------------------------------------------------------------------------------------------

  /** What the SYN of a new connection meets at this process, by the table above `synOf`. */
  get syn(): Syn {
    const { state, component } = this
    const queue = component.acceptQueue
    const full =
      state === State.hanging
        ? this.unaccepted.length + (queue?.waiting ?? 0) >= acceptQueueOf(component.backlog)
        : (queue?.full ?? false)
    return synOf({
      state: this.listens.value > 0 ? state : State.gone,
      power: this.host.power.value > 0,
      full,
      quiet: component.quiet,
    })
  }

  get synQueueFull(): boolean {
    return this.synQueue?.isFull(this.kernel.now) === true
  }

  losesSyn(): void {
    this.probe.refused++
  }

  /** Floods of SYNs have grown or become less. Who forwards has no queue. */
  private flooded(): void {
    const { synCookies, synBacklog, synAckRetries } = this.host.network
    const { backlog, quiet } = this.component
    if (synCookies || quiet) return
    // Linux asks whether there are more than that; measured on 6.18: 1025 of 1024, and 769 of three quarters.
    const places = Math.min(backlog, synBacklog - Math.floor(synBacklog / 4)) + 1
    this.synQueue ??= new HalfOpen(
      places,
      asSynQueue(synAckRetries, backlog),
      this.context.stream(this.name, 'flood'),
    )
    this.synQueue.flood(this.kernel.now, this.floods.rate)
  }

  private interrupted(): void {
    const { speed, cores } = this.host.processor
    if (this.rest !== 1) speed.unbend(this.rest)
    this.rest = Math.max(0, 1 - this.interrupts.value / cores)
    if (this.rest !== 1) speed.bend(this.rest)
  }

  /** Requests that came in since the start. */
  get entered(): number {
    return this.entries
  }

  /** A request arrives at the port. */
  enter(request: Request): void {
    if ((this.state === State.serving && this.listens.value > 0) || this.component.survives) {
      this.admit(request)
    } else if (this.state === State.hanging) {
      this.register(request)
      this.unaccepted.push(request)
    } else {
      this.probe.refused++
      if (request.traced) this.context.tap?.failed(request, Outcome.refused)
      request.wire!.reject(request, Outcome.refused)
    }
  }

  /** A request is taken in. */
  admit(request: Request): void {
    this.register(request)
    if (this.sized === true) this.acceptSized(request)
    else this.component.accept(request)
  }

  /** It may not have come to its end. */
  private acceptSized(request: Request): void {
    request.packed = 0
    if (this.component.readsBodies || request.wire!.isWhole(request, this.accept))
      this.component.accept(request)
  }

  private readonly accept = (request: Request): void => this.component.accept(request)

  getsBodies(): void {
    this.sized = true
  }

  private register(request: Request): void {
    const now = this.kernel.now
    request.at = this
    request.entry = ++this.entries
    this.probe.inside.add(now, 1)
    if (request.traced) this.context.tap?.entered(request)
    if (this.journal !== null) this.journal.entered(request)
  }

  /** A request leaves with an answer. */
  release(request: Request, outcome: Outcome): void {
    this.leave(request, this.sound === true ? outcome : this.flawed(request, outcome))
    request.wire!.answer(request)
  }

  /** A request leaves with an answer that is ok, and that the box stays with until it is taken. */
  releaseSlowly(request: Request): void {
    this.leave(request, this.sound ? Outcome.ok : this.flawed(request, Outcome.ok))
    request.stay(this.deaths)
    // A failure has no content, and nobody takes what nobody waits for: that is counted already.
    if (request.outcome !== Outcome.ok || request.parent === null)
      this.endAnswer(request, request.parent !== null)
    request.wire!.answer(request)
  }

  /** The answer to `request` is taken, and with it what it was passed on from (`Component.passOnSlowly`). */
  answerTaken(request: Request, heard = request.parent !== null): void {
    if (!heard && !request.check) this.probe.unheard++
    this.endAnswer(request, heard)
  }

  private endAnswer(request: Request, heard: boolean): void {
    const below = request.child
    const same = request.life === this.deaths
    request.child = null
    request.entry = 0
    if (same) this.component.answerTaken(request, below, heard)
    if (below === null) return
    // What it was passed on from was heard, by this box.
    if (below.stays) below.at!.answerTaken(below, true)
    if (below.parent === null) this.requests.release(below)
  }

  /** What becomes of an answer where some that would be ok are not. */
  private flawed(request: Request, outcome: Outcome): Outcome {
    if (outcome !== Outcome.ok) return outcome
    const u = request.draws(this.errors).next()
    const sound = this.soundnessOf(request)
    if (u >= sound) return Outcome.internalError
    return request.health || u < sound * this.contents.of(request.class) ? outcome : Outcome.notFound
  }

  /** Share of the answers to requests like this one that would be ok which are. A health check is of no class. */
  soundnessOf(request: Request): number {
    return this.soundness.value * (request.health ? 1 : this.soundnesses.of(request.class))
  }

  /** A request leaves; the caller sees to its answer. */
  leave(request: Request, outcome: Outcome): void {
    if (request.entry === 0) throw slip(this.name)
    request.entry = 0
    request.outcome = outcome
    this.probe.inside.add(this.kernel.now, -1)
    this.probe.outcomes[outcome]!++
    if (request.parent === null && outcome === Outcome.ok && !request.check) this.probe.unheard++
    if (request.traced) this.context.tap?.left(request)
    if (this.journal !== null) this.journal.left(request)
  }

  /** An answer comes back up to `request`, which is in this process. */
  answered(request: Request, answer: Request): void {
    if (this.stands === true) {
      this.parkedAnswers.push(answer)
      return
    }
    request.child = null
    this.component.resume(request, answer)
    if (this.sized === true) this.passedOn(request, answer)
    else this.requests.release(answer)
  }

  /** `answer` has been passed on, and is kept as long as that takes. */
  private passedOn(request: Request, answer: Request): void {
    if (request.child === answer) this.keep(answer)
    else this.requests.release(answer)
  }

  /** `answer` is here, and passed on as it comes: nobody waits for it any more, nor gives it up. */
  private keep(answer: Request): void {
    answer.parent = null
    answer.deadline = 0
  }

  /** Breaks the connections of those inside of whom `which` says so: their callers get a reset. */
  sever(which: (request: Request) => boolean): void {
    for (const request of this.requests.inside(this)) {
      // An earlier one's end may have ended this one too.
      if (request.at !== this || request.entry === 0 || !which(request)) continue
      this.component.forget(request)
      request.event?.cancel()
      request.event = null
      this.leave(request, Outcome.reset)
      request.wire!.reject(request, Outcome.reset)
    }
  }

  // ---- CPU time, waiting, and what was called below -------------------------------------------------------

  /**
   * A request that `request` waits for from now on.
   * @param step the place of the call among those that the box makes for `request`, from 0
   * @param retry how often that call was tried before
   */
  attempt(request: Request, step: number, retry: number): Request {
    const child = this.requests.child(request)
    if (step !== 0 || retry !== 0) child.branch(this.role, step, retry)
    return child
  }

  /** Gives `request` `demand` seconds of CPU, then continues with `handler`. */
  run(request: Request, demand: number, handler: Handler<Request>): void {
    this.host.processor.run(request, this.slowed(request, demand), handler)
  }

  /** Seconds that work for `request` takes here which takes `seconds` at full speed. */
  slowed(request: Request, seconds: number): number {
    // A division takes as long as a dozen comparisons.
    return this.brisk === true ? seconds : seconds / this.speedOf(request)
  }

  /** Factor on the speed at which it works for requests like this one. A health check is of no class. */
  speedOf(request: Request): number {
    return this.speed.value * (request.health ? 1 : this.speeds.of(request.class))
  }

  /** Lets `request` wait for `delay` seconds, without CPU, then continues with `handler`. */
  wait(request: Request, delay: number, handler: Handler<Request>): void {
    request.after = handler
    request.event = this.kernel.after(delay, waited, request)
  }

  /** Continues with `handler`, unless the process hangs: then when it runs again. */
  proceed(handler: Handler<Request>, request: Request): void {
    if (this.stands === true) {
      request.after = handler
      this.parked.push(request)
    } else {
      handler(request)
    }
  }

  /** Gives up what `request` waits for. The orphan burns on below; its answer will find nobody. */
  forget(request: Request): void {
    const child = request.child
    if (child === null) return
    request.child = null
    this.disown(child)
  }

  /** `child` has been given up by who waited for it. */
  disown(child: Request): void {
    if (child.traced) this.context.tap?.forgotten(child)
    child.parent = null
    child.deadline = 0
    if (child.wire === null) this.requests.release(child)
    else if (child.connecting !== 0) child.wire.quit(child)
    else {
      child.wire.hungUp(child)
      // With the word that it is no longer waited for it may have gone back to the pool.
      if (child.entry === 0 || child.at === null) return
      if (child.child !== null) child.at!.hungUp(child)
      else child.at!.withdrawn(child)
    }
  }

  /** The caller of `request` has given up. */
  hungUp(request: Request): void {
    this.component.hungUp(request)
  }

  /** The same while it waits for nobody below. */
  withdrawn(request: Request): void {
    this.component.withdrawn(request)
  }

  /** A timer on `child` ran out: `strike` gets the request that waits for it, after the child has been given up. */
  expire(child: Request, timers: Deadlines<Request>, strike: Handler<Request>, whole: boolean): void {
    if (this.stands === true) {
      child.deadline = this.kernel.ticket()
      this.overdue.push({ child, ticket: child.deadline, strike })
    } else if (!whole && child.connecting !== 0 && child.wire!.from === this.name) {
      // It is not connected yet, from here; where it was handed on to is another matter.
      child.deadline = timers.set(child)
    } else {
      const request = child.parent!
      this.forget(request)
      strike(request)
    }
  }

  /** A process that was stopped looks at its clock again, after it has read what had come in. */
  private readonly lookAtClock = (late: Overdue): void => {
    const { child, ticket, strike } = late
    if (child.deadline !== ticket) return
    if (this.stands === true) {
      this.overdue.push(late)
      return
    }
    const request = child.parent!
    this.forget(request)
    strike(request)
  }

  // ---- Two kinds of death, and hanging ----------------------------------------------------------------------

  private check(): void {
    if (this.host.power.value === 0 || this.up.value === 0 || this.alive.value === 0) this.stop()
    else if (this.state === State.gone) this.boot()
    if (this.state === State.serving && this.running.value === 0) this.hang()
    else if (this.state === State.hanging && this.running.value > 0) this.resume()
    this.component.changed()
  }

  /** A graceful stop begins, or is over. */
  private stopListening(): void {
    if (this.listens.value === 0) this.retire()
    // Its successor, which may be there before the last of those inside is answered.
    else if (this.state === State.serving) this.component.reloaded()
    this.component.changed()
  }

  private renew(): void {
    const more = this.renewal.value > this.renewed
    this.renewed = this.renewal.value
    if (more && this.state === State.serving) this.component.reloaded()
  }

  private relocate(): void {
    if (this.relocation.value < this.relocated) this.movedAt = this.kernel.now
    this.relocated = this.relocation.value
  }

  /** Connections are closed that are idle, and others with their answers. */
  retire(): void {
    this.generation++
    for (const request of this.requests.inside(this)) {
      request.keeps = false
      request.carried = 0
    }
    this.component.changed()
  }

  private become(state: State): void {
    this.state = state
    this.stands = state === State.hanging && !this.component.survives
  }

  private stop(): void {
    const { state, component } = this
    this.become(State.gone)
    this.listening?.cancel()
    this.listening = null
    if ((state === State.serving || state === State.hanging) && !component.survives)
      this.die(component.quiet || this.host.power.value === 0)
  }

  private boot(): void {
    const seconds = this.component.startup()
    if (seconds > 0) {
      this.become(State.starting)
      if (seconds < Number.POSITIVE_INFINITY) this.listening = this.kernel.after(seconds, this.listen, null)
    } else {
      this.serve()
    }
  }

  private readonly listen = (): void => {
    this.listening = null
    this.serve()
    this.check()
  }

  private serve(): void {
    this.become(State.serving)
    this.synQueue?.clear(this.kernel.now)
    this.component.started()
  }

  private hang(): void {
    this.become(State.hanging)
    if (!this.component.survives) this.freeze()
  }

  private resume(): void {
    this.become(State.serving)
    if (!this.component.survives) this.thaw()
  }

  /**
   * A process that dies on a living machine: the kernel resets every connection. A machine that dies: silence.
   */
  private die(silently: boolean): void {
    this.deaths++
    this.generation++
    this.parked.length = 0
    this.unaccepted.length = 0
    this.overdue.length = 0
    for (const answer of this.parkedAnswers.splice(0)) {
      if (answer.parent !== null) answer.parent.child = null
      answer.parent = null
      this.discard(answer)
    }
    this.stopped.length = 0
    this.host.processor.take(this)
    this.component.station?.empty()
    this.component.crashed()
    for (const request of this.requests.inside(this)) {
      this.component.forget(request)
      request.event?.cancel()
      request.event = null
      request.forgetNotes()
      this.leave(request, silently ? Outcome.dropped : Outcome.reset)
      if (silently) request.wire!.lose(request)
      else request.wire!.reject(request, Outcome.reset)
    }
  }

  private freeze(): void {
    this.stopped.push(...this.host.processor.take(this))
    if (!this.component.works) return
    for (const request of this.requests.inside(this)) {
      if (request.event?.handler !== waited) continue
      this.stopped.push({ job: request, left: request.event.time - this.kernel.now })
      request.event.cancel()
      request.event = null
    }
  }

  private thaw(): void {
    for (const { job, left } of this.stopped.splice(0)) this.host.processor.run(job, left, job.after)
    const parked = this.parked.splice(0)
    const answers = this.parkedAnswers.splice(0)
    const unaccepted = this.unaccepted.splice(0)
    for (const request of parked) request.event = this.kernel.after(0, waited, request)
    for (const answer of answers) this.kernel.after(0, this.thawedAnswer, answer)
    for (const late of this.overdue.splice(0)) this.kernel.after(0, this.lookAtClock, late)
    for (const request of unaccepted) request.event = this.kernel.after(0, this.thawedAccept, request)
  }

  private readonly thawedAnswer = (answer: Request): void => {
    if (answer.parent === null) this.discard(answer)
    else this.answered(answer.parent, answer)
  }

  /** Nobody wants `answer` any more. */
  private discard(answer: Request): void {
    if (answer.stays) answer.at!.answerTaken(answer)
    this.requests.release(answer)
  }

  private readonly thawedAccept = (request: Request): void => {
    request.event = null
    request.packed = 0
    if (this.stands) this.unaccepted.push(request)
    else this.component.accept(request)
  }
}

/** A request's wait is over. */
function waited(request: Request): void {
  request.event = null
  request.at!.proceed(request.after, request)
}

/** Apart: what is thrown would make every `leave` longer. */
function slip(name: string): Error {
  return new Error(`a request left ${name} twice`)
}
