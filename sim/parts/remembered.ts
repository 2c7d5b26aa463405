/** Entries below which none is looked for that can go. */
const FEW = 1024

/** What is known of each visitor, by a number. An entry that says no more than none goes when they are twice as many. */
export class Remembered<Entry> extends Map<number, Entry> {
  private most = FEW

  /** @param isOver whether an entry says nothing any more */
  constructor(private readonly isOver: (entry: Entry, now: number) => boolean) {
    super()
  }

  /** Of one of whom nothing is known, or other than before. */
  keep(key: number, entry: Entry, now: number): void {
    this.set(key, entry)
    if (this.size <= this.most) return
    for (const [other, old] of this) if (this.isOver(old, now)) this.delete(other)
    this.most = Math.max(FEW, 2 * this.size)
  }
}
