import { z } from 'zod'
import { count, duration, period, perClass, refs } from '../options/types.js'
import type { Stream } from '../random/stream.js'
import { Component } from './component.js'
import type { Demand } from './demand.js'
import { kind, type Site } from './kind.js'
import { Outcome } from './outcome.js'
import type { Request } from './request.js'
import type { Wire } from './wire.js'

const dnsOptions = z.strictObject({
  addresses: refs().describe('what the name resolves to: one record each'),
  ttl: duration().prefault('60s').describe('how long a resolver keeps an answer; 0: every request asks'),
  resolvers: count(1, 100_000).prefault(100).describe('caching resolvers that the visitors share (an assumption: one per provider)'),
  lookup: perClass().prefault('0s').describe('time of a query that no cache answers'),
  // resolv.conf: options timeout:5 attempts:2.
  timeout: period().prefault('5s').describe('how long a resolver waits for a name server'),
  attempts: count(1, 5).prefault(2).describe('how often it asks before it gives up'),
  health_check: z
    .strictObject({
      // Route 53: RequestInterval 30 s, FailureThreshold 3.
      interval: period().prefault('30s').describe('between checks of an address'),
      threshold: count(1, 10).prefault(3).describe('checks in a row that change its state'),
    })
    .optional()
    .meta({ type: 'options' })
    .describe('DNS failover: dead addresses are left out of new answers'),
})

/**
 * Name resolution in front of the stack: round robin over addresses, an answer kept by each resolver for its TTL.
 * Plain DNS knows nothing of health, so a dead address keeps its share, and clients use the first address only.
 * The traffic itself does not pass through it: a request whose name is resolved goes straight on, and when the
 * name servers are down what is cached lives on until its TTL ends.
 */
class Dns extends Component {
  private readonly addresses: readonly Address[]
  private readonly lookup: Demand
  private readonly ttl: number
  private readonly patience: number
  private readonly resolverOf: Stream
  /** By resolver: the address of its answer, and when that expires. */
  private readonly cached: Int32Array
  private readonly expires: Float64Array
  private turn = 0

  constructor(site: Site, options: z.output<typeof dnsOptions>) {
    super(site)
    this.addresses = options.addresses.map((to) => ({ wire: site.wire(to.name), healthy: true, streak: 0 }))
    this.lookup = site.demand(options.lookup, 'lookup')
    this.ttl = options.ttl
    this.patience = options.timeout * options.attempts
    this.resolverOf = site.context.stream(site.role, 'resolver')
    this.cached = new Int32Array(options.resolvers)
    this.expires = new Float64Array(options.resolvers).fill(Number.NEGATIVE_INFINITY)
    if (options.health_check) this.watch(options.health_check)
  }

  /** The visitor's own resolver always takes the question. */
  override get hears(): boolean {
    return true
  }

  override enter(request: Request): void {
    const resolver = this.resolver(request)
    if (this.expires[resolver]! > this.context.kernel.now) this.addresses[this.cached[resolver]!]!.wire.send(request)
    else if (this.serves) super.enter(request)
    else this.context.kernel.after(this.patience, this.unresolved, request)
  }

  protected accept(request: Request): void {
    this.wait(request, this.lookup.of(request), this.resolve)
  }

  private readonly resolve = (request: Request): void => {
    const resolver = this.resolver(request)
    this.cached[resolver] = this.rotate()
    this.expires[resolver] = this.context.kernel.now + this.ttl
    this.hand(request, this.addresses[this.cached[resolver]!]!.wire)
  }

  private readonly unresolved = (request: Request): void => request.wire!.bounce(request, Outcome.dnsFailed)

  private resolver(request: Request): number {
    return this.resolverOf.at(request.key, 0).below(this.cached.length)
  }

  /** The next address in turn, of those that are healthy; of all, if none is. */
  private rotate(): number {
    const any = !this.addresses.some((address) => address.healthy)
    do this.turn = (this.turn + 1) % this.addresses.length
    while (!any && !this.addresses[this.turn]!.healthy)
    return this.turn
  }

  private watch({ interval, threshold }: { interval: number; threshold: number }): void {
    const check = () => {
      for (const address of this.addresses) {
        address.streak = address.wire.connects === address.healthy ? 0 : address.streak + 1
        if (address.streak < threshold) continue
        address.healthy = !address.healthy
        address.streak = 0
      }
      this.context.kernel.after(interval, check, null)
    }
    // The phase of the checks to whatever happens is chance.
    this.context.kernel.after(this.context.stream(this.name, 'check').next() * interval, check, null)
  }
}

interface Address {
  readonly wire: Wire
  healthy: boolean
  /** Checks in a row that said otherwise. */
  streak: number
}

export const dns = kind({
  kind: 'dns',
  says: 'round robin over addresses, with caching resolvers',
  options: dnsOptions,
  build: (site, options) => new Dns(site, options),
})
