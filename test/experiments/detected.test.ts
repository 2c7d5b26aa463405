import { describe, expect, test } from 'vitest'
import { promotion, resultOf } from '../support/ran.js'

describe('who learned of a fault, and when', () => {
  test('HAProxy: a dead server is down after three failed checks, and up after two that pass', async () => {
    const { faults, components } = await resultOf(`
lasts: 2min
warmup: 0s
replications: 4
users: { web: { arrive: constant(10/s), to: lb, timeout: 1s } }
components:
  lb: { kind: haproxy, servers: [{ name: a, check: on, inter: 2s, fall: 3, rise: 2 }, { name: b, check: on }] }
  a: { kind: service, servers: unlimited, service: 10ms }
  b: { kind: service, servers: unlimited, service: 10ms }
faults: [{ kind: crash, target: a, at: 30s, for: 30s }]`)
    const [down, up] = faults[0]!.detected
    expect(down).toMatchObject({ component: 'lb', says: 'marked a down', replications: 4 })
    // The first check fails within 2 s, the third 4 s later.
    expect(down!.after_s.value).toBeGreaterThan(4)
    expect(down!.after_s.value).toBeLessThan(6)
    expect(up).toMatchObject({ component: 'lb', says: 'marked a up' })
    expect(up!.after_s.value).toBeGreaterThan(32)
    expect(up!.after_s.value).toBeLessThan(34)
    const { extra } = components.lb!
    expect(extra).toMatchObject({ marked_down: { value: 1 }, marked_up: { value: 1 } })
    expect(extra!.first_down_s!.value).toBeCloseTo(30 + down!.after_s.value!, 9)
    expect(extra!.first_up_s!.value).toBeCloseTo(30 + up!.after_s.value!, 9)
  })

  test('a virtual address: for how long nobody held it', async () => {
    const { faults, components } = await resultOf(`
lasts: 2min
warmup: 0s
replications: 4
hosts: { m: { cores: 1000 }, n: { cores: 1000 } }
users: { web: { arrive: constant(50/s), to: address } }
components:
  address: { kind: vip, servers: [a, b] }
  a: { kind: service, host: m, servers: unlimited, service: 10ms }
  b: { kind: service, host: n, servers: unlimited, service: 10ms }
faults: [{ kind: crash, target: m, at: 30s }]`)
    const [taken] = faults[0]!.detected
    expect(taken).toMatchObject({ component: 'address', says: 'b took the address over', replications: 4 })
    const { takeovers, takeover_s } = components.address!.extra!
    expect(takeovers!.value).toBe(1)
    expect(takeover_s!.value).toBeCloseTo(taken!.after_s.value!, 9)
    // Master_Down of priority 100 is 3 + 156/256 s after the last advert, and that was up to 1 s ago.
    expect(takeover_s!.value).toBeGreaterThan(2.6)
    expect(takeover_s!.value).toBeLessThan(3.61)
    // Nobody is lost: SYNs are sent again after 1, 3 and 7 s. Those who waited come after the new ones.
    expect(faults[0]!.no_answer_s.value).toBeGreaterThan(takeover_s!.value! - 0.02)
    expect(faults[0]!.no_answer_s.value).toBeLessThan(takeover_s!.value! + 0.05)
    expect(faults[0]!.delayed!.value).toBeGreaterThan(50 * (takeover_s!.value! - 0.05))
    expect(faults[0]!.delayed!.value).toBeLessThan(50 * (takeover_s!.value! + 0.05))
    expect(faults[0]!.cost!.value).toBeLessThanOrEqual(1)
  })

  test('a cut-off holder of the address counts from the cut', async () => {
    const { components } = await resultOf(`
lasts: 2min
warmup: 0s
replications: 4
hosts: { m: { cores: 1000 }, n: { cores: 1000 } }
users: { web: { arrive: constant(50/s), to: address } }
components:
  address: { kind: vip, servers: [a, b] }
  a: { kind: service, host: m, servers: unlimited, service: 10ms }
  b: { kind: service, host: n, servers: unlimited, service: 10ms }
faults: [{ kind: partition, target: m, at: 30s }]`)
    const { takeover_s } = components.address!.extra!
    expect(takeover_s!.value).toBeGreaterThan(2.6)
    expect(takeover_s!.value).toBeLessThan(3.61)
  })

  test('a failover manager: ten seconds until it is sure, three to promote', async () => {
    const { faults, components } = await resultOf(promotion('write: 100%'))
    expect(faults[0]!.detected).toEqual([])
    expect(faults[1]!.detected).toMatchObject([{ component: 'a', says: 'b was promoted', replications: 3 }])
    expect(faults[1]!.detected[0]!.after_s.value).toBeCloseTo(13, 6)
    expect(components.a!.extra!.promotion_s!.value).toBeCloseTo(13, 6)
  })

  test('monitoring: people are told', async () => {
    const { faults, components } = await resultOf(`
lasts: 5min
warmup: 0s
replications: 4
users: { web: { arrive: constant(10/s), to: q } }
components:
  q: { kind: service, servers: unlimited, service: 10ms }
  watch: { kind: monitor, targets: [q], scrape_interval: 15s, evaluation_interval: 15s }
faults: [{ kind: crash, target: q, at: 60s, for: 120s }]`)
    const told = faults[0]!.detected[0]!
    expect(told).toMatchObject({ component: 'watch', says: 'told people of q', replications: 4 })
    expect(told.after_s.value).toBeCloseTo(components.watch!.extra!.time_to_detect_s!.value!, 9)
  })

  test('by the last strike before what was learned of happened', async () => {
    const { faults } = await resultOf(`
lasts: 2min
warmup: 0s
replications: 2
users: { web: { arrive: constant(10/s), to: lb, timeout: 1s } }
components:
  lb: { kind: haproxy, servers: [{ name: a, check: on }, { name: b, check: on }] }
  a: { kind: service, servers: unlimited, service: 10ms }
  b: { kind: service, servers: unlimited, service: 10ms }
faults: [{ kind: crash, target: a, at: 30s }, { kind: crash, target: b, at: 60s }]`)
    expect(faults.map((f) => f.detected.map(({ says }) => says))).toEqual([
      ['marked a down'],
      ['marked b down'],
    ])
  })
})
