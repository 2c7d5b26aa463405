import { expect, it } from 'vitest'
import { play, responses } from '../support/world.js'

it('a host of twice the speed does the same work in half the time', () => {
  const at = (speed: string) =>
    responses(
      play(`
lasts: 10s
warmup: 0s
hosts: { h: { cores: 1${speed} } }
users: { u: { arrive: constant(1/s), to: app } }
components: { app: { kind: mysql, host: h, service: 40ms } }
`).ended,
    )
  expect([at(''), at(', speed: 2'), at(', speed: 0.5')]).toEqual([[0.04], [0.02], [0.08]])
})

it('boxes in series with names of their own draw numbers of their own', () => {
  const { ended } = play(`
lasts: 400s
warmup: 0s
users: { u: { arrive: constant(5/s), to: front } }
components:
  front: { kind: service, servers: unlimited, service: exponential(40ms), next: [back] }
  back: { kind: service, servers: unlimited, service: exponential(40ms) }
`)
  const times = ended.map(({ arrived, ended }) => ended - arrived)
  const mean = times.reduce((a, b) => a + b, 0) / times.length
  const variance = times.reduce((sum, t) => sum + (t - mean) ** 2, 0) / times.length
  // The sum of two that are independent is Erlang: cv² = 1/2; twice the same one would have 1.
  expect(variance / mean ** 2).toBeGreaterThan(0.4)
  expect(variance / mean ** 2).toBeLessThan(0.6)
})
