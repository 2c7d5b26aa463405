/**
 * What the checks of one server say, as HAProxy 2.6 counts: a level from 0 to rise + fall - 1, up from `rise`
 * on. A process that has run for long has seen its checks pass; after a start of its own a server is just up, so that the
 * first failure takes it down.
 */
export class Health {
  private level: number

  constructor(
    private readonly rise: number,
    private readonly fall: number,
  ) {
    this.level = rise + fall - 1
  }

  get up(): boolean {
    return this.level >= this.rise
  }

  /** Up, and no check failed of late. */
  get sound(): boolean {
    return this.level === this.rise + this.fall - 1
  }

  /** Down, and no check passed of late. */
  get dead(): boolean {
    return this.level === 0
  }

  passed(): void {
    if (++this.level >= this.rise) this.level = this.rise + this.fall - 1
  }

  failed(): void {
    if (--this.level < this.rise) this.level = 0
  }

  /** Two more failures take it down, if it is up: `sudden-death`, the first of which comes with it. */
  fade(): void {
    if (this.level > this.rise) this.level = this.rise + 1
  }

  /** It is down at once. */
  markDown(): void {
    this.level = 0
  }

  /** The process started again. */
  reset(): void {
    this.level = this.rise
  }
}
