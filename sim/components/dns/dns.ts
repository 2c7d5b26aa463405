import * as z from 'zod'
import {
  count,
  duration,
  flag,
  interval,
  limit,
  perClass,
  period,
  refs,
  timeout,
} from '../../options/types.js'
import { Component } from '../../parts/component.js'
import type { Demand } from '../../parts/demand.js'
import { Dial } from '../../parts/dial.js'
import { kind, type Site } from '../../parts/kind.js'
import { notes } from '../../parts/notes.js'
import { Outcome } from '../../parts/outcome.js'
import { Syn } from '../../parts/port.js'
import type { Request } from '../../parts/request.js'
import type { Naming } from '../../parts/resolvable.js'
import type { Wire } from '../../parts/wire.js'
import type { Stream } from '../../random/stream.js'
import { resolverOptions } from './resolver-options.js'
import { LONGEST_TIMEOUT, MOST_SERVERS, Stub } from './stub.js'

const dnsOptions = z.strictObject({
  addresses: refs().describe('what the name resolves to: one record each'),
  ttl: duration().prefault('60s').describe('how long a resolver keeps an answer; 0: every request asks'),
  resolvers: limit(1, 1_000_000)
    .prefault(100)
    .describe('caching resolvers that the visitors share (an assumption); unlimited: every visitor asks'),
  lookup: perClass().prefault('0s').describe('time of a query that no cache answers'),
  name_servers: refs({ kind: 'nameserver' })
    .optional()
    .describe('who answers queries, each a box of its own; default: one, which this box is'),
  // resolv.conf: options timeout:5 attempts:2.
  timeout: period().prefault('5s').describe('how long a resolver waits for a silent name server'),
  attempts: count(1, 5).prefault(2).describe('how often it asks (all of them) before it gives up'),
  rotate: flag()
    .prefault('off')
    .describe('it asks name servers in turn, one further with each lookup; off: the first of the list first'),
  // BIND: servfail-ttl 1. RFC 9520: a failure must be kept for at least 1 s, at most 5 min.
  servfail_ttl: duration().prefault('1s').describe('how long a resolver keeps that it got no answer'),
  // RFC 2308: the lesser of the TTL of the SOA record and its minimum. Route 53: 900 and 86400.
  negative_ttl: duration()
    .prefault('15min')
    .describe('how long a resolver keeps that there is no such name (fault nxdomain)'),
  try_next: flag()
    .prefault('off')
    .describe('a visitor who cannot connect tries the next address; off: the first one only'),
  connect_timeout: timeout()
    .optional()
    .describe('with try_next, how long a visitor waits for a connection; default 127s, as Linux does'),
  health_check: z
    .strictObject({
      // Route 53: RequestInterval 30 s, FailureThreshold 3.
      interval: interval().prefault('30s').describe('between checks of an address'),
      threshold: count(1, 10).prefault(3).describe('checks in a row that change its state'),
    })
    .optional()
    .meta({ type: 'options' })
    .describe('DNS failover: addresses that accept no connection are left out of new answers'),
})

/**
 * What it notes on a request: queries that met silence, then addresses tried in vain; the answer that its visitor has
 * got; the place in it where he begins; which of the first 31 addresses in it have moved since it was given, a bit each.
 */
const visit = notes({ tries: 'note1', answer: 'note2', first: 'note3', gone: 'note5' })

/** No resolver of one's own keeps anything. */
const UNCACHED = -1

const WORD = 31

/** Of the first addresses of an answer, a bit each: those that have moved since. */
function goneSince(addresses: Answer, asked: number): number {
  let gone = 0
  for (let i = 0; i < addresses.length && i < WORD; i++) if (addresses[i]!.to.movedAt > asked) gone |= 1 << i
  return gone
}

/** An answer: addresses in order. Two answers with the same addresses are one, begun elsewhere. */
type Answer = readonly Wire[]

