import type { Deadlines } from '../../kernel/deadlines.js'
import type { Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { State, Syn } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'

/** Of resolv.conf: glibc reads no more (MAXNS), and caps the timeout. Seconds. */
export const MOST_SERVERS = 3
export const LONGEST_TIMEOUT = 30

/** What is noted on a request while its name is looked up: 1 + the place of the server that was asked first; 0: not yet. */
const lookup = notes({ begun: 'note4' })

/** Of the calls that the box makes for a request, the place of the queries: 0 is that on to the address. */
const QUERY = 1

interface StubOptions {
  readonly servers: readonly string[]
  /** Seconds. */
  readonly timeout: number
  readonly attempts: number
  readonly rotate: boolean
  readonly resolvers: number
}

/**
 * Whom a resolver asks, where several name servers know the name: the stub resolver of glibc, as resolv.conf sets it up
 * (man resolv.conf; `__libc_res_nsend` and `send_dg` of resolv/res_send.c; and measured on glibc 2.36, see
 * docs/validation.md). It begins with the first of the list at every lookup, and forgets who was silent: a dead first
 * server costs its timeout again and again. With `rotate` it begins with another one at each lookup, in turn, the first
 * time with any. Who refuses, or answers SERVFAIL, is left for the next at once; who is silent after the timeout; when
 * all were asked, they are asked again, `attempts` times in all.
 *
 * The timeout is that of resolv.conf for the first of the list, and for the one at place i (from 0) of n
 * timeout x 2^i / n, in whole seconds, at least 1: 5 s and 5 s of two, 5 s, 3 s and 6 s of three.
 *
 * Most recursive servers (BIND by its smoothed round trip times, Unbound, PowerDNS) prefer whoever has answered fastest,
 * and so avoid the dead once they have met them (Yu, Wessels, Larson and Zhang, Authority Server Selection in DNS Caching
 * Resolvers, 2012); that is not what is simulated.
 */
export class Stub {
  private readonly wires: readonly Wire[]
  private readonly timers: readonly Deadlines<Request>[]
  /** Queries that a lookup takes at most. */
  private readonly most: number
  private readonly choice: Stream | null
  /** By resolver: with whom its next lookup begins. */
  private readonly turns: Uint8Array

  /** @param timersOf timers after which nobody waits for a query any more */
  constructor(site: Site, options: StubOptions, timersOf: (seconds: number) => Deadlines<Request>) {
    const { servers, timeout, attempts, rotate, resolvers } = options
    this.wires = servers.map((name) => site.datagrams(name))
    this.timers = servers.map((_, i) => timersOf(patienceOf(timeout, i, servers.length)))
    this.most = servers.length * attempts
    this.choice = rotate ? site.context.stream(site.role, 'first name server') : null
    this.turns = new Uint8Array(rotate ? resolvers : 0)
    const { choice } = this
    if (choice !== null) this.turns = this.turns.map((_, i) => choice.at(i, 0).below(servers.length))
  }

  /** Whether the name of `request` is being looked up. */
  asks(request: Request): boolean {
    return request[lookup.begun] > 0
  }

  /** Whether one of the servers would answer now. */
  get answers(): boolean {
    return this.wires.some(({ syn, to }) => syn === Syn.accepted && to.state === State.serving)
  }

  /** The lookup is over. */
  end(request: Request): void {
    request[lookup.begun] = 0
  }

  /**
   * Sends a query for `request`, of which `tries` were in vain.
   * @param resolver whose; below 0: one that nobody shares
   * @returns false if it has been asked often enough
   */
  ask(request: Request, tries: number, resolver: number): boolean {
    if (tries >= this.most) return false
    if (!this.asks(request)) request[lookup.begun] = 1 + this.first(request, resolver)
    const server = (request[lookup.begun] - 1 + tries) % this.wires.length
    const query = request.at!.attempt(request, QUERY, tries)
    query.forgetConnection()
    query.ride()
    query.deadline = this.timers[server]!.set(query)
    this.wires[server]!.send(query)
    return true
  }

  private first(request: Request, resolver: number): number {
    if (this.choice === null) return 0
    if (resolver < 0) return request.draws(this.choice).below(this.wires.length)
    const first = this.turns[resolver]!
    this.turns[resolver] = (first + 1) % this.wires.length
    return first
  }
}

/** Seconds for which the server at `place` of `servers` is waited for. */
const patienceOf = (timeout: number, place: number, servers: number): number =>
  place === 0 ? timeout : Math.max(1, Math.floor((timeout * (1 << place)) / servers))
