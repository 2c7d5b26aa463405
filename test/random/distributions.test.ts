import { describe, expect, test } from 'vitest'
import { logGamma } from '../../sim/arithmetic/gamma.js'
import { parseLaw } from '../../sim/options/law.js'
import { Stream } from '../../sim/random/stream.js'
import { draws, fixed, gammaP, kolmogorovSmirnov, moments, normalCdf } from '../support/statistics.js'

const DRAWS = 1_000_000
/** Exceeded by chance once in 20,000: there are many laws. */
const BEYOND_CHANCE = 2.3
const file = { read: () => 'milliseconds\n10ms\n20ms\n20ms\n90ms\n' }

const gammaOf = (x: number) => Math.exp(logGamma(x))
const exponentialCdf = (mean: number) => (x: number) => -Math.expm1(-x / mean)
const lognormalCdf = (mu: number, sigma: number) => (x: number) => normalCdf((Math.log(x) - mu) / sigma)
const weibullCdf = (shape: number, mean: number) => (x: number) =>
  -Math.expm1(-((x / (mean / gammaOf(1 + 1 / shape))) ** shape))
const paretoCdf = (shape: number, mean: number) => (x: number) =>
  x < (mean * (shape - 1)) / shape ? 0 : 1 - ((mean * (shape - 1)) / shape / x) ** shape

/** What the textbook says. A variance of the variance that does not exist (or hardly) leaves the latter untested. */
interface Law {
  text: string
  mean: number
  variance: number
  cdf?: (x: number) => number
  /** Its fourth moment is none, or so large that a million draws say little of the variance. */
  wild?: boolean
}

const sigma15 = Math.sqrt(Math.log(1 + 1.5 ** 2))
const sigma99 = Math.log(10) / 2.3263478740408408
const h2 = (1 + Math.sqrt(3 / 5)) / 2
const day = 86400

const laws: Law[] = [
  { text: 'exponential(40ms)', mean: 0.04, variance: 0.0016, cdf: exponentialCdf(0.04) },
  { text: 'uniform(1ms, 3ms)', mean: 0.002, variance: 4e-6 / 12, cdf: (x) => (x - 0.001) / 0.002 },
  { text: 'erlang(4, 40ms)', mean: 0.04, variance: 0.0004, cdf: (x) => gammaP(4, x / 0.01) },
  { text: 'erlang(1000, 1s)', mean: 1, variance: 0.001, cdf: (x) => gammaP(1000, x * 1000) },
  { text: 'gamma(shape=2, mean=40ms)', mean: 0.04, variance: 0.0008, cdf: (x) => gammaP(2, x / 0.02) },
  { text: 'gamma(shape=0.4, mean=40ms)', mean: 0.04, variance: 0.004, cdf: (x) => gammaP(0.4, x / 0.1) },
  { text: 'gamma(shape=30, mean=3s)', mean: 3, variance: 0.3, cdf: (x) => gammaP(30, x / 0.1) },
  {
    text: 'lognormal(mean=40ms, cv=1.5)',
    mean: 0.04,
    variance: (1.5 * 0.04) ** 2,
    cdf: lognormalCdf(Math.log(0.04) - sigma15 ** 2 / 2, sigma15),
    wild: true,
  },
  {
    text: 'lognormal(mean=40ms, cv=0.3)',
    mean: 0.04,
    variance: (0.3 * 0.04) ** 2,
    cdf: lognormalCdf(Math.log(0.04) - Math.log(1.09) / 2, Math.sqrt(Math.log(1.09))),
  },
  {
    text: 'lognormal(p50=20ms, p99=200ms)',
    mean: 0.02 * Math.exp(sigma99 ** 2 / 2),
    variance: 0.02 ** 2 * Math.exp(sigma99 ** 2) * (Math.exp(sigma99 ** 2) - 1),
    cdf: lognormalCdf(Math.log(0.02), sigma99),
    wild: true,
  },
  {
    // Balanced means, cv 2: p = (1 + sqrt(3/5)) / 2, rates 2p/m and 2(1-p)/m.
    text: 'hyperexponential(mean=40ms, cv=2)',
    mean: 0.04,
    variance: 4 * 0.0016,
    cdf: (x) => 1 - h2 * Math.exp((-2 * h2 * x) / 0.04) - (1 - h2) * Math.exp((-2 * (1 - h2) * x) / 0.04),
  },
  {
    text: 'weibull(shape=0.7, mean=30d)',
    mean: 30 * day,
    variance: (30 * day) ** 2 * (gammaOf(1 + 2 / 0.7) / gammaOf(1 + 1 / 0.7) ** 2 - 1),
    cdf: weibullCdf(0.7, 30 * day),
  },
  {
    text: 'weibull(shape=3, mean=1h)',
    mean: 3600,
    variance: 3600 ** 2 * (gammaOf(5 / 3) / gammaOf(4 / 3) ** 2 - 1),
    cdf: weibullCdf(3, 3600),
  },
  {
    text: 'pareto(shape=2.5, mean=40ms)',
    mean: 0.04,
    variance: (0.024 ** 2 * 2.5) / (1.5 ** 2 * 0.5),
    cdf: paretoCdf(2.5, 0.04),
    wild: true,
  },
  {
    text: 'pareto(shape=12, mean=40ms)',
    mean: 0.04,
    variance: ((0.04 * 11) / 12) ** 2 * (12 / (11 ** 2 * 10)),
    cdf: paretoCdf(12, 0.04),
  },
  { text: 'empirical(ages.csv)', mean: 0.035, variance: (0.025 ** 2 + 2 * 0.015 ** 2 + 0.055 ** 2) / 4 },
]

