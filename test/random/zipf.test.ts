import { expect, test } from 'vitest'
import { Stream } from '../../sim/random/stream.js'
import { Zipf } from '../../sim/random/zipf.js'
import { fixed } from '../support/statistics.js'

test('key k is asked for in proportion to (k + 1)^-s', () => {
  const zipf = new Zipf(50, 0.8)
  const stream = new Stream('zipf')
  const counts = new Float64Array(50)
  const n = 200_000
  for (let i = 0; i < n; i++) counts[zipf.sample(stream)]!++
  const weights = Array.from(counts, (_, k) => (k + 1) ** -0.8)
  const sum = weights.reduce((a, b) => a + b)
  let chi2 = 0
  for (let k = 0; k < 50; k++) chi2 += (counts[k]! - (n * weights[k]!) / sum) ** 2 / ((n * weights[k]!) / sum)
  // Chi-square of 49: 85.4 is exceeded once in 1000.
  expect(chi2).toBeLessThan(85.4)
})

test('the ends of the interval give the first and the last key', () => {
  const zipf = new Zipf(1000, 1.2)
  expect([zipf.sample(fixed(0)), zipf.sample(fixed(1 - 2 ** -53))]).toEqual([0, 999])
})
