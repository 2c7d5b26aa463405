import { describe, expect, test } from 'vitest'
import type { Sample } from '../../../sim/components/monitor/counters.js'
import { Series } from '../../../sim/components/monitor/promql.js'

const requests = ({ requests }: Sample) => requests

/** Samples of one counter: `[seconds, value]`. */
function seriesOf(...values: readonly (readonly [number, number])[]): Series {
  const series = new Series(1000)
  for (const [at, requests] of values)
    series.add({ at, requests, errors: 0, seconds: 0, buckets: Array(11).fill(0) })
  return series
}

describe('rate(), by extrapolatedRate of Prometheus', () => {
  const steady = seriesOf([10, 1000], [25, 1150], [40, 1300], [55, 1450])

  test('the increase between samples, extrapolated to both ends of the range where these are near', () => {
    // 450 in 45 s; 10 s before and 5 s after are less than 1.1 intervals.
    expect(steady.rate(requests, 60, 60)).toBeCloseTo(10, 12)
  })

  test('where an end is farther than 1.1 intervals, by half an interval', () => {
    // 300 in 30 s, and 5 s and 7.5 s more, of 60 s.
    expect(steady.rate(requests, 60, 80)).toBeCloseTo((300 * (1 + (5 + 7.5) / 30)) / 60, 12)
    expect(steady.rate(requests, 300, 60)).toBeCloseTo((450 * (1 + (7.5 + 5) / 45)) / 300, 12)
  })

  test('but not to before a counter was 0', () => {
    // 30 in 15 s: it was 0 one second before.
    const young = seriesOf([10, 2], [25, 32])
    expect(young.rate(requests, 40, 30)).toBeCloseTo((30 * (1 + (1 + 5) / 15)) / 40, 12)
  })

  test('a counter that fell began anew', () => {
    expect(seriesOf([10, 1000], [25, 1150], [40, 30], [55, 180]).rate(requests, 60, 60)).toBeCloseTo(
      ((150 + 30 + 150) * (60 / 45)) / 60,
      12,
    )
  })

  test('one sample has none, nor has what is older than the range', () => {
    expect(seriesOf([10, 1000]).rate(requests, 60, 20)).toBeNaN()
    expect(steady.rate(requests, 60, 100)).toBeNaN()
    // Left-open: one just as old as the range is not in it.
    expect(steady.rate(requests, 20, 60)).toBeNaN()
    expect(steady.rate(requests, 20.1, 60)).toBeCloseTo(10, 1)
  })

  test('what is older than any range is forgotten', () => {
    const short = new Series(30)
    for (const at of [0, 15, 30, 45]) short.add({ at, requests: at, errors: 0, seconds: 0, buckets: [] })
    expect(short.rate(requests, 1000, 45)).toBeCloseTo((15 * (1 + 7.5 / 15)) / 1000, 3)
  })
})

describe('histogram_quantile(), by bucketQuantile of Prometheus', () => {
  /** Cumulative counts of the last scrape; before there were none. */
  const quantile = (q: number, buckets: readonly number[], all: number) => {
    const series = new Series(1000)
    const none = buckets.map(() => 0)
    series.add({ at: 15, requests: 0, errors: 0, seconds: 0, buckets: none })
    series.add({ at: 30, requests: all, errors: 0, seconds: 0, buckets })
    return series.quantile(q, 60, 30)
  }
  // Bounds: 5 ms, 10, 25, 50, 100, 250, 500, 1 s, 2.5 s, 5 s, 10 s.
  const spread = [0, 20, 20, 60, 100, 100, 100, 100, 100, 100, 100]

  test('interpolates in the bucket, as if all in it were spread evenly', () => {
    expect(quantile(0.5, spread, 100)).toBeCloseTo(0.025 + 0.025 * (30 / 40), 12)
    expect(quantile(0.99, spread, 100)).toBeCloseTo(0.05 + 0.05 * (39 / 40), 12)
    expect(quantile(0.1, spread, 100)).toBeCloseTo(0.005 + 0.005 / 2, 12)
  })

  test('begins at 0 in the first bucket, and never says more than the last bound', () => {
    expect(quantile(0.5, Array(11).fill(10), 10)).toBeCloseTo(0.0025, 12)
    expect(quantile(0.99, Array(11).fill(10), 20)).toBe(10)
  })

  test('of nothing there is none', () => {
    expect(quantile(0.5, Array(11).fill(0), 0)).toBeNaN()
  })
})
