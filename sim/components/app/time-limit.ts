import { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'

interface Late<Subject> {
  readonly subject: Subject
  readonly ticket: number
}

/**
 * A master looks at its workers now and then, and kills those that have had their request for so long or longer: that of
 * PHP-FPM each third of `request_terminate_timeout`, gunicorn's arbiter (`timeout`) and that of uWSGI (`harakiri`) once a
 * second. So it strikes between the limit and one such time later.
 *
 * Sources: fpm_pctl_heartbeat, fpm_globals.heartbeat (php-src, sapi/fpm/fpm/fpm_process_ctl.c); measured on PHP-FPM 8.2.36:
 * a limit of 2 s struck after 2.36 ± 0.18 s. Arbiter.murder_workers and sleep (gunicorn/arbiter.py); measured on gunicorn
 * 20.1.0: 2 s struck after 2.03 to 2.99 s (12 requests), and the connection was closed without an answer.
 */
export class TimeLimit<Subject> {
  private readonly times: Deadlines<Subject>

  /**
   * @param limit seconds
   * @param beat seconds between two looks
   * @param phase share of the time between two looks that has passed at the start
   * @param ticketOf the ticket that `set` gave the subject, as long as it stands by it
   * @param awake whether whoever should look does
   */
  constructor(
    private readonly kernel: Kernel,
    limit: number,
    private readonly beat: number,
    private readonly phase: number,
    private readonly ticketOf: (subject: Subject) => number,
    private readonly awake: () => boolean,
    private readonly strike: Handler<Subject>,
  ) {
    kernel.timeouts.add(limit + beat)
    this.times = new Deadlines(kernel, limit, (subject, ticket) => ticketOf(subject) === ticket, this.over)
  }

  set(subject: Subject): number {
    return this.times.set(subject)
  }

  /** The limit is over; the next look sees it. */
  private readonly over = (subject: Subject): void => {
    const looks = this.kernel.now / this.beat + this.phase
    const seconds = (Math.ceil(looks) - looks) * this.beat
    this.kernel.after(seconds, this.look, { subject, ticket: this.ticketOf(subject) })
  }

  private readonly look = (late: Late<Subject>): void => {
    if (this.ticketOf(late.subject) !== late.ticket) return
    if (this.awake()) this.strike(late.subject)
    else this.kernel.after(this.beat, this.look, late)
  }
}