describe.each(laws)('$text', ({ text, mean, variance, cdf, wild }) => {
  const law = parseLaw(text, file)
  const stream = new Stream(`1/0/test/${text}`)
  const sample = draws(text.startsWith('erlang(1000') ? 20_000 : DRAWS, () => law.sample(stream))
  const { n, mean: m, m2, m4 } = moments(sample)

  test('says its mean and variance as the formulas have them', () => {
    expect(law.mean / mean).toBeCloseTo(1, 12)
    expect(law.variance / variance).toBeCloseTo(1, 11)
  })

  test('has that mean and variance, within 4 standard errors', () => {
    expect(Math.abs(m - mean)).toBeLessThan(4 * Math.sqrt(variance / n))
    if (!wild) expect(Math.abs(m2 - variance)).toBeLessThan(4 * Math.sqrt((m4 - m2 * m2) / n))
  })

  if (cdf === undefined) return
  test('has that distribution function (Kolmogorov and Smirnov)', () => {
    expect(kolmogorovSmirnov(sample.subarray(0, 200_000), cdf)).toBeLessThan(BEYOND_CHANCE)
  })
})

test('a law without variance says so', () => {
  expect(parseLaw('pareto(shape=2, mean=40ms)', file).variance).toBe(Number.POSITIVE_INFINITY)
  expect(parseLaw('pareto(shape=1.5, mean=40ms)', file).mean).toBeCloseTo(0.04, 15)
})

test('a constant draws nothing', () => {
  const law = parseLaw('40ms', file)
  const drawn = (): never => {
    throw new Error('drawn')
  }
  expect(law.sample({ next: drawn, draw: drawn, high: 0, low: 0 })).toBe(0.04)
  expect([law.mean, law.variance]).toEqual([0.04, 0])
})

test('an empirical law draws each value as often as it was observed', () => {
  const law = parseLaw('empirical(x.csv)', file)
  const stream = new Stream('1/0/test/empirical')
  const counts = new Map<number, number>()
  for (let i = 0; i < 100_000; i++) {
    const value = law.sample(stream)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  expect([...counts.keys()].sort()).toEqual([0.01, 0.02, 0.09])
  for (const [value, share] of [
    [0.01, 0.25],
    [0.02, 0.5],
    [0.09, 0.25],
  ] as const)
    expect(Math.abs(counts.get(value)! / 100_000 - share)).toBeLessThan(
      4 * Math.sqrt((share * (1 - share)) / 1e5),
    )
})

test('the least and the greatest uniform number give finite durations of 0 or more, from every law', () => {
  for (const u of [0, 2 ** -53, 0.5, 1 - 2 ** -53]) {
    for (const { text } of laws) {
      // Some draw until they accept: what follows the extreme numbers is ordinary.
      const ordinary = new Stream('1/0/test/ordinary')
      const value = parseLaw(text, file).sample(fixed(u, u, ...draws(100, () => ordinary.next())))
      expect(value, `${text} at ${u}`).toBeGreaterThanOrEqual(0)
      expect(value, `${text} at ${u}`).toBeLessThan(Number.POSITIVE_INFINITY)
    }
  }
})
