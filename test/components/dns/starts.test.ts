import { describe, expect, test } from 'vitest'
import { play, tally } from '../../support/world.js'

const REPLICATIONS = 12

/** Mean over some replications of what is counted in each. */
function meanOf(count: (replication: number) => number, replications = REPLICATIONS): number {
  let sum = 0
  for (let i = 0; i < replications; i++) sum += count(i)
  return sum / replications
}

/** 100 visitors a second, whose name server is dead from 100 s to 200 s. */
const outage = (ttl: string) => `
lasts: 250s
warmup: 0s
users: { u: { arrive: poisson(100/s), to: name } }
components:
  name: { kind: dns, addresses: a, resolvers: 1000, ttl: ${ttl} }
  a: { kind: service, servers: unlimited, service: 1ms }
faults: [{ kind: crash, target: name, at: 100s, for: 100s }]
`

describe('what resolvers know when a run begins is of all ages', () => {
  test('TTL 300 s, 100 s without a name server: of 10,000 visitors those fail whose answer expires meanwhile', () => {
    // Ages are spread evenly over the TTL; and with 10 s to the next visitor of a resolver some never know. Without
    // that gap it would be 100 x 100 x (100 / 300) / 2 = 1,667.
    const failed = meanOf((i) => tally(play(outage('300s'), i).ended).dns_failed ?? 0)
    const whole = 100 * 100 * (10 / 310 + 100 / 310 / 2)
    expect(Math.abs(failed / whole - 1)).toBeLessThan(0.05)
  })

  test('TTL 60 s: more and more from the beginning of the outage on, all from its 60th second', () => {
    const few = outage('60s').replace('resolvers: 1000', 'resolvers: 100')
    const by = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < REPLICATIONS; i++)
      for (const { outcome, arrived } of play(few, i).ended)
        if (outcome === 'dns_failed' && arrived < 200)
          by[Math.floor((arrived - 100) / 10)]! += 1 / REPLICATIONS
    // In each 10 s: half of what has expired in them, and all that had before.
    for (const [k, expected] of [83, 250, 417, 583, 750, 917, 1000, 1000, 1000, 1000].entries())
      expect(Math.abs(by[k]! - expected)).toBeLessThan(60)
    const all = by.reduce((a, b) => a + b)
    expect(Math.abs(all / (100 * (60 / 2 + 40)) - 1)).toBeLessThan(0.03)
  })

  test('failover by DNS takes as long as the checks and half of the TTL: 50/s x (7.5 s + TTL / 2)', () => {
    const lost = (ttl: string) =>
      meanOf((i) => {
        const { ended } = play(
          `
lasts: 200s
warmup: 0s
hosts: { one: {} }
users: { u: { arrive: poisson(100/s), to: name } }
components:
  name: { kind: dns, addresses: [a, b], resolvers: 100, ttl: ${ttl}, health_check: { interval: 5s, threshold: 2 } }
  a: { kind: service, servers: unlimited, service: 1ms }
  b: { kind: service, servers: unlimited, service: 1ms }
faults: [{ kind: crash, target: a, at: 100s }]
`,
          i,
        )
        return tally(ended).refused ?? 0
      }, 20)
    expect(Math.abs(lost('10s') / 625 - 1)).toBeLessThan(0.12)
    expect(Math.abs(lost('60s') / 1875 - 1)).toBeLessThan(0.08)
  })

  test('resolvers that are seldom asked seldom know: TTL / (TTL + gap) of them', () => {
    const text = outage('60s').replace('resolvers: 1000', 'resolvers: 6000').replace('at: 100s', 'at: 0s')
    // In the first second the answers of one resolver in two are there.
    const { ended } = play(text)
    const soon = ended.filter(({ arrived }) => arrived < 2)
    const failed = soon.filter(({ outcome }) => outcome === 'dns_failed').length
    expect(Math.abs(failed / soon.length - 0.5)).toBeLessThan(0.12)
  })

  test('with a TTL of 0 nobody knows anything', () => {
    const { ended } = play(outage('0s').replace('at: 100s', 'at: 0s'))
    expect(tally(ended.filter(({ arrived }) => arrived < 100))).toEqual({ dns_failed: expect.any(Number) })
  })
})
