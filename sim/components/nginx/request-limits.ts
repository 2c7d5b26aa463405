import * as z from 'zod'
import { count, flag, oneOf, rate } from '../../options/types.js'
import { Buckets, REJECTED } from '../../parts/bucket.js'
import type { Context } from '../../parts/context.js'
import type { Limit } from '../../parts/limit.js'
import type { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { outcomeOf } from './location.js'

/** Of nginx' 400 to 599 those that are told apart here. */
const STATUSES = [400, 401, 403, 404, 410, 429, 444, 500, 502, 503, 504]

/** What those get who are above a limit. */
export const limitStatus = (what: string) =>
  count(400, 599)
    .refine((status) => STATUSES.includes(status), `expected one of ${STATUSES.join(', ')}`)
    .optional()
    .describe(`what those get who are above ${what}, 444: nothing, they are closed; default 503`)

/** Of nginx, for both limits. */
export const USUAL_STATUS = 503

export const requestLimitOptions = {
  limit_req: z
    .strictObject({
      key: oneOf('$server_name', '$binary_remote_addr')
        .prefault('$server_name')
        .describe(
          'of limit_req_zone: requests that are counted together: all, or those of one address (addresses: of users)',
        ),
      rate: rate()
        .refine((value) => value > 0, 'expected a rate above 0')
        .describe('of limit_req_zone: of the requests with one key'),
      burst: count(0).prefault(0).describe('requests above the rate that are not turned down'),
      nodelay: flag().prefault('off').describe('none of the burst waits'),
      delay: count(0).prefault(0).describe('so many of the burst do not wait'),
    })
    .refine((o) => !(o.nodelay && o.delay > 0), 'expected either nodelay: or delay:')
    .optional()
    .describe('leaky buckets, one for each key; health checks pass that ask for no class'),
  limit_req_status: limitStatus('limit_req'),
} as const

type Options = z.output<z.ZodObject<typeof requestLimitOptions>>

/**
 * `limit_req`, and who is above it. The address is that of the visitor, which proxies in front are taken to hand on
 * (`real_ip_header`).
 */
export class RequestLimits {
  /** What those get who are turned down. */
  readonly answer: Outcome
  /** Of the measured span. */
  exceeded = 0
  private passed = 0
  private readonly buckets: Buckets
  private readonly byAddress: boolean

  constructor(
    private readonly context: Context,
    private readonly limit: NonNullable<Options['limit_req']>,
    status = USUAL_STATUS,
  ) {
    const { rate, burst, nodelay, delay, key } = limit
    this.buckets = new Buckets(rate, burst, nodelay ? Number.POSITIVE_INFINITY : delay)
    this.byAddress = key === '$binary_remote_addr'
    this.answer = outcomeOf(status)!
  }

  /** Seconds that a request of now has to wait, or `REJECTED`. */
  meter(request: Request): number {
    const { addresses, kernel } = this.context
    const delay = this.buckets.take(this.byAddress ? addresses.of(request) : 0, kernel.now)
    if (delay === REJECTED) this.exceeded++
    else this.passed++
    return delay
  }

  /** The process has died. */
  clear(): void {
    this.buckets.clear()
  }

  /** The measured span begins. */
  restart(): void {
    this.exceeded = 0
    this.passed = 0
  }

  /**
   * The rate, where there is one of all.
   * @param span seconds that were measured until then
   */
  limits(span: (now: number) => number): Limit[] {
    if (this.byAddress) return []
    const perSecond = (count: number, now: number) => (span(now) > 0 ? count / span(now) : 0)
    return [
      {
        says: 'rate of limit_req',
        capacity: this.limit.rate,
        used: (now: number) => perSecond(this.passed, now),
        load: (now: number) => perSecond(this.passed + this.exceeded, now) / this.limit.rate,
      },
    ]
  }
}
