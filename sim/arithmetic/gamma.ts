import { log, log1p } from './elementary.js'

/** ln(2 pi) / 2. */
const HALF_LN_2PI = 0.9189385332046728

/** What Stirling's formula lacks: ln Gamma(x) = (x - 1/2) ln x - x + ln(2 pi) / 2 + this, for x > 0. */
export function stirlingError(x: number): number {
  let lacks = 0
  // Its series (Abramowitz and Stegun 6.1.42) is exact to the last digit from 10 on.
  for (; x < 10; x++) lacks += (x + 0.5) * log1p(1 / x) - 1
  const y = 1 / (x * x)
  const series =
    1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * (691 / 360360 - y / 156)))))
  return lacks + series / x
}

/** ln Gamma(x) for x > 0; off by less than 1e-14 of it, or of 1 where it is smaller. */
export const logGamma = (x: number): number => (x - 0.5) * log(x) - x + HALF_LN_2PI + stirlingError(x)
