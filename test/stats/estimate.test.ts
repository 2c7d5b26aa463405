import { describe, expect, test } from 'vitest'
import { Exponential } from '../../sim/random/distributions.js'
import { Stream } from '../../sim/random/stream.js'
import {
  BEYOND,
  differenceOf,
  meanOf,
  quantileOf,
  quantileOfAll,
  ratioOf,
  scaled,
  shareOf,
  studentT,
} from '../../sim/stats/estimate.js'

import { Histogram } from '../../sim/stats/histogram.js'

// Roots of the incomplete beta function with 30 digits.
test.each([
  [4, 2.7764451051977987],
  [9, 2.2621571627409915],
  [19, 2.093024054408263],
  [29, 2.045229642132703],
  [99, 1.9842169515086827],
])("Student's t for 95 %%, %i degrees of freedom", (degrees, t) => {
  expect(studentT(degrees) / t).toBeCloseTo(1, 9)
})

test.each([
  [3, 2.6251059132196883],
  [6, 2.9438951534415985],
  [10, 3.17372453069486],
])('and for %i intervals that hold together at 95 %% (Bonferroni), 19 degrees of freedom', (k, t) => {
  expect(studentT(19, 1 - 0.05 / k) / t).toBeCloseTo(1, 8)
})

describe('the mean', () => {
  test('of 1 to 5: 3, and sqrt(2.5 / 5) times t(4) around it', () => {
    const { value, low, high } = meanOf([1, 2, 3, 4, 5])
    expect(value).toBe(3)
    expect((high! - low!) / 2).toBeCloseTo(Math.SQRT1_2 * 2.7764451051977987, 9)
    expect((low! + high!) / 2).toBeCloseTo(3, 12)
  })

  test('of one replication has no interval, of none no value', () => {
    expect(meanOf([7])).toEqual({ value: 7, low: null, high: null })
    expect(meanOf([])).toEqual({ value: null, low: null, high: null })
  })
})

describe('the mean of differences', () => {
  test('is above 0 where each is, however skewed they are: the order statistic of the sign test', () => {
    const skewed = [1, 2, 3, 4, 5, 6, 7, 8, 9, 4000]
    expect(meanOf(skewed).low).toBeLessThan(0)
    // Of ten values the median lies between the second and the ninth in 97.9 of a hundred cases, in 89 between the third and eighth.
    expect(differenceOf(skewed)).toEqual({ ...meanOf(skewed), low: 2 })
    expect(differenceOf([-9, ...skewed.slice(1)]).low).toBe(2)
    expect(differenceOf([-9, -9, ...skewed.slice(2)])).toEqual(meanOf([-9, -9, ...skewed.slice(2)]))
    expect(differenceOf(skewed.map((x) => -x))).toEqual({ ...meanOf(skewed.map((x) => -x)), high: -2 })
  })

  test('is that of t where fewer than six cannot tell, or t tells by itself', () => {
    const five = [1, 1, 1, 1, 400]
    expect(differenceOf(five)).toEqual(meanOf(five))
    expect(differenceOf([1, 1, 1, 1, 1, 400]).low).toBe(1)
    expect(differenceOf([5, 6, 7])).toEqual(meanOf([5, 6, 7]))
  })
})

describe('a quantile of all who asked', () => {
  /** Answers after 1 to 1000 ms, of more who asked. */
  const answers = (offered: number) => {
    const h = new Histogram()
    for (let ms = 1; ms <= 1000; ms++) h.record(ms / 1000)
    const two = [h, h]
    return (p: number) => quantileOfAll(p, Histogram.sum(two), two, [offered, offered])
  }

  test('counts those without an answer as slower than all: half of 1250 are faster than 625 ms', () => {
    expect(answers(1000)(0.5).value).toBeCloseTo(0.5, 2)
    expect(answers(1250)(0.5).value).toBeCloseTo(0.625, 2)
    expect(answers(1250)(0.5).high).toBeCloseTo(0.625, 2)
  })

  test('is none where it is one of those, and has no upper end where its interval reaches them', () => {
    expect(answers(1250)(0.9)).toEqual({ value: null, low: null, high: null })
    const h = new Histogram()
    for (let ms = 1; ms <= 1000; ms++) h.record(ms / 1000)
    const { value, low, high } = quantileOfAll(0.95, Histogram.sum([h, h]), [h, h], [1000, 1080])
    expect(value).toBeCloseTo(0.988, 2)
    expect(low).toBeLessThan(0.95)
    expect(high).toBeNull()
  })
})

describe('a ratio', () => {
  test('is that of the sums; its error that of the numerator less the ratio of the denominator', () => {
    const { value, low, high } = ratioOf([2, 3, 7], [1, 2, 3])
    expect(value).toBe(2)
    // Residuals 0, -1, 1: variance 1, over 3, over the mean denominator 2; t(2) = 4.302652729749464.
    expect((high! - low!) / 2).toBeCloseTo((Math.sqrt(1 / 3) / 2) * 4.302652729749464, 8)
  })

  test('over nothing is none', () => {
    expect(ratioOf([0, 0], [0, 0]).value).toBeNull()
  })
})

