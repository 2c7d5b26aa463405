import { expect, it } from 'vitest'
import { byCapacity } from '../../../reports/drawing/by-capacity.js'
import { drawing } from '../../../reports/drawing/drawing.js'
import type { Capacity } from '../../../sim/experiments/capacity/answer.js'
import { parseScenario } from '../../../sim/scenario/parse.js'

const scenario = parseScenario(
  `
users: { web: { arrive: poisson(10/s), to: lb } }
hosts: { front: {}, one: {}, two: {} }
components:
  lb: { kind: balancer, host: front, policy: roundrobin, servers: [a, b] }
  a: { kind: service, host: one, service: 10ms }
  b: { kind: service, host: two, service: 10ms }
`,
  'two.yaml',
)
const rate = (value: number | null, low = value, high = value) => ({ value, low, high })
const left = (part: string, value: number) => ({
  part,
  components: [],
  qps: rate(value),
  binding: null,
  within: { wanted: 0.01, reached: 0.01 },
})
const capacity = {
  qps: rate(190, 188, 192),
  bottleneck: { part: 'one', type: 'host', place: 'CPU', utilization: 0.95, full_at_per_s: 200 },
  next: { part: 'front', type: 'host', place: 'CPU', utilization: 0.25, full_at_per_s: 760 },
  without: [left('front', 0), left('one', 95), left('two', 95)],
} as unknown as Capacity

it('shows what is full first, what would be next, and what is left without each host', () => {
  const view = byCapacity(capacity)
  expect(view.words('one', 'host')).toBe('full first')
  expect(view.state('one', 'host')).toBe('limit')
  expect(view.says('one', 'host')).toEqual(['95% of the CPU of one used', 'without it 95/s ±0%'])
  expect(view.words('two', 'host')).toBe('without it 95/s')
  expect([view.state('two', 'host'), view.badge('two', 'host')]).toEqual(['', 'ahead'])
  expect([view.state('front', 'host'), view.badge('front', 'host')]).toEqual(['hard', 'fault'])
  expect(view.says('front', 'host')).toEqual(['the next limit: the CPU of front', 'without it 0'])
  expect(view.used('front', 'host')).toBe(0.25)
  expect(String(drawing(scenario, view))).toContain('without it 95/s')
})

it('shows nothing that is not known', () => {
  const view = byCapacity({
    ...capacity,
    qps: rate(null, 300, null),
    bottleneck: null,
    next: null,
    without: [],
  })
  for (const name of ['front', 'one', 'two', 'a'])
    expect([view.state(name, 'host'), view.words(name, 'host'), view.says(name, 'host')]).toEqual([
      '',
      '',
      [],
    ])
})
