import { describe, expect, test } from 'vitest'
import { readCall } from '../../sim/options/signature.js'
import { Stream } from '../../sim/random/stream.js'
import { arrivals } from '../../sim/traffic/arrivals.js'
import { draws, kolmogorovSmirnov, moments } from '../support/statistics.js'

const law = (text: string, file = '') => readCall('an arrival process', arrivals, text, { read: () => file })

const gapsOf = (text: string, n: number, seed = 'gaps') => {
  const gaps = law(text).start(new Stream(seed))
  return draws(n, () => gaps.next())
}

/** Arrivals in each of `n` windows of `length` seconds. */
function counts(text: string, length: number, n: number, seed = 'counts'): Float64Array {
  const gaps = law(text).start(new Stream(seed))
  const seen = new Float64Array(n)
  for (let time = gaps.next(); time < n * length; time += gaps.next()) seen[Math.floor(time / length)]!++
  return seen
}

/** That mean and variance of a sample are these, as far as four standard errors tell. */
function expectMoments(values: Float64Array, mean: number, variance: number): void {
  const { n, mean: m, m2, m4 } = moments(values)
  expect(Math.abs(m - mean)).toBeLessThan(4 * Math.sqrt(m2 / n))
  expect(Math.abs(m2 - variance)).toBeLessThan(4 * Math.sqrt((m4 - m2 ** 2) / n))
}

describe('poisson', () => {
  test('gaps are exponential', () => {
    const gaps = gapsOf('poisson(200/s)', 200_000)
    expect(kolmogorovSmirnov(gaps, (x) => -Math.expm1(-200 * x))).toBeLessThan(1.95)
    expectMoments(gaps, 1 / 200, 1 / 200 ** 2)
  })

  test('counts have variance equal to mean, in windows of any length', () => {
    for (const length of [0.05, 1, 5])
      expectMoments(counts('poisson(20/s)', length, 20_000), 20 * length, 20 * length)
  })

  test('an hour at 100/s: 360 000, within four times 600', () => {
    const [hour] = counts('poisson(100/s)', 3600, 1)
    expect(Math.abs(hour! - 360_000)).toBeLessThan(4 * 600)
    expect(law('poisson(6k/min)').rate).toBe(100)
  })
})

test('constant: every gap is 1 / rate, the first one too', () => {
  expect(new Set(gapsOf('constant(8/s)', 1000))).toEqual(new Set([0.125]))
})

describe('renewal', () => {
  test('gaps have the mean and variance of their law', () => {
    expectMoments(gapsOf('renewal(erlang(4, 40ms))', 200_000), 0.04, 0.04 ** 2 / 4)
    expectMoments(gapsOf('renewal(hyperexponential(mean=40ms, cv=2))', 400_000), 0.04, 4 * 0.04 ** 2)
    expect(law('renewal(erlang(4, 40ms))').rate).toBe(25)
  })

  // Renewal theorem: Var N(t) / t -> cv^2 / mean; the correction is bounded, and small beside 100 s.
  test.each([
    ['renewal(erlang(4, 40ms))', 0.25],
    ['renewal(hyperexponential(mean=40ms, cv=2))', 4],
  ])('counts of %s over long windows: the variance is cv^2 times the mean (renewal theorem)', (text, cv2) => {
    const seen = counts(text, 100, 2000)
    const { n, mean, m2, m4 } = moments(seen)
    expect(Math.abs(mean - 2500)).toBeLessThan(4 * Math.sqrt(m2 / n))
    expect(Math.abs(m2 / mean - cv2)).toBeLessThan((4 * Math.sqrt((m4 - m2 ** 2) / n)) / mean + 0.02 * cv2)
  })

  test('gaps without length are refused', () => {
    expect(() => law('renewal(0s)')).toThrow('gaps with a mean above 0')
  })
})

