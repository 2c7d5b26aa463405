/** So many additions wait at most. */
const WAITING = 2 ** 16

/**
 * Sums by key that are written far more often than read, if they are read at all: what is added is put aside, and added
 * up in its order when somebody asks.
 */
export class LateSums {
  private readonly sums = new Map<number, number>()
  private readonly keys: number[] = []
  private readonly values: number[] = []

  add(key: number, value: number): void {
    this.keys.push(key)
    this.values.push(value)
    if (this.keys.length === WAITING) this.settle()
  }

  /** By key, in the order in which each came first. */
  all(): ReadonlyMap<number, number> {
    this.settle()
    return this.sums
  }

  private settle(): void {
    const { sums, keys, values } = this
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      sums.set(key, (sums.get(key) ?? 0) + values[i]!)
    }
    keys.length = 0
    values.length = 0
  }
}
