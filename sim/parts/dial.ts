/**
 * A number that faults bend and later unbend: `up`, `speed`, `loss`, ... Bends combine by product (or by sum,
 * for added latency), so that overlapping faults compose and heal in any order. Components read `value`;
 * nobody asks whether there is a fault.
 */
export class Dial {
  /** What the component reads: the base with all present bends on it. */
  value: number
  private readonly bends: number[] = []
  private readonly watchers: (() => void)[] = []

  constructor(
    private base: number,
    private readonly combine: 'product' | 'sum' = 'product',
  ) {
    this.value = base
  }

  bend(by: number): void {
    this.bends.push(by)
    this.turn()
  }

  /** Takes one bend of this size back. */
  unbend(by: number): void {
    const place = this.bends.indexOf(by)
    if (place < 0) throw new Error(`no bend of ${by} to take back`)
    this.bends.splice(place, 1)
    this.turn()
  }

  /** Calls `watcher` after every change of `value`. */
  watch(watcher: () => void): void {
    this.watchers.push(watcher)
  }

  private turn(): void {
    const before = this.value
    // From the base each time: taking a factor back by division would leave rounding errors behind.
    this.value =
      this.combine === 'product'
        ? this.bends.reduce((value, bend) => value * bend, this.base)
        : this.bends.reduce((value, bend) => value + bend, this.base)
    if (this.value !== before) for (const watcher of this.watchers) watcher()
  }
}

/**
 * A dial for each request class, beside the one for all: for faults that strike some classes only. There are none until
 * somebody asks for one.
 */
export class ClassDials {
  private dials: readonly Dial[] | null = null

  /** @param watcher called after every change of one */
  constructor(
    private readonly classes: readonly string[],
    private readonly watcher: () => void,
  ) {}

  /** That of the class `name`. */
  get(name: string): Dial {
    this.dials ??= this.classes.map(() => {
      const dial = new Dial(1)
      dial.watch(this.watcher)
      return dial
    })
    return this.dials[this.classes.indexOf(name)]!
  }

  /** The value of that of the class with the index `place`; 1 as long as there is none. */
  of(place: number): number {
    return this.dials === null ? 1 : this.dials[place]!.value
  }

  get bent(): boolean {
    return this.dials?.some(({ value }) => value !== 1) ?? false
  }
}
