import { Constant, type Distribution } from './distribution.js'
import { Stream, type Uniforms } from './stream.js'

/** Two waits, each of which begins anywhere in an interval, and a time that is always the same: seconds. */
export class TwoWaits implements Distribution {
  readonly mean: number
  readonly variance: number

  /** @param one and @param other the intervals, above 0 */
  constructor(
    private readonly one: number,
    private readonly other: number,
    readonly least: number,
  ) {
    this.mean = one / 2 + other / 2 + least
    this.variance = (one * one + other * other) / 12
  }

  sample(stream: Uniforms): number {
    return this.one * stream.next() + this.other * stream.next() + this.least
  }

  /** Where the formula of `beyond` changes. */
  get knots(): readonly number[] {
    const { one, other, least } = this
    return [0, one, other, one + other].map((wait) => least + wait)
  }

  /** The probability that it is more than `t` seconds: one less the area of a square that is cut off by a line. */
  beyond(t: number): number {
    const { one, other } = this
    const [short, long] = one < other ? [one, other] : [other, one]
    const wait = t - this.least
    if (wait <= 0) return 1
    if (wait < short) return 1 - (wait * wait) / (2 * one * other)
    if (wait < long) return 1 - (wait - short / 2) / long
    const rest = Math.max(0, one + other - wait)
    return (rest * rest) / (2 * one * other)
  }
}

/** Places and weights of the quadrature of Gauss and Legendre on [-1, 1]: exact for polynomials up to the 9th degree. */
const GAUSS = [
  [0, 0.5688888888888889],
  [-0.5384693101056831, 0.47862867049936647],
  [0.5384693101056831, 0.47862867049936647],
  [-0.906179845938664, 0.23692688505618908],
  [0.906179845938664, 0.23692688505618908],
] as const

/**
 * The first of several that are independent. Mean and variance are integrals of the probability that all are longer,
 * which is a polynomial between knots: exact for up to four, and beyond to many digits.
 */
export class FirstOf implements Distribution {
  readonly mean: number
  readonly variance: number

  constructor(private readonly all: readonly TwoWaits[]) {
    const least = Math.min(...all.map((one) => one.least))
    const knots = [...new Set(all.flatMap((one) => one.knots))].sort((a, b) => a - b)
    let [mean, square] = [least, least * least]
    for (const [i, to] of knots.entries()) {
      const from = knots[i - 1] ?? to
      for (const [place, weight] of GAUSS) {
        const t = (from + to) / 2 + ((to - from) / 2) * place
        const mass = (all.reduce((product, one) => product * one.beyond(t), 1) * weight * (to - from)) / 2
        mean += mass
        square += 2 * t * mass
      }
    }
    this.mean = mean
    this.variance = Math.max(0, square - mean * mean)
  }

  sample(stream: Uniforms): number {
    return this.all.reduce((first, one) => Math.min(first, one.sample(stream)), Number.POSITIVE_INFINITY)
  }
}

/** So many draws its mean and variance are from: a standard error of 1 % of a deviation. */
const DRAWS = 10_000

/** The first of several that are independent, whatever their laws: mean and variance are from draws, always the same ones. */
class FirstOfLaws implements Distribution {
  readonly mean: number
  readonly variance: number

  constructor(private readonly all: readonly Distribution[]) {
    const stream = new Stream('first of several laws')
    let [mean, squares] = [0, 0]
    for (let n = 1; n <= DRAWS; n++) {
      const off = this.sample(stream) - mean
      mean += off / n
      squares += (off * off * (n - 1)) / n
    }
    this.mean = mean
    this.variance = squares / (DRAWS - 1)
  }

  sample(stream: Uniforms): number {
    return this.all.reduce((first, one) => Math.min(first, one.sample(stream)), Number.POSITIVE_INFINITY)
  }
}

/** The first of several that are independent, one at least. */
export function firstOf(all: readonly Distribution[]): Distribution {
  if (all.length === 1) return all[0]!
  if (all.every((one) => one instanceof Constant))
    return new Constant(Math.min(...all.map(({ mean }) => mean)))
  return all.every((one) => one instanceof TwoWaits) ? new FirstOf(all) : new FirstOfLaws(all)
}
