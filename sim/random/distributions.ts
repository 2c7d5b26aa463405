import { exp, expm1, log, log1p, pow } from '../arithmetic/elementary.js'
import { logGamma } from '../arithmetic/gamma.js'
import type { Distribution } from './distribution.js'
import type { Uniforms } from './stream.js'
import { exponential, normal } from './ziggurat.js'

/** The 0.99 quantile of the standard normal law. */
const NORMAL_99 = 2.3263478740408408

/** Exponential. */
export class Exponential implements Distribution {
  readonly variance: number
  constructor(readonly mean: number) {
    this.variance = mean * mean
  }
  sample(stream: Uniforms): number {
    return this.mean * exponential(stream)
  }
}

/** Uniform between two bounds. */
export class Uniform implements Distribution {
  readonly mean: number
  readonly variance: number
  constructor(
    readonly low: number,
    readonly high: number,
  ) {
    this.mean = (low + high) / 2
    this.variance = ((high - low) * (high - low)) / 12
  }
  sample(stream: Uniforms): number {
    return this.low + (this.high - this.low) * stream.next()
  }
}

/** Sum of `stages` exponentials with one mean. */
export class Erlang implements Distribution {
  readonly variance: number
  constructor(
    readonly stages: number,
    readonly mean: number,
  ) {
    this.variance = (mean * mean) / stages
  }
  sample(stream: Uniforms): number {
    let sum = 0
    for (let i = 0; i < this.stages; i++) sum += exponential(stream)
    return (this.mean / this.stages) * sum
  }
}

/** Gamma by Marsaglia and Tsang (2000): squeeze on a cubed normal; shapes below 1 by their boost U^(1/shape). */
export class Gamma implements Distribution {
  readonly variance: number
  private readonly d: number
  private readonly c: number
  constructor(
    readonly shape: number,
    readonly mean: number,
  ) {
    this.variance = (mean * mean) / shape
    this.d = (shape < 1 ? shape + 1 : shape) - 1 / 3
    this.c = 1 / Math.sqrt(9 * this.d)
  }
  sample(stream: Uniforms): number {
    const boost = this.shape < 1 ? pow(1 - stream.next(), 1 / this.shape) : 1
    for (;;) {
      const z = normal(stream)
      const root = 1 + this.c * z
      const v = root * root * root
      if (v > 0 && log(1 - stream.next()) < z * z * 0.5 + this.d * (1 - v + log(v))) {
        return ((this.d * v) / this.shape) * this.mean * boost
      }
    }
  }
}

/** Log-normal: exp(mu + sigma Z). */
export class LogNormal implements Distribution {
  readonly mean: number
  readonly variance: number
  constructor(
    readonly mu: number,
    readonly sigma: number,
  ) {
    this.mean = exp(mu + (sigma * sigma) / 2)
    this.variance = expm1(sigma * sigma) * this.mean * this.mean
  }
  /** By mean and coefficient of variation. */
  static of(mean: number, cv: number): LogNormal {
    const sigma2 = log1p(cv * cv)
    return new LogNormal(log(mean) - sigma2 / 2, Math.sqrt(sigma2))
  }
  /** By median and 99th percentile. */
  static between(p50: number, p99: number): LogNormal {
    return new LogNormal(log(p50), log(p99 / p50) / NORMAL_99)
  }
  sample(stream: Uniforms): number {
    return exp(this.mu + this.sigma * normal(stream))
  }
}

/** One of two exponentials, the two contributing equally to the mean (balanced means), for cv > 1. */
export class HyperExponential implements Distribution {
  readonly variance: number
  private readonly p: number
  constructor(
    readonly mean: number,
    readonly cv: number,
  ) {
    const scv = cv * cv
    this.variance = scv * mean * mean
    this.p = (1 + Math.sqrt((scv - 1) / (scv + 1))) / 2
  }
  sample(stream: Uniforms): number {
    const share = stream.next() < this.p ? this.p : 1 - this.p
    return (this.mean / (2 * share)) * exponential(stream)
  }
}

/** Weibull: scale E^(1/shape), E exponential, with scale = mean / Gamma(1 + 1/shape). */
export class Weibull implements Distribution {
  readonly variance: number
  private readonly scale: number
  constructor(
    readonly shape: number,
    readonly mean: number,
  ) {
    const g1 = logGamma(1 + 1 / shape)
    this.scale = mean / exp(g1)
    this.variance = mean * mean * expm1(logGamma(1 + 2 / shape) - 2 * g1)
  }
  sample(stream: Uniforms): number {
    return this.scale * pow(exponential(stream), 1 / this.shape)
  }
}

/** Pareto (type I), by inversion: minimum (1 - U)^(-1/shape), for shape > 1. */
export class Pareto implements Distribution {
  readonly variance: number
  private readonly minimum: number
  constructor(
    readonly shape: number,
    readonly mean: number,
  ) {
    this.minimum = (mean * (shape - 1)) / shape
    this.variance = shape > 2 ? (mean * mean) / (shape * (shape - 2)) : Number.POSITIVE_INFINITY
  }
  sample(stream: Uniforms): number {
    return this.minimum * pow(1 - stream.next(), -1 / this.shape)
  }
}

/** Draws from observed values, each as often as it was observed. */
export class Empirical implements Distribution {
  readonly mean: number
  readonly variance: number
  constructor(readonly values: readonly number[]) {
    const n = values.length
    this.mean = values.reduce((a, b) => a + b, 0) / n
    this.variance = values.reduce((a, b) => a + (b - this.mean) * (b - this.mean), 0) / n
  }
  sample(stream: Uniforms): number {
    return this.values[Math.floor(stream.next() * this.values.length)]!
  }
}

/** One after the other: the sum of independent durations. */
export class Sum implements Distribution {
  readonly mean: number
  readonly variance: number
  constructor(readonly parts: readonly Distribution[]) {
    this.mean = parts.reduce((sum, part) => sum + part.mean, 0)
    this.variance = parts.reduce((sum, part) => sum + part.variance, 0)
  }
  sample(stream: Uniforms): number {
    let sum = 0
    for (const part of this.parts) sum += part.sample(stream)
    return sum
  }
}
