import { type Chapter, chapters } from './tour-chapters.js'
import type { Sight } from './tour-steps.js'

/** How far a reader has come on the tour. */
export class Touring {
  private chapterAt = 0
  private stepAt = 0
  /** What came of the step, while the reader reads it. */
  private told = ''
  /** When the reader last did something. */
  private since = 0

  get chapter(): Chapter {
    return chapters[this.chapterAt]!
  }

  /** All steps of this drawing are done. */
  get atEnd(): boolean {
    return this.stepAt === this.chapter.steps.length
  }

  /** There is no further drawing. */
  get isLast(): boolean {
    return this.chapterAt === chapters.length - 1
  }

  get sentence(): string {
    if (this.atEnd) return this.chapter.ends
    return this.told === '' ? this.chapter.steps[this.stepAt]!.asks : this.told
  }

  /** The reader has something to read before it goes on. */
  get isTold(): boolean {
    return this.told !== ''
  }

  get points(): string | null {
    return this.atEnd || this.isTold ? null : (this.chapter.steps[this.stepAt]!.points ?? null)
  }

  /** `Step 2 of 7`, within the drawing. */
  get place(): string {
    const of = this.chapter.steps.length
    return `Drawing ${this.chapterAt + 1} of ${chapters.length}, step ${Math.min(this.stepAt + 1, of)} of ${of}`
  }

  /** Looks whether the step is done. */
  look(sight: Sight): void {
    // In the warm-up nothing is counted yet.
    if (this.atEnd || this.isTold || sight.now < 0) return
    const step = this.chapter.steps[this.stepAt]!
    // Who has gone back in time begins from there.
    this.since = Math.min(this.since, sight.now)
    if (!step.done(sight, this.since)) return
    if (step.acts) this.since = step.acts(sight)
    this.told = step.told?.(sight, this.since) ?? ''
    if (this.told === '') this.stepAt++
  }

  /** The reader has read it, or passes over the step. */
  next(sight: Sight): void {
    if (this.atEnd) return
    if (this.chapter.steps[this.stepAt]!.acts) this.since = Math.max(0, sight.now)
    this.told = ''
    this.stepAt++
  }

  /** To the next drawing. */
  turn(): void {
    if (this.isLast) return
    this.chapterAt++
    this.again()
  }

  /** The drawing from its beginning. */
  again(): void {
    this.stepAt = 0
    this.told = ''
    this.since = 0
  }
}