/**
 * Name resolution in front of the stack: round robin over addresses, one further with each query, and an answer is
 * kept by each resolver for its TTL, so that all visitors behind one resolver go the same way. Plain DNS knows
 * nothing of health: a dead address keeps its share.
 *
 * The traffic itself does not pass through it. A request whose name is resolved goes straight on (so latency belongs
 * on the wires from here to the addresses), and faults on the network around it strike queries only, which are lost
 * for good where a packet is (UDP). When the name servers are down, what is cached lives on until its
 * TTL ends. Then resolution fails: at once if only the process is gone (the machine says so), after
 * `timeout` x `attempts` if there is silence; and the resolver keeps the failure for a moment, so that only the first
 * to ask have to wait for it.
 *
 * With `name_servers` those are boxes of their own (`Stub`), and this one is the name and the resolvers of visitors
 * alone: no process, on no machine. Whoever finds no answer in the cache of his resolver asks for himself, though
 * another one asks already (an assumption); his resolver goes on when he has given up.
 */
class Dns extends Component implements Naming {
  override readonly survives = true
  override readonly directs: boolean
  override readonly approaches: readonly Wire[]
  /** From the resolvers to the name server, where this box is one. */
  private readonly way: Wire | null
  private readonly losses: Stream
  private readonly checks: readonly Check[]
  private readonly lookup: Demand
  /** Null where this box is the name server. */
  private readonly stub: Stub | null
  private readonly own: number
  private readonly timeout: number
  private readonly attempts: number
  private readonly failureTtl: number
  private readonly negativeTtl: number
  override readonly naming: Naming = this
  override readonly registered = new Dial(1)
  readonly addresses: readonly string[]
  /** Other names among the addresses. */
  private readonly aliases: ReadonlyMap<string, Naming>
  private readonly triesNext: boolean
  private readonly resolverOf: Stream
  /** Answers that were ever given, by the addresses in them; a resolver keeps the index of one. */
  private readonly answers: Answer[] = []
  private readonly known = new Map<string, number>()
  private current = 0
  /** By resolver: the answer, the place in it where it begins, and when it expires. */
  private readonly cached: Int32Array
  private readonly begins: Int32Array
  private readonly expires: Float64Array
  /** By resolver: until when it knows that no name server answers. */
  private readonly failedUntil: Float64Array
  override readonly forwards = true
  private turn = -1
  private queries = 0
  /** Queries to one of several name servers that was silent. */
  private unanswered = 0

  constructor(site: Site, options: z.output<typeof dnsOptions>) {
    super(site)
    const patience = options.try_next ? options.connect_timeout : undefined
    this.way = options.name_servers === undefined ? site.outside('resolvers', this) : null
    this.approaches = this.way === null ? [] : [this.way]
    this.losses = site.context.stream(site.role, 'lost query')
    this.checks = options.addresses.map(({ name }) => ({
      wire: site.wire(name, patience),
      healthy: true,
      streak: 0,
    }))
    this.lookup = site.demand(options.lookup, 'lookup')
    this.own = options.ttl
    this.negativeTtl = options.negative_ttl
    const names = options.addresses.map(({ name }) => [name, site.component(name).naming] as const)
    this.aliases = new Map(names.flatMap(([name, one]) => (one === null ? [] : [[name, one]])))
    this.addresses = names.flatMap(([name, one]) => one?.addresses ?? [name])
    this.timeout = options.timeout
    this.attempts = options.attempts
    this.failureTtl = options.servfail_ttl
    this.triesNext = options.try_next
    this.directs = !options.try_next
    this.resolverOf = site.context.stream(site.role, 'resolver')
    const resolvers = options.resolvers === Number.POSITIVE_INFINITY ? 0 : options.resolvers
    this.stub = this.stubOf(site, options, resolvers)
    this.cached = new Int32Array(resolvers)
    this.begins = new Int32Array(resolvers)
    this.expires = new Float64Array(resolvers).fill(Number.NEGATIVE_INFINITY)
    this.failedUntil = new Float64Array(resolvers).fill(Number.NEGATIVE_INFINITY)
    this.compose()
    this.remember(site.expected.reduce((sum, rate) => sum + rate, 0) * site.openingShare)
    if (options.health_check) this.watch(options.health_check)
  }

  private stubOf(site: Site, options: z.output<typeof dnsOptions>, resolvers: number): Stub | null {
    const { name_servers, timeout, attempts, rotate } = options
    if (name_servers === undefined) return null
    const servers = name_servers.map(({ name }) => name)
    return new Stub(site, { servers, timeout, attempts, rotate, resolvers }, (seconds) =>
      this.timers(seconds, this.unheard, true),
    )
  }

