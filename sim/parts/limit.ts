/**
 * Something of a box that can fill: workers, slots, connections, entries of a table, a rate that is let through. What
 * is in use is a level that is kept anyway, or follows from counts; it is read after the run, not at events.
 */
export interface Limit {
  /** What there is so much of: `workers`, `slots of server a`. */
  readonly says: string
  /** In the unit of `used`; finite. */
  readonly capacity: number
  /** How much of it is in use, in the mean over the measured span. */
  used(now: number): number
  /**
   * What is asked of it over what it can do, where it counts what comes and not only what is there; else that follows
   * from its use and from what backs up.
   */
  load?(now: number): number
  /** Share of those who came to it that were told that there is no place, and did not wait. */
  refused?(): number
  /** Whether what is too much for it waits where no visitor does: in a relay log. */
  aside?(now: number): boolean
}

/** A limit as it was measured in one replication. */
export interface LimitRecord {
  readonly says: string
  readonly capacity: number
  /** Share in use. */
  readonly used: number
  /** As the limit counts it itself; null where it does not. */
  readonly load: number | null
  /** Share of those who came that were turned away. */
  readonly refused: number
  readonly aside: boolean
}

export const recordOfLimit = (limit: Limit, now: number): LimitRecord => ({
  says: limit.says,
  capacity: limit.capacity,
  used: limit.used(now) / limit.capacity,
  load: limit.load?.(now) ?? null,
  refused: limit.refused?.() ?? 0,
  aside: limit.aside?.(now) ?? false,
})

/** The share of those who were turned away. */
export const shareOf = (turnedAway: number, takenIn: number): number =>
  turnedAway > 0 ? turnedAway / (turnedAway + takenIn) : 0
