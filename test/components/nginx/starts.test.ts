import { expect, test } from 'vitest'
import { world } from '../../support/world.js'

test('a fault at a whole second meets every phase of the clock: left out for 10 to 11 s, whatever the replication', () => {
  const away: number[] = []
  for (let replication = 0; replication < 40; replication++) {
    const { model } = world(
      `
lasts: 25s
warmup: 0s
users: { u: { arrive: constant(100/s), to: nginx } }
components:
  nginx: { kind: nginx, service: 0s, upstream: [a, b] }
  a: { kind: service, servers: unlimited, service: 1ms }
  b: { kind: service, servers: unlimited, service: 1ms }
faults: [{ kind: crash, target: a, at: 10s }]
`,
      replication,
    )
    const tries: number[] = []
    const wire = model.wires.find((w) => w.from === 'nginx' && w.towards === 'a')!
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      if (model.kernel.now >= 10) tries.push(model.kernel.now)
      send(request)
    }
    model.run()
    away.push(tries[1]! - tries[0]!)
  }
  // Uniform over a second.
  expect(Math.min(...away)).toBeGreaterThan(10)
  expect(Math.min(...away)).toBeLessThan(10.15)
  expect(Math.max(...away)).toBeLessThan(11.05)
  expect(Math.max(...away)).toBeGreaterThan(10.85)
  const mean = away.reduce((a, b) => a + b) / away.length
  expect(Math.abs(mean - 10.5)).toBeLessThan(4 / Math.sqrt(12 * 40))
})
