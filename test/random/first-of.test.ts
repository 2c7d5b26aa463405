import { describe, expect, test } from 'vitest'
import { Constant } from '../../sim/random/distribution.js'
import { Exponential } from '../../sim/random/distributions.js'
import { FirstOf, firstOf, TwoWaits } from '../../sim/random/first-of.js'
import { Stream } from '../../sim/random/stream.js'

/** Mean and variance of the least of one from each of `grids`, all combinations, each interval cut into `n`. */
function counted(laws: readonly (readonly [number, number, number])[], n: number) {
  let [all, sum, square] = [0, 0, 0]
  const visit = (place: number, first: number): void => {
    if (place === laws.length) {
      all++
      sum += first
      square += first * first
      return
    }
    const [one, other, least] = laws[place]!
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        visit(place + 1, Math.min(first, ((i + 0.5) / n) * one + ((j + 0.5) / n) * other + least))
  }
  visit(0, Number.POSITIVE_INFINITY)
  return { mean: sum / all, variance: square / all - (sum / all) ** 2 }
}

describe('two waits and a constant', () => {
  const law = new TwoWaits(20, 60, 70)

  test('have the mean and the variance of their sum', () => {
    expect(law.mean).toBe(110)
    expect(law.variance).toBeCloseTo((400 + 3600) / 12, 12)
  })

  test('are longer than t as often as they are drawn so', () => {
    const stream = new Stream('first-of')
    const drawn = Array.from({ length: 40_000 }, () => law.sample(stream))
    for (const t of [60, 75, 90, 110, 130, 145, 151]) {
      const share = drawn.filter((one) => one > t).length / drawn.length
      expect(Math.abs(share - law.beyond(t))).toBeLessThan(0.01)
    }
  })
})

describe('the first of several', () => {
  test('of two that look all the time but for one interval: a third of it', () => {
    const alike = [new TwoWaits(3, 1e-9, 5), new TwoWaits(3, 1e-9, 5)]
    // The lesser of two uniform ones: mean 1/3, variance 1/18.
    expect(new FirstOf(alike).mean).toBeCloseTo(5 + 1, 8)
    expect(new FirstOf(alike).variance).toBeCloseTo(9 / 18, 8)
  })

  test.each([
    [
      [
        [15, 15, 90],
        [60, 60, 30],
      ],
    ],
    [
      [
        [20, 60, 70],
        [20, 60, 70],
        [15, 15, 100],
      ],
    ],
  ] as const)('of %j has the mean and variance that all combinations have', (laws) => {
    const first = new FirstOf(laws.map(([one, other, least]) => new TwoWaits(one, other, least)))
    const { mean, variance } = counted(laws, laws.length === 2 ? 40 : 14)
    expect(Math.abs(first.mean - mean)).toBeLessThan(0.1)
    expect(Math.abs(first.variance / variance - 1)).toBeLessThan(0.02)
  })

  test('is the only one that can be first', () => {
    const late = new FirstOf([new TwoWaits(10, 10, 5), new TwoWaits(10, 10, 100)])
    expect(late.mean).toBeCloseTo(15, 10)
    expect(late.variance).toBeCloseTo(200 / 12, 9)
    const stream = new Stream('first-of')
    for (let i = 0; i < 100; i++) expect(late.sample(stream)).toBeLessThan(25)
  })
})

describe('the first of laws of any kind', () => {
  test('of exponential ones is exponential, with the sum of the rates', () => {
    const first = firstOf([new Exponential(30), new Exponential(15)])
    // A standard error is 1 %.
    expect(Math.abs(first.mean / 10 - 1)).toBeLessThan(0.04)
    expect(Math.abs(first.variance / 100 - 1)).toBeLessThan(0.12)
    const stream = new Stream('first-of')
    const drawn = Array.from({ length: 10_000 }, () => first.sample(stream))
    expect(Math.abs(drawn.reduce((a, b) => a + b) / drawn.length / 10 - 1)).toBeLessThan(0.04)
  })

  test('is exact where it can be: of one, of constants, of looks of monitors', () => {
    const only = new Exponential(3)
    expect(firstOf([only])).toBe(only)
    expect(firstOf([new Constant(5), new Constant(3)])).toEqual(new Constant(3))
    expect(firstOf([new TwoWaits(1, 1, 1), new TwoWaits(1, 1, 1)])).toBeInstanceOf(FirstOf)
  })
})