describe('a share', () => {
  test('is that of the sums, with an interval that is symmetric in the log-odds', () => {
    const parts = [10, 20, 30, 20]
    const { value, low, high } = shareOf(parts, [100, 100, 100, 100])
    const odds = (p: number) => Math.log(p / (1 - p))
    expect(value).toBe(0.2)
    expect((odds(low!) + odds(high!)) / 2).toBeCloseTo(odds(0.2), 12)
    // The delta method: the standard error over p (1 - p).
    const half = (ratioOf(parts, [100, 100, 100, 100]).high! - 0.2) / 0.16
    expect((odds(high!) - odds(low!)) / 2).toBeCloseTo(half, 12)
  })

  test('never leaves 0 to 1', () => {
    const { low, high } = shareOf([0, 0, 0, 9], [10, 10, 10, 10])
    expect(low).toBeGreaterThan(0)
    expect(high).toBeLessThan(1)
  })

  test('none, all, and always the same: as they are', () => {
    expect(shareOf([0, 0], [5, 5])).toEqual({ value: 0, low: 0, high: 0 })
    expect(shareOf([5, 5], [5, 5])).toEqual({ value: 1, low: 1, high: 1 })
    expect(shareOf([1, 1], [5, 5])).toEqual({ value: 0.2, low: 0.2, high: 0.2 })
  })

  // Twenty replications of a machine that is down for 0.05 on average; as many failures in all as said.
  test.each([4, 9, 20, 60])('covers the downtime of a machine with %i failures in all', (failures) => {
    const [REPAIR, RUNS] = [0.05, 1500]
    const up = new Exponential(20 / failures - REPAIR)
    const down = new Exponential(REPAIR)
    const stream = new Stream(`1/0/test/outages/${failures}`)
    const downtime = (): number => {
      let sum = 0
      for (let t = -1; t < 1; ) {
        const failed = t + up.sample(stream)
        t = failed + down.sample(stream)
        sum += Math.max(0, Math.min(t, 1) - Math.max(failed, 0))
      }
      return sum
    }
    let covered = 0
    for (let i = 0; i < RUNS; i++) {
      const times = Array.from({ length: 20 }, downtime)
      const { low, high } = shareOf(times, new Array(20).fill(1))
      const truth = REPAIR / (up.mean + REPAIR)
      if (low! <= truth && truth <= high!) covered++
    }
    expect(covered / RUNS).toBeGreaterThan(0.935)
    expect(covered / RUNS).toBeLessThan(0.985)
  })
})

describe('a quantile', () => {
  const histogramOf = (n: number, from: number) => {
    const histogram = new Histogram()
    for (let i = 0; i < n; i++) histogram.record(from + i / n)
    return histogram
  }

  test('is that of all replications pooled; its interval that of the share beyond it, read as quantiles', () => {
    // Beyond the median of all, 1.75, lie 1/2 - 1/4, 1/2, and 1/2 + 1/4 of the replications.
    const parts = [1, 1.25, 1.5].map((from) => histogramOf(1000, from))
    const pooled = Histogram.sum(parts)
    const { value, low, high } = quantileOf(0.5, pooled, parts)
    expect(value).toBeCloseTo(1.75, 2)
    const half = (0.25 / Math.sqrt(3)) * 4.302652729749464
    expect(half).toBeGreaterThan(0.5)
    // So little is known that nothing bounds it but what was seen.
    expect(low).toBeCloseTo(1, 2)
    expect(high).toBe(pooled.max)
    const nine = [parts, parts, parts].flat()
    const known = quantileOf(0.5, Histogram.sum(nine), nine)
    // The standard deviation is 0.25 sqrt(6 / 8); t(8) = 2.306004135204172.
    const less = ((0.25 * Math.sqrt(6 / 8)) / 3) * 2.306004135204172
    expect(known.low).toBeCloseTo(pooled.quantile(0.5 - less), 3)
    expect(known.high).toBeCloseTo(pooled.quantile(0.5 + less), 3)
  })

  test('in the tail is known less well upwards', () => {
    const stream = new Stream('1/0/test/quantile')
    const law = new Exponential(1)
    const parts = Array.from({ length: 20 }, () => {
      const histogram = new Histogram()
      for (let i = 0; i < 10_500; i++) histogram.record(law.sample(stream))
      return histogram
    })
    const { value, low, high } = quantileOf(0.99, Histogram.sum(parts), parts)
    expect(value! / Math.log(100)).toBeCloseTo(1, 1)
    expect(high! - value!).toBeGreaterThan(value! - low!)
    // Independent observations: binomial.
    const half = 2.093 * Math.sqrt((0.99 * 0.01) / (20 * 10_500))
    expect(high! - low!).toBeGreaterThan(0.5 * (Math.log(0.01 + half) - Math.log(0.01 - half)))
    expect(high! - low!).toBeLessThan(2 * (Math.log(0.01 + half) - Math.log(0.01 - half)))
  })

  test('is not told with fewer observations beyond it than a hundred a replication', () => {
    const of = (n: number, p: number) => {
      const parts = [histogramOf(n, 1), histogramOf(n, 1)]
      return quantileOf(p, Histogram.sum(parts), parts).value
    }
    expect(BEYOND).toBe(100)
    expect(of(400, 0.75)).not.toBeNull()
    expect(of(399, 0.75)).toBeNull()
    expect(of(99_000, 0.999)).toBeNull()
  })
})

test('in another unit, and within bounds', () => {
  expect(scaled({ value: 0.5, low: -0.1, high: 1.2 }, 2, 0, 1.5)).toEqual({ value: 1, low: 0, high: 1.5 })
  expect(scaled({ value: null, low: null, high: null }, 2)).toEqual({ value: null, low: null, high: null })
})
