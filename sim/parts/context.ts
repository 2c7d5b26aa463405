import type { Kernel } from '../kernel/kernel.js'
import { Stream } from '../random/stream.js'
import { Addresses } from './addresses.js'
import { Cookies } from './cookies.js'
import { Objects } from './objects.js'
import type { Outcome } from './outcome.js'
import type { Request } from './request.js'
import { RequestPool } from './request.js'
import { Sessions } from './sessions.js'

/**
 * Who looks at a run, and changes nothing in it: a trace, a live view. `asked` and `ended` tell of every visitor's
 * request; the others of those whose way somebody follows, in every box and on every wire. Who did not ask to follow
 * one, or came in the middle of it, must let it pass.
 */
export interface Observer {
  /** A visitor of `users` asks. True: its way is followed. */
  asked?(request: Request, users: string): boolean
  entered?(request: Request): void
  /** It waits in a queue of the box from now on. */
  queued?(request: Request): void
  /** Service began, after `waited` seconds in the box's queue. */
  began?(request: Request, waited: number): void
  left?(request: Request): void
  /** It waits, in the box that it is in, for the box named, which it did not call: a replica is to confirm it. */
  awaits?(request: Request, box: string): void
  /** It waits, in the box that it is in, for its turn: no more are let through in a second. */
  throttled?(request: Request): void
  /** It waits, in the box that it is in, for the rest of itself (`Way.lacks`), or has all of it. */
  reads?(request: Request): void
  /** It takes time on its way, down or as an answer up; told again when its packet was lost (`resends`). */
  travels?(request: Request): void
  /** An answer that took time has come up. */
  arrived?(request: Request): void
  /** Nobody answers the SYN of a new connection; it is sent again. */
  connecting?(request: Request): void
  /** That SYN, and every other one, is dropped on purpose. */
  filtered?(request: Request): void
  /** That SYN, and every other one, goes to an address where the box is no more. */
  astray?(request: Request): void
  /** A connection that was tried has not been made. */
  failed?(request: Request, outcome: Outcome): void
  /** Nobody will ever answer it. */
  lost?(request: Request): void
  /** Who waited for it gave it up; it goes on, for nobody. */
  forgotten?(request: Request): void
  /** A visitor of `users` has the final answer, or has given up. */
  ended?(request: Request, users: string): void
}

/** All who look at a run, in the order in which they came. */
class Observers implements Required<Observer> {
  readonly all: Observer[] = []

  /** Who is told: one that hears everything and is alone, itself, since that takes less time. */
  get tap(): Required<Observer> | null {
    const [first, ...others] = this.all
    if (first === undefined) return null
    return others.length === 0 && hearsAll(first) ? first : this
  }

  asked(request: Request, users: string): boolean {
    const { all } = this
    let followed = false
    for (let i = 0; i < all.length; i++) if (all[i]!.asked?.(request, users)) followed = true
    return followed
  }

  entered(request: Request): void {
    this.tell('entered', request)
  }

  queued(request: Request): void {
    this.tell('queued', request)
  }

  began(request: Request, waited: number): void {
    this.tell('began', request, waited)
  }

  left(request: Request): void {
    this.tell('left', request)
  }

  awaits(request: Request, box: string): void {
    this.tell('awaits', request, Number.NaN, box)
  }

  throttled(request: Request): void {
    this.tell('throttled', request)
  }

  reads(request: Request): void {
    this.tell('reads', request)
  }

  travels(request: Request): void {
    this.tell('travels', request)
  }

  arrived(request: Request): void {
    this.tell('arrived', request)
  }

  connecting(request: Request): void {
    this.tell('connecting', request)
  }

  filtered(request: Request): void {
    this.tell('filtered', request)
  }

  astray(request: Request): void {
    this.tell('astray', request)
  }

  failed(request: Request, outcome: Outcome): void {
    this.tell('failed', request, outcome)
  }

  lost(request: Request): void {
    this.tell('lost', request)
  }

  forgotten(request: Request): void {
    this.tell('forgotten', request)
  }

