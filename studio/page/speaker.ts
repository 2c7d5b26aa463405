/** Milliseconds between two sentences that are read aloud. */
const PAUSE = 5000

/** Passes on what is said, now and then: of several sentences the last. */
export class Speaker {
  private waiting: string | null = null
  private spokeAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly wall: () => number,
    private readonly speak: (sentence: string) => void,
  ) {}

  say(sentence: string): void {
    this.waiting = sentence
    this.look()
  }

  /** To be called now and then. */
  look(): void {
    const wall = this.wall()
    if (this.waiting === null || wall - this.spokeAt < PAUSE) return
    this.speak(this.waiting)
    this.waiting = null
    this.spokeAt = wall
  }
}
