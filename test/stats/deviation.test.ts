import { expect, it } from 'vitest'
import { deviationOf } from '../../sim/stats/estimate.js'
import { Histogram } from '../../sim/stats/histogram.js'

/** 10,000 quantiles of the exponential law with this mean. */
function exponential(mean: number): Histogram {
  const histogram = new Histogram()
  for (let i = 0; i < 10_000; i++) histogram.record(-mean * Math.log(1 - (i + 0.5) / 10_000))
  return histogram
}

it('is that of all observations together, not of the replications', () => {
  const replications = [exponential(0.01), exponential(0.03)]
  // Two groups of equal size: the mean of the variances and the variance of the means.
  const { value } = deviationOf(replications)
  expect(value).toBeCloseTo(Math.sqrt((0.01 ** 2 + 0.03 ** 2) / 2 + 0.01 ** 2), 4)
})

it('has an interval that follows from the spread of the replications', () => {
  const { value, low, high } = deviationOf([0.019, 0.02, 0.021].map(exponential))
  expect(high! - value!).toBeCloseTo(value! - low!, 12)
  // t(2) = 4.303 standard errors; those of the replications' own deviations are 0.001 / sqrt(3).
  expect(high! - value!).toBeCloseTo((4.303 * 0.001) / Math.sqrt(3), 4)
})

it('cannot be told without observations', () => {
  expect(deviationOf([new Histogram(), new Histogram()]).value).toBeNull()
})
