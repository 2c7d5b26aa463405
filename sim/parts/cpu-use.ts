import type { Processor } from './processor.js'

/** What somebody who looks now and then sees of the cores of a machine: how much was in use since the last look. */
export class CpuUse {
  /** At the last look: seconds of cores that were in use, and when that was. */
  private had = 0
  private looked = 0

  constructor(private readonly processor: Processor) {}

  /** Share of the cores; NaN where no time has passed. */
  look(now: number): number {
    const { busy, cores } = this.processor
    const [used, span, passed] = [busy.integral(now), busy.span(now), now - this.looked]
    // What was in use before the measured span is counted no more.
    const [had, seconds] = span < passed ? [used, span] : [used - this.had, passed]
    this.had = used
    this.looked = now
    return seconds > 0 ? had / (seconds * cores) : Number.NaN
  }
}
