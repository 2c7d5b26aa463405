/** What one minute showed: requests a second. */
interface Minute {
  readonly from: number
  /** As its lines say. */
  readonly logged: number
  /** As visitors really asked. */
  readonly real: number
}

/** Seconds. */
export const MINUTE = 60

/** What a graph over the access logs shows, minute by minute, beside what visitors asked. */
export class Minutes {
  private readonly all: Minute[] = []
  private lines = 0
  private asked = 0

  /** A minute ends. @param lines of all logs, and @param asked by visitors, since the start */
  end(now: number, lines: number, asked: number): void {
    const [logged, real] = [(lines - this.lines) / MINUTE, (asked - this.asked) / MINUTE]
    this.all.push({ from: now - MINUTE, logged, real })
    this.lines = lines
    this.asked = asked
  }

  /** Of the minutes since then the one with the fewest lines, and that with the most. */
  extremes(since: number): { least: Minute; most: Minute } | null {
    const own = this.all.filter(({ from }) => from >= since)
    if (own.length === 0) return null
    return {
      least: own.reduce((a, b) => (b.logged < a.logged ? b : a)),
      most: own.reduce((a, b) => (b.logged > a.logged ? b : a)),
    }
  }
}
