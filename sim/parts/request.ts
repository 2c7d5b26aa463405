import type { Event, Handler } from '../kernel/event.js'
import { lineageOf, type Stream, wordOf } from '../random/stream.js'
import type { Line } from './line.js'
import type { Marks, Notes } from './notes.js'
import { Outcome } from './outcome.js'
import type { Port } from './port.js'

/** Tells the visitors of users of that name from others: one of 2^20. */
export const familyOf = (users: string): number => wordOf(users) >>> 12

const FAMILIES = 2 ** 20

/** How a visitor speaks to a box that has two ports: 80 in clear, 443 for TLS. */
export const Scheme = {
  /** As the box does. */
  any: 0,
  /** In clear, also where TLS ends. */
  http: 1,
  /** Of an answer: come again over TLS (301, 302, ...). */
  moved: 2,
} as const
export type Scheme = (typeof Scheme)[keyof typeof Scheme]

/** The same for the health checks of the box of that name: one that no visitors have. */
export const checkersOf = (box: string): number => FAMILIES + familyOf(box)

/** What a visitor asks for together: the assets of a page. */
export interface Batch {
  /** One connection carries several of them at a time (HTTP/2): so many; else 1. */
  readonly streams: number
  readonly multiplexed: boolean
  /** Of the line that he has to himself, down and up; null until something is sent over it. */
  readonly lines: [Line | null, Line | null]
}

/** Bytes that are before what comes now: so many seconds, at the network interface of `host` or, if null, on the wire. */
export interface Backlog {
  readonly seconds: number
  readonly host: string | null
}

/** The way that a request came, and that its answer goes. */
export interface Way {
  /** What stands at its other end. */
  readonly to: Port
  /** Who called, and what he calls the box. */
  readonly from: string
  readonly towards: string
  /** Whether the other end is at another address than where he calls it. */
  readonly astray: boolean
  /** Seconds, one way. */
  readonly latency: { readonly value: number }
  /** Share of packets that get through. */
  readonly delivery: { readonly value: number }
  /** 1, or 0 while cut. */
  readonly open: { readonly value: number }
  /** The same for what comes up. */
  readonly back: { readonly value: number }
  /** Where what comes now would wait longest for its turn; null where nothing that is shared carries so much and no more. */
  backlog(): Backlog | null
  /** Whether all of `request` has come; if not, `then` continues when it has. */
  isWhole(request: Request, then: Handler<Request>): boolean
  /** What of `request` has not come yet, and when the latest of it came: seconds; undefined where all has come. */
  rest(request: Request): { readonly request: Request; readonly heard: number } | undefined
  /** Not all of `request` has come, and `then` is told when it has; what it does then is a note. */
  whenWhole(request: Request, then: Handler<Request>): void
  /** Whether not all of `request` has come. */
  lacks(request: Request): boolean
  /** Whether who answers `request`, ok, has to stay with the answer for a while. */
  holds(request: Request): boolean
  /** Bytes of `request`, and of what it gets if the answer is ok; 0 where nothing has a size. */
  bytesOf(request: Request): number
  contentOf(request: Request): number
  /** Carries `request` down. */
  send(request: Request): void
  /** Whether the window of a connection that has been idle for so long is as wide as it was. */
  staysWarm(idle: number): boolean
  /** Seconds, one way, from where the connection of `request`, which came this way, begins. */
  distance(request: Request): number
  /** The same, from where the TLS in it begins: what only passes bytes on has a connection of its own, and no TLS. */
  tlsDistance(request: Request): number
  /** Whether whoever began the TLS in the connection of `request`, which came this way, looks at the certificate. */
  isVerified(request: Request): boolean
  /** Carries an answer up. */
  answer(request: Request): void
  /** Carries up an answer of the machine. */
  reject(request: Request, outcome: Outcome): void
  /** The SYN is sent again until somebody accepts the connection. */
  connect(request: Request): void
  /** The SYN and every other one is lost. */
  dropSyn(request: Request): void
  /** The answer never comes. */
  lose(request: Request): void
  /** The caller gives up an attempt to connect. */
  quit(request: Request): void
  /** The caller gives up `request`, which was sent: nothing more comes of it, and nothing more is read. */
  hungUp(request: Request): void
}

