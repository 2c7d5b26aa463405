import { describe, expect, test } from 'vitest'
import { Bucket, REJECTED } from '../../../sim/components/nginx/bucket.js'
import { Stream } from '../../../sim/random/stream.js'

const INFINITE = Number.POSITIVE_INFINITY
/** The delays of `n` requests that come at once to an idle bucket. */
const atOnce = (bucket: Bucket, n = 20) =>
  Array.from({ length: n }, () => bucket.take(100)).filter((delay) => delay !== REJECTED)

describe('limit_req: 20 requests at once at 5/s, as measured on nginx 1.22.1', () => {
  test.each([
    ['burst 0', 0, 0, [0]],
    ['burst 5', 5, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    ['burst 5 nodelay', 5, INFINITE, [0, 0, 0, 0, 0, 0]],
    // Measured 0.19, 0.39, ...: by then some milliseconds had passed.
    ['burst 12 delay 8', 12, 8, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.2, 0.4, 0.6, 0.8]],
  ])('%s', (_, burst, delay, delays) => {
    expect(atOnce(new Bucket(5, burst, delay))).toEqual(delays)
  })
})

describe('the bucket over time', () => {
  test('leaks at the rate: requests at exactly the rate all pass, whatever the rounding of times', () => {
    const bucket = new Bucket(100, 0, 0)
    const delays = Array.from({ length: 10_000 }, (_, i) => bucket.take(0.1 + 0.01 * i))
    expect(new Set(delays)).toEqual(new Set([0]))
  })

  test('of Poisson arrivals, those pass that find it leaked: 1 / (1 + lambda / rate) without a burst', () => {
    const stream = new Stream('arrivals')
    const bucket = new Bucket(100, 0, 0)
    let passed = 0
    const n = 200_000
    for (let i = 0, now = 0; i < n; i++) {
      now -= Math.log(1 - stream.next()) / 150
      if (bucket.take(now) !== REJECTED) passed++
    }
    expect(passed / n).toBeCloseTo(0.4, 2)
  })

  test('a rejected request does not fill it', () => {
    const bucket = new Bucket(10, 0, 0)
    const taken = Array.from({ length: 100 }, (_, i) => bucket.take(0.04 * i))
    // One in three: the next that comes 100 ms or more after the last that passed.
    expect(taken.filter((delay) => delay !== REJECTED)).toHaveLength(34)
  })

  test('a full bucket keeps every request waiting for burst / rate', () => {
    const bucket = new Bucket(100, 20, 0)
    const delays = Array.from({ length: 1000 }, (_, i) => bucket.take(i / 200)).filter((d) => d !== REJECTED)
    expect(delays.at(-1)).toBeGreaterThan(0.185)
    expect(Math.max(...delays)).toBeLessThanOrEqual(0.2)
  })
})