  // ---- Resolvers and visitors do not die with the name servers --------------------------------------------

  override get syn(): Syn {
    return Syn.accepted
  }

  /** Who is told where to go keeps connections there; else it is not known here where they end, and they are closed. */
  override get idleTimeout(): number {
    return this.directs ? super.idleTimeout : 0
  }

  // ---- The life of a request ------------------------------------------------------------------------------

  accept(request: Request): void {
    const resolver = this.resolver(request)
    if (this.keeps(resolver)) this.directAsKept(request, resolver)
    else if (this.failedUntil[resolver]! > this.context.kernel.now) this.fail(request)
    else if (this.stub !== null) {
      if (!this.stub.ask(request, request[visit.tries], resolver)) this.giveUp(request)
    } else this.query(request, this.way!)
  }

  /** Asks this box itself. */
  private query(request: Request, way: Wire): void {
    if (this.reached(request, way) && (this.serves || this.refuses)) {
      const seconds = this.lookup.of(request) + 2 * way.latency.value
      this.wait(request, seconds, this.serves ? this.resolve : this.giveUp)
    } else this.wait(request, this.timeout, this.askAgain)
  }

  /** There was silence; the name server may be back, or another visitor's query may have been answered. */
  private readonly askAgain = (request: Request): void => {
    if (++request[visit.tries] < this.attempts) this.accept(request)
    else this.giveUp(request)
  }

  /** A name server has answered, or its machine for it. */
  private heard(request: Request, { outcome }: Request): void {
    if (outcome !== Outcome.ok) this.askNext(request)
    else {
      const seconds = this.lookup.of(request)
      if (seconds > 0) this.wait(request, seconds, this.resolve)
      else this.resolve(request)
    }
  }

  /** A name server is silent. */
  private readonly unheard = (request: Request): void => {
    this.unanswered++
    this.askNext(request)
  }

  private askNext(request: Request): void {
    request[visit.tries]++
    this.accept(request)
  }

  private readonly resolve = (request: Request): void => {
    const resolver = this.resolver(request)
    // Another visitor's query may have been answered while this one was under way.
    if (!this.keeps(resolver)) {
      if (this.registered.value === 0) {
        this.deny(request, resolver)
        return
      }
      this.turn++
      this.queries++
      if (resolver !== UNCACHED) {
        this.cached[resolver] = this.current
        this.begins[resolver] = this.turn
        this.expires[resolver] = this.context.kernel.now + this.own
      } else {
        this.direct(request, this.current, this.turn, this.context.kernel.now)
        return
      }
    }
    this.directAsKept(request, resolver)
  }

  /** As the resolver remembers it. */
  private directAsKept(request: Request, resolver: number): void {
    const asked = this.expires[resolver]! - this.own
    this.direct(request, this.cached[resolver]!, this.begins[resolver]!, asked)
  }

  /** There is no such name. */
  private deny(request: Request, resolver: number): void {
    this.queries++
    if (resolver !== UNCACHED) this.failedUntil[resolver] = this.context.kernel.now + this.negativeTtl
    this.fail(request)
  }

  private readonly giveUp = (request: Request): void => {
    const resolver = this.resolver(request)
    if (resolver !== UNCACHED) this.failedUntil[resolver] = this.context.kernel.now + this.failureTtl
    this.fail(request)
  }

  private fail(request: Request): void {
    request.reply(Outcome.dnsFailed)
  }

  /**
   * The visitor goes to the address; one who would try the next is watched from here, others are not.
   * @param asked when the name servers were asked, seconds: what has moved since is not known to have
   */
  private direct(request: Request, answer: number, first: number, asked: number): void {
    const addresses = this.answers[answer]!
    const wire = addresses[first % addresses.length]!
    if (request.parent === null) {
      // The visitor did not wait for the answer.
      request.reply(Outcome.timeout)
      return
    }
    if (!this.triesNext) {
      this.hand(request, wire, wire.to.movedAt > asked)
      return
    }
    this.stub?.end(request)
    request[visit.gone] = goneSince(addresses, asked)
    request[visit.answer] = answer
    request[visit.first] = first
    request[visit.tries] = 0
    if (wire.to.movedAt > asked) this.tryOld(request, wire)
    else this.forward(request, wire)
  }

