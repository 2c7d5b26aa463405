import { pow } from '../arithmetic/elementary.js'
import type { Kernel } from '../kernel/kernel.js'
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
}

/** The way that they take. */
interface Route {
  readonly latency: { readonly value: number }
  readonly delivery: { readonly value: number }
  readonly open: { readonly value: number }
  /** Where answers come from. */
  readonly to: { readonly host: { readonly power: { readonly value: number } } }
  /** A number from 0 to 1, of the `step`-th draw for `request`. */
  chance(request: Request, step: number): number
  travels(request: Request): void
  /** The other side ends the connection with the answer of `request`. */
  closesAfter(request: Request): boolean
  /** All of it is there. */
  landed(request: Request, leg: Leg): void
  /** Nothing gets through, for as long as the kernel tries. */
  broken(request: Request, leg: Leg): void
  /** Nothing more comes. */
  lose(request: Request): void
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
  /** Of the narrowest line on each leg, bytes a second. */
  private readonly rates: Readonly<Record<Leg, number>>

  constructor(
    private readonly kernel: Kernel,
    private readonly route: Route,
    private readonly passage: Passage,
  ) {
    const { down, up } = passage
    const own = this.line()?.rate
    const narrowest = ({ lines }: Lines) => Math.min(...lines.map((line) => line?.rate ?? own!))
    this.rates = [narrowest(down), narrowest(up)]
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

  /** Seconds that what comes now would wait for others. */
  backlog(now: number): number {
    let most = 0
    for (const { lines } of [this.passage.down, this.passage.up])
      for (const line of lines) if (line !== null) most = Math.max(most, line.backlog(now))
    return most
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
    transfer.burst = Math.min(transfer.left, transfer.window * SEGMENT)
    transfer.left -= transfer.burst
    if (transfer.left > 0) transfer.whole = false
    transfer.passed = 0
    transfer.last = now
    transfer.waited = 0
    transfer.again = -1
    const { delivery, open } = this.route
    if (open.value === 0) this.sendLater(transfer)
    else {
      if (delivery.value < 1) this.loseSome(transfer, delivery.value)
      else transfer.request.resends = 0
      this.proceed(transfer, now)
    }
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
    // The way may have become longer since.
    if (again >= 0) kernel.after(Math.max(0, last - back - kernel.now + again), this.goOn, transfer)
    else if (left === 0) kernel.after(last - kernel.now, this.end, transfer)
    else {
      if (isFull(window, waited, this.roundTrip)) transfer.slow = false
      transfer.window = transfer.slow ? 2 * window : window + 1
      kernel.after(delay + back, this.goOn, transfer)
    }
  }

  /** The first segment of the burst before is acknowledged, or what was lost is to be sent again. */
  private readonly goOn = (transfer: Transfer): void => {
    const { request, leg } = transfer
    const dead = leg === UP && this.route.to.host.power.value === 0
    const unwanted = request.parent === null
    if (!dead && !unwanted && request.resends <= RETRIES) {
      if (request.traced) this.route.travels(request)
      this.send(transfer)
      return
    }
    this.give(transfer)
    if (unwanted && leg === UP) this.route.landed(request, leg)
    else if (dead || unwanted) this.route.lose(request)
    else this.route.broken(request, leg)
  }

  private readonly end = (transfer: Transfer): void => {
    const { request, leg } = transfer
    this.give(transfer)
    this.route.landed(request, leg)
  }

  private give(transfer: Transfer): void {
    for (const line of this.on(transfer.leg).lines) line?.leave(this.kernel.now)
    transfer.request = nobody
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
      if (request.traced) this.route.travels(request)
      return
    }
    request.resends = 0
    const shown = left === 0 ? all - 1 : all
    if (shown === 0 || this.chance(transfer) < pow(share, shown)) return
    transfer.left += segment
    transfer.window = narrowed(transfer.window)
    transfer.slow = false
  }

  /** Nothing gets through: it begins anew when the retransmission timeout is over. */
  private sendLater(transfer: Transfer): void {
    const { request } = transfer
    transfer.left += transfer.burst
    transfer.window = FIRST
    transfer.slow = true
    const wait = segmentWait(request.resends++, this.roundTrip)
    if (request.traced) this.route.travels(request)
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
