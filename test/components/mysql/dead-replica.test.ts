import { expect, test } from 'vitest'
import { play } from '../../support/world.js'

const replica = (faults: string) =>
  play(`
lasts: 100s
warmup: 0s
hosts: { one: { cores: 64 }, two: { cores: 64 } }
users: { writers: { arrive: constant(10/s), to: p, mix: { write: 100% } } }
components:
  p: { kind: mysql, host: one, service: 1ms, replicas: [r] }
  r: { kind: mysql, host: two, service: 1ms }
faults: [${faults}]
`).model

const counts = (faults: string) => {
  const model = replica(faults)
  return model.components.get('r')!.extra(model.kernel.now)
}

test('a dead replica has no lag: it was dead for so long, and so far behind when it was back', () => {
  const { lag_ms, lag_max_ms, dead_s, lag_back_ms } = counts(
    '{ kind: crash, target: two, at: 30.05s, for: 40s }',
  )
  // Writes come at 30.1, 30.2, ... and take 1 ms; applying one takes 1 ms.
  expect(dead_s).toBeCloseTo(40, 9)
  expect(lag_back_ms).toBeCloseTo((70.05 - 30.101) * 1000, 3)
  // Those that come while 400 are applied wait for these.
  expect(lag_ms).toBeGreaterThan(1)
  expect(lag_ms).toBeLessThan(5)
  expect(lag_max_ms).toBeLessThan(500)
})

test('nor has one that is dead at the end', () => {
  const { lag_ms, lag_max_ms, dead_s, lag_back_ms } = counts('{ kind: crash, target: two, at: 30.05s }')
  expect(dead_s).toBeCloseTo(69.95, 9)
  expect(lag_back_ms).toBeNaN()
  expect(lag_ms).toBeCloseTo(1, 6)
  expect(lag_max_ms).toBeCloseTo(1, 6)
})

test('one that is cut off lives, and lags', () => {
  const { lag_max_ms, dead_s, lag_back_ms } = counts('{ kind: partition, target: two, at: 30.05s, for: 20s }')
  expect(dead_s).toBe(0)
  expect(lag_back_ms).toBeNaN()
  expect(lag_max_ms).toBeGreaterThan(19_900)
})
