/** Numbers of additions that wait, a key and a value each: room for the first, and for most. */
const FIRST = 2 ** 6
const MOST = 2 ** 17
const NONE = new Float64Array(0)

/**
 * Sums by key that are written far more often than read, if they are read at all: what is added is put aside, and added
 * up in its order when somebody asks.
 */
export class LateSums {
  private readonly sums = new Map<number, number>()
  private waiting = NONE
  private count = 0

  add(key: number, value: number): void {
    if (this.count === this.waiting.length) this.makeRoom()
    this.waiting[this.count] = key
    this.waiting[this.count + 1] = value
    this.count += 2
  }

  /** By key, in the order in which each came first. */
  all(): ReadonlyMap<number, number> {
    this.settle()
    return this.sums
  }

  private makeRoom(): void {
    if (this.count === MOST) {
      this.settle()
      return
    }
    const more = new Float64Array(Math.max(FIRST, this.count * 2))
    more.set(this.waiting)
    this.waiting = more
  }

  private settle(): void {
    const { sums, waiting } = this
    for (let i = 0; i < this.count; i += 2) {
      const key = waiting[i]!
      sums.set(key, (sums.get(key) ?? 0) + waiting[i + 1]!)
    }
    this.count = 0
  }
}
