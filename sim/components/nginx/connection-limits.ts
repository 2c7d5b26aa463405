import * as z from 'zod'
import { count } from '../../options/types.js'
import type { Context } from '../../parts/context.js'
import { type Limit, shareOf } from '../../parts/limit.js'
import type { Outcome } from '../../parts/outcome.js'
import type { Request } from '../../parts/request.js'
import { Level } from '../../stats/level.js'
import { outcomeOf } from './location.js'
import { limitStatus, USUAL_STATUS } from './request-limits.js'

const most = () => count(1, 65_535).optional()

export const connectionLimitOptions = {
  limit_conn: z
    .strictObject({
      $binary_remote_addr: most().describe('requests of one address at a time (addresses: of users)'),
      $server_name: most().describe('requests at a time, of all together'),
    })
    .refine(
      (o) => o.$binary_remote_addr !== undefined || o.$server_name !== undefined,
      'expected how many, such as { $binary_remote_addr: 10 }',
    )
    .optional()
    .describe(
      'connections with a request that is being answered, by the key of limit_conn_zone; health checks pass that ask for no class',
    ),
  limit_conn_status: limitStatus('limit_conn'),
} as const

type Options = z.output<z.ZodObject<typeof connectionLimitOptions>>

/**
 * `limit_conn`: a request counts from when its header is there, and limit_req has let it through, until its answer is with
 * the client; several on one connection (HTTP/2) count each. Who is above a limit is not counted.
 * Source: the limit_conn module of nginx; measured on nginx 1.22.1.
 */
export class ConnectionLimits {
  /** What those get who are turned down. */
  readonly answer: Outcome
  /** Of the measured span; and those that were not turned down. */
  exceeded = 0
  private passed = 0
  /** Requests that count, and the address of each. */
  private readonly inside = new Map<Request, number>()
  private readonly ofAddress = new Map<number, number>()
  private readonly all = new Level()
  private readonly mostOfAddress: number
  private readonly mostOfAll: number

  constructor(
    private readonly context: Context,
    limit: NonNullable<Options['limit_conn']>,
    status = USUAL_STATUS,
  ) {
    this.mostOfAddress = limit.$binary_remote_addr ?? Number.POSITIVE_INFINITY
    this.mostOfAll = limit.$server_name ?? Number.POSITIVE_INFINITY
    this.answer = outcomeOf(status)!
  }

  /** Whether there is a place for `request`, which takes it then. */
  take(request: Request): boolean {
    const { addresses, kernel } = this.context
    const address = this.mostOfAddress < Number.POSITIVE_INFINITY ? addresses.of(request) : 0
    const others = this.ofAddress.get(address) ?? 0
    if (others >= this.mostOfAddress || this.all.value >= this.mostOfAll) {
      this.exceeded++
      return false
    }
    this.passed++
    this.inside.set(request, address)
    this.ofAddress.set(address, others + 1)
    this.all.add(kernel.now, 1)
    return true
  }

  /** `request` is over; it may be one that never had a place. */
  give(request: Request): void {
    const address = this.inside.get(request)
    if (address === undefined) return
    this.inside.delete(request)
    const others = this.ofAddress.get(address)! - 1
    if (others > 0) this.ofAddress.set(address, others)
    else this.ofAddress.delete(address)
    this.all.add(this.context.kernel.now, -1)
  }

  /** The process has died. */
  clear(): void {
    this.inside.clear()
    this.ofAddress.clear()
    this.all.set(this.context.kernel.now, 0)
  }

  /** The measured span begins. */
  restart(now: number): void {
    this.exceeded = 0
    this.passed = 0
    this.all.restart(now)
  }

  /** Places, where there are so many for all. */
  get limits(): Limit[] {
    if (this.mostOfAll === Number.POSITIVE_INFINITY) return []
    return [
      {
        says: 'connections (limit_conn)',
        capacity: this.mostOfAll,
        used: (now) => this.all.mean(now),
        refused: () => shareOf(this.exceeded, this.passed),
      },
    ]
  }
}
