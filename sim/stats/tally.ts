/** Observations, one at a time: count, sum, sum of squares, largest. */
export class Tally {
  count = 0
  sum = 0
  squares = 0
  max = 0

  record(x: number): void {
    this.count++
    this.sum += x
    this.squares += x * x
    if (x > this.max) this.max = x
  }

  restart(): void {
    this.count = 0
    this.sum = 0
    this.squares = 0
    this.max = 0
  }

  get mean(): number {
    return this.count > 0 ? this.sum / this.count : Number.NaN
  }
}
