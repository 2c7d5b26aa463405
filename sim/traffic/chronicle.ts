/** Of equal length; so many that a run of minutes has cells of hundredths of a second. */
const CELLS = 2 ** 14

/**
 * What visitors met in the course of the measured span, in small cells of time: what tells when a service was back.
 * Attackers are left out. Its size is fixed, whatever comes.
 */
export class Chronicle {
  readonly cells = CELLS
  /** Who arrived in a cell; of those, who got no good answer or none at all, and who got one that was ok but late. */
  readonly offered = new Float64Array(CELLS)
  readonly bad = new Float64Array(CELLS)
  readonly late = new Float64Array(CELLS)
  /** When the last of the bad arrived, seconds of the measured span. */
  readonly lastBad = new Float64Array(CELLS)
  /** Answers ok that came in a cell, whenever their visitors had arrived. */
  readonly answered = new Float64Array(CELLS)
  /** Of the stretches without an answer that ended in a cell, the longest: its length and its end, seconds. */
  readonly gap = new Float64Array(CELLS)
  readonly gapEnd = new Float64Array(CELLS)
  /** When the last answer came; the start of the span before the first. */
  lastAnswer = 0

  /**
   * @param from start of the measured span, and its length, seconds
   * @param good an answer that comes later than this is not good, seconds
   */
  constructor(
    private readonly from: number,
    readonly lasts: number,
    readonly good: number,
  ) {}

  /** The cell of a time of the measured span, seconds. */
  cellAt(time: number): number {
    return Math.min(CELLS - 1, Math.max(0, Math.floor((time / this.lasts) * CELLS)))
  }

  /** When a cell begins. */
  startOf(cell: number): number {
    return (cell / CELLS) * this.lasts
  }

  /** A visitor of the measured span asks. @param arrived like all times here, on the kernel's clock */
  offer(arrived: number): void {
    this.offered[this.cellAt(arrived - this.from)]!++
  }

  /** One of them has his answer, or has given up. */
  settle(arrived: number, now: number, ok: boolean): void {
    if (ok === false || now - arrived > this.good) this.blame(arrived, ok)
  }

  private blame(arrived: number, ok: boolean): void {
    const time = arrived - this.from
    const cell = this.cellAt(time)
    this.bad[cell]!++
    if (ok) this.late[cell]!++
    if (time > this.lastBad[cell]!) this.lastBad[cell] = time
  }

  /** Somebody was answered ok, whenever he had arrived. */
  answer(now: number): void {
    const time = now - this.from
    if (time > this.lasts) return
    const cell = this.cellAt(time)
    this.answered[cell]!++
    const gap = time - this.lastAnswer
    if (gap > this.gap[cell]!) {
      this.gap[cell] = gap
      this.gapEnd[cell] = time
    }
    this.lastAnswer = time
  }

  /**
   * Who is known to have fared well or badly: those who wait still are bad once they have waited too long for a good
   * answer, and before that nobody knows.
   * @param waiting when they arrived, on the kernel's clock
   */
  judged(waiting: readonly number[], now: number): Judged {
    const judged = {
      offered: Float64Array.from(this.offered),
      bad: Float64Array.from(this.bad),
      lastBad: Float64Array.from(this.lastBad),
    }
    for (const arrived of waiting) {
      const time = arrived - this.from
      const cell = this.cellAt(time)
      if (now - arrived <= this.good) {
        judged.offered[cell]!--
      } else {
        judged.bad[cell]!++
        judged.lastBad[cell] = Math.max(judged.lastBad[cell]!, time)
      }
    }
    return judged
  }
}

export type Judged = Readonly<Record<'offered' | 'bad' | 'lastBad', Float64Array>>
