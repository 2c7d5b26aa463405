/** Something that happens now and then. */
export class Marks {
  count = 0
  first = Number.NaN

  record(time: number): void {
    if (this.count++ === 0) this.first = time
  }

  restart(): void {
    this.count = 0
    this.first = Number.NaN
  }
}
