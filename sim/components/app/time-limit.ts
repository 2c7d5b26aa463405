import { Deadlines } from '../../kernel/deadlines.js'
import type { Handler } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'

interface Late<Subject> {
  readonly subject: Subject
  readonly ticket: number
}

/**
 * `request_terminate_timeout`: the master of PHP-FPM looks at its workers each third of it, and kills those that have had
 * their request for so long or longer. So it strikes between the limit and four thirds of it.
 *
 * Sources: fpm_pctl_heartbeat, fpm_globals.heartbeat (php-src, sapi/fpm/fpm/fpm_process_ctl.c); measured on PHP-FPM 8.2.36:
 * a limit of 2 s struck after 2.36 ± 0.18 s.
 */
export class TimeLimit<Subject> {
  private readonly times: Deadlines<Subject>
  private readonly beat: number

  /**
   * @param limit seconds
   * @param phase share of the time between two looks that has passed at the start
   * @param ticketOf the ticket that `set` gave the subject, as long as it stands by it
   * @param awake whether whoever should look does
   */
  constructor(
    private readonly kernel: Kernel,
    limit: number,
    private readonly phase: number,
    private readonly ticketOf: (subject: Subject) => number,
    private readonly awake: () => boolean,
    private readonly strike: Handler<Subject>,
  ) {
    this.beat = limit / 3
    kernel.timeouts.add(limit + this.beat)
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
