import type { Level } from '../stats/level.js'
import type { Model } from './model.js'

/** Windows of the timeline. */
export const WINDOWS = 120

/** The mean number inside each component, bin by bin of the run, warm-up included: what tells whether it settled. */
export class Insides {
  private readonly series: { name: string; level: Level; before: number; means: number[] }[]
  private binned = 0

  constructor({ components }: Model) {
    this.series = [...components.values()].map(({ name, probe }) => ({
      name,
      level: probe.inside,
      before: 0,
      means: [],
    }))
  }

  /** A bin ends at `time`, seconds from the start of the run. */
  turn(time: number): void {
    const length = time - this.binned
    for (const one of this.series) {
      // The level's area begins anew with the measured span.
      const area = one.level.integral(time)
      const since = one.level.span(time)
      one.means.push((area - (since > length ? one.before : 0)) / length)
      one.before = area
    }
    this.binned = time
  }

  record(): Record<string, number[]> {
    return Object.fromEntries(this.series.map(({ name, means }) => [name, [...means]]))
  }
}

/** What hosts and components have of their capacity in use, window by window of the measured span. */
export class Uses {
  private readonly series: {
    name: string
    /** Added up over the measured span. */
    area(now: number): number
    before: number
    shares: number[]
  }[]

  /** @param length of a window, seconds */
  constructor(
    { hosts, components }: Model,
    private readonly length: number,
  ) {
    const areas: [string, (now: number) => number][] = [
      ...[...hosts].map(([name, { processor }]): [string, (now: number) => number] => [
        name,
        (now) => processor.busy.integral(now) / processor.cores,
      ]),
      ...[...components].map(([name, component]): [string, (now: number) => number] => [
        name,
        (now) => component.utilization(now) * component.probe.inside.span(now),
      ]),
    ]
    this.series = areas.map(([name, area]) => ({ name, area, before: 0, shares: [] }))
  }

  /** A window ends at `time`. */
  turn(time: number): void {
    for (const one of this.series) {
      const area = one.area(time)
      one.shares.push((area - one.before) / this.length)
      one.before = area
    }
  }

  record(): Record<string, number[]> {
    return Object.fromEntries(this.series.map(({ name, shares }) => [name, [...shares]]))
  }
}
