import { pow } from '../arithmetic/elementary.js'
import type { Event } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { Bodies, type Body } from './bodies.js'
import type { Context } from './context.js'
import { Line, SEGMENT } from './line.js'
import { Request } from './request.js'
import type { Sizes } from './sizes.js'
import { RETRIES, segmentWait } from './tcp.js'
import { FIRST, grown, isFull, narrowed } from './window.js'

/** Down with a request, or up with its answer. */
export const DOWN = 0
export const UP = 1
export type Leg = typeof DOWN | typeof UP

/** Steps of the draws for one request, from here on: one for each burst, and what was sent again. */
const DRAWS = 3

/** What bytes pass one after the other; null is the line that their visitor has to himself. */
interface Lines {
  readonly lines: readonly (Line | null)[]
  /** So many of them stand before the way itself, which takes the latency. */
  readonly near: number
}

/** What bytes meet on a way. */
export interface Passage {
  readonly sizes: Sizes
  readonly down: Lines
  readonly up: Lines
  /** Bytes a second of the line that each visitor has to himself; null for no such line. */
  readonly own: number | null
  /** Whether answers are passed on as they come: whoever is before holds up who answers. */
  readonly streams: boolean
  /** Bytes of the reader's receive buffer. */
  readonly receiveBuffer: number
}

/** The way that they take. */
interface Route {
  readonly latency: { readonly value: number }
  readonly delivery: { readonly value: number }
  /** Whether it is not cut, in that direction. */
  carries(leg: Leg): boolean
  /** Seconds between `from` and `to` in which it was cut; of several cuts the last. */
  cutFor(from: number, to: number): number
  /** Where answers come from. */
  readonly to: {
    readonly host: { readonly power: { readonly value: number } }
    readonly deaths: number
    readonly blocking: boolean
  }
  /** A number from 0 to 1, of the `step`-th draw for `request`. */
  chance(request: Request, step: number): number
  travels(request: Request): void
  /** The other side ends the connection with the answer of `request`. */
  closesAfter(request: Request): boolean
  /** The head of `request` is there. */
  arrive(request: Request): void
  /** What it passes on is not all there yet. */
  follows(request: Request): boolean
  /** All of it is there. */
  landed(request: Request, leg: Leg): void
  /** Nothing gets through, for as long as the kernel tries. */
  broken(request: Request, leg: Leg): void
  /** Nothing more comes. */
  lose(request: Request): void
  /** The answer ends in the middle: who wrote it has died. */
  cutShort(request: Request): void
}

/** A request or an answer on its way. */
class Transfer {
  request: Request = nobody
  leg: Leg = DOWN
  /** Bytes that are not sent yet, or have to be sent again. */
  left = 0.5
  /** Bytes that were sent last, together. */
  burst = 0.5
  /** Segments; while in slow start it doubles from one round trip to the next. */
  window = 0.5
  slow = true
  /** It is all in one burst: what is said afterwards is a packet of its own. */
  whole = true
  /** Lines that the first segment of the burst has passed, and when the last one leaves the latest of them. */
  passed = 0
  last = 0.5
  /** Seconds that the first segment waited on the way. */
  waited = 0.5
  /** Seconds after which the very last segment is sent again, which was lost; negative if it was not. */
  again = 0.5
  draws = 0
  /** From when on it has been sent without a break; negative while nothing gets through. */
  since = -0.5
  /** More comes than the first burst, so that the box has the request before it has all of it. */
  early = false
  /** What is missing of a request that the box has. */
  body: Body | null = null
  /** When no more of an answer is left than the kernels hold. */
  taking: Event | null = null
  next: Transfer | null = null
  /** The line that its visitor has to himself. */
  line: Line | null

  /** @param own that line, where he asks for nothing else at the time */
  constructor(readonly own: Line | null) {
    this.line = own
  }
}
const nobody = new Request()

/**
 * What has a size takes its time on the way: it is sent in bursts, of as many segments as the window of its connection
 * has. Each burst waits at every line for its turn, and the next, twice as large, follows when the first segment of it
 * is acknowledged. So those of several transfers take turns on a line, which they share, and what is far away takes
 * more round trips. Only the last byte counts: whoever waits goes on when all is there.
 *
 * Assumptions: acknowledgements and SYNs take no place on a line. What is lost of a burst is sent again with the next
 * one; only the very last segment has nothing behind it that would show the gap, and waits for its timeout. A FIN shows
 * it too, if it comes after an answer that was sent at once; else the last segment has it.
 */
