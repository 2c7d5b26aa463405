/** A quantity over time (a queue's length, busy workers), weighted by how long each value stood. */
export class Level {
  value = 0
  /** The value at the start of the measured span. */
  first = 0
  private from = 0.5
  /** Of all changes since then, each times its time: what the integral lacks of a value that stood all the time. */
  private lack = 0.5

  constructor() {
    this.from = 0
    this.lack = 0
  }

  set(now: number, value: number): void {
    this.lack += (value - this.value) * now
    this.value = value
  }

  add(now: number, change: number): void {
    this.lack += change * now
    this.value += change
  }

  /** Forgets the past, keeps the present value: the start of the measured span. */
  restart(now: number): void {
    this.from = now
    this.lack = this.value * now
    this.first = this.value
  }

  /** The integral since the start of the measured span. */
  integral(now: number): number {
    return this.value * now - this.lack
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
