/** Writes back from the last of which it is known which one was before it. */
const KEPT = 16384

/**
 * Of each write the one before it that is like it: of the same row, or of the same visitor. A write has a number here:
 * its position in the log, or, where one position can be about several rows, that times their number and its place.
 */
export class Trail {
  /** By number modulo KEPT; 0 if there is none. */
  private earlier = new Float64Array(0)

  /**
   * @param head the position of the last write of all
   * @param places rows that one position is about at most
   */
  constructor(
    private readonly head: () => number,
    private readonly places = 1,
  ) {}

  /**
   * The write at `position`, of its row at `place`, comes after `last`, which is like it; 0 if there is none.
   * Returns its number.
   */
  follow(position: number, place: number, last: number): number {
    if (this.earlier.length === 0) this.earlier = new Float64Array(KEPT)
    const number = position * this.places + place
    // A position before it may have been about more rows.
    if (place === 0)
      for (let other = 1; other < this.places; other++) this.earlier[(number + other) % KEPT] = 0
    this.earlier[number % KEPT] = last
    return number
  }

  /** Back from the write `last` to the first that is like it and not after `position`; 0 if none is known. */
  upTo(position: number, last: number): number {
    let at = last
    while (this.positionOf(at) > position) at = this.knows(at) ? this.earlier[at % KEPT]! : 0
    return at
  }

  /** The position of the last write before that at `position` which is like it; 0 if none is known. */
  before(position: number): number {
    const first = position * this.places
    let latest = 0
    if (this.earlier.length > 0 && this.knows(first))
      for (let place = 0; place < this.places; place++)
        latest = Math.max(latest, this.earlier[(first + place) % KEPT]!)
    return this.positionOf(latest)
  }

  positionOf(number: number): number {
    return this.places === 1 ? number : Math.floor(number / this.places)
  }

  private knows(number: number): boolean {
    return number > (this.head() + 1) * this.places - 1 - KEPT
  }
}
