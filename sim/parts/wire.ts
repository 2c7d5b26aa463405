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
/** Linux: the first retransmission of a segment of an established connection, and of a SYN. */
const RTO = 0.2
const SYN_RTO = 1
/** Steps of the draws for one request. */
const DOWN = 0
const UP = 1

/**
 * The way from one box to another: a TCP connection, kept open between requests, so that a request costs one
 * latency down and one up. It is an event only where the scenario gives it latency or loss. Whether the other
 * side listens is found out here: a closed port answers at once, a dead host or a cut wire never does.
 */
export class Wire implements Way {
  /** Requests sent in the measured span, health checks left out. */
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
    if (!request.health) this.sent++
    request.wire = this
    if (this.clear === true && this.process.state === State.serving) this.process.admit(request)
    else this.carry(request)
  }

  private carry(request: Request): void {
    if (this.plain || !this.whole) this.arrive(request)
    else this.travel(request, this.delay(request), this.arrive)
  }

  private travel(request: Request, seconds: number, then: (request: Request) => void): void {
    if (request.traced) this.context.tap?.travels(request)
    this.context.kernel.after(seconds, then, request)
  }

  /** Carries an answer up. */
  answer(request: Request): void {
    if (this.plain === true) this.deliver(request)
    else this.carryBack(request)
  }

  private carryBack(request: Request): void {
    if (!this.whole) this.lose(request)
    else this.travel(request, this.delay(request), this.delivered)
  }

  /** An answer that comes from the machine, not from the process: always by an event, so that refusals and resets cannot recurse. */
  reject(request: Request, outcome: Outcome): void {
    request.outcome = outcome
    if (!this.whole) this.lose(request)
    else this.travel(request, this.plain ? 0 : this.delay(request), this.delivered)
  }

  /** The other side accepts no connection and says nothing: the SYN is sent again after 1, 3, 7, ... seconds. */
  connect(request: Request): void {
    if (request === this.heard && request.syns > 0) {
      // Not accepted again: the attempt that is under way goes on, and so does its timeout.
      request.connecting = this.ticket
    } else {
      request.connecting = this.startOf(request)
      request.syns = 0
      if (request.traced) this.context.tap?.connecting(request)
    }
    request.event = this.context.kernel.after(SYN_RTO * powerOfTwo(request.syns++), this.retransmit, request)
  }

  /** Something on the way swallows the SYN, and will swallow every other one: the connect timeout ends it. */
  dropSyn(request: Request): void {
    request.connecting = this.startOf(request)
    if (request.health) request.event = this.context.kernel.after(SYN_GIVES_UP, this.kernelGivesUp, request)
    if (request.traced) this.context.tap?.connecting(request)
  }

  /**
   * An attempt to connect begins. A health check has a timeout of its own for all of it, and none for the connection:
   * only the kernel gives that up (HAProxy 2.6, `timeout check`; measured: a check of a server that is silent takes
   * `inter`, and not `timeout connect`).
   */
  private startOf(request: Request): number {
    return request.health ? this.context.kernel.ticket() : this.connecting.set(request)
  }

  private patience(request: Request): number {
    return request.health ? SYN_GIVES_UP : this.connecting.length
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
    if (SYN_RTO * (powerOfTwo(request.syns) - 1) >= this.patience(request)) {
      this.giveUp(request)
      return
    }
    if (this.syn === Syn.silence) {
      request.event = this.context.kernel.after(
        SYN_RTO * powerOfTwo(request.syns++),
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

  private delay(request: Request): number {
    const { value } = this.latency
    if (this.delivery.value === 1) return value
    return value + this.resent(request.draws(this.stream, request.at === this.process ? UP : DOWN))
  }

  /**
   * Seconds that a packet is on its way which is no request's, with what is sent again if it gets lost.
   * @param key names what it carries, @param leg tells apart several packets for that
   */
  transit(key: number, leg: number): number {
    const { value } = this.latency
    return this.delivery.value === 1 ? value : value + this.resent(this.stream.at(key, 0, 0, 0, leg))
  }

  /** Seconds until a packet that was lost has been sent again, so often that it gets through. */
  private resent(draws: Stream): number {
    const { value } = this.delivery
    let seconds = 0
    // Each loss doubles the retransmission timeout; a dead wire (delivery 0) is cut off at about 100 s.
    for (let rto = RTO; rto < 60 && draws.next() >= value; rto *= 2) seconds += rto
    return seconds
  }
}
