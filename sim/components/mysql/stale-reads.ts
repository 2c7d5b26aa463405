import type { Count, Neighbour } from '../../parts/count.js'

/** Reads of a server, and those of them that missed a write; in the measured span. */
export class StaleReads {
  private reads = 0
  private stale = 0

  count(isStale: boolean): void {
    this.reads++
    if (isStale) this.stale++
  }

  /** The measured span begins. */
  restart(): void {
    this.reads = 0
    this.stale = 0
  }

  get extra(): Record<keyof ReturnType<typeof staleCounts>, number> {
    const { reads, stale } = this
    return { stale_reads: stale, stale_read_share: reads > 0 ? stale / reads : Number.NaN }
  }
}

/** How they are shown, of those servers that have others beside them. */
export const staleCounts = <Options>(
  when: (self: Neighbour<Options>, all: readonly Neighbour[]) => boolean,
) =>
  ({
    stale_reads: { unit: 'count', says: 'reads that missed a write', when },
    stale_read_share: {
      unit: 'share',
      says: 'share of the reads that missed a write',
      amiss: 'of the reads missed a write',
      when,
      newsFrom: 0.01,
    },
  }) as const satisfies Record<string, Count<Options>>
