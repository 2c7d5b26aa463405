import { expect, test } from 'vitest'
import { exp, log } from '../../sim/arithmetic/elementary.js'
import { logGamma, stirlingError } from '../../sim/arithmetic/gamma.js'

test('ln Gamma: factorials, half-integers, and the doubling formula between them', () => {
  let factorial = 1
  for (let n = 1; n <= 20; n++) {
    expect(exp(logGamma(n)) / factorial).toBeCloseTo(1, 12)
    factorial *= n
  }
  let half = Math.sqrt(Math.PI)
  for (let n = 0; n <= 20; n++) {
    expect(exp(logGamma(n + 0.5)) / half).toBeCloseTo(1, 12)
    half *= n + 0.5
  }
  for (let x = 0.013; x < 60; x *= 1.3)
    expect(logGamma(x) + logGamma(x + 0.5)).toBeCloseTo(
      (1 - 2 * x) * Math.LN2 + 0.5 * log(Math.PI) + logGamma(2 * x),
      11,
    )
})

// With 50 digits: x, ln Gamma(x), and what Stirling's formula lacks.
test.each([
  [1e-5, 11.512919692895826, 4.837643556460688],
  [0.1, 2.252712651734206, 0.512740081331915],
  [0.5, 0.5723649429247001, 0.15342640972002736],
  [1.5, -0.12078223763524522, 0.05481412105191765],
  [3.3, 0.9870985778947344, 0.025177132967245105],
  [9.99, 12.779315214350193, 0.00833889679773433],
  [10, 12.801827480081469, 0.00833056343336287],
  [25.5, 56.389167643719944, 0.003267806405762447],
  [1000.1, 5905.91115373108, 8.332499805630618e-5],
  [1000000.0, 12815504.569147611, 8.333333333333056e-8],
])('ln Gamma(%d), and what Stirling lacks', (x, value, lacks) => {
  expect(Math.abs(logGamma(x) - value) / Math.max(1, Math.abs(value))).toBeLessThan(1e-14)
  expect(Math.abs(stirlingError(x) - lacks)).toBeLessThan(1e-14 * Math.max(1, lacks))
})
