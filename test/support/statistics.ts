import { logGamma } from '../../sim/arithmetic/gamma.js'
import type { Uniforms } from '../../sim/random/stream.js'

/** `n` draws. */
export function draws(n: number, draw: () => number): Float64Array {
  const values = new Float64Array(n)
  for (let i = 0; i < n; i++) values[i] = draw()
  return values
}

/** Mean and central moments of a sample. */
export function moments(values: ArrayLike<number>): { n: number; mean: number; m2: number; m4: number } {
  const n = values.length
  let sum = 0
  for (let i = 0; i < n; i++) sum += values[i]!
  const mean = sum / n
  let m2 = 0
  let m4 = 0
  for (let i = 0; i < n; i++) {
    const d = (values[i]! - mean) ** 2
    m2 += d
    m4 += d * d
  }
  return { n, mean, m2: m2 / n, m4: m4 / n }
}

/**
 * Kolmogorov and Smirnov's statistic sqrt(n) D of a sample against a continuous law. Its law does not depend on
 * the law tested: 1.36 is exceeded by chance once in 20, 1.63 once in 100, 1.95 once in 1000.
 */
export function kolmogorovSmirnov(sample: Float64Array, cdf: (x: number) => number): number {
  const sorted = sample.slice().sort()
  const n = sorted.length
  let most = 0
  for (let i = 0; i < n; i++) {
    const f = cdf(sorted[i]!)
    most = Math.max(most, f - i / n, (i + 1) / n - f)
  }
  return Math.sqrt(n) * most
}

/** Pearson's chi-square of counts that should be equal, as a standard normal (Wilson and Hilferty). */
export function chiSquareZ(counts: ArrayLike<number>): number {
  const cells = counts.length
  let total = 0
  for (let i = 0; i < cells; i++) total += counts[i]!
  const expected = total / cells
  let chi2 = 0
  for (let i = 0; i < cells; i++) chi2 += (counts[i]! - expected) ** 2 / expected
  const df = cells - 1
  return (Math.cbrt(chi2 / df) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df))
}

/**
 * How far the mean of ten independent runs lies from an exact value, in units of what chance allows: 4.3 standard
 * errors (Student's t with 9 degrees of freedom exceeds that once in 500), and never less than 0.2 %.
 */
export function offBy(runs: readonly number[], exact: number): number {
  const { n, mean, m2 } = moments(runs)
  return Math.abs(mean - exact) / Math.max(4.3 * Math.sqrt(m2 / (n - 1)), 0.002 * exact)
}

/** How often the numbers of `values` (in [0, 1)) fall into each of `cells` equal cells. */
export function spread(values: Iterable<number>, cells: number): Float64Array {
  const counts = new Float64Array(cells)
  for (const value of values) counts[Math.floor(value * cells)]!++
  return counts
}

/** Correlation of pairs, times the square root of their number: standard normal for independent ones. */
export function correlationZ(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length
  const [x, y] = [moments(a), moments(b)]
  let sum = 0
  for (let i = 0; i < n; i++) sum += (a[i]! - x.mean) * (b[i]! - y.mean)
  return (sum / n / Math.sqrt(x.m2 * y.m2)) * Math.sqrt(n)
}

/** Yields the numbers given, in turn, then the last for ever. */
export function fixed(...numbers: number[]): Uniforms {
  let i = 0
  const next = () => numbers[Math.min(i++, numbers.length - 1)]!
  return {
    next,
    high: 0,
    low: 0,
    draw() {
      const digits = next() * 2 ** 27
      this.high = Math.floor(digits) * 2 ** 5
      this.low = (digits % 1) * 2 ** 32
    },
  }
}

/** The regularized lower incomplete gamma function P(a, x): its series below a + 1, its continued fraction above. */
export function gammaP(a: number, x: number): number {
  if (x <= 0) return 0
  const front = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = a + 1; term > sum * 1e-17; n++) sum += term *= x / n
    return front * sum
  }
  // Lentz's method.
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let fraction = d
  for (let i = 1; i < 10_000; i++) {
    const an = i * (a - i)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return 1 - front * fraction
}

/** The distribution function of the standard normal law. */
export function normalCdf(z: number): number {
  const p = gammaP(0.5, (z * z) / 2) / 2
  return z < 0 ? 0.5 - p : 0.5 + p
}
