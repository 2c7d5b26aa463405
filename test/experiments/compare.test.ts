import { describe, expect, test } from 'vitest'
import { verdict, winners } from '../../reports/words/verdicts.js'
import { bestOf, cautions, compare, labelsOf } from '../../sim/experiments/compare.js'
import type { Comparison } from '../../sim/experiments/result.js'
import { studentT } from '../../sim/stats/estimate.js'
import { ran } from '../support/ran.js'

const queue = (name: string, service: string, more = '', arrive = 'poisson(50/s)') => `
name: ${name}
lasts: 60s
warmup: 10s
replications: 4
users: { web: { arrive: ${arrive}, to: q } }
components: { q: { kind: service, service: ${service} } }
${more}`
const slow = queue('slow', 'exponential(12ms)')
const fast = queue('fast', 'exponential(8ms)')

const of = (comparisons: readonly Comparison[], metric: string) =>
  comparisons.filter((c) => c.metric === metric)

describe('two scenarios', () => {
  test('are compared by the differences of their replications: paired t', async () => {
    const both = await ran(slow, fast)
    const [{ difference, relative, confidence, verdict }] = of(compare(both), 'latency_mean_ms') as [
      Comparison,
    ]
    const means = both.map(({ records }) =>
      records.map(({ all }) => (all.latencySum / all.outcomes[0]!) * 1000),
    )
    const differences = means[1]!.map((mean, i) => mean - means[0]![i]!)
    const n = differences.length
    const mean = differences.reduce((a, b) => a + b) / n
    const sd = Math.sqrt(differences.reduce((a, d) => a + (d - mean) ** 2, 0) / (n - 1))
    const half = (studentT(n - 1) * sd) / Math.sqrt(n)
    expect(difference.value).toBeCloseTo(mean, 9)
    expect(difference.high! - difference.low!).toBeCloseTo(2 * half, 9)
    expect(relative).toBeCloseTo(mean / (means[0]!.reduce((a, b) => a + b) / n), 9)
    expect(confidence).toBeCloseTo(0.95, 12)
    expect(verdict).toBe('better')
  })

  test('that are the same differ in nothing, whatever they are called', async () => {
    const comparisons = compare(await ran(slow, slow.replace('name: slow', 'name: other')))
    expect(new Set(comparisons.map((c) => c.verdict))).toEqual(new Set(['no significant difference']))
    expect(of(comparisons, 'latency_mean_ms')[0]!.difference).toEqual({ value: 0, low: 0, high: 0 })
  })

  test('that differ by the same in every replication differ for certain, and it is said so', async () => {
    const [a, b] = ['2ms', '5ms'].map((s) => queue(s, s, '', 'constant(50/s)'))
    const comparisons = compare(await ran(a!, b!))
    const mean = of(comparisons, 'latency_mean_ms')[0]!
    expect(mean.verdict).toBe('worse')
    expect(mean.difference.value).toBeCloseTo(3, 9)
    expect(verdict('2ms', '5ms', [mean])).toBe(
      '5ms against 2ms: worse mean latency (+3 ms in every replication, +150%).',
    )
  })

  test('cannot be told apart by one replication each', async () => {
    const one = (text: string) => text.replace('replications: 4', 'replications: 1')
    const comparisons = compare(await ran(one(slow), one(fast)))
    for (const { difference, reason } of comparisons) {
      expect(difference.value).toBeNull()
      expect(reason).toMatch(/--replications|--lasts/)
    }
    expect(verdict('slow', 'fast', comparisons)).toContain('cannot tell yet about')
    expect(verdict('slow', 'fast', comparisons)).not.toContain('no significant difference')
  })

  test('have no latencies to compare where one never settles, and no p99 of too few requests', async () => {
    const stuck = queue('stuck', 'exponential(40ms)').replace('replications: 4', 'replications: 20')
    const comparisons = compare(await ran(slow, stuck))
    expect(of(comparisons, 'latency_mean_ms')[0]!.reason).toBe('q never settles in stuck')
    expect(of(comparisons, 'qps_ok')[0]).toMatchObject({ verdict: 'worse' })
    const few = compare(await ran(slow, fast))
    expect(of(few, 'latency_p99_ms')[0]!.reason).toContain('--lasts')
  })
})

