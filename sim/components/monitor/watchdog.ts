import * as z from 'zod'
import { interval, law, period } from '../../options/types.js'
import type { Aside } from '../../parts/aside.js'
import type { Component } from '../../parts/component.js'
import type { Context } from '../../parts/context.js'
import type { Count, Neighbour } from '../../parts/count.js'
import type { Site } from '../../parts/kind.js'
import type { Stream } from '../../random/stream.js'
import { Tally } from '../../stats/tally.js'

/** An alert that always fires, and whoever waits for it elsewhere: how long stands in no configuration of Prometheus. */
export const watchdogOptions = z.strictObject({
  repeat_interval: interval()
    .prefault('1min')
    .describe('from one notification of it to the next (an assumption)'),
  timeout: period()
    .prefault('5min')
    .describe('after the last of them: then whoever waits for them tells people (an assumption)'),
  delay: law().prefault('0s').describe('from then until somebody has read it'),
})

type WatchdogOptions = z.output<typeof watchdogOptions>

/**
 * A dead man's switch: an alert that always fires (Watchdog, of the rules of kube-prometheus: "meant to ensure that the
 * entire alerting pipeline is functional") is told again and again to somebody who stands outside of all machines, and who
 * tells people once it has not come for so long. So a monitor is missed that is dead, hangs, or is cut off.
 */
export class Watchdog {
  private readonly context: Context
  private readonly way: Aside
  private readonly reading: Stream
  /** When the last of them came. */
  private heard = 0
  /** Since when none can come, or could not, the last time. */
  private away = Number.NaN
  private isAway = false
  private missed = 0
  private since = 0
  private readonly detection = new Tally()

  constructor(
    site: Site,
    private readonly owner: Component,
    private readonly options: WatchdogOptions,
  ) {
    const { context, name } = site
    this.context = context
    this.way = site.aside(name, 'who waits for its watchdog')
    this.reading = context.stream(name, 'watchdog')
    owner.observe(this.look)
    this.way.open.watch(this.look)
    const phase = context.stream(name, 'watchdog/phase').next()
    context.kernel.after(phase * options.repeat_interval, this.beat, null)
    context.kernel.after(options.timeout, this.miss, 0)
  }

  private get comes(): boolean {
    return this.owner.serves && this.way.open.value > 0
  }

  private readonly look = (): void => {
    if (!this.comes && !this.isAway) this.away = this.context.kernel.now
    this.isAway = !this.comes
  }

  private readonly beat = (): void => {
    const { kernel } = this.context
    kernel.after(this.options.repeat_interval, this.beat, null)
    if (!this.comes) return
    this.heard = kernel.now
    kernel.after(this.options.timeout, this.miss, kernel.now)
  }

  /** None has come since `heard`, or another has. */
  private readonly miss = (heard: number): void => {
    if (heard !== this.heard) return
    this.context.kernel.after(this.options.delay.sample(this.reading), this.read, this.away)
  }

  private readonly read = (away: number): void => {
    const { now } = this.context.kernel
    this.missed++
    if (!(away >= this.since)) return
    this.detection.record(now - away)
    this.context.detected(this.owner.name, 'its watchdog was missed', away)
  }

  get counts(): Record<string, number> {
    return { watchdog_missed: this.missed, watchdog_time_to_detect_s: this.detection.mean }
  }

  restart(now: number): void {
    this.since = now
    this.missed = 0
    this.detection.restart()
  }
}

const when = ({ options }: Neighbour) => options.watchdog !== undefined

export const watchdogCounts: Readonly<Record<string, Count>> = {
  watchdog_missed: { unit: 'count', says: 'times that its watchdog was missed', when },
  watchdog_time_to_detect_s: { unit: 's', says: 'time until its watchdog was missed', when },
}

/** What can never hold: it would be missed while all is well. */
export const watchdogMisfits = ({ options }: Neighbour<{ watchdog?: WatchdogOptions | undefined }>) =>
  options.watchdog !== undefined && options.watchdog.timeout <= options.watchdog.repeat_interval
    ? [{ path: ['watchdog', 'timeout'], message: 'expected more than the repeat_interval' }]
    : []