/** Where a request is: the process of a box. */
export interface Place {
  /** Of the box. */
  readonly name: string
  /** Where its use of the CPU is counted. */
  readonly probe: { cpu: number }
  /** `request` leaves with an answer. */
  release(request: Request, outcome: Outcome): void
  /** An answer comes back up to `request`. */
  answered(request: Request, answer: Request): void
  /** A request that `request` waits for from now on. */
  attempt(request: Request, step: number, retry: number): Request
  /** Gives `request` `demand` seconds of CPU, then continues with `handler`. */
  run(request: Request, demand: number, handler: Handler<Request>): void
  /** Lets `request` wait for `delay` seconds, then continues with `handler`. */
  wait(request: Request, delay: number, handler: Handler<Request>): void
  /** Continues with `handler`, unless the process hangs: then when it runs again. */
  proceed(handler: Handler<Request>, request: Request): void
  /** Gives up what `request` waits for. */
  forget(request: Request): void
  /** The caller of `request` gave up while the box waits for an answer from below. */
  hungUp(request: Request): void
  /** The caller of `request` gave up while that waits, or is worked on, in the box itself. */
  withdrawn(request: Request): void
  /**
   * Of the answer to `request` no more is left than the kernels hold: who stayed with it may go (`Request.stays`).
   * @param heard whether somebody still waits for it; default whether its caller does
   */
  answerTaken(request: Request, heard?: boolean): void
}

/**
 * A request at one box. What a visitor asks is a request at the first box; each call to a box below makes a child
 * of it, and the tree of children is the request's way through the stack. Whoever may give up forgets the child:
 * the orphan goes on burning the server below, as in life.
 *
 * Objects are pooled: one belongs to its parent until it has been answered or given up, and nobody keeps one
 * beyond that.
 */
export class Request implements Notes, Marks {
  // In the order of use: what every request needs at every box stands together, in few lines of the processor's cache.
  /** Names the visitor among those of his users in keyed random streams: the same in every architecture. */
  key = 0
  /** Tries of the visitor before this one: a retry draws its own numbers. */
  attempt = 0
  /**
   * By which calls it has come about: 0 while all boxes on the way ask for the first time, and as the first thing that
   * they ask. So a visitor's numbers are the same whatever stands on his way, and another query's or retry's are others.
   */
  lineage = 0
  /** Index of the request class (`static`, `read`, `write`, ...) in the scenario's list. */
  class = 0
  /** Family and marks, in one number: it is copied from call to call, and there may be millions of requests. */
  private traits = 0
  /** Who waits for the answer; null once the caller has given up. */
  parent: Request | null = null
  /** What this one waits for. */
  child: Request | null = null
  /** The way it came, and the way the answer goes. */
  wire: Way | null = null
  /** The process of the box that it is at. */
  at: Place | null = null
  /** Its number among those that came into the box; 0 once it has left, less where that has to stay, `FREE` while nobody has it. */
  entry = 0
  outcome: Outcome = Outcome.ok
  /** The ticket of the caller's timer on this request; 0 for none. */
  deadline = 0

  /** Notes of the box that it is at, which has a name for each (`notes`). */
  note1 = 0
  note2 = 0
  note3 = 0
  note4 = 0
  note5 = 0

  /** What happens when its CPU time or its wait is over. */
  after: Handler<Request> = nothing
  event: Event | null = null
  /** Of the queue that it waits in, or the processor that it runs on. */
  moment = 0.5
  place = 0
  /** The next in a queue. */
  behind: Request | null = null
  ahead: Request | null = null

  /** The ticket of the connection attempt that is under way; 0 for none. */
  connecting = 0
  /**
   * Requests that its connection has carried, this one among them: for a caller that keeps some of them open. 0: it is
   * closed with the answer.
   */
  carried = 0
  /** Packets that were sent again: SYNs of the connection attempt, or what carries the request or its answer. */
  resends = 0

  /**
   * Of one that rides, or that stays open when it has been answered: the number by which what leads on knows its
   * connection (`Port.pins`). 0: it has none.
   */
  route = 0
  /** In clear or over TLS, where the box that it goes to speaks both. */
  scheme: Scheme = Scheme.any
  /** Of one whose size matters, with its answer: millionths of that answer's size which packing has taken off. */
  packed = 0

  /** Of one that is asked for together with others. Else it says nothing. */
  private others: Batch | null = null

  /** Of a visitor's own request: when he meant to ask. Latency counts from here. */
  arrived = 0.5
  /** Of a visitor's own request: the how manieth of its class in the measured span; 0 before that. */
  number = 0

  /** Tells the visitors of one name of users from those of another: 0 to 2^20 - 1; beyond, it is no visitor's. */
  get family(): number {
    return (this.traits & ~TOGETHER) >>> FAMILY
  }

  /** Sent by an attacker: what a firewall is there to filter. */
  get malicious(): boolean {
    return (this.traits & MALICIOUS) !== 0
  }

