import quantile from '@stdlib/stats-base-dists-normal-quantile'
import { expect, test } from 'vitest'
import { normalQuantile, uniformOpen } from '../../sim/random/normal.js'
import { Stream } from '../../sim/random/stream.js'
import { draws, fixed, kolmogorovSmirnov, moments, normalCdf } from '../support/statistics.js'

test('the normal quantile, as another library has it', () => {
  for (let p = 0.001; p < 0.999; p += 0.000173)
    if (Math.abs(p - 0.5) > 1e-3) expect(normalQuantile(p) / quantile(p, 0, 1), `p = ${p}`).toBeCloseTo(1, 11)
})

// Newton's method on ln Phi with 700 digits. The library above cannot serve here: it loses digits below 1e-4 and
// has none left at 1e-16.
test.each([
  [1e-5, -4.264890793922825],
  [1e-10, -6.361340902404056],
  [1e-16, -8.22208221613044],
  [1e-20, -9.26234008979841],
  [1e-50, -14.9333375347885],
  [1e-100, -21.27345356096532],
  [1e-200, -30.20559417957964],
  [1e-300, -37.0470962993612],
])('the normal quantile, deep into the tail: %s', (p, z) => {
  expect(normalQuantile(p) / z).toBeCloseTo(1, 14)
})

test('the normal quantile near 1, as far as 1 - p can be written', () => {
  for (let k = 2; k <= 53; k++) expect(normalQuantile(1 - 2 ** -k)).toBe(-normalQuantile(2 ** -k))
})

test('the normal quantile at known places, and its symmetry', () => {
  expect(normalQuantile(0.5)).toBe(0)
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
  expect(normalQuantile(0.99)).toBeCloseTo(2.3263478740408408, 14)
  expect(normalQuantile(1e-9)).toBeCloseTo(-5.997807015007686, 13)
  for (const p of [0.3, 0.125, 2 ** -10, 2 ** -40]) expect(normalQuantile(1 - p)).toBe(-normalQuantile(p))
})

test('a uniform number for the quantile is never 0 and never 1', () => {
  expect(uniformOpen(fixed(0))).toBeGreaterThan(0)
  expect(uniformOpen(fixed(1 - 2 ** -53))).toBeLessThan(1)
  expect(uniformOpen(fixed(0.25))).toBeCloseTo(0.25, 15)
  expect(Number.isFinite(normalQuantile(uniformOpen(fixed(0))))).toBe(true)
  expect(Number.isFinite(normalQuantile(uniformOpen(fixed(1 - 2 ** -53))))).toBe(true)
})

test('normal numbers are normal: moments, and distribution function', () => {
  const stream = new Stream('1/0/test/normal')
  const z = draws(1_000_000, () => normalQuantile(uniformOpen(stream)))
  const { n, mean, m2, m4 } = moments(z)
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n))
  expect(Math.abs(m2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
  expect(Math.abs(m4 - 3)).toBeLessThan(4 * Math.sqrt(96 / n))
  expect(kolmogorovSmirnov(z.subarray(0, 200_000), normalCdf)).toBeLessThan(1.95)
})
