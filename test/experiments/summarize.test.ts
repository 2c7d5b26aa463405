import { expect, it } from 'vitest'
import { shareOf } from '../../sim/stats/estimate.js'
import { resultOf } from '../support/results.js'

const queue = (lasts: string, options: string) => `
lasts: ${lasts}
warmup: 5s
users: { u: { arrive: poisson(70/s), to: q, mix: { read: 95%, write: 5% } } }
components: { q: { kind: service, service: exponential(10ms)${options} } }
`

it('a percentile that is told of all requests and not of a class is missing with a reason', () => {
  const { result } = resultOf(queue('200s', ''))
  expect(result.latency_ms.p99.value).not.toBeNull()
  expect(result.classes.read!.latency_ms.p99.value).not.toBeNull()
  expect(result.classes.write!.latency_ms.p95.value).toBeNull()
  expect(result.notes[0]).toBe(
    'p99.9, p90 and p95 and p99 of write: fewer than 100 requests per replication lie beyond it; a longer run (--lasts) would tell',
  )
})

it('a longer run would not tell a percentile that lies among those who were not answered', () => {
  const { result } = resultOf(queue('20s', ', queue: 1'))
  expect(result.latency_ms.p99.value).toBeNull()
  expect(result.notes.join()).toContain('of all requests lie among those')
  expect(result.notes.join()).not.toContain('p99.9: fewer than 100')
})

it('the share of an outcome has the interval of a share of failures: the one that availability has', () => {
  const { result } = resultOf(queue('50s', ', queue: 10'), 5)
  const { refused, ok } = result.outcome_shares
  expect(result.requests.failed).toBe(result.requests.by_outcome.refused)
  expect(1 - refused!.low!).toBeCloseTo(result.availability.high!, 12)
  expect(1 - refused!.high!).toBeCloseTo(result.availability.low!, 12)
  expect(ok!.low).toBeCloseTo(result.availability.low!, 12)
  // Not symmetric, as what is seldom is not: rather more than less.
  expect(refused!.high! - refused!.value!).toBeGreaterThan(refused!.value! - refused!.low!)
  expect(shareOf([0, 0], [9, 9])).toEqual({ value: 0, low: 0, high: 0 })
})
