import { SCALE, type Server } from '../balance/server.js'

/** Floating point: a whole second that has passed is one. */
const SLACK = 1e-6

/**
 * `slowstart` of a server line: one that comes back gets its weight in sixteenths, w = floor(16 t / T) + 1 of them t
 * seconds after it was up again, and max(1, maxconn * t / T) slots. What has passed is looked at every second, or every
 * twentieth of T if that is longer, and at its checks. HAProxy counts in whole seconds, of t and of T, which is rounded
 * up.
 *
 * Source: HAProxy 2.6 (server_recalc_eweight, srv_dynamic_maxconn, server_warmup); the shares measured on 2.6.12
 * follow from it. Assumption: seconds count from the moment at which it is up; HAProxy's are those of the clock, so that
 * the first of them may be shorter.
 */
export class SlowStart {
  /** When it came back; NaN: it has its whole weight, or is down. */
  private since = Number.NaN
  private readonly seconds: number
  /** Of its slots, rounded down. */
  private percent = 100
  /** The next look is waited for. */
  waits = false

  /** @param slowstart seconds, @param maxconn slots of the whole server */
  constructor(
    private readonly server: Server,
    slowstart: number,
    private readonly maxconn: number,
  ) {
    this.seconds = Math.ceil(slowstart)
  }

  get under(): boolean {
    return !Number.isNaN(this.since)
  }

  /** Seconds from one look to the next. */
  get step(): number {
    return Math.max(1, this.seconds / 20)
  }

  begin(now: number): void {
    this.since = now
    this.look(now)
  }

  /** Weight and slots become what they are at this time. */
  look(now: number): void {
    const { server, seconds, maxconn } = this
    const passed = Math.floor(now - this.since + SLACK)
    if (passed >= seconds) {
      this.end()
      return
    }
    server.share = server.weight * (Math.floor((SCALE * passed) / seconds) + 1)
    this.percent = Math.floor((100 * passed) / seconds)
    server.maxconn = this.slotsOf(maxconn)
  }

  /** What it has of `slots` at present; `Infinity` is not divided. */
  slotsOf(slots: number): number {
    if (slots === Number.POSITIVE_INFINITY) return slots
    return Math.max(1, Math.floor((slots * this.percent) / 100))
  }

  /** It has all of both. */
  end(): void {
    this.since = Number.NaN
    this.percent = 100
    this.server.share = this.server.weight * SCALE
    this.server.maxconn = this.maxconn
  }
}
