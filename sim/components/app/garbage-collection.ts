import * as z from 'zod'
import type { Event } from '../../kernel/event.js'
import type { Kernel } from '../../kernel/kernel.js'
import { count, law } from '../../options/types.js'
import type { Dial } from '../../parts/dial.js'
import type { Uniforms } from '../../random/stream.js'
import { Level } from '../../stats/level.js'

export const gcOptions = z.strictObject({
  every: count(1, 1_000_000_000).describe('requests that fill the heap, each with as much'),
  pause: law().describe('for so long the process stands still'),
})

/**
 * A collector that stops the world: each time the requests that workers have taken have filled the heap, the process
 * stands still, with all that is in it and all its clocks; its kernel goes on taking connections, as while it hangs. How
 * full the heap is when a run begins is chance; that of a process that starts is empty.
 * Source: the JVM's stop-the-world pauses (HotSpot Virtual Machine Garbage Collection Tuning Guide, "Serial" and
 * "Parallel" collector). Assumptions: each request leaves as much behind, and the collector takes no CPU from others on
 * its machine.
 */
export class GarbageCollection {
  /** Whether it stands still. */
  private readonly stopped = new Level()
  /** Requests until the heap is full. */
  private left: number
  /** What is to come: that it stops, or goes on. */
  private event: Event | null = null
  private bent = false

  /** @param running of the process */
  constructor(
    private readonly kernel: Kernel,
    private readonly running: Dial,
    private readonly options: z.output<typeof gcOptions>,
    private readonly stream: Uniforms,
  ) {
    this.left = 1 + Math.floor(stream.next() * options.every)
  }

  /** A worker takes a request. */
  allocate(): void {
    if (--this.left > 0) return
    this.left = this.options.every
    // Whatever happens at this moment has happened by then.
    this.event ??= this.kernel.after(0, this.stop, null)
  }

  private readonly stop = (): void => {
    this.running.bend(0)
    this.bent = true
    this.stopped.set(this.kernel.now, 1)
    this.event = this.kernel.after(this.options.pause.sample(this.stream), this.go, null)
  }

  private readonly go = (): void => {
    this.event = null
    this.release()
  }

  private release(): void {
    this.stopped.set(this.kernel.now, 0)
    this.bent = false
    this.running.unbend(0)
  }

  /** The process dies. */
  crashed(): void {
    this.event?.cancel()
    this.event = null
    this.stopped.set(this.kernel.now, 0)
  }

  /** It starts again. */
  started(): void {
    this.left = this.options.every
    if (this.bent) this.release()
  }

  /** Share of the measured span in which it stood still. */
  share(now: number): number {
    return this.stopped.mean(now)
  }

  restart(now: number): void {
    this.stopped.restart(now)
  }
}
