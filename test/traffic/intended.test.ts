import { expect, test } from 'vitest'
import { replicate } from '../../sim/experiments/replicate.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { play } from '../support/world.js'

// Coordinated omission: a load test that waits with the site asks less while it is slow, and measures the wait once.
// Those who come every tenth of a second come well after its beginning and before its end.
const hang = 'faults: [{ kind: hang, target: q, at: 9.95s, for: 5s }]\n'
const server = 'components: { q: { kind: service, service: 1ms } }\n'
const open = (rate: number) => `users: { u: { arrive: constant(${rate}/s), to: q } }\n`

test('who comes while the site hangs waits from then on: until it runs again, and his turn', () => {
  const { ended } = play(`lasts: 30s\n${open(10)}${server}${hang}`)
  const during = ended.filter(({ arrived }) => arrived > 9.95 && arrived < 14.95)
  expect(during).toHaveLength(50)
  // At 14.95 s the server works off one after another.
  for (const [turn, { arrived, ended }] of during.entries())
    expect(ended - arrived, `arrived at ${arrived}`).toBeCloseTo(14.95 - arrived + 0.001 * (turn + 1), 6)
})

test('the latency that is reported is that: its sum over all who came, in closed form', () => {
  const scenario = parseScenario(`lasts: 30s\n${open(10)}${server}${hang}`, 'test.yaml')
  const { all } = replicate(scenario, 0)
  // Of those who came during the hang, 4.95 s to 0.05 s, and their turns; the others wait for nobody.
  const waited = 50 * 14.95 - Array.from({ length: 50 }, (_, i) => 10 + i / 10).reduce((a, b) => a + b)
  const turns = (0.001 * 50 * 51) / 2
  const others = 0.001 * (all.offered - 50)
  expect(all.latencySum).toBeCloseTo(waited + turns + others, 6)
})

test('as many come during the hang as before it', () => {
  const { ended } = play(`lasts: 30s\n${open(200)}${server}${hang}`)
  const between = (from: number, to: number) =>
    ended.filter((r) => r.arrived >= from && r.arrived < to).length
  expect(Math.abs(between(10, 15) - between(5, 10))).toBeLessThanOrEqual(1)
})

test('a closed user asks no more while he waits: that is what a load test leaves out', () => {
  const closed = 'users: { u: { arrive: "closed(users=2, think=99ms)", to: q } }\n'
  const { ended } = play(`lasts: 30s\n${closed}${server}${hang}`)
  const slow = ended.filter((r) => r.ended - r.arrived > 1)
  expect(slow).toHaveLength(2)
  expect(ended.filter((r) => r.arrived > 10.2 && r.arrived < 15)).toHaveLength(0)
})

test('tries and pauses count: from the arrival that was meant, not from the last try', () => {
  const retries =
    'users: { u: { arrive: constant(1/s), to: q, retries: 5, backoff: 1s } }\n' +
    server +
    'faults: [{ kind: crash, target: q, at: 9.5s, for: 2s }]\n'
  const { ended } = play(`lasts: 30s\n${retries}`)
  const refused = ended.filter((r) => r.tries > 0)
  expect(refused.length).toBeGreaterThan(0)
  for (const { arrived, ended, tries } of refused) expect(ended - arrived).toBeCloseTo(tries + 0.001, 2)
})
