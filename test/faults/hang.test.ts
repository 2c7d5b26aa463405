import { describe, expect, test } from 'vitest'
import { Syn } from '../../sim/parts/port.js'
import { looks, play, tally, world } from '../support/world.js'

const app = (users: string, fault: string) => `
lasts: 100s
warmup: 0s
users:
  web: { ${users}, to: app }
components:
  app: { kind: service, service: 1ms, servers: unlimited }
faults:
  - { kind: hang, target: app, ${fault} }
`

describe('a process that hangs', () => {
  test('is connected to until 512 wait in its accept queue, one more than the backlog: a TCP health check passes so long', () => {
    const { model } = world(app('arrive: constant(100/s)', 'at: 10.005s'))
    const wire = model.wires[0]!
    // 511 have come by 15.115 s, 512 by 15.125 s.
    const connects = looks(model, [10.1, 15.115, 15.125, 60], () => wire.syn === Syn.accepted)
    model.run()
    expect(connects).toEqual([true, true, false, false])
  })

  test('answers the accept queue when it runs again; the others connect when they send their SYN again', () => {
    const { ended } = play(app('arrive: constant(100/s)', 'at: 10.005s, for: 10s'))
    // What comes in the last second does not end: none of it was answered early.
    expect(tally(ended.filter((r) => r.arrived < 99))).toEqual({ ok: 9899 })
    const struck = ended.filter((r) => r.arrived > 10.005 && r.arrived < 20.005)
    expect(struck).toHaveLength(1000)
    for (const [i, { arrived, ended }] of struck.sort((a, b) => a.arrived - b.arrived).entries()) {
      const accepted = i < 512 ? 20.005 : arrived + [1, 3, 7].find((after) => arrived + after > 20.005)!
      expect(ended).toBeCloseTo(accepted + 0.001, 9)
    }
  })

  test('goes on with what it was doing, and with answers that came meanwhile', () => {
    const { ended } = play(`
lasts: 10s
warmup: 0s
users: { web: { arrive: constant(1/s), to: front } }
components:
  front: { kind: nginx, service: 100ms, upstream: [back] }
  back: { kind: service, service: 100ms }
faults:
  - { kind: hang, target: front, at: 2.05s, for: 0.2s }
  - { kind: hang, target: front, at: 5.15s, for: 0.2s }
`)
    const latencies = ended.map((r) => +(r.ended - r.arrived).toFixed(6))
    // At 2.05 s it stops half way, and has the other half to do at 2.25 s; at 5.15 s the answer is on its way.
    expect(latencies).toEqual([0.2, 0.4, 0.2, 0.2, 0.35, 0.2, 0.2, 0.2, 0.2])
  })

  test('stops at once and goes on where it was, as often as it hangs', () => {
    const hang = (at: string) => `{ kind: hang, target: q, at: ${at}, for: 1s }`
    const { ended } = play(`
lasts: 20s
warmup: 0s
users: { web: { arrive: constant(0.2/s), to: q } }
components: { q: { kind: service, service: 1s } }
faults: [${hang('5.4s')}, ${hang('6.7s')}, ${hang('8.0s')}]
`)
    // 0.4 s of its second until 5.4 s, 0.3 s from 6.4 s, the last 0.3 s from 7.7 s.
    expect(ended.map((r) => +(r.ended - r.arrived).toFixed(6))).toEqual([3, 1, 1])
  })

  test('gets no CPU, and leaves it to others on its host', () => {
    const { ended } = play(`
lasts: 10s
warmup: 0s
hosts: { server: { cores: 1 } }
users:
  one: { arrive: constant(1/s), to: a }
  other: { arrive: constant(1/s), to: b }
components:
  a: { kind: service, host: server, service: 100ms, servers: unlimited }
  b: { kind: service, host: server, service: 100ms, servers: unlimited }
faults:
  - { kind: hang, target: a, at: 2.05s, for: 1s }
`)
    const latencies = (users: string) =>
      ended.filter((r) => r.users === users).map((r) => +(r.ended - r.arrived).toFixed(6))
    // Both share the core for 50 ms; then b has it alone for the 75 ms that it still needs. At 3.05 s a goes on
    // with its 75 ms and the 100 ms of the next request, and b has 50 ms left of its next: three share the core
    // until 3.2 s, two until 3.25 s, and the last is done at 3.275 s.
    expect(latencies('other').slice(0, 4)).toEqual([0.2, 0.125, 0.2, 0.2])
    expect(latencies('one').slice(0, 4)).toEqual([0.2, 1.25, 0.275, 0.2])
  })

  test('takes one connection more than its backlog', () => {
    const hung = (backlog: string) =>
      app('arrive: constant(100/s)', 'at: 10.005s, for: 10s').replace('1ms,', `1ms, backlog: ${backlog},`)
    const late = (text: string) =>
      play(text).ended.filter((r) => r.arrived > 10 && r.arrived < 20.005 && r.ended > 20.008).length
    expect(late(hung('unlimited'))).toBe(0)
    expect(late(hung('900'))).toBe(99)
  })

  test('of nginx takes nine with a backlog of 8, as measured', () => {
    const { ended } = play(`
lasts: 20s
warmup: 0s
users: { web: { arrive: constant(20/s), timeout: 2s, to: nginx } }
components: { nginx: { kind: nginx, backlog: 8 } }
faults: [{ kind: hang, target: nginx, at: 10.005s, for: 0.99s }]
`)
    // Nineteen come while it hangs; ten of them send their SYN again a second later.
    const late = ended.filter((r) => r.arrived > 10.005 && r.arrived < 10.995 && r.ended > 10.997)
    expect(ended.filter((r) => r.arrived > 10.005 && r.arrived < 10.995)).toHaveLength(19)
    expect(late).toHaveLength(10)
  })

  test('times out for visitors, though they are connected', () => {
    const { ended } = play(app('arrive: constant(10/s), timeout: 3s', 'at: 10.05s, for: 20s'))
    const failed = ended.filter((r) => r.outcome !== 'ok')
    expect(tally(failed)).toEqual({ timeout: 170 })
    for (const { arrived, ended } of failed) expect(ended - arrived).toBeCloseTo(3, 9)
  })
})
