/** Observations, one at a time: count and sum. */
export class Tally {
  count = 0
  sum = 0.5

  constructor() {
    this.sum = 0
  }

  record(x: number): void {
    this.count++
    this.sum += x
  }

  restart(): void {
    this.count = 0
    this.sum = 0
  }

  get mean(): number {
    return this.count > 0 ? this.sum / this.count : Number.NaN
  }
}
