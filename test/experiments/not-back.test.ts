import { describe, expect, test } from 'vitest'
import { resultOf } from '../support/ran.js'

const dead = (at: string, more = '') => `
lasts: 5min
replications: 4
hosts: { h: {} }
users: { v: { arrive: poisson(20/s), to: n${more} } }
components: { n: { kind: nginx, host: h, service: 1ms } }
faults: [{ kind: crash, target: h, at: ${at} }]
expect: { rto: "<= 240s" }`

describe('an outage that goes on to the end is not over', () => {
  test.each([
    ['60s', ', timeout: 30s', 239],
    ['60s', '', 239],
    ['200s', ', timeout: 30s', 99],
    ['200s', '', 99],
  ])('struck at %s, visitors with%s', async (at, more, least) => {
    const { faults, recovery, expectations } = await resultOf(dead(at, more))
    expect(faults[0]).toMatchObject({ unrestored: 4, endless: 4, recovery_s: { value: null } })
    expect(faults[0]!.recovery_s.low).toBeGreaterThan(least)
    expect(recovery!.unrestored).toBe(4)
    // Nothing repairs it: no longer run would see it back.
    expect(expectations![0]).toMatchObject({ verdict: 'not met' })
    expect(expectations![0]!.reason).toContain('4 of 4')
  })

  test('nor is a collapse that outlives the surge that began it', async () => {
    const { faults, requests } = await resultOf(`
lasts: 500s
replications: 2
users: { v: { arrive: poisson(60/s), to: s, timeout: 1s, retries: 2 } }
components: { s: { kind: service, servers: 10, service: exponential(150ms) } }
faults: [{ kind: surge, target: v, at: 20s, for: 20s, factor: 3 }]`)
    expect(requests.ok).toBeLessThan(requests.offered / 10)
    expect(faults[0]).toMatchObject({ unrestored: 2, endless: 0 })
    expect(faults[0]!.recovery_s.low).toBeGreaterThan(450)
  })

  test('who waits still while all others are answered is no outage, and an answered backlog is none', async () => {
    const { faults } = await resultOf(`
lasts: 2min
replications: 2
users: { v: { arrive: constant(10/s), to: s } }
components: { s: { kind: service, servers: 1, service: 50ms } }
faults: [{ kind: hang, target: s, at: 60.02s, for: 20s }]`)
    expect(faults[0]).toMatchObject({ unrestored: 0, recovery_max_s: 0 })
  })
})

test('a short one is over, where too few come for twenty in a row', async () => {
  const { faults } = await resultOf(`
lasts: 10min
replications: 3
users: { v: { arrive: constant(3/min), to: a, timeout: 10s } }
components: { a: { kind: app, workers: 2, service: 20ms } }
faults: [{ kind: crash, target: a, at: 5min, for: 1min }]
`)
  const [crash] = faults
  expect(crash).toMatchObject({ unrestored: 0, good_unrestored: 0 })
  expect(crash!.good_back_s.value).toBeGreaterThan(35)
  expect(crash!.good_back_s.value).toBeLessThan(61)
})