  /** Whether its way is written down. */
  get traced(): boolean {
    return (this.traits & TRACED) !== 0
  }
  set traced(is: boolean) {
    this.mark(TRACED, is)
  }

  /** A load balancer's health check: to be answered by the box itself, cheaply. */
  get health(): boolean {
    return (this.traits & HEALTH) !== 0
  }
  set health(is: boolean) {
    this.mark(HEALTH | CHECK, is)
  }

  /** It has come about by a health check, light or not: it is no visitor's. */
  get check(): boolean {
    return (this.traits & CHECK) !== 0
  }

  /** Who waits for it in a box: not the call in between, which came by no wire and is tried again. */
  get caller(): Request | null {
    let caller = this.parent
    while (caller !== null && caller.wire === null && caller.parent !== null) caller = caller.parent
    return caller
  }

  /** It was sent anew, by the visitor or a box on the way: the connection of the try before is of no use. */
  get again(): boolean {
    return this.attempt > 0 || (this.traits & AGAIN) !== 0
  }

  private mark(bits: number, is: boolean): void {
    this.traits = is ? this.traits | bits : this.traits & ~bits
  }

  /** It brings a new connection with it, which has to be opened first. */
  get opens(): boolean {
    return (this.traits & STALE) === OPENS
  }

  /** It needs a new connection. */
  open(): void {
    this.traits |= OPENS
  }

  /** It comes on a connection that was kept open. Where neither holds, nobody says how its connection came about. */
  get rides(): boolean {
    return (this.traits & RIDES) !== 0
  }

  /** Its connection stays open, and takes up its place, when it has been answered. */
  get keeps(): boolean {
    return (this.traits & KEEPS) !== 0
  }
  set keeps(is: boolean) {
    this.mark(KEEPS, is)
  }

  /** Its connection was in use until just now: TCP sends as much at once as it had learned to send. */
  get warm(): boolean {
    return (this.traits & WARM) !== 0
  }
  set warm(is: boolean) {
    this.mark(WARM, is)
  }

  /** It was answered, and not all of the answer is out of the hands of who answered (`Place.answerTaken`). */
  get stays(): boolean {
    return this.entry < FREE
  }

  /** How often the process that answered had died by then. */
  get life(): number {
    return FREE - 1 - this.entry
  }

  /** The process that has answered it, and died `life` times, has to stay with the answer. */
  stay(life: number): void {
    this.entry = FREE - 1 - life
  }

  /** What its visitor asks for together with it; null if it is alone. */
  get batch(): Batch | null {
    return (this.traits & TOGETHER) !== 0 ? this.others : null
  }
  set batch(batch: Batch | null) {
    this.others = batch
    this.mark(TOGETHER, batch !== null)
  }

  /** The connection, open and with its place, that carries it beside others; null if it has one to itself. */
  get shares(): Batch | null {
    const { batch } = this
    return batch?.multiplexed === true && this.rides ? batch : null
  }

  /** Nobody says how its connection came about. */
  forgetConnection(): void {
    this.traits &= ~CONNECTION | TOGETHER
  }

  /** Its connection is one that the other side is closing at this time: the FIN has not come yet. */
  get stale(): boolean {
    return (this.traits & STALE) === STALE
  }

  /** It has a connection that was kept open. @param stale whether too long, @param route its number, if it has one */
  ride(stale = false, route = 0): void {
    this.traits |= stale ? STALE : RIDES
    this.route = route
  }

  /** Its connection begins further up: the box of its parent is only on its way. */
  get forwarded(): boolean {
    return (this.traits & FORWARDED) !== 0
  }
  set forwarded(is: boolean) {
    this.mark(FORWARDED, is)
  }

  /** It comes as `other` did: on a new connection, or on one that is open. */
  comeAs(other: Request): void {
    this.traits = (this.traits & ~CONNECTION) | (other.traits & (OPENS | RIDES | WARM))
    this.scheme = other.scheme
  }

  /** Becomes the first try of a visitor. @param opens whether he opens a connection for it */
  identify(key: number, family: number, malicious: boolean, opens = false): void {
    this.key = key
    this.attempt = 0
    this.lineage = 0
    this.traits = (family << FAMILY) | (malicious ? MALICIOUS : 0) | (opens ? OPENS : 0)
  }

  /** Becomes a health check that asks for a page of the class `kind`: to boxes a request like any other. */
  checkFor(kind: number, family: number): void {
    this.class = kind
    this.traits = (family << FAMILY) | (this.traits & CONNECTION) | CHECK
  }

  /** Becomes a request of the same visitor as `other`, whatever that one's connection is. */
  follow(other: Request): void {
    this.key = other.key
    this.attempt = other.attempt
    this.lineage = other.lineage
    this.class = other.class
    this.traits = other.traits & ~CONNECTION
  }

