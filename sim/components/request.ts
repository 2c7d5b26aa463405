import type { Event, Handler } from '../kernel/event.js'
import { Outcome } from './outcome.js'
import type { Process } from './process.js'
import type { Wire } from './wire.js'

/**
 * A request at one box. What a user asks is a request at the users; each call to a box below makes a child of
 * it, and the tree of children is the request's way through the stack. Whoever may give up forgets the child:
 * the orphan goes on burning the server below, as in life.
 *
 * Objects are pooled: one belongs to its parent until it has been answered or given up, and nobody keeps one
 * beyond that.
 */
export class Request {
  /** Names the visitor in keyed random streams: the same visitor in every architecture. */
  key = 0
  /** 0, then one more for every retry, wherever on the way: a retry draws its own numbers. */
  attempt = 0
  /** Index of the request class (`static`, `read`, `write`, ...) in the scenario's list. */
  class = 0
  /** Sent by an attacker: what a firewall is there to filter. */
  malicious = false
  /** Whether its way is written down. */
  traced = false
  /** At the users: when the visitor meant to ask. Latency counts from here. */
  arrived = 0.5
  /** At the users: the how manieth of its class in the measured span; 0 before that. */
  number = 0

  /** Who waits for the answer; null for a user's own request, and once the caller has given up. */
  parent: Request | null = null
  /** What this one waits for. */
  child: Request | null = null
  /** The way it came, and the way the answer goes. */
  wire: Wire | null = null
  /** The process of the box that it is at. */
  at: Process | null = null
  /** Its number among those that came into the box; 0 once it has left. */
  entry = 0
  /** When it came into the box. */
  entered = 0.5
  outcome: Outcome = Outcome.ok

  /** The ticket of the caller's timer on this request; 0 for none. */
  deadline = 0
  /** The ticket of the connection attempt that is under way; 0 for none. */
  knock = 0
  /** SYNs that were sent again in the connection attempt. */
  syns = 0
  /** A load balancer's health check: to be answered by the box itself, cheaply. */
  health = false
  /** Notes of the box that it is at. */
  tries = 0
  server = 0
  note = 0

  // The queue of a station.
  /** The ticket of its patience there; 0 for none. */
  place = 0
  joined = 0.5
  ahead: Request | null = null
  behind: Request | null = null

  // What happens when its CPU time or its wait is over.
  after: Handler<Request> = nothing
  event: Event | null = null
  finish = 0.5
  turn = 0

  /** Answers the box above (or nobody, if it has given up) and leaves this one. */
  reply(outcome: Outcome): void {
    this.at!.release(this, outcome)
  }
}

const nothing: Handler<Request> = () => {}

/** Requests at a time, of some 400 bytes each: what the memory of one thread holds. */
const MOST = 3_000_000

/** More requests are under way than can be simulated. */
export class Overload extends Error {}

/** Where requests come from and go back to. */
export class RequestPool {
  /** @param most requests in use; one more is an `Overload` */
  constructor(private readonly most = MOST) {}

  /** Linked by `behind`. */
  private free: Request | null = null
  /** All that were ever made. */
  private readonly all: Request[] = []
  /** Requests in use: what a leak would show. */
  inUse = 0

  /** A request that nobody waits for. */
  take(): Request {
    const request = this.blank()
    request.parent = null
    request.attempt = 0
    request.malicious = false
    request.traced = false
    request.health = false
    return request
  }

  /** A request that `parent` waits for, on behalf of the same visitor. */
  child(parent: Request): Request {
    const child = this.blank()
    child.parent = parent
    child.key = parent.key
    child.attempt = parent.attempt
    child.class = parent.class
    child.malicious = parent.malicious
    child.traced = parent.traced
    child.health = parent.health
    parent.child = child
    return child
  }

  private blank(): Request {
    this.inUse++
    const request = this.free
    if (request === null) return this.make()
    this.free = request.behind
    request.behind = null
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

  release(request: Request): void {
    this.inUse--
    request.child = null
    request.wire = null
    request.at = null
    request.deadline = 0
    request.knock = 0
    request.place = 0
    request.tries = 0
    request.server = 0
    request.note = 0
    request.behind = this.free
    this.free = request
  }

  /** Those that are in a process, in the order in which they came in. Looks at all: for deaths, not for every day. */
  inside(process: Process): Request[] {
    return this.all
      .filter((request) => request.at === process && request.entry > 0)
      .sort((a, b) => a.entry - b.entry)
  }
}