describe('mmpp', () => {
  /** Mean and variance of the count in `t` (Fischer and Meier-Hellstern, The MMPP cookbook, 1993). */
  const exact = (l1: number, l2: number, t1: number, t2: number, t: number): [number, number] => {
    const [r1, r2] = [1 / t1, 1 / t2]
    const r = r1 + r2
    const mean = ((l1 * r2 + l2 * r1) / r) * t
    return [mean, mean + ((2 * (l1 - l2) ** 2 * r1 * r2) / r ** 3) * (t - -Math.expm1(-r * t) / r)]
  }

  test.each([0.5, 5, 50])('counts in %d s have the mean and variance of the theory', (t) => {
    const seen = counts('mmpp(10/s, 100/s, 5s, 1s)', t, 8000)
    const { n, mean, m2 } = moments(seen)
    const [expected, variance] = exact(10, 100, 5, 1, t)
    // Neighbouring windows are correlated, short ones more.
    expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt((m2 * (1 + 10 / t)) / n))
    expect(Math.abs(m2 / variance - 1)).toBeLessThan(0.08)
    expect(m2 / mean).toBeGreaterThan(5)
  })

  test('with equal rates it is Poisson', () => {
    const gaps = gapsOf('mmpp(50/s, 50/s, 1s, 2s)', 100_000)
    expect(kolmogorovSmirnov(gaps, (x) => -Math.expm1(-50 * x))).toBeLessThan(1.95)
  })

  test('on and off: nothing while the rate is 0', () => {
    expect(law('mmpp(100/s, 0/s, 1s, 9s)').rate).toBeCloseTo(10, 12)
    const gaps = gapsOf('mmpp(100/s, 0/s, 1s, 9s)', 100_000)
    // Each on-time ends with probability 1/101 before the next arrival; then a pause of 9 s in the mean follows.
    const pauses = gaps.filter((gap) => gap > 0.2)
    expect(moments(gaps).mean).toBeCloseTo(0.1, 2)
    expect(Math.abs(moments(pauses).mean - 9)).toBeLessThan((4 * 9) / Math.sqrt(pauses.length) + 0.2)
    expect(() => law('mmpp(0/s, 0/s, 1s, 9s)')).toThrow('a rate above 0 in one of the two states')
  })

  test('it begins in either state as often as it stands there', () => {
    const first = draws(4000, () => 0)
    // At these rates the first gap tells the state.
    for (let i = 0; i < first.length; i++)
      first[i] =
        law('mmpp(1000/s, 1/h, 3h, 1h)')
          .start(new Stream(`start/${i}`))
          .next() < 1
          ? 1
          : 0
    expectMoments(first, 0.75, 0.75 * 0.25)
  })
})

describe('trace', () => {
  const take = (file: string, n: number) => {
    const gaps = law('trace(times.csv)', file).start(new Stream('trace'))
    return Array.from({ length: n }, () => gaps.next())
  }

  test('gives the gaps of the file, and then no more', () => {
    expect(take('0.5\n0.5\n2\n', 5)).toEqual([
      0.5,
      0,
      1.5,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
  })

  test('units, a heading, a comment, further columns', () => {
    expect(take('arrived,path\n# the first\n500ms,/\n1min,/a\n', 2)).toEqual([0.5, 59.5])
  })

  test('what is not a trace is refused, with the line', () => {
    expect(() => take('1\n3\n2\n', 1)).toThrow(
      'times.csv:3:1: expected a time no earlier than that of the line above, 3 s, not 2',
    )
    expect(() => take('1s\nsoon\n', 1)).toThrow(
      'times.csv:2:1: expected a duration such as 40ms or 2min, not "soon"',
    )
    expect(() => take('time\n', 1)).toThrow('at least one arrival in times.csv')
  })
})

test('misuse is explained', () => {
  expect(() => law('poisson(0/s)')).toThrow('a rate above 0, for rate in poisson(rate)')
  expect(() => law('poisson(20)')).toThrow('a rate such as 200/s, 1.5k/s or 30/min, not "20"')
  expect(() => law('poison(20/s)')).toThrow('there is no "poison"; did you mean "poisson"?')
  expect(() => law('mmpp(1/s, 2/s, 0s, 1s)')).toThrow('a duration above 0, for time1')
})
