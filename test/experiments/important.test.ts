import { describe, expect, it } from 'vitest'
import { comparisonsCsv } from '../../reports/csv.js'
import { verdict, winners } from '../../reports/words/verdicts.js'
import { bestOf, compare, standingOf } from '../../sim/experiments/compare.js'
import type { Comparison } from '../../sim/experiments/result.js'
import { ran } from '../support/ran.js'

const queue = (name: string, service: string, more = '') => `
name: ${name}
lasts: 200s
warmup: 0s
replications: 4
users: { web: { arrive: constant(50/s), to: q, timeout: 2s } }
components: { q: { kind: service, servers: 4, service: ${service} } }
${more}`
const of = (comparisons: readonly Comparison[], metric: string) =>
  comparisons.find((c) => c.metric === metric)!

describe('a difference', () => {
  it('is told of every latency that is shown, and who answers comes before who is quick', async () => {
    const comparisons = compare(await ran(queue('a', '2ms'), queue('b', '30ms')))
    expect(comparisons.map(({ metric }) => metric)).toEqual([
      'good',
      'availability',
      'qps_ok',
      'latency_mean_ms',
      'latency_p50_ms',
      'latency_p90_ms',
      'latency_p95_ms',
      'latency_p99_ms',
      'latency_p999_ms',
    ])
    // 15 times as much.
    const p50 = of(comparisons, 'latency_p50_ms')
    expect(p50).toMatchObject({ verdict: 'worse', important: true })
    expect(p50.relative).toBeCloseTo(14, 1)
    expect(of(comparisons, 'latency_p999_ms').reason).toContain('--lasts')
    expect(verdict('a', 'b', comparisons)).toContain('worse mean latency')
    expect(verdict('a', 'b', comparisons)).toContain('p50 latency (+28 ms')
  })

  it('of two percent is certain, and no merit: it is told without better or worse', async () => {
    const both = await ran(queue('a', '50ms'), queue('b', '51ms'))
    const mean = of(compare(both), 'latency_mean_ms')
    expect(mean).toMatchObject({ verdict: 'worse', important: false })
    expect(standingOf(mean)).toBe('small')
    expect(verdict('a', 'b', [mean])).toBe(
      'b against a: next to no difference in mean latency (+1 ms in every replication, +2%).',
    )
    expect(bestOf([mean], 'latency_mean_ms')).toEqual(['a', 'b'])
    const csv = comparisonsCsv({ version: 1, results: [], comparisons: [mean] }).split('\n')
    expect(csv[0]).toContain('difference_low,difference_high,relative,confidence,verdict,important')
    expect(csv[1]).toMatch(/^a,b,latency_mean_ms,.*,0\.95,worse,0,,$/)
    const strict = of(compare(both, 0.01), 'latency_mean_ms')
    expect([strict.important, standingOf(strict)]).toEqual([true, 'worse'])
  })

  it('of shares is measured by those who go without', () => {
    const share = async (hang: string) =>
      queue(hang, '10ms', `faults: [{ kind: hang, target: q, at: 100s, for: ${hang} }]`)
    return Promise.all([share('40s'), share('41s'), share('50s')]).then(async (texts) => {
      const comparisons = compare(await ran(...texts)).filter(({ metric }) => metric === 'availability')
      // About 40, 41 and 50 of 200 seconds: 2.5 % more of those without an answer, and a quarter more.
      expect(comparisons.map(({ important }) => important)).toEqual([false, true, true])
    })
  })
})

describe('the latency of the one that answers fewer', () => {
  const full = (name: string, more: string) =>
    queue(name, '100ms', more).replace('timeout: 2s', 'timeout: 10s')
  const few = full('few', '').replace('servers: 4', 'servers: 4, queue: 0')
  const many = full('many', '').replace('servers: 4', 'servers: 6')

  it('is told as that of fewer, without better, and wins nothing', async () => {
    const comparisons = compare(
      await ran(many, few, queue('other', '140ms').replace('servers: 4', 'servers: 8')),
    )
    const mean = comparisons.find((c) => c.metric === 'latency_mean_ms' && c.a === 'many' && c.b === 'few')!
    expect(mean.answers_fewer).toBe('b')
    expect(bestOf(comparisons, 'latency_mean_ms')).toEqual(['many'])
    expect(winners(comparisons)).toContain('mean latency: many')
  })

  it('whichever of the two it is', () => {
    const latency = (verdict: Comparison['verdict'], answers_fewer: 'a' | 'b'): Comparison => ({
      a: 'x',
      b: 'y',
      metric: 'latency_mean_ms',
      difference: { value: verdict === 'better' ? -300 : 300, low: -301, high: -299 },
      relative: 4.5,
      confidence: 0.95,
      verdict,
      important: true,
      answers_fewer,
    })
    expect(standingOf(latency('better', 'b'))).toBe('fewer')
    expect(standingOf(latency('worse', 'a'))).toBe('fewer')
    expect(standingOf({ ...latency('better', 'b'), important: false })).toBe('small')
    // Who answers fewer, and these later.
    expect(standingOf(latency('worse', 'b'))).toBe('worse')
    expect(standingOf(latency('better', 'a'))).toBe('better')
    expect(verdict('x', 'y', [latency('worse', 'a')])).toMatch(
      /^y against x: x answers fewer, and these sooner: mean latency \(\+300 ms/,
    )
    expect(bestOf([latency('worse', 'a')], 'latency_mean_ms')).toEqual(['y'])
  })
})
