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
