import { exp, log, log1pLess } from '../arithmetic/elementary.js'
import { stirlingError } from '../arithmetic/gamma.js'

/*
 * Quantiles by Newton's method on the logarithm of the smaller tail, on a scale on which that is concave (log-odds for
 * beta, the logarithm for gamma): one step may go too far, the next ones come back to the root from one side, wherever
 * it began. The tail is a term, which is the density on that scale, times a sum or continued fraction. Term and ratio
 * are kept apart, so that nothing vanishes far out; the term is Loader's ("Fast and accurate computation of binomial
 * probabilities", 2000), which loses nothing where parameters are large.
 */

/** Of a tail, at some place: the logarithm, and the derivative of that. */
type Tail = [log: number, slope: number]

/** So far a step may go at once: the tails of a place much further out could not be told from 0. */
const FURTHEST = 50

function solve(tail: (z: number) => Tail, share: number, start: number): number {
  const target = log(share)
  let z = start
  for (let i = 0; i < 1000; i++) {
    const [value, slope] = tail(z)
    const step = (value - target) / slope
    z -= Math.max(-FURTHEST, Math.min(FURTHEST, step))
    // The error that is left is of the order of the square.
    if (Math.abs(step) < 1e-9) return z
  }
  throw new Error(`no quantile found for ${share}`)
}

const HALF_LN_2PI = 0.9189385332046728

/** ln u - (u - 1), `less` being u - 1. */
const deviation = (u: number, less: number): number => (u < 0.5 ? log(u) - less : log1pLess(less))

/** A continued fraction 1 / (b0 + a1 / (b1 + a2 / (b2 + ...))) by Lentz's method. */
function fraction(b0: number, next: (i: number) => readonly [a: number, b: number]): number {
  let c = 1e300
  let d = 1 / b0
  let value = d
  for (let i = 1; ; i++) {
    const [a, b] = next(i)
    d = 1 / (a * d + b)
    c = b + a / c
    const factor = c * d
    value *= factor
    // Not a number, either: it will not become one.
    if (!(Math.abs(factor - 1) >= 1e-15)) return value
  }
}

// ---- Beta -------------------------------------------------------------------------------------------------

/** The incomplete beta function over its term: Abramowitz and Stegun 26.5.8, for x up to about the mean. */
function betaRatio(a: number, b: number, x: number): number {
  const terms = fraction(1, (i) => {
    const m = i >> 1
    const top = i % 2 === 0 ? m * (b - m) : -(a + m) * (a + b + m)
    return [(top * x) / ((a + i - 1) * (a + i)), 1]
  })
  return terms / a
}

/** The share of a beta law that lies below the log-odds z. */
function betaTail(a: number, b: number, z: number): Tail {
  const x = 1 / (1 + exp(-z))
  const y = 1 / (1 + exp(z))
  const n = a + b
  // x^a y^b / B(a, b).
  const more = b * x - a * y
  const term =
    0.5 * log((a / n) * b) -
    HALF_LN_2PI +
    (stirlingError(n) - stirlingError(a) - stirlingError(b)) +
    a * deviation((n * x) / a, more / a) +
    b * deviation((n * y) / b, -more / b)
  if (x <= (a + 1) / (n + 2)) {
    const ratio = betaRatio(a, b, x)
    return [term + log(ratio), 1 / ratio]
  }
  const share = 1 - exp(term) * betaRatio(b, a, y)
  return [log(share), exp(term) / share]
}

/** The log-odds below which the share `below` of a beta law lies, and `above` above it. */
function betaLogOdds(below: number, above: number, a: number, b: number): number {
  if (below > above) return -betaLogOdds(above, below, b, a)
  return solve((z) => betaTail(a, b, z), below, log(a / b))
}

/** The `p` quantile (0 < p < 1) of the beta law. */
export const betaQuantile = (p: number, a: number, b: number): number =>
  1 / (1 + exp(-betaLogOdds(p, 1 - p, a, b)))

/** The `p` quantile (0 < p < 1) of Student's t with `degrees` of freedom. */
export function studentQuantile(p: number, degrees: number): number {
  if (p === 0.5) return 0
  // degrees / (degrees + t^2) follows a beta law.
  const outside = 2 * Math.min(p, 1 - p)
  const t = Math.sqrt(degrees) * exp(-betaLogOdds(outside, 1 - outside, degrees / 2, 0.5) / 2)
  return p < 0.5 ? -t : t
}

// ---- Gamma ------------------------------------------------------------------------------------------------

/** ln(x^a e^-x / Gamma(a)). */
const gammaTerm = (a: number, x: number): number =>
  0.5 * log(a) - HALF_LN_2PI - stirlingError(a) + a * deviation(x / a, (x - a) / a)

/** The lower incomplete gamma function over its term: a series. */
function lowerRatio(a: number, x: number): number {
  let part = 1 / a
  let sum = part
  for (let n = a + 1; part > sum * 1e-17; n++) sum += part *= x / n
  return sum
}

/** The upper one: a continued fraction. */
const upperRatio = (a: number, x: number): number =>
  fraction(x + 1 - a, (i) => [i * (a - i), x + 1 - a + 2 * i])

function gammaTails(a: number, x: number): { lower: Tail; upper: Tail } {
  const term = gammaTerm(a, x)
  const small = x < a + 1
  const ratio = small ? lowerRatio(a, x) : upperRatio(a, x)
  const near: Tail = [term + log(ratio), 1 / ratio]
  const rest = 1 - exp(near[0])
  const far: Tail = [log(rest), exp(term) / rest]
  return small ? { lower: near, upper: far } : { lower: far, upper: near }
}

/** The place below which the share `below` of a gamma law with scale 1 lies, and `above` above it. */
function gammaQuantile(below: number, above: number, shape: number): number {
  const z =
    below <= above
      ? solve((z) => gammaTails(shape, exp(z)).lower, below, log(shape))
      : solve(
          (z) => {
            const [value, slope] = gammaTails(shape, exp(z)).upper
            return [value, -slope]
          },
          above,
          log(shape),
        )
  return exp(z)
}

/** The `p` quantile (0 < p < 1) of the chi-square law with `degrees` of freedom. */
export const chiSquareQuantile = (p: number, degrees: number): number =>
  2 * gammaQuantile(p, 1 - p, degrees / 2)

/** The `p` quantile (0 < p < 1) of the standard normal law: its square follows a chi-square law. */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0
  const outside = 2 * Math.min(p, 1 - p)
  const z = Math.sqrt(2 * gammaQuantile(1 - outside, outside, 0.5))
  return p < 0.5 ? -z : z
}
