import { isFinal, Outcome } from '../../parts/outcome.js'

/** What a server answers by which it is well: 1xx to 4xx. */
const isGood = (outcome: Outcome): boolean =>
  outcome === Outcome.ok || outcome === Outcome.tooManyRequests || isFinal(outcome)

/** Whether no connection was made. */
const isUnconnected = (outcome: Outcome): boolean =>
  outcome === Outcome.refused || outcome === Outcome.connectTimeout

/**
 * `observe` of a server line: errors in a row that requests meet. In layer 4 they are connections that are not made, and
 * one that is ends the row; in layer 7 answers of 5xx, none, or none in time beside, and any other answer ends it.
 *
 * Source: HAProxy 2.6, check.c (__health_adjust, analyze_statuses), http_ana.c, backend.c (back_handle_st_cer,
 * back_establish); 501 and 505, which count as well, nobody answers here.
 */
export class Observation {
  private errors = 0
  /** When the first of the errors in a row came. */
  since = Number.NaN

  /** @param limit error-limit */
  constructor(
    private readonly layer: 'layer4' | 'layer7',
    private readonly limit: number,
  ) {}

  /**
   * A request has met `outcome` at the server.
   * @returns whether those are errors enough: then the next begins a new row
   */
  met(outcome: Outcome, now: number): boolean {
    const bad = this.layer === 'layer4' ? isUnconnected(outcome) : !isGood(outcome)
    if (!bad) {
      this.clear()
      return false
    }
    if (this.errors++ === 0) this.since = now
    if (this.errors < this.limit) return false
    this.errors = 0
    return true
  }

  /** A check has passed, or the process started. */
  clear(): void {
    this.errors = 0
  }
}
