import type * as z from 'zod'
import { count, rate } from '../../options/types.js'
import { Buckets, REJECTED } from '../../parts/bucket.js'
import type { Context } from '../../parts/context.js'
import type { Request } from '../../parts/request.js'

export const sourceLimitOptions = {
  hashlimit_upto: rate()
    .refine((value) => value > 0, 'expected a rate above 0')
    .optional()
    .describe(
      'new connections of one address (--hashlimit-mode srcip; addresses: of users); more are dropped; default: no limit',
    ),
  hashlimit_burst: count(1, 1_000_000).prefault(5).describe('that one address may open at once'),
  connlimit_above: count(1, 1_000_000)
    .optional()
    .describe(
      'connections of one address at a time (--connlimit-mask 32); more are dropped; default: no limit',
    ),
} as const

type Options = z.output<z.ZodObject<typeof sourceLimitOptions>>

/**
 * What one address may do at a firewall: open connections so often, by a bucket of tokens (`hashlimit`), and have so many
 * at a time (`connlimit`, which does not count those in TIME_WAIT). What is above is dropped, so that the SYN comes again.
 * Source: iptables-extensions(8).
 */
export class SourceLimits {
  /** Of the measured span. */
  hashDropped = 0
  connDropped = 0
  private readonly buckets: Buckets | null
  private readonly connections = new Map<number, number>()
  private readonly upto: number
  private readonly above: number

  constructor(
    private readonly context: Context,
    { hashlimit_upto, hashlimit_burst, connlimit_above }: Options,
  ) {
    this.upto = hashlimit_upto ?? Number.POSITIVE_INFINITY
    this.above = connlimit_above ?? Number.POSITIVE_INFINITY
    this.buckets =
      hashlimit_upto === undefined
        ? null
        : new Buckets(hashlimit_upto, hashlimit_burst - 1, Number.POSITIVE_INFINITY)
  }

  /** Whether `request` may open a connection; health checks may. */
  lets(request: Request): boolean {
    if (request.check) return true
    const address = this.context.addresses.of(request)
    if (this.buckets !== null && this.buckets.take(address, this.context.kernel.now) === REJECTED) {
      this.hashDropped++
      return false
    }
    if ((this.connections.get(address) ?? 0) >= this.above) {
      this.connDropped++
      return false
    }
    return true
  }

  /** It has one. */
  opened(request: Request): void {
    if (this.above < Number.POSITIVE_INFINITY) this.change(request, 1)
  }

  /** And not any more. */
  closed(request: Request): void {
    if (this.above < Number.POSITIVE_INFINITY) this.change(request, -1)
  }

  private change(request: Request, by: number): void {
    const address = this.context.addresses.of(request)
    const left = (this.connections.get(address) ?? 0) + by
    if (left > 0) this.connections.set(address, left)
    else this.connections.delete(address)
  }

  /** SYNs a second that pass of a flood from so many addresses. */
  passing(sources: number, rate: number): number {
    return sources === Number.POSITIVE_INFINITY ? rate : Math.min(rate, sources * this.upto)
  }

  /** Connections that so many addresses have at most. */
  most(sources: number): number {
    return sources * this.above
  }

  clear(): void {
    this.buckets?.clear()
    this.connections.clear()
  }

  /** The measured span begins. */
  restart(): void {
    this.hashDropped = 0
    this.connDropped = 0
  }
}