  /** Tries an address where nobody is any more. */
  private tryOld(request: Request, wire: Wire): void {
    const child = this.attempt(request, 0, request[visit.tries])
    child.comeAs(request)
    wire.sendAstray(child)
  }

  override resume(request: Request, answer: Request): void {
    if (this.stub?.asks(request) === true) {
      this.heard(request, answer)
      return
    }
    const { outcome } = answer
    const addresses = this.answers[request[visit.answer]]!
    const unreached = outcome === Outcome.refused || outcome === Outcome.connectTimeout
    if (!unreached || ++request[visit.tries] >= addresses.length) {
      this.passOn(request, answer)
      return
    }
    const place = (request[visit.first] + request[visit.tries]) % addresses.length
    const wire = addresses[place]!
    if (place < WORD && (request[visit.gone] & (1 << place)) !== 0) {
      this.tryOld(request, wire)
      return
    }
    const child = this.attempt(request, 0, request[visit.tries])
    child.comeAs(request)
    wire.relay(child)
  }

  override hungUp(request: Request): void {
    // His resolver asks on.
    if (this.stub?.asks(request) === true) return
    this.forget(request)
    request.reply(Outcome.timeout)
  }

  // ---- Resolvers ----------------------------------------------------------------------------------------

  /** The same visitor always asks the same resolver. */
  private resolver(request: Request): number {
    const resolvers = this.cached.length
    return resolvers > 0 ? request.visitorDraws(this.resolverOf).below(resolvers) : UNCACHED
  }

  /** Whether a query of `request` and its answer get through. */
  private reached(request: Request, { open, delivery }: Wire): boolean {
    const share = open.value * delivery.value * delivery.value
    return share === 1 || request.draws(this.losses, request[visit.tries]).next() < share
  }

  private keeps(resolver: number): boolean {
    return resolver !== UNCACHED && this.expires[resolver]! > this.context.kernel.now
  }

  /** Whether the machine of the name server says that nobody listens: the query fails without waiting. */
  private get refuses(): boolean {
    return this.process.syn === Syn.refused
  }

  /**
   * What resolvers know when the run begins: answers of all ages, since a cache asks once in TTL + 1 / rate (Jung,
   * Berger and Balakrishnan 2003), each with the next address first, as they were asked for.
   * @param rate of all visitors, per second
   */
  private remember(rate: number): void {
    const resolvers = this.cached.length
    const known = this.own / (this.own + resolvers / rate)
    const ages = this.context.stream(this.role, 'age')
    const warm: number[] = []
    for (let resolver = 0; resolver < resolvers; resolver++) {
      ages.at(resolver, 0)
      if (!(ages.next() < known)) continue
      this.expires[resolver] = this.context.kernel.now + ages.next() * this.own
      warm.push(resolver)
    }
    warm.sort((a, b) => this.expires[a]! - this.expires[b]!)
    for (const resolver of warm) this.begins[resolver] = ++this.turn
  }

  // ---- Who asks by himself, as a proxy does for the names of its servers ------------------------------------------

  get ttl(): number {
    return Math.min(this.own, ...[...this.aliases.values()].map((one) => one.ttl))
  }

  told(): readonly string[] | null {
    const heard = this.stub === null ? this.way!.open.value > 0 && this.serves : this.stub.answers
    if (!heard) return null
    this.queries++
    if (this.registered.value === 0) return []
    const all = this.answers[this.current]!.map(
      ({ towards }) => this.aliases.get(towards)?.told() ?? [towards],
    )
    return all.flat()
  }

  // ---- Failover -----------------------------------------------------------------------------------------

  /** What name servers answer from now on: the healthy addresses; all, if none is (as Route 53 does). */
  private compose(): void {
    const healthy = this.checks.filter((check) => check.healthy)
    const chosen = healthy.length > 0 ? healthy : this.checks
    const name = chosen.map(({ wire }) => wire.name).join()
    let answer = this.known.get(name)
    if (answer === undefined) {
      answer = this.answers.push(chosen.map(({ wire }) => wire)) - 1
      this.known.set(name, answer)
    }
    this.current = answer
  }

