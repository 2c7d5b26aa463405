/** Steps back of which it is known when they were. */
const KEPT = 16384

/**
 * Up to where a primary shows what was written there, now and a while ago: with AFTER_SYNC less than what its replicas
 * have. And who has read there what a promotion then undid.
 */
export class Visible {
  /** Reads at a primary of something that a promotion undid later, in the measured span. */
  phantoms = 0
  /** By step modulo KEPT: the position, when it became visible, and how many reads there had been. */
  private readonly positions = new Float64Array(KEPT)
  private readonly times = new Float64Array(KEPT)
  private readonly readsBefore = new Float64Array(KEPT)
  private steps = 0
  private reads = 0

  /** All up to `position` is visible from now on. */
  reach(position: number, now: number): void {
    const place = this.steps++ % KEPT
    this.positions[place] = position
    this.times[place] = now
    this.readsBefore[place] = this.reads
  }

  /** Somebody reads at the primary. */
  read(): void {
    this.reads++
  }

  /** The last position that was visible at `time`. */
  at(time: number): number {
    const step = this.back((place) => this.times[place]! > time)
    return step < 0 ? 0 : this.positions[step % KEPT]!
  }

  /** What was committed after `position` is undone: who read since it was visible has read what never was. */
  undo(position: number): void {
    const step = this.back((place) => this.positions[place]! > position)
    if (step + 1 < this.steps) this.phantoms += this.reads - this.readsBefore[(step + 1) % KEPT]!
    this.steps = step + 1
  }

  /** The last step of which `late` does not hold; -1 if none is known. */
  private back(late: (place: number) => boolean): number {
    let step = this.steps - 1
    while (step >= 0 && step > this.steps - KEPT && late(step % KEPT)) step--
    return step
  }
}