export class Transfers {
  private free: Transfer | null = null
  readonly bodies: Bodies
  /** Of the narrowest line on each leg, bytes a second. */
  private readonly rates: Readonly<Record<Leg, number>>
  /** Bytes of an answer that the kernels hold, whether or not the reader reads. */
  private readonly buffered: number

  constructor(
    private readonly kernel: Kernel,
    context: Pick<Context, 'tap'>,
    private readonly route: Route,
    private readonly passage: Passage,
  ) {
    this.bodies = new Bodies(context)
    const { down, up } = passage
    const own = this.line()?.rate
    const narrowest = ({ lines }: Lines) => Math.min(...lines.map((line) => line?.rate ?? own!))
    this.rates = [narrowest(down), narrowest(up)]
    this.buffered = bufferedOf(passage.receiveBuffer, route.to.blocking)
  }

  private line(): Line | null {
    return this.passage.own === null ? null : new Line(this.passage.own)
  }

  /** Whether there are lines, at which also waits what has no size. */
  get lined(): boolean {
    return this.passage.down.lines.length + this.passage.up.lines.length > 0
  }

  /** Whether `request`, or its answer, takes more time here than a single packet on a wide way. */
  takes(request: Request, leg: Leg): boolean {
    return this.on(leg).lines.length > 0 || this.sizeOf(request, leg) > 0
  }

  /**
   * Whether who answers `request`, ok, has to stay with the answer: more of it than the kernels hold takes its time on
   * the way, or it is not known here how slow those further up are.
   * @param plain whether it takes no time at all on this way
   */
  holds(request: Request, plain: boolean): boolean {
    const size = this.passage.sizes.ofContent(request)
    return this.passage.streams ? size > 0 : !plain && size > this.buffered
  }

  bytesOf(request: Request): number {
    return this.passage.sizes.ofRequest(request)
  }

  contentOf(request: Request): number {
    return this.passage.sizes.ofContent(request)
  }

  /** Where what comes now would wait longest for others; null where nothing is shared. */
  longest(now: number): Line | null {
    let found: Line | null = null
    for (const { lines } of [this.passage.down, this.passage.up])
      for (const line of lines)
        if (line !== null && (found === null || line.backlog(now) > found.backlog(now))) found = line
    return found
  }

  private on(leg: Leg): Lines {
    return leg === DOWN ? this.passage.down : this.passage.up
  }

  private sizeOf(request: Request, leg: Leg): number {
    const { sizes } = this.passage
    return leg === DOWN ? sizes.ofRequest(request) : sizes.ofAnswer(request)
  }

  private get roundTrip(): number {
    return 2 * this.route.latency.value
  }

  // ---- The life of a transfer -----------------------------------------------------------------------------------

  begin(request: Request, leg: Leg): void {
    const transfer = this.free ?? new Transfer(this.line())
    this.free = transfer.next
    transfer.request = request
    transfer.leg = leg
    transfer.left = this.sizeOf(request, leg)
    transfer.window = request.warm ? grown(this.rates[leg], this.roundTrip) : partOf(request)
    transfer.slow = true
    transfer.whole = true
    transfer.draws = DRAWS + leg
    transfer.early = leg === DOWN && transfer.left > FIRST * SEGMENT
    transfer.since = -1
    if (transfer.own !== null) transfer.line = this.ownLine(transfer.own, request, leg)
    for (const line of this.on(leg).lines) line?.enter(this.kernel.now, transfer.left)
    this.send(transfer)
  }

  /** A visitor has one line for all that he asks for together. */
  private ownLine(own: Line, { batch }: Request, leg: Leg): Line {
    if (batch !== null) return (batch.lines[leg] ??= new Line(own.bandwidth))
    own.free = 0
    return own
  }

