import type { Model } from '../../sim/model/model.js'
import { snapshotOf } from '../../sim/model/snapshot.js'
import { Outcome } from '../../sim/parts/outcome.js'
import { type Arrow, BOX, HOST, LINE, STATES } from '../messages.js'

/** What has been counted since the measured span began, and what of it was new at the last look. */
class Differences {
  private readonly before: Float64Array
  readonly now: Float64Array

  constructor(size: number) {
    this.before = new Float64Array(size)
    this.now = new Float64Array(size)
  }

  /** @param per what the differences are divided by */
  look(count: (i: number) => number, per: number): void {
    for (let i = 0; i < this.now.length; i++) {
      const sum = count(i)
      this.now[i] = (sum - this.before[i]!) / per
      this.before[i] = sum
    }
  }
}

/** How everything is now, as numbers: of components, of hosts, and of arrows. */
export class Gauges {
  private readonly boxes
  private readonly hosts
  private readonly wires
  private readonly boxesUsed: Differences
  private readonly hostsUsed: Differences
  private readonly answered: Differences
  private readonly sent: Differences
  private looked: number

  /**
   * @param model at its beginning
   * @param arrows of the drawing
   */
  constructor(
    private readonly model: Model,
    components: readonly string[],
    hosts: readonly string[],
    private readonly arrows: readonly Arrow[],
  ) {
    this.boxes = components.map((name) => model.components.get(name)!)
    this.hosts = hosts.map((name) => model.hosts.get(name)!)
    this.wires = arrows.map(({ from, to }) =>
      [...model.wires, ...model.asides.values()]
        .filter((wire) => wire.from === from && wire.towards === to)
        // Nothing strikes yet: so they are when they are sound.
        .map((wire) => ({ wire, latency: wire.latency.value, delivery: wire.delivery.value })),
    )
    this.boxesUsed = new Differences(components.length)
    this.hostsUsed = new Differences(hosts.length)
    this.answered = new Differences(components.length)
    this.sent = new Differences(arrows.length)
    this.looked = model.warmup
  }

  /** A window of so many seconds is over: rates are those in it. */
  turn(seconds: number): void {
    this.answered.look((i) => this.boxes[i]!.probe.outcomes[Outcome.ok]!, seconds)
    this.sent.look((i) => this.wires[i]!.reduce((sum, { wire }) => sum + wire.sent, 0), seconds)
  }

  /** Looks at what is in use; while the clock stands it is what it was. */
  look(): { boxes: Float32Array; hosts: Float32Array; lines: Float32Array } {
    const { kernel, warmup } = this.model
    const { now } = kernel
    const passed = now - this.looked
    if (passed > 0) {
      // Means since the measured span began, times how long ago that is.
      this.boxesUsed.look((i) => this.boxes[i]!.utilization(now) * (now - warmup), passed)
      this.hostsUsed.look((i) => {
        const { busy, cores } = this.hosts[i]!.processor
        return busy.integral(now) / cores
      }, passed)
      this.looked = now
    }
    const { components, hosts } = snapshotOf(this.model)
    return {
      boxes: rowsOf(this.boxes, BOX.size, ({ name }, row, i) => {
        const { state, waiting, speed, soundness, rotation } = components[name]!
        row[BOX.state] = STATES.indexOf(state)
        row[BOX.waiting] = waiting
        row[BOX.used] = share(this.boxesUsed.now[i]!)
        row[BOX.speed] = speed
        row[BOX.soundness] = soundness
        row[BOX.rotation] = Number(rotation)
        row[BOX.rate] = this.answered.now[i]!
      }),
      hosts: rowsOf(this.hosts, HOST.size, ({ name }, row, i) => {
        row[HOST.up] = Number(hosts[name]!.up)
        row[HOST.used] = share(this.hostsUsed.now[i]!)
        row[HOST.speed] = hosts[name]!.speed
      }),
      lines: rowsOf(this.arrows, LINE.size, (_, row, i) => {
        const wires = this.wires[i]!
        row[LINE.open] = Number(wires.every(({ wire }) => wire.open.value > 0))
        row[LINE.rate] = this.sent.now[i]!
        row[LINE.latency] = Math.max(0, ...wires.map(({ wire, latency }) => wire.latency.value - latency))
        row[LINE.loss] = Math.max(0, ...wires.map(({ wire, delivery }) => delivery - wire.delivery.value))
      }),
    }
  }
}

/** What means are made of is rounded, and servers may be fewer than they were. */
const share = (used: number): number => Math.min(1, Math.max(0, used))

function rowsOf<T>(
  all: readonly T[],
  size: number,
  fill: (one: T, row: Float32Array, i: number) => void,
): Float32Array {
  const rows = new Float32Array(all.length * size)
  for (const [i, one] of all.entries()) fill(one, rows.subarray(i * size, (i + 1) * size), i)
  return rows
}
