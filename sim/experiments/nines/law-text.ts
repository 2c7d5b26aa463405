import { expm1 } from '../../arithmetic/elementary.js'
import { Constant, type Distribution } from '../../random/distribution.js'
import {
  Erlang,
  Exponential,
  Gamma,
  HyperExponential,
  LogNormal,
  Pareto,
  Uniform,
  Weibull,
} from '../../random/distributions.js'

/** A law of durations as a scenario writes it; null where it comes from a table. */
export function lawText(law: Distribution): string | null {
  const mean = `${law.mean}s`
  if (law instanceof Constant) return mean
  if (law instanceof Exponential) return `exponential(${mean})`
  if (law instanceof Uniform) return `uniform(${law.low}s, ${law.high}s)`
  if (law instanceof Erlang) return `erlang(${law.stages}, ${mean})`
  if (law instanceof Gamma) return `gamma(shape=${law.shape}, mean=${mean})`
  if (law instanceof LogNormal)
    return `lognormal(mean=${mean}, cv=${Math.sqrt(expm1(law.sigma * law.sigma))})`
  if (law instanceof HyperExponential) return `hyperexponential(mean=${mean}, cv=${law.cv})`
  if (law instanceof Weibull) return `weibull(shape=${law.shape}, mean=${mean})`
  if (law instanceof Pareto) return `pareto(shape=${law.shape}, mean=${mean})`
  return null
}