  /** Sends a burst. */
  private send(transfer: Transfer): void {
    const { now } = this.kernel
    const { delivery } = this.route
    if (!this.route.carries(transfer.leg)) {
      transfer.burst = this.lostInCut(transfer)
      this.sendLater(transfer)
      return
    }
    if (transfer.since < 0) transfer.since = now
    transfer.burst = Math.min(transfer.left, transfer.window * SEGMENT)
    transfer.left -= transfer.burst
    if (transfer.left > 0) transfer.whole = false
    transfer.passed = 0
    transfer.last = now
    transfer.waited = 0
    transfer.again = -1
    if (delivery.value < 1) this.loseSome(transfer, delivery.value)
    else transfer.request.resends = 0
    this.proceed(transfer, now)
  }

  /** The first segment leaves its sender, or the latest line that it has passed, at `first`. */
  private proceed(transfer: Transfer, first: number): void {
    const { lines, near } = this.on(transfer.leg)
    const { latency } = this.route
    const crosses = transfer.passed === near
    if (crosses) transfer.last += latency.value
    const arrival = crosses ? first + latency.value : first
    const delay = arrival - this.kernel.now
    if (transfer.passed === lines.length) this.arrive(transfer, delay)
    else if (delay > 0) this.kernel.after(delay, this.pass, transfer)
    else this.pass(transfer)
  }

  /** The first segment comes to the next line. */
  private readonly pass = (transfer: Transfer): void => {
    const { now } = this.kernel
    const { burst, passed } = transfer
    const line = this.on(transfer.leg).lines[passed] ?? transfer.line!
    const begins = line.put(now, burst)
    const segment = Math.min(burst, SEGMENT) / line.rate
    transfer.waited += begins - now
    transfer.last = Math.max(line.free, transfer.last + segment)
    transfer.passed++
    this.proceed(transfer, begins + segment)
  }

  /** The first segment of a burst will be there in `delay` seconds. */
  private arrive(transfer: Transfer, delay: number): void {
    const { kernel } = this
    const { left, again, window, waited, last } = transfer
    const back = this.route.latency.value
    if (transfer.body !== null) transfer.body.heard = last
    if (transfer.early) {
      transfer.early = false
      kernel.after(delay, this.comeIn, transfer)
    }
    // The way may have become longer since.
    if (transfer.leg === UP && transfer.request.stays && !this.passage.streams)
      this.lookAhead(transfer, delay)
    if (again >= 0) kernel.after(Math.max(0, last - back - kernel.now + again), this.goOn, transfer)
    else if (left === 0) kernel.after(last - kernel.now, this.end, transfer)
    else {
      if (isFull(window, waited, this.roundTrip)) transfer.slow = false
      transfer.window = transfer.slow ? 2 * window : window + 1
      kernel.after(delay + back, this.goOn, transfer)
    }
  }

  /** The first burst is there. Whoever has given up by now is not let in any more. */
  private readonly comeIn = (transfer: Transfer): void => {
    const { request } = transfer
    if (request.parent === null) return
    transfer.body = this.bodies.begin(request, this.route.follows(request) ? 2 : 1)
    transfer.body.heard = transfer.last
    this.route.arrive(request)
  }

  /** Whether no more than the kernels hold is left while this burst arrives, the first of it in `delay` seconds; and when. */
  private lookAhead(transfer: Transfer, delay: number): void {
    const { left, burst, last, taking } = transfer
    if (taking !== null || left >= this.buffered) return
    const { kernel } = this
    const share = Math.max(0, (left + burst - this.buffered) / burst)
    transfer.taking = kernel.after(delay + share * (last - kernel.now - delay), this.take, transfer)
  }

  private readonly take = (transfer: Transfer): void => {
    const { request } = transfer
    transfer.taking = null
    if (request.stays) request.at!.answerTaken(request)
  }

  /** The first segment of the burst before is acknowledged, or what was lost is to be sent again. */
  private readonly goOn = (transfer: Transfer): void => {
    const { request, leg, body } = transfer
    if (body !== null) {
      this.goOnInside(transfer, body)
      return
    }
    const { to } = this.route
    const dead = leg === UP && to.host.power.value === 0
    const crashed = request.stays && to.deaths !== request.life && !dead
    const unwanted = request.parent === null
    if (!dead && !crashed && !unwanted && request.resends <= RETRIES) {
      if (request.traced) this.route.travels(request)
      this.send(transfer)
      return
    }
    this.give(transfer)
    if (unwanted && leg === UP) this.route.landed(request, leg)
    else if (crashed) this.route.cutShort(request)
    else if (dead || unwanted) this.route.lose(request)
    else this.route.broken(request, leg)
  }

