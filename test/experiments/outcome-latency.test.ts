import { expect, test } from 'vitest'
import { resultOf } from '../support/results.js'

test('how long requests took by how they ended: refused at once, given up after 2 s, answered in 10 ms', () => {
  const { result } = resultOf(`
lasts: 100s
warmup: 0s
users:
  a: { arrive: constant(10/s), to: dead }
  b: { arrive: constant(10/s), to: slow, timeout: 2s }
  c: { arrive: constant(10/s), to: quick }
components:
  dead: { kind: service, service: 10ms }
  slow: { kind: service, servers: unlimited, service: 5s }
  quick: { kind: service, servers: unlimited, service: 10ms }
faults: [{ kind: crash, target: dead, at: 0s }]
`)
  const rounded = Object.entries(result.latency_by_outcome_ms).map(([outcome, { mean, p50, max }]) => [
    outcome,
    Math.round(mean.value!),
    Math.round(p50.value!),
    Math.round(max),
  ])
  expect(rounded).toEqual([
    ['ok', 10, 10, 10],
    ['refused', 0, 0, 0],
    ['timeout', 2000, 2000, 2000],
  ])
})
