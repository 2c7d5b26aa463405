/** Writes that a file does not have yet. */
export class Unsafe {
  private written = 0
  private safe = 0
  /** What was written when the last sync began. */
  private begun = 0
  /** When the first was written that is not safe, or not in that sync; NaN if there is none. Seconds. */
  private from = Number.NaN
  private afterBegun = Number.NaN

  write(now: number): void {
    this.written++
    if (Number.isNaN(this.from)) this.from = now
    if (Number.isNaN(this.afterBegun)) this.afterBegun = now
  }

  /** How many there are. */
  get writes(): number {
    return this.written - this.safe
  }

  /** What is written by now is being made safe. */
  begin(): void {
    this.begun = this.written
    this.afterBegun = Number.NaN
  }

  /** It is. */
  done(): void {
    this.safe = Math.max(this.safe, this.begun)
    this.from = this.afterBegun
  }

  /** How many are lost, and since when they were written. From now on all that is left is safe. */
  lose(): Loss {
    const loss = { writes: this.writes, from: this.from }
    this.begin()
    this.done()
    return loss
  }
}

/** Writes that are lost, and when the first of them was made: seconds. */
export interface Loss {
  readonly writes: number
  readonly from: number
}