  /** Longer than what V8 puts into the functions that call it (460 bytes): the way of those whom nobody follows stays short. */
  private tell(of: keyof Observer, request: Request, value = Number.NaN, box = ''): void {
    if (of === 'entered') for (const observer of this.all) observer.entered?.(request)
    if (of === 'queued') for (const observer of this.all) observer.queued?.(request)
    if (of === 'left') for (const observer of this.all) observer.left?.(request)
    if (of === 'awaits') for (const observer of this.all) observer.awaits?.(request, box)
    if (of === 'throttled') for (const observer of this.all) observer.throttled?.(request)
    if (of === 'reads') for (const observer of this.all) observer.reads?.(request)
    if (of === 'travels') for (const observer of this.all) observer.travels?.(request)
    if (of === 'arrived') for (const observer of this.all) observer.arrived?.(request)
    if (of === 'connecting') for (const observer of this.all) observer.connecting?.(request)
    if (of === 'filtered') for (const observer of this.all) observer.filtered?.(request)
    if (of === 'astray') for (const observer of this.all) observer.astray?.(request)
    if (of === 'lost') for (const observer of this.all) observer.lost?.(request)
    if (of === 'forgotten') for (const observer of this.all) observer.forgotten?.(request)
    if (of === 'began') for (const observer of this.all) observer.began?.(request, value)
    if (of === 'failed') for (const observer of this.all) observer.failed?.(request, value as Outcome)
  }

  ended(request: Request, users: string): void {
    const { all } = this
    for (let i = 0; i < all.length; i++) all[i]!.ended?.(request, users)
  }
}

const hearsAll = (observer: Observer): observer is Required<Observer> =>
  Object.getOwnPropertyNames(Observers.prototype)
    .filter((name) => !OWN.includes(name))
    .every((name) => name in observer)

/** What is no event. */
const OWN: readonly string[] = ['constructor', 'tap', 'tell']

/** Writes that were answered ok and are gone. */
export interface Loss {
  /** When the server that had them failed. */
  readonly failed: number
  /** When it turned out. */
  readonly at: number
  readonly writes: number
  /** How far back before the failure (or before the last of them, if that is later) the oldest of them goes. */
  readonly seconds: number
}

/** A part has learned that something is not as it was, and acts on it. Seconds on the kernel's clock. */
export interface Detection {
  readonly component: string
  /** What it did: `marked server-1 down`. */
  readonly says: string
  readonly at: number
  /** When what it learned of had happened, as far as it knows. */
  readonly since: number
}

/** So many are kept: what comes and goes all the time says nothing of a fault. */
const MOST_DETECTIONS = 10_000

/** What all parts of one running model share. */
export class Context {
  readonly requests = new RequestPool()
  /** Tells all who look; null while nobody does, so that this one field is all that a run without them asks. */
  tap: Required<Observer> | null = null
  /** Requests that visitors have asked, attackers left out: what no box can know. */
  asked = 0
  /** Connections that have got a number (`Request.route`): no other has the same. */
  connections = 0
  /** Seconds of service that are recorded for visitors, of each family by their key. */
  readonly recordedService = new Map<number, readonly number[]>()
  /** Of visitors. */
  readonly addresses = new Addresses()
  readonly objects = new Objects()
  /** That visitors carry. */
  readonly cookies = new Cookies(this.addresses)
  readonly sessions = new Sessions(this.addresses)
  /** Answered writes that turned out to be lost. */
  readonly losses: Loss[] = []
  /** What parts have learned, and when. */
  readonly detections: Detection[] = []
  private readonly observers = new Observers()

  /**
   * @param classes names of the request classes; a request carries the index
   * @param seed of the scenario, and the replication's number: they begin the name of every stream
   */
  constructor(
    readonly kernel: Kernel,
    readonly classes: readonly string[],
    readonly seed: string,
    readonly replication: number,
  ) {}

  /** `component` has learned of what happened at `since`, and does what `says` says. */
  detected(component: string, says: string, since: number): void {
    if (this.detections.length < MOST_DETECTIONS)
      this.detections.push({ component, says, at: this.kernel.now, since })
  }

  /** Shows `observer` what happens from now on. Returns what ends it. */
  observe(observer: Observer): () => void {
    const { all } = this.observers
    all.push(observer)
    this.tap = this.observers.tap
    return () => {
      const place = all.indexOf(observer)
      if (place >= 0) all.splice(place, 1)
      this.tap = this.observers.tap
    }
  }

  /** The stream of random numbers that decide `purpose` for `role`, in this replication. */
  stream(role: string, purpose: string): Stream {
    return new Stream(`${this.seed}/${this.replication}/${role}/${purpose}`)
  }
}
