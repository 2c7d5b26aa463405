import * as z from 'zod'
import type { Event } from '../kernel/event.js'
import type { Kernel } from '../kernel/kernel.js'
import { timeSaid } from '../options/spell.js'
import { numberAbove, period } from '../options/types.js'
import type { Dial } from './dial.js'

/** What a process says of how slow it is after its start. */
export const coldStartOptions = z.strictObject({
  factor: numberAbove(1, 1000).describe('how many times as long its work takes at first'),
  for: period().describe('until it is warm: so long it becomes faster, in equal steps'),
})

type Options = z.output<typeof coldStartOptions>

/** In words. */
export const coldStartTold = (cold: Options | undefined): string[] =>
  cold === undefined
    ? []
    : [`is slow after a start: ${cold.factor} times as slow at first, warm after ${timeSaid(cold.for)}`]

const STEPS = 20

/**
 * A process that has just started is slow: its code is not compiled, its caches are empty. How many times as long its
 * work takes falls from `factor` to 1 in equal steps, so that it is (factor + 1) / 2 in the mean of that time. A run
 * begins with processes that are warm. Work takes as long as it did when it began.
 * Assumption: the straight line; a real one becomes warm by what it is asked.
 */
export class ColdStart {
  private event: Event | null = null
  private step = STEPS

  /** @param speed of the process */
  constructor(
    private readonly kernel: Kernel,
    private readonly speed: Dial,
    private readonly options: Options,
  ) {}

  /** Its process starts. */
  begin(): void {
    this.event?.cancel()
    if (this.step < STEPS) this.speed.unbend(this.bend)
    this.step = 0
    this.slow()
  }

  private get bend(): number {
    const { factor } = this.options
    return 1 / (factor - ((this.step + 0.5) / STEPS) * (factor - 1))
  }

  private slow(): void {
    this.speed.bend(this.bend)
    this.event = this.kernel.after(this.options.for / STEPS, this.warm, null)
  }

  private readonly warm = (): void => {
    this.event = null
    this.speed.unbend(this.bend)
    this.step++
    if (this.step < STEPS) this.slow()
  }
}
