/** Positions are below: a moment is one of them and, above, how often the log had been cut short by then. */
const EPOCH = 2 ** 40

/**
 * Numbers for what there was in a log, which are kept for long: positions are given away again where a server that had less
 * became the primary, moments are not.
 */
export class Moments {
  /** What was kept, each time. */
  private readonly cuts: number[] = []

  /** The moment at which everything up to `position` is there, and nothing else. */
  at(position: number): number {
    return position + this.cuts.length * EPOCH
  }

  /** Up to where what was there at `moment` is still so. */
  positionOf(moment: number): number {
    let position = moment % EPOCH
    for (let cut = Math.floor(moment / EPOCH); cut < this.cuts.length; cut++)
      position = Math.min(position, this.cuts[cut]!)
    return position
  }

  /** What was committed after `position` is undone. */
  cut(position: number): void {
    this.cuts.push(position)
  }
}
