import type { Component } from '../parts/component.js'
import type { Context } from '../parts/context.js'
import type { Host } from '../parts/host.js'
import type { Limit } from '../parts/limit.js'
import { Line } from '../parts/line.js'
import { Sizes } from '../parts/sizes.js'
import type { Passage } from '../parts/transfer.js'
import type { Scenario } from '../scenario/scenario.js'
import { passersOf } from '../scenario/sized.js'
import { Level } from '../stats/level.js'

/** Linux: the middle one of net.ipv4.tcp_rmem, bytes. */
const RECEIVE_BUFFER = 131072

/** Something that carries bytes, both ways at a time: the line of a wire, or the network interface of a host. */
interface Carrier {
  /** Of the wire or the host. */
  readonly name: string
  readonly type: 'wire' | 'host'
  /** Down along the wire and up, or out of the host and in. */
  readonly lines: readonly [Line, Line]
  /** Requests and answers that are under way over it. */
  readonly inside: Level
}

/** All lines of a model; without `sizes:` in its scenario there is nothing to carry, and none. */
export class Lines {
  /** Hosts first, in the order of the file, then wires as they were laid. */
  readonly all: Carrier[] = []
  private readonly sizes: Sizes | null = null
  private readonly passers: ReadonlySet<string>

  constructor(
    context: Context,
    private readonly scenario: Scenario,
  ) {
    const { sizes, hosts } = scenario
    this.passers = sizes === null ? new Set() : passersOf(scenario)
    if (sizes === null) return
    const stream = (what: string) => context.stream('sizes', what)
    this.sizes = new Sizes(sizes.request, sizes.answer, {
      requests: stream('request'),
      answers: stream('answer'),
    })
    for (const { name, bandwidth } of hosts) if (bandwidth !== undefined) this.lay(name, 'host', bandwidth)
  }

  /**
   * What bytes meet from `from`, on `host`, to `to`; null if what goes there has no size.
   * @param towards what the scenario calls the other end
   */
  between(from: string, host: Host | null, to: Component, towards: string): Passage | null {
    const { sizes, scenario } = this
    if (sizes === null || !this.passers.has(from)) return null
    const spec = scenario.wires.find((wire) => wire.from === from && wire.to === towards)
    const { users, streams, hands } = this.readersBehind(from)
    const own = users?.bandwidth ?? null
    const line =
      spec?.bandwidth === undefined ? null : this.lay(`${from} -> ${towards}`, 'wire', spec.bandwidth)
    // What stays on one machine goes past its interface.
    const [here, there] =
      host === to.host ? [null, null] : [this.find(host?.name, 'host'), this.find(to.host.name, 'host')]
    const some = (...lines: readonly (Line | undefined)[]) => lines.filter((one) => one !== undefined)
    const visitor = own === null ? [] : [null]
    // What is handed on has passed it on its way down.
    const first = hands ? [] : visitor
    const [out, down] = [some(here?.lines[0]), some(line?.lines[0])]
    const [back, up] = [some(there?.lines[0]), some(line?.lines[1])]
    return {
      sizes,
      down: {
        lines: [...first, ...out, ...down, ...some(there?.lines[1])],
        near: first.length + out.length + down.length,
      },
      up: { lines: [...back, ...up, ...some(here?.lines[1]), ...visitor], near: back.length + up.length },
      own,
      streams,
      receiveBuffer: users?.receive_buffer ?? RECEIVE_BUFFER,
    }
  }

  /** Which visitors read what comes up to `from`, where it is they, and all alike; and whether another box streams it. */
  private readersBehind(from: string) {
    const { components, users } = this.scenario
    const box = components.find(({ name }) => name === from)
    const hands = box?.kind.hands?.(box.options) === true
    const readers = users.filter(({ name, to }) => (hands ? to : name) === from)
    const [one] = readers
    const alike = readers.every(
      (other) => other.bandwidth === one!.bandwidth && other.receive_buffer === one!.receive_buffer,
    )
    return {
      users: alike ? one : undefined,
      streams: box !== undefined && !hands && box.kind.buffers?.(box.options) !== true,
      hands,
    }
  }

  private find(name: string | undefined, type: Carrier['type']): Carrier | undefined {
    return this.all.find((one) => one.name === name && one.type === type)
  }

  private lay(name: string, type: Carrier['type'], bandwidth: number): Carrier {
    const there = this.find(name, type)
    if (there !== undefined) return there
    const inside = new Level()
    const line = () => new Line(bandwidth, inside, type === 'host' ? name : null)
    const laid: Carrier = { name, type, lines: [line(), line()], inside }
    this.all.push(laid)
    return laid
  }

  /** The measured span begins. */
  restart(now: number): void {
    for (const { lines, inside } of this.all) {
      inside.restart(now)
      for (const line of lines) line.restart(now)
    }
  }
}

/** How full it is, in the direction in which it is fuller. */
export function limitOf({ type, lines: [one, other] }: Carrier): Limit {
  return {
    says: type === 'wire' ? 'line' : 'network interface',
    capacity: one.bandwidth,
    used: (now) => Math.max(one.use(now), other.use(now)) * one.bandwidth,
    load: (now) => Math.max(one.load(now), other.load(now)),
  }
}