  private watch({ interval, threshold }: { interval: number; threshold: number }): void {
    const { kernel } = this.context
    const look = (check: Check) => {
      kernel.after(interval, look, check)
      if (!this.serves) return
      check.streak = (check.wire.syn === Syn.accepted) === check.healthy ? 0 : check.streak + 1
      if (check.streak < threshold) return
      check.healthy = !check.healthy
      check.streak = 0
      this.compose()
    }
    // The phase of the checks to whatever happens is chance.
    const phase = this.context.stream(this.name, 'check')
    for (const check of this.checks) kernel.after(phase.next() * interval, look, check)
  }

  override restart(now: number): void {
    super.restart(now)
    this.queries = 0
    this.unanswered = 0
  }

  /** Queries per second that no cache answered; and those that met silence, where there are boxes to be silent. */
  override extra(now: number): Record<string, number> {
    const span = this.probe.inside.span(now)
    const queries = { queries_qps: this.queries / span }
    return this.stub === null ? queries : { ...queries, unanswered_qps: this.unanswered / span }
  }
}

/** An address, and what its health checks say. */
interface Check {
  readonly wire: Wire
  healthy: boolean
  /** Checks in a row that said otherwise. */
  streak: number
}

/** What does not go with several name servers, or only with them. */
function misfitsOfStub({ name_servers: servers, timeout, rotate }: z.output<typeof dnsOptions>) {
  const said = (path: string, message: string) => ({ path: [path], message })
  if (servers === undefined || servers.length < 2)
    if (rotate) return [said('rotate', 'is for several name servers: name_servers: [...]')]
  if (servers === undefined) return []
  const several = new Set(servers.map(({ name }) => name)).size
  return [
    ...(several < servers.length ? [said('name_servers', 'names one of them twice')] : []),
    ...(servers.length > MOST_SERVERS
      ? [said('name_servers', `resolv.conf has ${MOST_SERVERS} at most: others are never asked`)]
      : []),
    ...(Number.isInteger(timeout) && timeout <= LONGEST_TIMEOUT
      ? []
      : [said('timeout', `resolv.conf counts whole seconds, ${LONGEST_TIMEOUT}s at most`)]),
  ]
}

export const dns = kind({
  kind: 'dns',
  passesOn: true,
  names: true,
  scatters: true,
  says: 'round robin over addresses, with caching resolvers',
  aliases: ['bind', 'named', 'route53', 'powerdns', 'coredns', 'unbound'],
  icon: 'M9 2a7 7 0 1 0 0 14a7 7 0 0 0 0-14M2 9h14M9 2c-4.5 4-4.5 10 0 14M9 2c4.5 4 4.5 10 0 14',
  example: `
    dns: { kind: dns, addresses: [site-1, site-2], ttl: 30s, negative_ttl: 5s, lookup: 20ms }
    site-1: { kind: service, servers: 4, service: exponential(20ms) }
    site-2: { kind: service, servers: 4, service: exponential(20ms) }`,
  known: resolverOptions,
  options: dnsOptions,
  hands: ({ try_next }) => !try_next,
  leadsTo: ({ addresses }) => addresses.map(({ name }) => name),
  madeOf: ({ name_servers }) => name_servers?.map(({ name }) => name) ?? null,
  calls: ({ addresses, name_servers = [] }) =>
    new Map([addresses, name_servers].flatMap((some) => some.map(({ name }) => [name, 1 / some.length]))),
  periodic: ({ addresses, health_check }) =>
    health_check === undefined ? 0 : addresses.length / health_check.interval,
  misfits: ({ options }) => [
    ...(options.connect_timeout !== undefined && !options.try_next
      ? [{ path: ['connect_timeout'], message: 'is for visitors who try the next address: try_next: on' }]
      : []),
    ...misfitsOfStub(options),
  ],
  counts: {
    queries_qps: { unit: '/s', says: 'queries that reached the name servers' },
    unanswered_qps: {
      unit: '/s',
      says: 'queries that met silence',
      when: ({ options }) => options.name_servers !== undefined,
    },
  },
  build: (site, options) => new Dns(site, options),
})
