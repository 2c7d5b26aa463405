import * as z from 'zod'
import { count, interval } from '../../options/types.js'
import { outcomeOfStatus } from '../../parts/outcome.js'
import { Remembered } from '../../parts/remembered.js'
import { ERRORS } from './http-request.js'

export const stickTable = z
  .strictObject({
    http_req_rate: interval()
      .optional()
      .describe('store http_req_rate(10s): the period over which requests are counted'),
    conn_rate: interval()
      .optional()
      .describe(
        'store conn_rate(3s), in its place: connections are counted, and closed without an answer (tcp-request connection track-sc0 src, then reject)',
      ),
    gt: count(1).describe('if { sc_http_req_rate(0) gt 100 }, or sc_conn_rate: so many pass'),
    deny_status: count(400, 504)
      .refine((status) => ERRORS.test(String(status)) && outcomeOfStatus(status) !== null, {
        error: 'expected a status that deny can give: 400, 401, 403, 404, 410, 429, 500, 502, 503 or 504',
      })
      .optional()
      .describe('with http_req_rate: what the others get; default 403'),
  })
  .refine((o) => (o.http_req_rate === undefined) !== (o.conn_rate === undefined), {
    error: 'expected one of http_req_rate: and conn_rate:',
  })
  .refine((o) => o.conn_rate === undefined || o.deny_status === undefined, {
    path: ['deny_status'],
    error: 'is for http_req_rate: with conn_rate: a connection is closed without an answer',
  })
  .transform((o) => ({ ...o, deny_status: o.deny_status ?? 403 }))

/** Of one address: the period that is under way, and what was counted in it and in the one before. */
interface Entry {
  began: number
  now: number
  before: number
}

/**
 * How often each address has asked, or connected, of late: all in the period that is under way, and of the one before as
 * large a part as is left of the present one. Periods begin with the first request of an address, and anew when it has
 * been silent for two of them, so that such an entry can go. What is denied counts too.
 *
 * Source: HAProxy 2.6 (freq_ctr.h); measured on 2.6.12, where no entry was short of place (`size`, `expire`).
 */
export class RequestRates {
  private readonly entries = new Remembered<Entry>(({ began }, now) => now - began >= 2 * this.period)

  /** @param period seconds */
  constructor(private readonly period: number) {}

  /** A request, or connection, of `address` comes. How many in a period, this one among them, rounded down. */
  count(address: number, now: number): number {
    const { period } = this
    const entry = this.entries.get(address)
    if (entry === undefined) {
      this.entries.keep(address, { began: now, now: 1, before: 0 }, now)
      return 1
    }
    if (now - entry.began >= period) {
      const next = now - entry.began < 2 * period
      entry.before = next ? entry.now : 0
      entry.began = next ? entry.began + period : now
      entry.now = 0
    }
    entry.now++
    return Math.floor(entry.now + (entry.before * (entry.began + period - now)) / period)
  }

  /** The process has died. */
  clear(): void {
    this.entries.clear()
  }
}
