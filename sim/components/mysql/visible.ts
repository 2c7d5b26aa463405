import type { Request } from '../../parts/request.js'
import type { Rows } from './rows.js'

/** Steps back of which it is known when they were, and positions back of which it is known who has read them. */
const KEPT = 16384

/**
 * Up to where a primary shows what was written there, now and a while ago: with AFTER_SYNC less than what its replicas
 * have. And who has read there what was undone later.
 */
export class Visible {
  /** Reads at a primary of a write that was undone later, in the measured span. */
  phantoms = 0
  /** Everything up to here is visible. */
  private head = 0
  /** By step modulo KEPT: the position, and when it became visible. */
  private readonly positions = new Float64Array(KEPT)
  private readonly times = new Float64Array(KEPT)
  private steps = 0
  /** By position modulo KEPT: reads that found this write, and none after it. */
  private readonly reads = new Float64Array(KEPT)

  /** All up to `position` is visible from now on. */
  reach(position: number, now: number): void {
    if (position <= this.head) return
    for (let p = Math.max(this.head, position - KEPT) + 1; p <= position; p++) this.reads[p % KEPT] = 0
    this.head = position
    const place = this.steps++ % KEPT
    this.positions[place] = position
    this.times[place] = now
  }

  /** `request` reads at the primary: the last write of its row, or of all. */
  read(request: Request, rows: Rows | null): void {
    const { head } = this
    const found = rows === null ? head : rows.newest(request, head)
    if (found > head - KEPT) this.reads[found % KEPT]!++
  }

  /** The last position that was visible at `time`. */
  at(time: number): number {
    const step = this.back((place) => this.times[place]! > time)
    return step < 0 ? 0 : this.positions[step % KEPT]!
  }

  /** What was committed after `position` is undone: who found that has read what never was. */
  undo(position: number): void {
    const { head } = this
    for (let p = Math.max(position, head - KEPT) + 1; p <= head; p++) this.phantoms += this.reads[p % KEPT]!
    if (head <= position) return
    this.head = position
    let step = this.back((place) => this.positions[place]! > position)
    // It had become visible together with what is undone.
    if (step < 0 || this.positions[step % KEPT]! < position) this.positions[++step % KEPT] = position
    this.steps = step + 1
  }

  /** The last step of which `late` does not hold; -1 if none is known. */
  private back(late: (place: number) => boolean): number {
    let step = this.steps - 1
    while (step >= 0 && step > this.steps - KEPT && late(step % KEPT)) step--
    return step
  }
}
