import { powerOfTwo } from '../arithmetic/elementary.js'
import { Deadlines } from '../kernel/deadlines.js'
import type { Stream } from '../random/stream.js'
import type { Context } from './context.js'
import { Dial } from './dial.js'
import { Outcome } from './outcome.js'
import { type Entrance, type Port, State, Syn } from './port.js'
import type { Request, Way } from './request.js'

/** tcp_syn_retries = 6: the seventh wait ends 127 s after the first SYN. */
const SYN_GIVES_UP = 127
/** Linux: the first retransmission of a segment of an established connection, and of a SYN; the longest wait for one. */
const RTO = 0.2
const SYN_RTO = 1
const RTO_MAX = 120
/** tcp_retries2 = 15: the sixteenth wait ends 924.6 s after a segment was first sent, and the connection with it. */
const RETRIES = 15
/** Steps of the draws for one request. */
const DOWN = 0
const UP = 1
type Leg = typeof DOWN | typeof UP

/**
 * The way from one box to another: a TCP connection, kept open between requests, so that a request costs one
 * latency down and one up. It is an event only where the scenario gives it latency or loss. Whether the other
 * side listens is found out here: a closed port answers at once, a dead host or a cut wire never does.
 */
export class Wire implements Way {
  /** Requests sent in the measured span, health checks and what these ask for left out. */
  sent = 0
  private readonly process: Entrance
  /** Plain, and whether the other side listens is a matter of its process alone. */
  private clear: boolean
  /** Neither latency, loss nor a cut: what is sent is there at once. */
  private plain: boolean
  private whole = true
  private readonly direct: boolean
  /** Seconds, one way. */
  readonly latency: Dial
  /** Share of packets that get through. */
  readonly delivery: Dial
  /** 1, or 0 while cut. */
  readonly open = new Dial(1)
  private readonly connecting: Deadlines<Request>
  /** The request whose SYN was sent again and is being heard at this instant, and its ticket. */
  private heard: Request | null = null
  private ticket = 0
  private readonly stream

  /**
   * @param connectTimeout seconds the caller waits for the connection; Linux gives up after 127 s
   * @param towards the name that the scenario has for the other end
   */
  constructor(
    private readonly context: Context,
    /** Name of the caller. */
    readonly from: string,
    readonly to: Port,
    latency = 0,
    loss = 0,
    connectTimeout = Number.POSITIVE_INFINITY,
    readonly towards = to.name,
  ) {
    this.process = to.process
    this.direct = !to.quiet
    this.latency = new Dial(latency, 'sum')
    this.delivery = new Dial(1 - loss)
    this.plain = this.isPlain()
    this.clear = this.plain && this.direct
    const replan = () => {
      this.whole = this.open.value > 0
      this.plain = this.isPlain()
      this.clear = this.plain && this.direct
    }
    this.latency.watch(replan)
    this.delivery.watch(replan)
    this.open.watch(replan)
    this.connecting = new Deadlines(
      context.kernel,
      Math.min(connectTimeout, SYN_GIVES_UP),
      (request, ticket) =>
        request.connecting === ticket || (request === this.heard && ticket === this.ticket),
      this.giveUp,
    )
    this.stream = context.stream(`${from} -> ${towards}`, 'loss')
  }

  get name(): string {
    return `${this.from} -> ${this.towards}`
  }

  /** What the SYN of a new connection meets now, at the other end or on the way: what a TCP health check sees. */
  get syn(): Syn {
    return this.open.value > 0 ? this.to.syn : Syn.silence
  }

  /** Carries `request` down. */
  send(request: Request): void {
    if (!request.check) this.sent++
    request.wire = this
    if (this.clear === true && this.process.state === State.serving) this.process.admit(request)
    else this.carry(request)
  }

  private carry(request: Request): void {
    if (this.plain || !this.whole) this.arrive(request)
    else this.travel(request, DOWN)
  }

  private travel(request: Request, leg: Leg): void {
    request.resends = 0
    if (request.traced) this.context.tap?.travels(request)
    this.transmit(request, leg)
  }

