import { describe, expect, test } from 'vitest'
import { Kernel } from '../../sim/kernel/kernel.js'
import { KeptConnections } from '../../sim/parts/kept.js'
import type { Wire } from '../../sim/parts/wire.js'

/** A box at the other end, of which nothing matters but whether it is there. */
function kept(
  options: ConstructorParameters<typeof KeptConnections>[2],
  idleTimeout = Number.POSITIVE_INFINITY,
) {
  const kernel = new Kernel()
  const closed: [seconds: number, first: boolean][] = []
  let told = () => {}
  let counted = 0
  const port = {
    generation: 0,
    host: { power: { value: 1 } },
    idleTimeout,
    observe: (observer: () => void) => (told = observer),
    connectionClosed: () => counted++,
    connectionRests: () => {},
  }
  /** Its state may have changed. */
  const look = (generation: number, power = 1) => {
    port.host.power.value = power
    port.generation = generation
    told()
  }
  const wire = { to: port, latency: { value: 0.02 } } as unknown as Wire
  const connections = new KeptConnections(kernel, wire, options, (first) => closed.push([kernel.now, first]))
  return { kernel, connections, closed, look, counted: () => counted }
}

describe('connections that are kept while they are idle', () => {
  test('the last that came back is the next to be used; 0 says that there is none', () => {
    const { connections } = kept({ most: 5, idle: 60 })
    for (const carried of [1, 7, 3]) connections.give(carried)
    expect(connections.has(3)).toBe(true)
    expect(connections.has(4)).toBe(false)
    expect([connections.take(), connections.take(), connections.take(), connections.take()]).toEqual([
      3, 7, 1, 0,
    ])
  })

  test('one more than may be idle is closed, and one that has carried its requests', () => {
    const { connections, closed } = kept({ most: 1, idle: 60, requests: 5 })
    connections.give(5)
    connections.give(4)
    connections.give(1)
    expect(closed).toEqual([
      [0, true],
      [0, true],
    ])
    expect([connections.take(), connections.take()]).toEqual([4, 0])
  })

  test('one that has been idle for so long is closed, at most a hundredth later', () => {
    const { kernel, connections, closed } = kept({ most: 5, idle: 10 })
    connections.give(1)
    kernel.after(0.4, () => connections.give(2), null)
    kernel.after(5, () => connections.give(3), null)
    kernel.run(30)
    expect(closed).toEqual([
      [10, true],
      [10.4, true],
      [expect.closeTo(15, 9), true],
    ])
    expect(connections.take()).toBe(0)
  })

  test('a process that dies closes them, and a machine that dies does not: its return does; a hang closes none', () => {
    const { connections, closed, look } = kept({ most: 5, idle: 60 })
    connections.give(1)
    // It hangs, and goes on; then its machine dies.
    look(0)
    look(1, 0)
    expect(closed).toEqual([])
    expect(connections.take()).toBe(1)
    connections.give(1)
    look(1)
    expect(closed).toEqual([[0, false]])
    connections.give(1)
    look(2)
    expect(closed).toHaveLength(2)
    expect(connections.take()).toBe(0)
  })

  test('that the other side closes after a time are gone when its FIN is here, and stale for a round trip before', () => {
    const taken = (age: number) => {
      const { kernel, connections, closed, counted } = kept({ most: 5, idle: 60 }, 5)
      connections.give(1)
      let seen: unknown
      kernel.after(
        age,
        () => (seen = [connections.take(), connections.stale, closed.length, counted()]),
        null,
      )
      kernel.run(30)
      return seen
    }
    expect(taken(4.95)).toEqual([1, false, 0, 0])
    // The other side has closed it, and counts it no longer.
    expect(taken(4.97)).toEqual([1, true, 0, 1])
    expect(taken(5)).toEqual([0, false, 1, 1])
  })
})
