import { describe, expect, test } from 'vitest'
import { Buckets, REJECTED } from '../../sim/parts/bucket.js'
import { Stream } from '../../sim/random/stream.js'

const KEY = 7
const INFINITE = Number.POSITIVE_INFINITY
/** The delays of `n` requests that come at once to an idle bucket. */
const atOnce = (bucket: Buckets, n = 20) =>
  Array.from({ length: n }, () => bucket.take(KEY, 100)).filter((delay) => delay !== REJECTED)

describe('limit_req: 20 requests at once at 5/s, as measured on nginx 1.22.1', () => {
  test.each([
    ['burst 0', 0, 0, [0]],
    ['burst 5', 5, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    ['burst 5 nodelay', 5, INFINITE, [0, 0, 0, 0, 0, 0]],
    // Measured 0.19, 0.39, ...: by then some milliseconds had passed.
    ['burst 12 delay 8', 12, 8, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.2, 0.4, 0.6, 0.8]],
  ])('%s', (_, burst, delay, delays) => {
    expect(atOnce(new Buckets(5, burst, delay))).toEqual(delays)
  })
})

describe('the bucket over time', () => {
  test('leaks at the rate: requests at exactly the rate all pass, whatever the rounding of times', () => {
    const bucket = new Buckets(100, 0, 0)
    const delays = Array.from({ length: 10_000 }, (_, i) => bucket.take(KEY, 0.1 + 0.01 * i))
    expect(new Set(delays)).toEqual(new Set([0]))
  })

  test('of Poisson arrivals, those pass that find it leaked: 1 / (1 + lambda / rate) without a burst', () => {
    const stream = new Stream('arrivals')
    const bucket = new Buckets(100, 0, 0)
    let passed = 0
    const n = 200_000
    for (let i = 0, now = 0; i < n; i++) {
      now -= Math.log(1 - stream.next()) / 150
      if (bucket.take(KEY, now) !== REJECTED) passed++
    }
    expect(passed / n).toBeCloseTo(0.4, 2)
  })

  test('a rejected request does not fill it', () => {
    const bucket = new Buckets(10, 0, 0)
    const taken = Array.from({ length: 100 }, (_, i) => bucket.take(KEY, 0.04 * i))
    // One in three: the next that comes 100 ms or more after the last that passed.
    expect(taken.filter((delay) => delay !== REJECTED)).toHaveLength(34)
  })

  test('a full bucket keeps every request waiting for burst / rate', () => {
    const bucket = new Buckets(100, 20, 0)
    const delays = Array.from({ length: 1000 }, (_, i) => bucket.take(KEY, i / 200)).filter(
      (d) => d !== REJECTED,
    )
    expect(delays.at(-1)).toBeGreaterThan(0.185)
    expect(Math.max(...delays)).toBeLessThanOrEqual(0.2)
  })

  test('has one for each key; those that are as good as new are forgotten, and nobody else', () => {
    const bucket = new Buckets(1, 2, INFINITE)
    for (let i = 0; i < 1500; i++) expect(bucket.take(i, 0)).toBe(0)
    // 7 has room for two more within the second, and no more.
    expect([0, 0, 0].map(() => bucket.take(7, 0.5))).toEqual([0, 0, REJECTED])
    for (let i = 10_000; i < 13_000; i++) bucket.take(i, 1.1)
    expect([0, 0].map(() => bucket.take(7, 1.1))).toEqual([0, REJECTED])
    expect([0, 0, 0, 0].map(() => bucket.take(8, 1.1))).toEqual([0, 0, 0, REJECTED])
  })
})
