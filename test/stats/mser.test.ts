import { expect, test } from 'vitest'
import { Stream } from '../../sim/random/stream.js'
import { mser5 } from '../../sim/stats/mser.js'

/** The rule as White (1997) writes it, one cut after another. */
function bySearch(series: readonly number[]): number {
  const batches = Array.from({ length: Math.floor(series.length / 5) }, (_, i) =>
    [0, 1, 2, 3, 4].reduce((sum, j) => sum + series[5 * i + j]! / 5, 0),
  )
  const errors = Array.from({ length: Math.floor(batches.length / 2) + 1 }, (_, cut) => {
    const rest = batches.slice(cut)
    const mean = rest.reduce((a, b) => a + b) / rest.length
    return rest.reduce((sum, y) => sum + (y - mean) ** 2, 0) / rest.length ** 2
  })
  return 5 * errors.indexOf(Math.min(...errors))
}

test('a step is cut off, to the batch', () => {
  const step = (at: number) => Array.from({ length: 100 }, (_, i) => (i < at ? 10 : i % 2))
  expect(mser5(step(20))).toBe(20)
  expect(mser5(step(21))).toBe(25)
  expect(mser5(step(24))).toBe(25)
})

test('a transient that dies away is cut where the noise covers it', () => {
  const noise = new Stream('1/0/test/mser')
  const series = Array.from({ length: 1000 }, (_, i) => 10 * Math.exp(-i / 30) + noise.next())
  const cut = mser5(series)
  // 10 exp(-i / 30) is a third of the noise's standard deviation at 139.
  expect(cut).toBeGreaterThan(70)
  expect(cut).toBeLessThan(220)
})

test('nothing is cut from a constant, and never more than half', () => {
  expect(mser5(new Array(100).fill(3))).toBe(0)
  const rising = Array.from({ length: 100 }, (_, i) => i)
  expect(mser5(rising)).toBe(50)
  expect(mser5([1, 2, 3])).toBe(0)
  expect(mser5([])).toBe(0)
})

test('it finds the cut that a search through all of them finds', () => {
  const stream = new Stream('1/0/test/mser/search')
  for (let n = 10; n < 200; n += 7) {
    let level = 0
    const series = Array.from({ length: n }, () => (level = 0.9 * level + stream.next()))
    expect(mser5(series), `n = ${n}`).toBe(bySearch(series))
  }
})
