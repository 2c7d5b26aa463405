/** Writes back from the last of which it is known which one was before it. */
const KEPT = 16384

/** Of each write the one before it that is like it: of the same row, or of the same visitor. */
export class Trail {
  /** By position modulo KEPT; 0 if there is none. */
  private before = new Float64Array(0)

  /** @param head the position of the last write of all */
  constructor(private readonly head: () => number) {}

  /** The write at `position` comes after the one at `last`, which is like it; 0 if there is none. */
  follow(position: number, last: number): void {
    if (this.before.length === 0) this.before = new Float64Array(KEPT)
    this.before[position % KEPT] = last
  }

  /** Back from the write at `last` to the first that is like it and not after `position`; 0 if none is known. */
  upTo(position: number, last: number): number {
    let at = last
    while (at > position) at = at > this.head() - KEPT ? this.before[at % KEPT]! : 0
    return at
  }
}
