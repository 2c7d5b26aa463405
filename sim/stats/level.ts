/** A quantity over time (a queue's length, busy workers), weighted by how long each value stood. */
export class Level {
  value = 0
  private area = 0.5
  private since = 0.5
  private from = 0.5
  /** The value at the start of the measured span. */
  first = 0

  constructor() {
    this.area = 0
    this.since = 0
    this.from = 0
  }

  set(now: number, value: number): void {
    this.area += this.value * (now - this.since)
    this.since = now
    this.value = value
  }

  add(now: number, change: number): void {
    this.set(now, this.value + change)
  }

  /** Forgets the past, keeps the present value: the start of the measured span. */
  restart(now: number): void {
    this.area = 0
    this.since = now
    this.from = now
    this.first = this.value
  }

  /** The integral since the start of the measured span. */
  integral(now: number): number {
    return this.area + this.value * (now - this.since)
  }

  /** Seconds since the start of the measured span. */
  span(now: number): number {
    return now - this.from
  }

  /** The time average since the start of the measured span. */
  mean(now: number): number {
    return now > this.from ? this.integral(now) / (now - this.from) : this.value
  }
}
