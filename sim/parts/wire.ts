import { Deadlines } from '../kernel/deadlines.js'
import type { Handler } from '../kernel/event.js'
import type { Stream } from '../random/stream.js'
import type { Body } from './bodies.js'
import type { Context } from './context.js'
import { Dial } from './dial.js'
import { Outcome } from './outcome.js'
import { type Entrance, type Port, State, Syn } from './port.js'
import type { Backlog, Request, Way } from './request.js'
import { RETRIES, segmentWait, synGivesUp, synTime, synWait, timeoutOf } from './tcp.js'
import { DOWN, type Leg, type Passage, Transfers, UP } from './transfer.js'

/** Of the draws for one request, beside those of its legs. */
const SYN = 2

/** What a wire is like; where nothing is said, it is there, whole, and takes no time. */
interface WireOptions {
  /** Seconds, one way. */
  readonly latency?: number
  /** Share of packets lost. */
  readonly loss?: number
  /** Seconds that the caller waits for a connection; its kernel gives up after 127 s or so. */
  readonly connectTimeout?: number
  /** The name that the scenario has for the other end. */
  readonly towards?: string
  /** Of the caller's kernel: SYNs that are sent again after a second each, before the waits double. */
  readonly linear?: number
  /** What bytes meet on it; null where nothing has a size. */
  readonly passage?: Passage | null
  /** Whether each request and each answer is one packet that nobody sends again if it is lost, as in UDP. */
  readonly datagrams?: boolean
}

/**
 * The way from one box to another. What a request costs on it depends on its connection (`Request`): one that opens a
 * connection waits for SYN and SYN-ACK, and for what the other side wants to be told first (`greeting`); one that
 * rides on a kept connection is sent at once; and where the caller has no words for its connections, one is open as
 * soon as it is wanted.
 *
 * It is an event only where the scenario gives it latency or loss. Whether the other side listens is found out here:
 * a closed port answers at once, a dead host or a cut wire never does.
 */