  /** The box has it: what it does not have any more is not sent on, and where nothing more comes it does without. */
  private goOnInside(transfer: Transfer, body: Body): void {
    const { request } = transfer
    if (this.bodies.has(body) && request.parent !== null && request.resends <= RETRIES) this.send(transfer)
    else {
      this.give(transfer)
      this.bodies.finishAll(body)
    }
  }

  private readonly end = (transfer: Transfer): void => {
    const { request, leg, body } = transfer
    const lost = this.lostInCut(transfer)
    if (lost > 0) {
      transfer.burst = lost
      this.sendLater(transfer)
      return
    }
    this.give(transfer)
    if (body === null) this.route.landed(request, leg)
    else this.bodies.finish(body)
  }

  private give(transfer: Transfer): void {
    for (const line of this.on(transfer.leg).lines) line?.leave(this.kernel.now)
    transfer.taking?.cancel()
    transfer.taking = null
    transfer.request = nobody
    transfer.body = null
    transfer.next = this.free
    this.free = transfer
  }

  // ---- What is lost ---------------------------------------------------------------------------------------------

  /** @param share of the packets that get through */
  private loseSome(transfer: Transfer, share: number): void {
    const { request, leg, left, burst, whole } = transfer
    const segment = Math.min(SEGMENT, burst)
    const all = Math.max(1, Math.ceil(burst / SEGMENT))
    if (left === 0 && this.chance(transfer) >= share) {
      const shows = leg === UP && whole && this.route.closesAfter(request)
      transfer.left = segment
      transfer.again = shows ? this.roundTrip : segmentWait(request.resends, this.roundTrip)
      transfer.whole = false
      request.resends++
      if (request.traced && transfer.body === null) this.route.travels(request)
      return
    }
    request.resends = 0
    const shown = left === 0 ? all - 1 : all
    if (shown === 0 || this.chance(transfer) < pow(share, shown)) return
    transfer.left += segment
    transfer.window = narrowed(transfer.window)
    transfer.slow = false
  }

  /** Bytes that left the narrowest line while the way was cut, or will have left it. */
  private lostInCut({ leg, since, last, left, request }: Transfer): number {
    const rate = this.rates[leg]
    if (since < 0 || rate === Number.POSITIVE_INFINITY) return 0
    const seconds = this.route.cutFor(since, Math.max(this.kernel.now, last) - this.route.latency.value)
    return seconds > 0 ? Math.min(seconds * rate, this.sizeOf(request, leg) - left) : 0
  }

  /** Nothing gets through: it begins anew when the retransmission timeout is over. */
  private sendLater(transfer: Transfer): void {
    const { request } = transfer
    transfer.left += transfer.burst
    transfer.since = -1
    transfer.window = FIRST
    transfer.slow = true
    const wait = segmentWait(request.resends++, this.roundTrip)
    if (request.traced && transfer.body === null) this.route.travels(request)
    this.kernel.after(wait, this.goOn, transfer)
  }

  private chance(transfer: Transfer): number {
    const step = transfer.draws
    transfer.draws += 2
    return this.route.chance(transfer.request, step)
  }
}

/** Segments that are sent at first: what several on one connection send at a time is that of one, and one segment at least. */
const partOf = ({ shares }: Request): number =>
  shares === null ? FIRST : Math.max(1, FIRST / shares.streams)

/**
 * Bytes that the kernels of both sides hold of an answer that is not read: so many earlier a worker is done with it.
 * Measured behind Apache and gunicorn with the buffer of 128 KiB that Linux gives a reader: 177 kB, and nearly none with
 * one of 4 kB; behind HAProxy more than 276 kB, and 44 to 51 kB.
 */
const bufferedOf = (receiveBuffer: number, blocking: boolean): number =>
  blocking ? 1.35 * receiveBuffer : 1.9 * receiveBuffer + 40_000
