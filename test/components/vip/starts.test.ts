import { expect, test } from 'vitest'
import { world } from '../../support/world.js'

test('a master that dies as the run begins was heard last at any time before: away for 2 to 3 adverts and the skew', () => {
  const away: number[] = []
  for (let replication = 0; replication < 40; replication++) {
    const { model, ended } = world(
      `
lasts: 8s
warmup: 0s
hosts: { one: {}, two: {} }
users: { u: { arrive: constant(100/s), to: vip, timeout: 10ms } }
components:
  vip: { kind: vip, servers: [{ name: a, priority: 150 }, { name: b, priority: 100 }] }
  a: { kind: service, host: one, servers: unlimited, service: 1ms }
  b: { kind: service, host: two, servers: unlimited, service: 1ms }
faults: [{ kind: crash, target: one, at: 0s }]
`,
      replication,
    )
    model.run()
    away.push(Math.min(...ended.filter(({ outcome }) => outcome === 'ok').map(({ arrived }) => arrived)))
  }
  const skew = 156 / 256
  expect(Math.min(...away)).toBeGreaterThan(2 + skew)
  expect(Math.min(...away)).toBeLessThan(2.15 + skew)
  expect(Math.max(...away)).toBeGreaterThan(2.85 + skew)
  expect(Math.max(...away)).toBeLessThan(3.02 + skew)
})
