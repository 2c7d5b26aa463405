import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Histogram } from '../../sim/stats/histogram.js'

/** The smallest value that at least the share `p` of the values does not exceed. */
function exactQuantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)]!
}

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

/** All that it holds; comparing the 49,152 counts themselves takes a second each time. */
function content(histogram: Histogram) {
  const packed = histogram.pack()
  expect(packed.counts.reduce((a, b) => a + b, 0)).toBe(histogram.count)
  return { ...packed, count: histogram.count }
}

// Between the bounds of the histogram, 2^-24 s and 2^24 s, each order of magnitude alike.
const seconds = fc.double({ min: -23.99, max: 23.99, noNaN: true }).map((exponent) => 2 ** exponent)
const share = fc.double({ min: 0.0001, max: 0.9999, noNaN: true })

test('every quantile is within 0.1 % of the exact one, over fourteen orders of magnitude', () => {
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1, maxLength: 200 }), share, (values, p) => {
      const exact = exactQuantile(values, p)
      expect(Math.abs(histogramOf(values).quantile(p) / exact - 1)).toBeLessThanOrEqual(0.001)
    }),
    { numRuns: 2000 },
  )
})

test('the same where values lie close: many in a bucket, on the edges of buckets, and beside them', () => {
  const near = fc
    .tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 1023 }), fc.constantFrom(-1, 0, 1))
    .map(([octave, bucket, beside]) => 2 ** octave * (1 + bucket / 1024) * (1 + beside * 2 ** -52))
  fc.assert(
    fc.property(fc.array(near, { minLength: 1, maxLength: 50 }), share, (values, p) => {
      const exact = exactQuantile(values, p)
      expect(Math.abs(histogramOf(values).quantile(p) / exact - 1)).toBeLessThanOrEqual(0.001)
    }),
    { numRuns: 1000 },
  )
})

test('merged histograms are the histogram of all: to the bit, whatever was recorded where', () => {
  fc.assert(
    fc.property(fc.array(fc.array(seconds, { maxLength: 60 }), { maxLength: 8 }), (parts) => {
      const all = content(histogramOf(parts.flat()))
      const merged = new Histogram()
      for (const part of parts) merged.merge(histogramOf(part))
      expect(content(merged)).toEqual(all)
      expect(content(Histogram.sum(parts.map(histogramOf)))).toEqual(all)
      expect(content(Histogram.sum(parts.map(histogramOf).reverse()))).toEqual(all)
    }),
  )
})

test('packed, sent as JSON, and unpacked, it is the same', () => {
  fc.assert(
    fc.property(fc.array(seconds, { maxLength: 100 }), (values) => {
      const histogram = histogramOf(values)
      const packed = JSON.parse(JSON.stringify(histogram.pack()))
      expect(content(Histogram.unpack(packed))).toEqual(content(histogram))
    }),
  )
})

test('a restarted histogram is as new', () => {
  fc.assert(
    fc.property(fc.array(seconds), fc.array(seconds), (before, after) => {
      const histogram = histogramOf(before)
      histogram.restart()
      for (const value of after) histogram.record(value)
      expect(content(histogram)).toEqual(content(histogramOf(after)))
    }),
  )
})

test('how many lie above: what quantiles invert', () => {
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1, maxLength: 100 }), share, (values, p) => {
      const histogram = histogramOf(values)
      const quantile = histogram.quantile(p)
      // At the largest value nothing lies above, though it shares its bucket with others.
      if (quantile < histogram.max) {
        expect(histogram.above(quantile)).toBeCloseTo((1 - p) * values.length, 6)
        expect(histogram.above(quantile)).toBeGreaterThanOrEqual(
          values.filter((v) => v > quantile * 1.001).length,
        )
        expect(histogram.above(quantile)).toBeLessThanOrEqual(
          values.filter((v) => v > quantile * 0.999).length,
        )
      }
      expect(histogram.above(histogram.max)).toBe(0)
      expect(histogram.above(0)).toBe(values.length)
    }),
  )
})

describe('at the edges', () => {
  test('nothing recorded: no quantile', () => {
    expect(new Histogram().quantile(0.5)).toBeNaN()
    expect(new Histogram().count).toBe(0)
  })

  test('durations of no time, or of less than 60 ns, count as such', () => {
    const histogram = histogramOf([0, 0, 0, 1e-9, 1])
    expect(histogram.count).toBe(5)
    expect(histogram.quantile(0.5)).toBeLessThan(6e-8)
    expect(histogram.quantile(0.99)).toBeCloseTo(1, 12)
    expect(histogramOf([0, 0]).quantile(0.5)).toBe(0)
  })

  test('longer than half a year: the last bucket, and the maximum as it was', () => {
    const histogram = histogramOf([1, 1e9])
    expect(histogram.count).toBe(2)
    expect(histogram.max).toBe(1e9)
    expect(histogram.quantile(0.25)).toBeCloseTo(1, 3)
  })

  test('no quantile exceeds the maximum', () => {
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1 }), share, (values, p) => {
        expect(histogramOf(values).quantile(p)).toBeLessThanOrEqual(Math.max(...values))
      }),
    )
  })
})

test('its buckets hold what was recorded: each value between the edges of one', () => {
  fc.assert(
    fc.property(fc.array(seconds, { maxLength: 60 }), (values) => {
      const buckets = [...histogramOf(values).buckets()]
      for (const [low, high, count] of buckets) {
        expect(values.filter((v) => v >= low && v < high).length).toBe(count)
        expect(high / low).toBeLessThanOrEqual(1 + 2 ** -10)
      }
      expect(buckets.reduce((sum, [, , count]) => sum + count, 0)).toBe(values.length)
      buckets.reduce((before, [low, high]) => {
        expect(low).toBeGreaterThanOrEqual(before)
        return high
      }, 0)
    }),
  )
})

test('what is shorter than 2^-24 s is in the first bucket, and nothing is lost', () => {
  const histogram = histogramOf([2 ** -24.5, 2 ** -26, 0])
  expect(content(histogram)).toMatchObject({ buckets: [0], counts: [3] })
})