export class Wire implements Way {
  /** Requests sent in the measured span, health checks and what these ask for left out. */
  sent = 0
  readonly towards: string
  private readonly process: Entrance
  /** Plain, and whether the other side listens is a matter of its process alone. */
  private clear = false
  /** Neither latency, loss nor a cut: what is sent is there at once. */
  private plain = false
  /** Nor has anything a size. */
  private quick = false
  private whole = true
  /** When its caller asked where the other end is, seconds; Infinity: he always knows. */
  private asked = Number.POSITIVE_INFINITY
  /** The other end is elsewhere by now: where its caller believes it nobody is, not even a machine. */
  astray = false
  /** Floods of SYNs have come to the other end. */
  private flooded = false
  /** The last time that it was cut, be it one way: from when to when. */
  private readonly cut = { now: false, from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  private readonly direct: boolean
  /** Seconds, one way. */
  readonly latency: Dial
  /** Share of packets that get through. */
  readonly delivery: Dial
  /** 1, or 0 while cut. */
  readonly open = new Dial(1)
  /** The same for answers alone, and whatever else comes up. */
  readonly back = new Dial(1)
  private readonly connecting: Deadlines<Request>
  /** The request whose SYN was sent again and is being heard at this instant, and its ticket. */
  private heard: Request | null = null
  private ticket = 0
  private readonly linear: number
  private readonly datagrams: boolean
  /** What the other side wants of who opens a connection. */
  private readonly greeting: number
  private readonly forwards: boolean
  private readonly stream
  /** Its connections carry what comes on others as it is, TLS with it. */
  encloses = false
  /** Whoever calls over it looks at the certificate of the server. */
  verifies = false
  /** Null where nothing has a size. */
  private readonly transfers: Transfers | null

  constructor(
    private readonly context: Context,
    /** Name of the caller. */
    readonly from: string,
    readonly to: Port,
    options: WireOptions = {},
  ) {
    const { latency = 0, loss = 0, connectTimeout = Number.POSITIVE_INFINITY, linear = 0 } = options
    this.towards = options.towards ?? to.name
    this.linear = linear
    this.datagrams = options.datagrams === true
    this.greeting = to.greeting
    this.forwards = to.forwards
    this.process = to.process
    this.direct = !to.quiet
    this.latency = new Dial(latency, 'sum')
    this.delivery = new Dial(1 - loss)
    this.transfers = options.passage ? new Transfers(context.kernel, context, this, options.passage) : null
    if (this.transfers !== null) to.process.getsBodies()
    for (const dial of [this.latency, this.delivery, this.open, this.back]) dial.watch(this.plan)
    to.process.floods.watch(this.plan)
    to.process.listens.watch(this.plan)
    to.watchAddress(this.plan)
    this.plan()
    this.connecting = new Deadlines(
      context.kernel,
      Math.min(connectTimeout, synGivesUp(linear)),
      (request, ticket) =>
        request.connecting === ticket || (request === this.heard && ticket === this.ticket),
      this.giveUp,
    )
    this.stream = context.stream(`${from} -> ${this.towards}`, 'loss')
  }

  /** What is asked at every request is worked out when it changes. */
  private readonly plan = (): void => {
    this.noteCut()
    this.astray = this.to.movedAt > this.asked
    this.whole = this.carries(DOWN) && !this.astray
    this.plain = this.isPlain() && !this.astray
    this.quick = this.plain && this.transfers === null
    this.flooded ||= this.process.floods.rate > 0
    this.clear = this.quick && this.direct && !this.flooded && this.process.listens.value > 0
  }

  /** Its caller asks where the other end is, and calls there until he asks again; before the first time he always knows. */
  readonly lookUp = (): void => {
    this.asked = this.context.kernel.now
    this.plan()
  }

  get name(): string {
    return `${this.from} -> ${this.towards}`
  }

  /** What the SYN of a new connection meets now, at the other end or on the way: what a TCP health check sees. */
  get syn(): Syn {
    return this.flooded && this.process.synQueueFull ? Syn.silence : this.synPastQueue
  }

  /** The same for what asks no SYN queue: an open connection, or a box that only forwards. */
  get synPastQueue(): Syn {
    return this.carries(UP) && !this.astray ? this.to.syn : Syn.silence
  }

  /** Whether it is not cut, in that direction. */
  carries(leg: Leg): boolean {
    return this.open.value > 0 && (leg === DOWN || this.back.value > 0)
  }

  /** Seconds there and back. */
  private get roundTrip(): number {
    return 2 * this.latency.value
  }

  holds(request: Request): boolean {
    return this.transfers?.holds(request, this.plain) ?? false
  }

  /** Carries `request` down. */
  send(request: Request): void {
    if (!request.check) this.sent++
    request.wire = this
    if (this.clear === true && this.process.state === State.serving) this.process.admit(request)
    else this.carry(request)
  }

  /** Carries `request` on, whose connection begins further up. */
  relay(request: Request): void {
    request.forwarded = true
    request.wire = this
    if (!request.opens || this.distance(request) === 0) this.send(request)
    else {
      if (!request.check) this.sent++
      this.dial(request)
    }
  }

  distance(request: Request): number {
    return request.forwarded === true ? this.through(request.parent) : this.latency.value
  }

  private through(before: Request | null): number {
    return this.latency.value + (before?.wire?.distance(before) ?? 0)
  }

  tlsDistance(request: Request): number {
    const { parent } = request
    const begins = parent?.wire == null || !(request.forwarded || this.encloses)
    return this.latency.value + (begins ? 0 : parent.wire!.tlsDistance(parent))
  }

  isVerified(request: Request): boolean {
    const { parent } = request
    return (
      this.verifies || ((request.forwarded || this.encloses) && parent?.wire?.isVerified(parent) === true)
    )
  }

  private carry(request: Request): void {
    if (this.flooded && this.losesFirst(request)) this.connect(request)
    else if (this.plain) this.comeWhole(request)
    else if (request.opens) this.dial(request)
    else if (this.whole || request.rides) this.travel(request, DOWN)
    else this.arrive(request)
  }

  /** The SYN that goes before `request`, and is no event, finds the queue full. */
  private losesFirst(request: Request): boolean {
    if (request.rides || (request.opens && !this.plain) || !this.process.synQueueFull) return false
    this.process.losesSyn()
    return true
  }

  // ---- A connection is opened ---------------------------------------------------------------------------------

  /** Sends the SYN of a new connection. Where nothing can happen to it, all is one event: when the request is there. */
  private dial(request: Request): void {
    const opening = this.opening(request)
    const safe = this.delivery.value === 1 && opening < this.connecting.length
    if (safe && this.syn === Syn.accepted) {
      this.travels(request)
      if (this.transfers?.takes(request, DOWN)) this.context.kernel.after(opening, this.established, request)
      else this.context.kernel.after(opening + this.latency.value, this.arrive, request)
    } else {
      request.connecting = this.startOf(request)
      request.resends = 0
      this.sendSyn(request)
    }
  }

  /**
   * Seconds until the request itself can be sent: TCP's round trip, and the greeting, from where the connection begins.
   * A box that only forwards has the request when it has the SYN.
   */
  private opening(request: Request): number {
    return this.forwards ? 0 : 2 * this.distance(request) * (1 + this.greeting)
  }

  /** A SYN and its answer get through, or it is sent again when its time has come. */
  private sendSyn(request: Request): void {
    if (this.delivery.value < 1 && !this.isHeard(request)) {
      this.sendSynLater(request)
      this.travels(request)
    } else if (this.latency.value > 0 && this.whole) {
      this.travels(request)
      request.event = this.context.kernel.after(this.latency.value, this.synArrives, request)
    } else this.synArrives(request)
  }

  /** Whether SYN and SYN-ACK of this attempt get through. One that is lost costs as much as both. */
  private isHeard(request: Request): boolean {
    const draws = request.draws(this.stream, SYN)
    for (let i = 0; i < request.resends; i++) draws.next()
    const share = this.delivery.value * this.delivery.value
    return draws.next() < share * this.open.value * this.back.value
  }

  private sendSynLater(request: Request, passed = 0): void {
    if (this.astray) {
      this.getNoAnswer(request)
      return
    }
    const wait = synWait(request.resends++, this.linear) - passed
    request.event = this.context.kernel.after(Math.max(0, wait), this.sendSynAgain, request)
  }

  private readonly sendSynAgain = (request: Request): void => {
    request.event = null
    // At one instant the caller's timeout comes before the kernel's next SYN.
    if (synTime(request.resends, this.linear) >= this.patience(request)) this.giveUp(request)
    else this.sendSyn(request)
  }

  private readonly synArrives = (request: Request): void => {
    const { kernel } = this.context
    request.event = null
    const { syn } = this
    if (syn === Syn.silence) {
      if (this.flooded && this.process.synQueueFull) this.process.losesSyn()
      if (request.traced && request.resends === 0) this.context.tap?.connecting(request)
      this.sendSynLater(request, this.whole ? this.latency.value : 0)
    } else if (syn === Syn.accepted && !this.forwards && this.opening(request) > 0) {
      // The caller knows half a round trip later; from then on it waits for the answer.
      request.event = kernel.after(this.opening(request) - this.latency.value, this.established, request)
    } else if (syn === Syn.accepted && this.transfers?.takes(request, DOWN)) {
      this.established(request)
    } else {
      this.heard = request
      this.ticket = request.connecting
      request.connecting = 0
      this.process.enter(request)
      this.heard = null
    }
  }

  private readonly established = (request: Request): void => {
    request.event = null
    request.connecting = 0
    this.travel(request, DOWN)
  }

  /**
   * The other side accepts no connection and says nothing: the SYN is sent again after 1, 3, 7, ... seconds. A datagram
   * is lost.
   */
  connect(request: Request): void {
    if (this.datagrams) {
      this.miss(request, DOWN)
      return
    }
    this.transfers?.bodies.stop(request)
    if (request === this.heard && request.resends > 0) {
      // Not accepted again: the attempt that is under way goes on, and so does its timeout.
      request.connecting = this.ticket
    } else {
      request.connecting = this.startOf(request)
      request.resends = 0
      if (request.traced) this.context.tap?.connecting(request)
    }
    this.sendSynLater(request)
  }

  /** Sends `request` to where its caller believes the other end, which is elsewhere by now. */
  sendAstray(request: Request): void {
    if (!request.check) this.sent++
    request.wire = this
    request.connecting = this.startOf(request)
    this.getNoAnswer(request)
    if (!request.traced) return
    this.context.tap?.connecting(request)
    this.context.tap?.astray(request)
  }

  /** No SYN of it will be heard. */
  private getNoAnswer(request: Request): void {
    if (isCheck(request))
      request.event = this.context.kernel.after(synGivesUp(this.linear), this.kernelGivesUp, request)
  }

  /** Something on the way swallows the SYN, and will swallow every other one: the connect timeout ends it. */
  dropSyn(request: Request): void {
    this.transfers?.bodies.stop(request)
    request.connecting = this.startOf(request)
    this.getNoAnswer(request)
    if (!request.traced) return
    this.context.tap?.connecting(request)
    this.context.tap?.filtered(request)
  }

  /**
   * An attempt to connect begins. A health check has a timeout of its own for all of it, and none for the connection:
   * only the kernel gives that up (HAProxy 2.6, `timeout check`; measured: a check of a server that is silent takes
   * `inter`, and not `timeout connect`).
   */
  private startOf(request: Request): number {
    return isCheck(request) ? this.context.kernel.ticket() : this.connecting.set(request)
  }

  private patience(request: Request): number {
    return isCheck(request) ? synGivesUp(this.linear) : this.connecting.length
  }

  /** The caller gives up an attempt to connect. */
  quit(request: Request): void {
    if (request.traced) this.context.tap?.failed(request, Outcome.timeout)
    request.event?.cancel()
    request.event = null
    request.connecting = 0
    this.context.requests.release(request)
  }

  private readonly kernelGivesUp = (request: Request): void => {
    request.event = null
    this.giveUp(request)
  }

  private readonly giveUp = (request: Request): void => {
    request.event?.cancel()
    request.event = null
    request.connecting = 0
    request.outcome = Outcome.connectTimeout
    // There never was a connection that could stay.
    request.keeps = false
    if (request.traced) this.context.tap?.failed(request, Outcome.connectTimeout)
    this.deliver(request)
  }

  // ---- What is sent over it -------------------------------------------------------------------------------------

  private travel(request: Request, leg: Leg): void {
    request.resends = 0
    this.travels(request)
    if (this.transfers?.takes(request, leg)) this.transfers.begin(request, leg)
    else this.transmit(request, leg)
  }

  travels(request: Request): void {
    if (request.traced) this.context.tap?.travels(request)
  }

  /** Sends the packet of `request`: it gets through now, or is sent again when its retransmission timeout is over. */
  private transmit(request: Request, leg: Leg): void {
    const { kernel } = this.context
    if (
      this.carries(leg) &&
      (this.delivery.value === 1 || this.getsThrough(request.draws(this.stream, leg), request.resends))
    )
      kernel.after(this.latency.value, leg === DOWN ? this.arrive : this.delivered, request)
    else this.sendLater(request, leg)
  }

  private sendLater(request: Request, leg: Leg): void {
    if (this.datagrams) {
      this.miss(request, leg)
      return
    }
    const soon = leg === UP && request.resends === 0 && this.carries(UP) && this.closesAfter(request)
    const wait = soon ? this.roundTrip : segmentWait(request.resends, this.roundTrip)
    request.resends++
    this.travels(request)
    this.context.kernel.after(wait, leg === DOWN ? this.sendDownAgain : this.sendUpAgain, request)
  }

  /** A datagram is lost. Of a request nobody knows before its caller gives it up (`quit`). */
  private miss(request: Request, leg: Leg): void {
    if (leg === UP || request.parent === null) this.lose(request)
    else {
      request.connecting = this.context.kernel.ticket()
      if (request.traced) this.context.tap?.connecting(request)
    }
  }

  /** The other side ends the connection with its answer: its FIN shows at once that something is missing (measured). */
  closesAfter(request: Request): boolean {
    return request.opens && !request.keeps && this.greeting === 0
  }

  private readonly sendDownAgain = (request: Request): void => {
    if (request.parent === null) this.lose(request)
    else if (request.resends <= RETRIES) this.transmit(request, DOWN)
    else this.broken(request, DOWN)
  }

  /** Whoever has given up has closed the connection. */
  private readonly sendUpAgain = (request: Request): void => {
    if (request.parent !== null && request.resends <= RETRIES) this.transmit(request, UP)
    else this.lose(request)
  }

  /** Carries an answer up. */
  answer(request: Request): void {
    if (this.quick === true) this.deliver(request)
    else this.answerInFull(request)
  }

  private answerInFull(request: Request): void {
    this.transfers?.bodies.stop(request)
    if (this.plain) this.deliver(request)
    else this.travel(request, UP)
  }

  /** An answer that comes from the machine, not from the process: always by an event, so that refusals and resets cannot recurse. */
  reject(request: Request, outcome: Outcome): void {
    request.outcome = outcome
    request.keeps = false
    this.transfers?.bodies.stop(request)
    this.travel(request, UP)
  }

  readonly arrive = (request: Request): void => {
    const there = this.whole && this.to.syn !== Syn.silence
    if (there) {
      if (request.stale) this.reject(request, Outcome.reset)
      else this.process.enter(request)
    } else if (request.rides || (request.opens && this.opening(request) > 0)) {
      // The connection was there before: it is the kernel's to send again.
      this.sendLater(request, DOWN)
    } else this.connect(request)
  }

  private deliver(request: Request): void {
    const parent = request.parent
    if (parent === null) this.deliverToNobody(request)
    else parent.at!.answered(parent, request)
  }

  /** Apart: the way of those who have a caller stays short. */
  private deliverToNobody(request: Request): void {
    if (request.stays) request.at!.answerTaken(request)
    this.letGo(request)
    this.context.requests.release(request)
  }

  /** Nobody has the connection of `request` any more, which would have stayed: the other side has it if ever it came there. */
  private letGo(request: Request): void {
    if (request.keeps && (request.rides || request.at !== null)) this.to.connectionClosed(request.route)
    request.keeps = false
  }

  private readonly delivered = (request: Request): void => {
    if (request.traced) this.context.tap?.arrived(request)
    this.deliver(request)
  }

  /** The answer never comes: the caller keeps waiting until it gives up. */
  lose(request: Request): void {
    if (request.traced) this.context.tap?.lost(request)
    if (request.stays) request.at!.answerTaken(request)
    this.transfers?.bodies.stop(request)
    this.letGo(request)
    request.at = null
    request.wire = null
    if (request.parent === null) this.context.requests.release(request)
  }

  // ---- What has a size ------------------------------------------------------------------------------------------

  isWhole(request: Request, then: Handler<Request>): boolean {
    return this.transfers === null || this.transfers.bodies.isWhole(request, then)
  }

  bytesOf(request: Request): number {
    return this.transfers?.bytesOf(request) ?? 0
  }

  contentOf(request: Request): number {
    return this.transfers?.contentOf(request) ?? 0
  }

  hungUp(request: Request): void {
    if (this.transfers === null) return
    if (request.stays && this.whole) request.at!.answerTaken(request)
    const body = this.transfers.bodies.of(request)
    if (body !== undefined) this.abandon(body)
  }

  /** Its caller has closed the connection, which is known at the other end as soon as something gets through. */
  private readonly abandon = (body: Body): void => {
    const { bodies } = this.transfers!
    if (!bodies.has(body)) return
    if (this.whole) bodies.finishAll(body)
    else this.context.kernel.after(1, this.abandon, body)
  }

  private noteCut(): void {
    const { now } = this.context.kernel
    const cut = !this.carries(UP)
    if (cut === this.cut.now) return
    this.cut.now = cut
    if (cut) {
      this.cut.from = now
      this.cut.to = Number.POSITIVE_INFINITY
    } else this.cut.to = now
  }

  cutFor(from: number, to: number): number {
    return Math.max(0, Math.min(to, this.cut.to) - Math.max(from, this.cut.from))
  }

  rest(request: Request): Body | undefined {
    return this.transfers?.bodies.of(request)
  }

  whenWhole(request: Request, then: Handler<Request>): void {
    this.transfers!.bodies.of(request)!.told = then
  }

  lacks(request: Request): boolean {
    return this.transfers?.bodies.of(request) !== undefined
  }

  /** Whether `request` passes on one that is not all there yet; if so, it is told when it is. */
  follows({ parent }: Request): boolean {
    return parent?.wire != null && !parent.wire.isWhole(parent, this.followed)
  }

  /** The request that one over this wire passes on is all there. */
  private readonly followed = (parent: Request): void => {
    const body = parent.child === null ? undefined : this.transfers!.bodies.of(parent.child)
    if (body !== undefined) this.context.kernel.after(this.latency.value, this.transfers!.bodies.finish, body)
  }

  /** What takes no time here arrives, though not all of what it passes on may be there. */
  private comeWhole(request: Request): void {
    if (this.transfers !== null && this.follows(request)) this.transfers.bodies.begin(request, 1)
    this.arrive(request)
  }

  chance(request: Request, step: number): number {
    return request.draws(this.stream, step).next()
  }

  /** All of it is there. */
  landed(request: Request, leg: Leg): void {
    if (leg === DOWN) this.arrive(request)
    else this.delivered(request)
  }

  cutShort(request: Request): void {
    request.outcome = Outcome.reset
    request.keeps = false
    request.at!.answerTaken(request)
    this.delivered(request)
  }

  /** Its kernel has given up: whoever asked is told, who answered is not. */
  broken(request: Request, leg: Leg): void {
    if (leg === UP) this.lose(request)
    else {
      this.letGo(request)
      request.outcome = Outcome.reset
      this.delivered(request)
    }
  }

  backlog(): Backlog | null {
    const { now } = this.context.kernel
    const line = this.transfers?.longest(now) ?? null
    return line === null ? null : { seconds: line.backlog(now), host: line.host }
  }

  /** Whether the window of a connection that has been idle for so long is as wide as it was. */
  staysWarm(idle: number): boolean {
    return this.transfers !== null && idle < timeoutOf(this.roundTrip)
  }

  private isPlain(): boolean {
    const wide = this.transfers === null || !this.transfers.lined
    return this.latency.value === 0 && this.delivery.value === 1 && this.carries(UP) && wide
  }

  /**
   * Sends a packet that is no request's; `then` when it is there.
   * @param key names what it carries, @param leg tells apart several packets for that
   */
  pass(key: number, leg: number, then: (key: number) => void): void {
    if (this.passes(key, leg)) this.context.kernel.after(this.latency.value, then, key)
    else this.passAgain(key, leg, then)
  }

  /** Whether such a packet gets through when it is first sent, now. */
  passes(key: number, leg: number): boolean {
    return this.delivery.value === 1 || this.getsThrough(this.stream.at(key, 0, 0, 0, leg), 0)
  }

  /** Sends such a packet again, which was lost now, as often as it takes; `then` when it is there. */
  passAgain(key: number, leg: number, then: (key: number) => void, resends = 0): void {
    if (resends > RETRIES) return
    this.context.kernel.after(
      segmentWait(resends, this.roundTrip),
      () => {
        if (this.getsThrough(this.stream.at(key, 0, 0, 0, leg), resends + 1))
          this.context.kernel.after(this.latency.value, then, key)
        else this.passAgain(key, leg, then, resends + 1)
      },
      null,
    )
  }

  /** Whether a packet that was sent `resends` times before gets through now. */
  private getsThrough(draws: Stream, resends: number): boolean {
    for (let i = 0; i < resends; i++) draws.next()
    return draws.next() < this.delivery.value * this.open.value
  }
}

/** It is a health check itself, and not what a box on its way asks for. */
const isCheck = (request: Request): boolean =>
  request.health || (request.check && request.parent?.health === true)
