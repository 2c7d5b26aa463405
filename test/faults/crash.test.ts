import { describe, expect, test } from 'vitest'
import { play, tally } from '../support/world.js'

const app = (users: string, faults: string, wires = '') => `
lasts: 200s
warmup: 0s
hosts:
  server: { cores: 100 }
users:
  web: { ${users}, to: app }
components:
  app: { kind: service, host: server, service: 10ms, servers: unlimited }
${wires}
faults:
  - { ${faults} }
`

describe('a process that dies', () => {
  const { ended } = play(
    app(
      'arrive: constant(10/s)',
      'kind: crash, target: app, at: 20.005s, for: 9.99s',
      'wires: { web -> app: { latency: 1ms } }',
    ),
  )

  test('resets what is inside, at once', () => {
    const inside = ended.filter((r) => r.outcome === 'reset')
    expect(inside.map((r) => r.arrived.toFixed(3))).toEqual(['20.000'])
    // The answer of the machine is under way for 1 ms.
    expect(inside[0]!.ended).toBeCloseTo(20.006, 9)
  })

  test('refuses what comes, one round trip later', () => {
    const refused = ended.filter((r) => r.outcome === 'refused')
    expect(refused).toHaveLength(99)
    for (const { arrived, ended } of refused) {
      expect(arrived).toBeGreaterThan(20.05)
      expect(arrived).toBeLessThan(29.95)
      expect(ended - arrived).toBeCloseTo(0.002, 9)
    }
  })

  test('harms nobody else', () => {
    expect(tally(ended)).toEqual({ ok: 1899, reset: 1, refused: 99 })
  })
})

describe('a machine that dies', () => {
  test('is silent: failure is seen at the connect timeout, which is 127 s on Linux, and not before', () => {
    const { ended } = play(app('arrive: constant(10/s)', 'kind: crash, target: server, at: 20.005s'))
    const failed = ended.filter((r) => r.outcome !== 'ok')
    expect(tally(failed)).toEqual({ connect_timeout: failed.length })
    // Those of 20.1 s to 73 s; the request that was inside at the crash waits for ever.
    expect(failed).toHaveLength(529)
    for (const { arrived, ended } of failed) expect(ended - arrived).toBeCloseTo(127, 9)
  })

  test('leaves the waiting to the patience of the callers, in flight or not', () => {
    const { ended, model } = play(
      app('arrive: constant(10/s), timeout: 4s', 'kind: crash, target: server, at: 20.005s'),
    )
    const failed = ended.filter((r) => r.outcome !== 'ok')
    expect(tally(failed)).toEqual({ timeout: failed.length })
    expect(failed[0]!.arrived).toBeCloseTo(20, 9)
    for (const { arrived, ended } of failed) expect(ended - arrived).toBeCloseTo(4, 9)
    // Only what arrived in the last 4 s is still there.
    expect(model.context.requests.inUse).toBe(40)
  })

  test('is reached again by the SYNs that are sent again after 1 s, 3 s and 7 s', () => {
    const { ended } = play(app('arrive: constant(10/s)', 'kind: crash, target: server, at: 20.05s, for: 4s'))
    const late = ended.filter((r) => r.ended - r.arrived > 0.0101)
    expect(late).toHaveLength(40)
    for (const { arrived, ended, outcome } of late) {
      expect(outcome).toBe('ok')
      const connected = [1, 3, 7].find((after) => arrived + after > 24.05)!
      expect(ended - arrived).toBeCloseTo(connected + 0.01, 9)
    }
  })
})
