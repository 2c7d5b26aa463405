import { describe, expect, it } from 'vitest'
import { summaryCsv, timelineCsv } from '../../reports/csv.js'
import { percent } from '../../reports/words/numbers.js'
import { answeredShare } from '../../reports/words/survivors.js'
import { Histogram } from '../../sim/stats/histogram.js'
import { resultOf } from '../support/results.js'
import { problemsOf } from '../support/world.js'

/** M/M/1 at a load of 1/2, whose sojourn times are exponential, of mean 100 ms. */
const queue = (more = '', service = 'exponential(50ms)') => `
lasts: 500s
warmup: 20s
replications: 3
users: { u: { arrive: poisson(10/s), to: q, mix: { a: 50%, b: 50% } } }
components: { q: { kind: service, service: ${service} } }
${more}`

describe('good answers', () => {
  it('are those within good:, of all requests, of classes and of users: exact for M/M/1', () => {
    const { result } = resultOf(queue('good: 200ms\nexpect: { good: ">= 90%", classes.a.good: "<= 90%" }'))
    const exact = 1 - Math.exp(-2)
    for (const { good } of [result, result.classes.a!, result.users.u!]) {
      expect(good.low).toBeLessThan(exact)
      expect(good.high).toBeGreaterThan(exact)
      expect(good.value).toBeCloseTo(exact, 1)
    }
    expect(result.availability.value).toBe(1)
    expect(result.good_within_ms).toBe(200)
    expect(result.expectations!.map(({ verdict }) => verdict)).toEqual(['not met', 'met'])
  })

  it('are those within 1 s where nothing is said, and with none amiss the share is a bound', () => {
    const { result } = resultOf(queue('', '10ms'))
    expect(result.good_within_ms).toBe(1000)
    expect(result.good).toMatchObject({ value: 1, high: 1 })
    expect(result.good.low).toBeLessThan(1)
  })

  it('stand in every window by the time of their end, and in the tables', () => {
    const { result } = resultOf(queue('good: 200ms'))
    const sum = (of: 'ok' | 'good') => result.timeline.reduce((n, row) => n + row[of], 0)
    expect(sum('good') / sum('ok')).toBeCloseTo(1 - Math.exp(-2), 1)
    for (const { good, ok } of result.timeline) expect(good).toBeLessThanOrEqual(ok)
    const report = { version: 1 as const, results: [result] }
    expect(summaryCsv(report).split('\n')[0]).toContain('good,good_low,good_high')
    expect(timelineCsv(report).split('\n')[0]).toContain('offered,ok,good,failed')
  })

  it('need a time above nothing', () => {
    expect(problemsOf(queue('good: 0s')).join()).toContain('good: expected a duration above 0')
  })
})

describe('the latency of those who were answered', () => {
  it('of all requests is none where it lies among those that failed', () => {
    const histogram = new Histogram()
    for (let i = 1; i <= 97; i++) histogram.record(i / 1000)
    expect(histogram.quantileOfAll(0.5, 100)).toBeCloseTo(0.05, 3)
    expect(histogram.quantileOfAll(0.97, 100)).toBeCloseTo(0.097, 6)
    expect(histogram.quantileOfAll(0.98, 100)).toBeNaN()
    expect(new Histogram().quantileOfAll(0.5, 10)).toBeNaN()
  })

  it('is told to be theirs, and a percentile that failures exceed is told as beyond the timeout', () => {
    const { result } = resultOf(
      `${queue('', '10ms').replace('to: q,', 'to: q, timeout: 2s,').replace('warmup: 20s', 'warmup: 0s')}
faults: [{ kind: hang, target: q, at: 100s, for: 100s }]`,
    )
    expect(result.availability.value).toBeCloseTo(0.8, 2)
    expect(result.latency_ms.p90.value).toBeLessThan(100)
    expect(result.latency_all_ms.p50.value).toBeLessThan(100)
    expect(result.latency_all_ms.p90.value).toBeNull()
    expect(result.notes.join()).toMatch(
      /latencies are those of the requests that were answered; (19|20)\.?\d* % were not: p90, p95, p99, p99\.9 of all requests lie beyond the timeout of 2 s/,
    )
    expect(answeredShare(result)).toMatch(/^(79|80)\.\d+%$/)
    const dead = result.timeline.filter(({ t_s }) => t_s > 105 && t_s < 195)
    for (const { p50_all_ms, p99_all_ms } of dead) expect([p50_all_ms, p99_all_ms]).toEqual([null, null])
    expect(answeredShare(resultOf(queue()).result)).toBeNull()
  })
})

it('nines are never rounded up', () => {
  expect([0.9995, 0.99998, 0.999999999].map(percent)).toEqual(['99.950%', '99.9980%', '99.999999%'])
})