  /** Sends the packet of `request`: it gets through now, or is sent again when its retransmission timeout is over. */
  private transmit(request: Request, leg: Leg): void {
    const down = leg === DOWN
    const { kernel } = this.context
    if (this.delivery.value === 1 || this.getsThrough(request.draws(this.stream, leg), request.resends)) {
      kernel.after(this.latency.value, down ? this.arrive : this.delivered, request)
    } else {
      const again = rtoAfter(request.resends++)
      if (request.traced) this.context.tap?.travels(request)
      kernel.after(again, down ? this.sendDownAgain : this.sendUpAgain, request)
    }
  }

  private readonly sendDownAgain = (request: Request): void => {
    if (request.resends <= RETRIES) this.transmit(request, DOWN)
    else {
      request.outcome = Outcome.reset
      this.delivered(request)
    }
  }

  private readonly sendUpAgain = (request: Request): void => {
    if (request.resends <= RETRIES) this.transmit(request, UP)
    else this.lose(request)
  }

  /** Carries an answer up. */
  answer(request: Request): void {
    if (this.plain === true) this.deliver(request)
    else this.carryBack(request)
  }

  private carryBack(request: Request): void {
    if (!this.whole) this.lose(request)
    else this.travel(request, UP)
  }

  /** An answer that comes from the machine, not from the process: always by an event, so that refusals and resets cannot recurse. */
  reject(request: Request, outcome: Outcome): void {
    request.outcome = outcome
    if (!this.whole) this.lose(request)
    else this.travel(request, UP)
  }

  /** The other side accepts no connection and says nothing: the SYN is sent again after 1, 3, 7, ... seconds. */
  connect(request: Request): void {
    if (request === this.heard && request.resends > 0) {
      // Not accepted again: the attempt that is under way goes on, and so does its timeout.
      request.connecting = this.ticket
    } else {
      request.connecting = this.startOf(request)
      request.resends = 0
      if (request.traced) this.context.tap?.connecting(request)
    }
    request.event = this.context.kernel.after(
      SYN_RTO * powerOfTwo(request.resends++),
      this.retransmit,
      request,
    )
  }

  /** Something on the way swallows the SYN, and will swallow every other one: the connect timeout ends it. */
  dropSyn(request: Request): void {
    request.connecting = this.startOf(request)
    if (isCheck(request)) request.event = this.context.kernel.after(SYN_GIVES_UP, this.kernelGivesUp, request)
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
    return isCheck(request) ? SYN_GIVES_UP : this.connecting.length
  }

  /** The caller gives up an attempt to connect. */
  quit(request: Request): void {
    if (request.traced) this.context.tap?.failed(request, Outcome.timeout)
    request.event?.cancel()
    request.event = null
    request.connecting = 0
    this.context.requests.release(request)
  }

  private readonly retransmit = (request: Request): void => {
    request.event = null
    // At one instant the caller's timeout comes before the kernel's next SYN.
    if (SYN_RTO * (powerOfTwo(request.resends) - 1) >= this.patience(request)) {
      this.giveUp(request)
      return
    }
    if (this.syn === Syn.silence) {
      request.event = this.context.kernel.after(
        SYN_RTO * powerOfTwo(request.resends++),
        this.retransmit,
        request,
      )
      return
    }
    this.heard = request
    this.ticket = request.connecting
    request.connecting = 0
    this.process.enter(request)
    this.heard = null
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
    if (request.traced) this.context.tap?.failed(request, Outcome.connectTimeout)
    this.deliver(request)
  }

  private readonly arrive = (request: Request): void => {
    if (this.syn === Syn.silence) this.connect(request)
    else this.process.enter(request)
  }

  private deliver(request: Request): void {
    const parent = request.parent
    if (parent === null) this.context.requests.release(request)
    else parent.at!.answered(parent, request)
  }

  private readonly delivered = (request: Request): void => {
    if (request.traced) this.context.tap?.arrived(request)
    this.deliver(request)
  }

  /** The answer never comes: the caller keeps waiting until it gives up. */
  lose(request: Request): void {
    if (request.traced) this.context.tap?.lost(request)
    request.at = null
    request.wire = null
    if (request.parent === null) this.context.requests.release(request)
  }

  private isPlain(): boolean {
    return this.latency.value === 0 && this.delivery.value === 1 && this.whole
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
      rtoAfter(resends),
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

/** Seconds until a packet that was lost is sent again, after so many times before: each doubles the timeout. */
const rtoAfter = (resends: number): number => Math.min(RTO_MAX, RTO * powerOfTwo(resends))