test('three scenarios: intervals of several pairs are wider, so that they hold together', async () => {
  const three = compare(await ran(slow, fast, queue('middle', 'exponential(10ms)')))
  const alone = compare(await ran(slow, fast))
  const [pair] = of(three, 'latency_mean_ms')
  const [same] = of(alone, 'latency_mean_ms')
  expect(pair!.confidence).toBeCloseTo(1 - 0.05 / 3, 12)
  const width = ({ difference: { low, high } }: Comparison) => high! - low!
  expect(width(pair!) / width(same!)).toBeCloseTo(studentT(3, 1 - 0.05 / 3) / studentT(3), 9)
  expect(winners(three)).toContain('mean latency: fast')
})

describe('the best', () => {
  const pair = (a: string, b: string, verdict: Comparison['verdict']): Comparison => {
    const difference = { value: 1, low: 1, high: 1 }
    return {
      a,
      b,
      metric: 'availability',
      difference,
      relative: 1,
      confidence: 0.95,
      verdict,
      important: true,
    }
  }
  const none = 'no significant difference'

  test('is better than every other', () => {
    const all = [pair('x', 'y', 'worse'), pair('x', 'z', 'worse'), pair('y', 'z', none)]
    expect(bestOf(all, 'availability')).toEqual(['x'])
  })

  test('may be one of several', () => {
    const all = [pair('x', 'y', none), pair('x', 'z', 'worse'), pair('y', 'z', 'worse')]
    expect(bestOf(all, 'availability')).toEqual(['x', 'y'])
    expect(winners(all)).toContain('availability: x or y')
  })

  test('is not who was only never beaten', () => {
    // z is worse than y, but whether it is worse than x is not known.
    const all = [pair('x', 'y', 'worse'), pair('x', 'z', none), pair('y', 'z', 'worse')]
    expect(bestOf(all, 'availability')).toEqual(['x', 'z'])
  })
})

describe('a caution is given where scenarios', () => {
  const noted = async (...texts: string[]) => cautions(await ran(...texts)).join('\n')

  test('do not have the same workload', async () => {
    expect(await noted(slow, fast)).toBe('')
    expect(await noted(slow, fast.replace('poisson(50/s)', 'poisson(51/s)'))).toContain(
      'fast and slow do not have the same workload',
    )
    for (const said of [
      'retries: 1',
      'profile: "ramp(200%)"',
      'objects: { count: 9 }',
      'addresses: { count: 9 }',
      'page: { assets: 1 }',
      'bandwidth: 1MB/s',
    ])
      expect(await noted(slow, fast.replace('to: q', `to: q, ${said}`)), said).toContain('workload')
  })

  test('have other seeds, spans, warm-ups or replications', async () => {
    expect(await noted(slow, `${fast}seed: 2`)).toContain('seed')
    expect(await noted(slow, fast.replace('lasts: 60s', 'lasts: 50s'))).toContain('same time')
    expect(await noted(slow, fast.replace('warmup: 10s', 'warmup: 9s'))).toContain('warm-up')
    const fewer = await noted(slow, fast.replace('replications: 4', 'replications: 3'))
    expect(fewer).toContain('number of replications')
  })
})

test('scenarios of one name are told apart by their files, and one file twice by a word', () => {
  const of = (scenario: string, file: string) => ({ scenario, file })
  expect(labelsOf([of('a', '1'), of('b', '2')])).toEqual(['a', 'b'])
  expect(labelsOf([of('a', '1'), of('a', '2')])).toEqual(['a (1)', 'a (2)'])
  expect(labelsOf([of('a', '1'), of('a', '1'), of('a', '1')])).toEqual([
    'a (1)',
    'a (1) again',
    'a (1) again (2)',
  ])
})