  /** Becomes the next try of its visitor. */
  tryAgain(): void {
    this.attempt++
  }

  /** Becomes the `step`-th call, tried for the `retry`-th time (from 0, not both of them 0), of the box `caller`. */
  branch(caller: number, step: number, retry: number): void {
    this.lineage = lineageOf(this.lineage, caller, step, retry)
    if (retry > 0) this.mark(AGAIN, true)
  }

  /**
   * Where its numbers begin in `stream`.
   * @param step tells apart several draws for one purpose, 0, 1, ...
   */
  draws(stream: Stream, step = 0): Stream {
    return stream.at(this.key, this.attempt, this.family, this.lineage, step)
  }

  /** Where its visitor's numbers begin in `stream`: the same for all that he asks, and for every try. */
  visitorDraws(stream: Stream): Stream {
    return stream.at(this.key, 0, this.family)
  }

  /** It is in a new box, which has noted nothing on it. */
  forgetNotes(): void {
    this.note1 = 0
    this.note2 = 0
    this.note3 = 0
    this.note4 = 0
    this.note5 = 0
  }

  /** Answers the box above (or nobody, if it has given up) and leaves this one. */
  reply(outcome: Outcome): void {
    this.at!.release(this, outcome)
  }
}

// The bits of `traits`.
const MALICIOUS = 1
const TRACED = 2
const HEALTH = 4
const AGAIN = 8
const OPENS = 16
const RIDES = 32
/** Both: it would have opened one if it had known. */
const STALE = OPENS | RIDES
const KEEPS = 64
const FORWARDED = 128
const CHECK = 256
const WARM = 512
/** Beyond the family. */
const TOGETHER = 1 << 31
const CONNECTION = OPENS | RIDES | KEEPS | FORWARDED | WARM | TOGETHER
const FAMILY = 10

const nothing: Handler<Request> = () => {}

/** Instead of an entry: it is in the pool. */
const FREE = -1

/** Of one thread: where it is another machine's, such as a page's, it may hold less. */
export const memory = {
  /** Requests at a time, of some 400 bytes each. */
  mostRequests: 3_000_000,
}

/** Apart: what is thrown would make every release longer. */
function slip({ entry }: Request): Error {
  return new Error(
    entry === FREE ? 'a request was given back twice' : 'a request was given back that is in a box',
  )
}

/** More requests are under way than can be simulated. */
export class Overload extends Error {}

/** Where requests come from and go back to. */
export class RequestPool {
  /** @param most requests in use; one more is an `Overload` */
  constructor(private readonly most = memory.mostRequests) {}

  /** Linked by `parent`. */
  private free: Request | null = null
  /** All that were ever made. */
  private readonly all: Request[] = []
  /** Requests in use: what a leak would show. */
  inUse = 0

  /** A request of nobody yet. @param parent what waits for the answer, if anything does */
  take(parent: Request | null = null): Request {
    const request = this.blank()
    request.parent = parent
    return request
  }

  /** A request that `parent` waits for, on behalf of the same visitor. */
  child(parent: Request): Request {
    const child = this.blank()
    child.parent = parent
    child.follow(parent)
    parent.child = child
    return child
  }

  private blank(): Request {
    this.inUse++
    const request = this.free
    if (request === null) return this.make()
    this.free = request.parent
    request.entry = 0
    return request
  }

  private make(): Request {
    if (this.inUse > this.most) {
      throw new Overload(
        `more than ${this.most} requests are under way at once: far more come than are answered, and no queue is full`,
      )
    }
    const made = new Request()
    this.all.push(made)
    return made
  }

  /** `request` is over: it is in no queue, and neither connecting nor waiting for anything. */
  release(request: Request): void {
    if (request.entry !== 0) throw slip(request)
    this.inUse--
    request.entry = FREE
    request.child = null
    request.wire = null
    request.at = null
    request.deadline = 0
    request.route = 0
    request.scheme = Scheme.any
    request.forgetNotes()
    request.parent = this.free
    this.free = request
  }

  /** Those that `parent` waits for. Looks at all, as `inside` does. */
  waitedForBy(parent: Request): Request[] {
    return this.all.filter((request) => request.parent === parent && request.entry !== FREE)
  }

  /** Those that are in a process, in the order in which they came in. Looks at all: for deaths, not for every day. */
  inside(process: Place): Request[] {
    return this.all
      .filter((request) => request.at === process && request.entry > 0)
      .sort((a, b) => a.entry - b.entry)
  }
}
