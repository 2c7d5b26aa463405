import type { Observer } from '../../sim/parts/context.js'
import { Outcome, outcomeNames } from '../../sim/parts/outcome.js'
import type { Request } from '../../sim/parts/request.js'
import { Histogram } from '../../sim/stats/histogram.js'
import type { Window } from '../messages.js'

/**
 * Figures of stretches of simulated time, each from the end of the one before. They are counted by when somebody asked
 * or was answered; attackers are left out, as in the reports.
 */
export class Windows implements Observer {
  private readonly latency = new Histogram()
  private readonly outcomes = outcomeNames.map(() => 0)
  private asks = 0
  private good = 0

  /**
   * @param clock seconds of the kernel's clock
   * @param from seconds of the measured span, where the first begins
   * @param soon seconds within which an answer is good
   */
  constructor(
    private readonly clock: { readonly now: number },
    private from: number,
    private readonly soon: number,
  ) {}

  asked({ malicious }: Request): boolean {
    if (!malicious) this.asks++
    return false
  }

  ended({ malicious, outcome, arrived }: Request): void {
    if (malicious) return
    this.outcomes[outcome]!++
    if (outcome !== Outcome.ok) return
    const seconds = this.clock.now - arrived
    this.latency.record(seconds)
    if (seconds <= this.soon) this.good++
  }

  /** Where the present one began: seconds of the measured span. */
  get begun(): number {
    return this.from
  }

  /** Ends the present one at `to`, and begins the next. */
  turn(to: number): Window {
    const window: Window = {
      from: this.from,
      to,
      asked: this.asks,
      ok: this.outcomes[Outcome.ok]!,
      good: this.good,
      outcomes: [...this.outcomes],
      p50: this.percentile(0.5),
      p90: this.percentile(0.9),
      p99: this.percentile(0.99),
    }
    this.latency.restart()
    this.outcomes.fill(0)
    this.asks = 0
    this.good = 0
    this.from = to
    return window
  }

  /** Milliseconds; null where no answer lies beyond it: it would be the largest of them, by chance. */
  private percentile(p: number): number | null {
    return this.latency.count * (1 - p) >= 1 ? this.latency.quantile(p) * 1000 : null
  }
}
