import { describe, expect, test } from 'vitest'
import { Stream } from '../../sim/random/stream.js'
import { exponential, normal } from '../../sim/random/ziggurat.js'
import { chiSquareZ, draws, fixed, kolmogorovSmirnov, moments, normalCdf } from '../support/statistics.js'

/** Right edge of the lowest layer, in the paper of Marsaglia and Tsang. */
const EXPONENTIAL_TAIL = 7.69711747013105
const NORMAL_TAIL = 3.6541528853610088

test('normal numbers are normal: moments, and distribution function', () => {
  const stream = new Stream('1/0/test/normal')
  const z = draws(1_000_000, () => normal(stream))
  const { n, mean, m2, m4 } = moments(z)
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n))
  expect(Math.abs(m2 - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
  expect(Math.abs(m4 - 3)).toBeLessThan(4 * Math.sqrt(96 / n))
  expect(kolmogorovSmirnov(z.subarray(0, 200_000), normalCdf)).toBeLessThan(1.95)
})

// A wrong edge, wedge or tail moves probability between neighbouring layers; in fine cells it shows.
describe('in 1000 cells of equal probability, four million numbers', () => {
  const CELLS = 1000
  const DRAWS = 4_000_000
  const spread = (uniform: () => number) => {
    const counts = new Float64Array(CELLS)
    for (let i = 0; i < DRAWS; i++) counts[Math.min(CELLS - 1, Math.floor(uniform() * CELLS))]!++
    return chiSquareZ(counts)
  }

  test('exponential', () => {
    const stream = new Stream('1/0/test/cells/exponential')
    expect(Math.abs(spread(() => -Math.expm1(-exponential(stream))))).toBeLessThan(4)
  })

  test('normal', () => {
    const stream = new Stream('1/0/test/cells/normal')
    expect(Math.abs(spread(() => normalCdf(normal(stream))))).toBeLessThan(4)
  })
})

test('the base layer goes over into the tail: what is memoryless begins anew there', () => {
  // Layer 0, at its far end: beyond the tail's beginning; then layer 100, near 0: taken as it is.
  const place = (layer: number, x: number) => (layer + x) / 256
  expect(exponential(fixed(place(0, 0.99), place(100, 0)))).toBeCloseTo(EXPONENTIAL_TAIL, 12)
  expect(exponential(fixed(place(0, 0.5)))).toBeLessThan(EXPONENTIAL_TAIL)
})

test('the normal tail is taken by an exponential proposal, on both sides', () => {
  // First number: layer 0, at an end. Then a = 0, which is always taken, against b > 0.
  const place = (layer: number, x: number) => (layer + x) / 256
  const tail = [place(100, 0), place(100, 0.5)]
  expect(normal(fixed(place(0, 0.999), ...tail))).toBeCloseTo(NORMAL_TAIL, 12)
  expect(normal(fixed(place(0, 0.001), ...tail))).toBeCloseTo(-NORMAL_TAIL, 12)
})

test('the middle of a layer is 0 for the normal law, its near end 0 for the exponential', () => {
  expect(normal(fixed(128.5 / 256))).toBe(0)
  expect(exponential(fixed(128 / 256))).toBe(0)
})
