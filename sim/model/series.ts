import type { Component } from '../parts/component.js'
import type { Host } from '../parts/host.js'
import type { Limit } from '../parts/limit.js'
import { Outcome } from '../parts/outcome.js'
import type { Level } from '../stats/level.js'
import type { Model } from './model.js'

/** Windows of the timeline. */
export const WINDOWS = 120

/** The mean number inside each component and on each line, bin by bin of the run, warm-up included: what tells whether it settled. */
export class Insides {
  private readonly series: { name: string; level: Level; before: number; means: number[] }[]
  private binned = 0

  constructor({ components, lines }: Model) {
    const levels = [
      ...[...components.values()].map(({ name, probe }) => ({ name, level: probe.inside })),
      ...lines.all.map(({ name, inside }) => ({ name, level: inside })),
    ]
    this.series = levels.map((one) => ({ ...one, before: 0, means: [] }))
  }

  /** A bin ends at `time`, seconds from the start of the run. */
  turn(time: number): void {
    const length = time - this.binned
    for (const one of this.series) {
      // The level's area begins anew with the measured span.
      const area = one.level.integral(time)
      const since = one.level.span(time)
      one.means.push(growth(area, since > length ? one.before : 0) / length)
      one.before = area
    }
    this.binned = time
  }

  record(): Record<string, number[]> {
    return Object.fromEntries(this.series.map(({ name, means }) => [name, [...means]]))
  }
}

/** What an area of nothing grows by, of all of it, for no other reason than rounding. */
const ROUNDING = 1e-12

/** By how much an area has grown: a window in which nothing was there has nothing, and no hair less or more. */
const growth = (area: number, before: number): number => (area - before < ROUNDING * area ? 0 : area - before)

/** What of a component can fill, but for the cores of a host in the scenario; the cores of its own machine come last. */
export function limitsOf({ hosts }: Pick<Model, 'hosts'>, component: Component): readonly Limit[] {
  const { host } = component
  const { processor } = host
  const own = hosts.get(host.name) !== host && processor.cores < Number.POSITIVE_INFINITY
  const cores: Limit = {
    says: 'CPU',
    capacity: processor.cores,
    used: (now) => processor.busy.mean(now),
    aside: (now) => isAside(host, now),
  }
  return own ? [...component.limits(), cores] : component.limits()
}

/** From this share of its cores on, visitors wait for the CPU of a host. */
const NOTABLE = 0.01

/** Whether the cores of a host did hardly anything but what no visitor waits for. */
export function isAside({ processor, components }: Host, now: number): boolean {
  const aside = components.reduce((sum, component) => sum + component.asideUse(now), 0)
  return aside > 0 && processor.busy.mean(now) / processor.cores - aside < NOTABLE
}

/** Requests that were sent to each component, window by window of the measured span; a SYN that is sent again is none. */
export class Entries {
  private readonly series: Counted[]

  constructor({ components, wires }: Model) {
    this.series = [...components.keys()].map((name) => {
      const own = wires.filter(({ towards }) => towards === name)
      return new Counted(name, () => own.reduce((sum, { sent }) => sum + sent, 0))
    })
  }

  /** A window ends. */
  turn(): void {
    for (const one of this.series) one.turn()
  }

  record(): Record<string, number[]> {
    return recordOf(this.series)
  }
}

/** Window by window of the measured span, counts by name. */
export interface FlowsRecord {
  /** Requests sent along each wire, as `app-1 -> mysql-1`. */
  sent: Record<string, number[]>
  /** Requests that each component answered ok. */
  answered: Record<string, number[]>
}

/** Where requests went, and who answered them, window by window of the measured span. */
export class Flows {
  private readonly sent: Counted[]
  private readonly answered: Counted[]

  constructor({ wires, components }: Model) {
    this.sent = wires.map((wire) => new Counted(nameOfWire(wire.from, wire.towards), () => wire.sent))
    this.answered = [...components.values()].map(
      ({ name, probe }) => new Counted(name, () => probe.outcomes[Outcome.ok]!),
    )
  }

  /** A window ends. */
  turn(): void {
    for (const one of this.sent) one.turn()
    for (const one of this.answered) one.turn()
  }

  record(): FlowsRecord {
    return { sent: recordOf(this.sent), answered: recordOf(this.answered) }
  }
}

const nameOfWire = (from: string, to: string): string => `${from} -> ${to}`

/** A count that grows, window by window. */
class Counted {
  private before = 0
  readonly counts: number[] = []

  constructor(
    readonly name: string,
    private readonly count: () => number,
  ) {}

  turn(): void {
    const count = this.count()
    this.counts.push(count - this.before)
    this.before = count
  }
}

const recordOf = (all: readonly Counted[]): Record<string, number[]> =>
  Object.fromEntries(all.map(({ name, counts }) => [name, [...counts]]))

/** How a series calls a limit of a component, or of what else has its name. */
export const nameOfLimit = (component: string, { says }: Pick<Limit, 'says'>): string =>
  `${component}: ${says}`

/** What hosts, components and their limits have of their capacity in use, window by window of the measured span. */
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
    model: Model,
    private readonly length: number,
  ) {
    const { hosts, components, shared, warmup } = model
    const areas: [string, (now: number) => number][] = [
      ...[...hosts].map(([name, { processor }]): [string, (now: number) => number] => [
        name,
        (now) => processor.busy.integral(now) / processor.cores,
      ]),
      ...[...components].map(([name, component]): [string, (now: number) => number] => [
        name,
        (now) => component.utilization(now) * component.probe.inside.span(now),
      ]),
      ...[...components.values()].flatMap((component) =>
        limitsOf(model, component).map((limit): [string, (now: number) => number] => [
          nameOfLimit(component.name, limit),
          (now) => (limit.used(now) / limit.capacity) * component.probe.inside.span(now),
        ]),
      ),
      ...shared.map(({ name, limit }): [string, (now: number) => number] => [
        nameOfLimit(name, limit),
        (now) => (limit.used(now) / limit.capacity) * (now - warmup),
      ]),
    ]
    this.series = areas.map(([name, area]) => ({ name, area, before: 0, shares: [] }))
  }

  /** A window ends at `time`. */
  turn(time: number): void {
    for (const one of this.series) {
      const area = one.area(time)
      one.shares.push(growth(area, one.before) / this.length)
      one.before = area
    }
  }

  record(): Record<string, number[]> {
    return Object.fromEntries(this.series.map(({ name, shares }) => [name, [...shares]]))
  }
}
