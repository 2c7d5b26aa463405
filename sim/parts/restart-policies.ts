import * as z from 'zod'
import { timeSaid } from '../options/spell.js'
import { count, duration, oneOf } from '../options/types.js'

/** What a component says of who starts its process again. */
export const restartOptions = z
  .strictObject({
    by: oneOf('systemd', 'kubernetes', 'docker')
      .prefault('systemd')
      .describe(
        'systemd: Restart=on-failure; kubernetes: at once, then after 10s, 20s, .. 5min (CrashLoopBackOff); docker: restart: always, after 100ms, 200ms, .. 1min',
      ),
    restart_sec: duration()
      .optional()
      .describe('RestartSec: from its death to the next start; default 100ms'),
    start_limit_burst: count(0, 1_000_000)
      .optional()
      .describe(
        'StartLimitBurst: one start more within the interval, and it stays down; default 5, 0 no limit',
      ),
    start_limit_interval_sec: duration()
      .optional()
      .describe('StartLimitIntervalSec; default 10s, 0 no limit'),
  })
  .superRefine(({ by, ...systemd }, context) => {
    if (by === 'systemd') return
    for (const [option, value] of Object.entries(systemd))
      if (value !== undefined)
        context.addIssue({ code: 'custom', path: [option], message: `is of systemd, and not of ${by}` })
  })

export type RestartOptions = z.output<typeof restartOptions>

/** When a process that died is started again. */
export interface RestartPolicy {
  /** It died, having run for `ran` seconds: seconds until it is started again. */
  delay(ran: number): number
  /** It is to be started at `now`: whether it may be. */
  mayStart(now: number): boolean
  /** The past is forgotten: the machine booted, or somebody has repaired it and starts it (`systemctl reset-failed`). */
  forget(): void
}

/**
 * systemd: starts are counted in windows, the first of which begins with a start; one more than `burst` in a window is
 * refused, and then it is not tried again.
 *
 * Sources: systemd.service(5) (RestartSec 100ms), systemd.unit(5) (StartLimitBurst 5, StartLimitIntervalSec 10s);
 * ratelimit_below (systemd, src/basic/ratelimit.c): a window that is over, by more than nothing, begins anew.
 */
class Systemd implements RestartPolicy {
  private begun = Number.NEGATIVE_INFINITY
  private starts = 0

  constructor(
    private readonly seconds: number,
    private readonly burst: number,
    private readonly interval: number,
  ) {}

  delay(): number {
    return this.seconds
  }

  mayStart(now: number): boolean {
    if (this.burst === 0 || this.interval === 0) return true
    if (now - this.begun > this.interval) {
      this.begun = now
      this.starts = 0
    }
    return ++this.starts <= this.burst
  }

  forget(): void {
    this.begun = Number.NEGATIVE_INFINITY
  }
}

/**
 * Waits that double, from a first one to a longest one, and begin anew after it has run for a while.
 *
 * Sources: Kubernetes, Pod Lifecycle (10 s, 20 s, 40 s, .. 300 s; anew after 10 minutes without a problem), and the kubelet,
 * which has no wait for the first death (backoff.go: a key without an entry is in no backoff; hasExpired: 2 * maxDuration);
 * Docker's restartmanager.go (100 ms, times 2, at most a minute; anew if it ran for 10 s). Assumption: no time passes
 * until the kubelet sees that it died.
 */
class Doubling implements RestartPolicy {
  private last = 0

  /**
   * @param least seconds, as is `most`
   * @param isStable whether a process that ran for so many seconds has shown that it can
   * @param atOnce whether it is started at once when it dies for the first time
   */
  constructor(
    private readonly least: number,
    private readonly most: number,
    private readonly isStable: (ran: number) => boolean,
    private readonly atOnce: boolean,
  ) {
    this.forget()
  }

  delay(ran: number): number {
    if (this.isStable(ran)) this.forget()
    const delay = this.last
    this.last = delay === 0 ? this.least : Math.min(2 * delay, this.most)
    return delay
  }

  mayStart(): boolean {
    return true
  }

  forget(): void {
    this.last = this.atOnce ? 0 : this.least
  }
}

export function policyOf(options: RestartOptions): RestartPolicy {
  const { by, restart_sec = 0.1, start_limit_burst = 5, start_limit_interval_sec = 10 } = options
  if (by === 'kubernetes') return new Doubling(10, 300, (ran) => ran > 600, true)
  if (by === 'docker') return new Doubling(0.1, 60, (ran) => ran >= 10, false)
  return new Systemd(restart_sec, start_limit_burst, start_limit_interval_sec)
}

/** In words. */
export function restartTold(options: RestartOptions | undefined): string[] {
  if (options === undefined) return []
  const {
    by,
    restart_sec = 0.1,
    start_limit_burst: burst = 5,
    start_limit_interval_sec: interval = 10,
  } = options
  if (by === 'kubernetes')
    return ['is started again at once when it dies, and then after 10 s, 20 s, .. 5 min, by Kubernetes']
  if (by === 'docker') return ['is started again when it dies, after 100 ms, 200 ms, .. 1 min, by Docker']
  const limit =
    burst === 0 || interval === 0 ? '' : `, and no more than ${burst} times in ${timeSaid(interval)}`
  return [`is started again ${timeSaid(restart_sec)} after it dies, by systemd${limit}`]
}
