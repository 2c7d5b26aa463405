import { expect, test } from 'vitest'
import { play, tally } from '../support/world.js'

const pair = (fault: string) => `
lasts: 100s
warmup: 0s
users:
  web: { arrive: constant(20/s), to: front }
components:
  front: { kind: service, service: 1ms, servers: unlimited, next: [web-1, web-2] }
  web-1: { kind: service, service: 80ms, servers: unlimited }
  web-2: { kind: service, service: 80ms, servers: unlimited }
faults:
  - { kind: maintenance, target: [web-1, web-2], ${fault} }
`

test('all at once: nothing is served while it lasts, and what was inside is reset', () => {
  const { ended } = play(pair('at: 20.01s, for: 10s'))
  expect(tally(ended)).toEqual({ ok: 1796, reset: 2, refused: 200 })
})

test('rolling: one of two is always there, and half of what comes meanwhile fails without health checks', () => {
  const { ended } = play(pair('at: 20.01s, for: 10s, rolling: on, pause: 5s'))
  const failed = ended.filter((r) => r.outcome !== 'ok')
  const between = (from: number, to: number) =>
    failed.filter((r) => r.arrived > from && r.arrived < to).length
  // 19.95 s or 20 s was inside the first to be stopped.
  expect(tally(failed)).toEqual({ reset: 2, refused: 200 })
  expect(between(20.005, 30.005)).toBe(100)
  expect(between(30.005, 34.94)).toBe(0)
  expect(between(35.005, 45.005)).toBe(100)
})

test('of hosts, rolling: all processes of one at a time, and the machine answers for them', () => {
  const { ended, model } = play(`
lasts: 60s
warmup: 0s
hosts: { s1: { cores: 9 }, s2: { cores: 9 } }
users: { web: { arrive: constant(20/s), to: lb } }
components:
  lb: { kind: haproxy, service: 0s, servers: [n1, n2], default_server: { check: on }, timeout_connect: 1s }
  n1: { kind: nginx, host: s1, upstream: [a1] }
  n2: { kind: nginx, host: s2, upstream: [a2] }
  a1: { kind: app, host: s1, workers: 9, service: 5ms }
  a2: { kind: app, host: s2, workers: 9, service: 5ms }
faults:
  - { kind: maintenance, target: [s1, s2], at: 10.01s, for: 10s, drain: 2s, pause: 5s, rolling: on }
`)
  expect(tally(ended)).toEqual({ ok: ended.length })
  expect(model.hosts.get('s1')!.power.value).toBe(1)
  expect(model.components.get('a1')!.probe.refused).toBe(0)
  // Drained from 10 s on for 12 s, the other from 27 s on: each gives 12 s of its turns to the other.
  const [n1, n2] = ['n1', 'n2'].map(
    (name) => model.wires.find((w) => w.from === 'lb' && w.towards === name)!.sent,
  )
  expect(n1! + n2!).toBe(ended.length + model.components.get('lb')!.probe.inside.value)
  expect(Math.abs(n1! - n2!)).toBeLessThan(10)
})

test('a crash in the middle of a maintenance: down until both are over', () => {
  const { ended } = play(`
lasts: 60s
warmup: 0s
users: { web: { arrive: constant(20/s), to: app } }
components:
  app: { kind: service, service: 1ms, servers: unlimited }
faults:
  - { kind: maintenance, target: app, at: 10.01s, for: 10s }
  - { kind: crash, target: app, at: 15.01s, for: 15s }
`)
  const refused = ended.filter((r) => r.outcome === 'refused').map((r) => r.arrived)
  expect(refused).toHaveLength(400)
  expect(refused[0]).toBeCloseTo(10.05, 6)
  expect(refused.at(-1)).toBeCloseTo(30, 6)
})

test('certificates of a host: every box on it that ends TLS, and no other', () => {
  const { ended } = play(`
lasts: 60s
warmup: 0s
hosts: { edge: { cores: 9 } }
users:
  secure: { arrive: constant(10/s), to: lb }
  plain: { arrive: constant(10/s), to: other }
components:
  lb: { kind: haproxy, host: edge, service: 0s, servers: [app], default_server: { check: on }, tls: {} }
  other: { kind: haproxy, host: edge, service: 0s, servers: [app], default_server: { check: on } }
  app: { kind: service, service: 1ms, servers: unlimited }
faults:
  - { kind: certificate, target: edge, at: 20.05s, for: 10s }
`)
  expect(tally(ended.filter((r) => r.users === 'secure'))).toEqual({ ok: 499, tls_failed: 100 })
  expect(tally(ended.filter((r) => r.users === 'plain'))).toEqual({ ok: 599 })
})
