import type { Addresses } from '../../parts/addresses.js'
import type { Count, Neighbour } from '../../parts/count.js'
import { Remembered } from '../../parts/remembered.js'
import type { Request } from '../../parts/request.js'
import type { Rows } from './rows.js'
import { Trail } from './trail.js'

/**
 * What visitors who ask more than once have written, each for himself (of each row, where requests are about rows), and
 * how often one of them reads without finding it: what a promise to read one's own writes is about (Terry and others
 * 1994, Session Guarantees for Weakly Consistent Replicated Data).
 */
export class OwnWrites {
  /** Reads of such visitors at any server, and those that missed a write of the same visitor; in the measured span. */
  private reads = 0
  private missed = 0
  /** By visitor and row: the position of his last write of it. Nobody can miss any more what is everywhere. */
  private readonly last = new Remembered<number>((last) => this.trail!.positionOf(last) <= this.least())
  private trail: Trail | null = null

  /** @param least the last position that every replica has */
  constructor(
    private readonly addresses: Addresses,
    private readonly head: () => number,
    private readonly least: () => number,
  ) {}

  /** The write `request` is committed at `position`. */
  written(request: Request, rows: Rows | null, position: number): void {
    if (!this.addresses.again(request)) return
    this.trail ??= new Trail(this.head, rows?.most)
    const count = rows?.countOf(request) ?? 1
    for (let place = 0; place < count; place++) {
      const key = this.keyOf(request, rows, rows?.rowOf(request, place) ?? 0)
      const number = this.trail.follow(position, place, this.last.get(key) ?? 0)
      this.last.keep(key, number, position)
    }
  }

  /** A read where everything up to `applied` is visible, sent when the last write was that at `sent`. */
  read(request: Request, rows: Rows | null, applied: number, sent: number): void {
    if (!this.addresses.again(request)) return
    this.reads++
    const { trail } = this
    if (applied >= sent || trail === null) return
    const last = this.last.get(this.keyOf(request, rows, rows?.of(request) ?? 0)) ?? 0
    if (trail.positionOf(trail.upTo(sent, last)) > applied) this.missed++
  }

  /** Forgets what was committed after `position`. */
  truncate(position: number): void {
    for (const [key, last] of this.last) this.last.set(key, this.trail!.upTo(position, last))
  }

  /** The measured span begins. */
  restart(): void {
    this.reads = 0
    this.missed = 0
  }

  get extra(): Record<keyof ReturnType<typeof ownCounts>, number> {
    const { reads, missed } = this
    return { missed_own_writes: missed, missed_own_write_share: reads > 0 ? missed / reads : Number.NaN }
  }

  /** Below 2^53: an address has 32 bits, and there are a million rows at most. */
  private keyOf(request: Request, rows: Rows | null, row: number): number {
    const visitor = this.addresses.of(request)
    return rows === null ? visitor : visitor * rows.count + row
  }
}

/** How they are shown, at the server that shows what concerns all. */
export const ownCounts = <Options>(when: (self: Neighbour<Options>, all: readonly Neighbour[]) => boolean) =>
  ({
    missed_own_writes: {
      unit: 'count',
      says: 'reads that missed what the same visitor had written',
      ofVisitors: true,
      when,
    },
    missed_own_write_share: {
      unit: 'share',
      says: 'share of the reads at all servers that missed what the same visitor had written',
      amiss: 'of the reads missed what the same visitor had written',
      ofVisitors: true,
      when,
      newsFrom: 0.001,
    },
  }) as const satisfies Record<string, Count<Options>>
