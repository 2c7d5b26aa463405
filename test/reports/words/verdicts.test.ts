import { expect, it } from 'vitest'
import { replicationsIn } from '../../../reports/words/numbers.js'
import { verdict } from '../../../reports/words/verdicts.js'

const against = (value: number, low: number, high: number, metric = 'latency_mean_ms') =>
  verdict('a', 'b', [
    {
      a: 'a',
      b: 'b',
      metric,
      confidence: 0.95,
      difference: { value, low, high },
      relative: 0.1,
      important: true,
      verdict: value === 0 ? 'no significant difference' : value < 0 ? 'better' : 'worse',
    },
  ])

it('a difference that is told is not shown with an error as large as itself', () => {
  expect(against(-3.08, -6.15, -0.01)).toBe('b against a: better mean latency (−3.08 ms ±3.07, +10%).')
  expect(against(3.08, 1.08, 5.08)).toBe('b against a: worse mean latency (+3.08 ms ±2, +10%).')
  expect(against(0.0308, 0.0001, 0.0615, 'availability')).toContain('(+3.08 points ±3.07)')
})

it('what is the same in every replication needs no luck', () => {
  expect(against(0, 0, 0)).toBe('b against a: in every replication the same mean latency.')
  expect(against(0, -1, 1)).toBe('b against a: no significant difference in mean latency.')
  expect(against(0, 0, 0, 'availability')).toBe('b against a: no significant difference in availability.')
})

it('one replication is one', () => {
  expect([1, 20, 1000].map(replicationsIn)).toEqual([
    '1 replication',
    '20 replications',
    '1,000 replications',
  ])
})
