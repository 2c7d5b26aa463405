import type { Kernel } from '../kernel/kernel.js'
import { Level } from '../stats/level.js'
import type { Component } from './component.js'
import type { Dial } from './dial.js'

/** Seconds between two looks at what was written, so that no request has to count it. */
const LOOK = 0.1

/** A component that writes. */
interface Writer {
  readonly component: Component
  /** Bytes for each of `component.diskUnits`. */
  readonly each: number
  /** Of these, what there was at the last look. */
  units: number
}

/** Since when less than a share of a disk is free; NaN while that is not so. */
interface Mark {
  readonly free: number
  since: number
}

/**
 * The room on the disk of a machine: what is there at the start, what its components write (logs, binlogs), and what a
 * fault fills (`fill`). What was written is looked at ten times a second, and what a fault does at once. Of what finds no
 * room nothing is kept: lines of logs are lost, and who writes them goes on (an assumption for all but databases). Nothing is
 * deleted, but by the end of a fault (an assumption: no log is rotated away in so short a time).
 */
export class DiskSpace {
  /** 1 while there is no room, 0 else. */
  readonly full = new Level()
  /** Each time that it became full: seconds on the kernel's clock. */
  readonly fillings: number[] = []
  private written: number
  private readonly writers: Writer[] = []
  private readonly marks: Mark[] = []
  private readonly watchers: (() => void)[] = []

  /**
   * @param size bytes
   * @param used bytes that are there at the start
   * @param fill bytes of faults
   * @param phase share of the time between two looks that passes before the first
   */
  constructor(
    private readonly kernel: Kernel,
    private readonly size: number,
    used: number,
    private readonly fill: Dial,
    phase: number,
  ) {
    this.written = used
    fill.watch(() => this.count())
    kernel.after(LOOK * phase, this.look, null)
  }

  add(component: Component, each: number): void {
    this.writers.push({ component, each, units: 0 })
  }

  get isFull(): boolean {
    return this.full.value === 1
  }

  /** Share in use now. */
  get used(): number {
    return Math.min(1, (this.written + this.fill.value) / this.size)
  }

  /** Says from now on since when less than `free` of it is free. */
  mark(free: number): Mark {
    const mark = { free, since: Number.NaN }
    this.marks.push(mark)
    return mark
  }

  /** Calls `watcher` when it is full, and when there is room again. */
  watch(watcher: () => void): void {
    this.watchers.push(watcher)
  }

  /** The measured span begins, once the counters of components are at 0 again. */
  restart(now: number): void {
    this.full.restart(now)
    for (const writer of this.writers) writer.units = writer.component.diskUnits
  }

  private readonly look = (): void => {
    this.kernel.after(LOOK, this.look, null)
    this.count()
  }

  /** Counts what was written since it last did. */
  count(): void {
    const { now } = this.kernel
    let bytes = 0
    for (const writer of this.writers) {
      const units = writer.component.diskUnits
      bytes += writer.each * (units - writer.units)
      writer.units = units
    }
    this.written += Math.min(bytes, Math.max(0, this.size - this.fill.value - this.written))
    const { used } = this
    for (const mark of this.marks) {
      if (1 - used >= mark.free) mark.since = Number.NaN
      else if (Number.isNaN(mark.since)) mark.since = now
    }
    if ((used === 1) === this.isFull) return
    if (used === 1) this.fillings.push(now)
    this.full.set(now, used === 1 ? 1 : 0)
    for (const watcher of this.watchers) watcher()
  }
}
