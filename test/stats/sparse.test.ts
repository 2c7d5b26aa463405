import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram, type PackedHistogram } from '../../sim/stats/histogram.js'
import { mergedHistogram, SparseHistogram } from '../../sim/stats/sparse.js'

// Many in a bucket, few, at both ends and beyond them.
const seconds = fc.oneof(
  fc.double({ min: -23.99, max: 23.99, noNaN: true }).map((exponent) => 2 ** exponent),
  fc.double({ min: 0.1, max: 0.11, noNaN: true }),
  fc.constantFrom(0, 1e-9, 1e9),
)
const share = fc.double({ min: 0.0001, max: 0.9999, noNaN: true })

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

test('a packed histogram tells what the histogram tells, to the bit', () => {
  fc.assert(
    fc.property(fc.array(seconds, { maxLength: 80 }), share, seconds, (values, p, at) => {
      const whole = histogramOf(values)
      const sparse = new SparseHistogram(whole.pack())
      expect([sparse.count, sparse.max]).toEqual([whole.count, whole.max])
      expect(sparse.quantile(p)).toBe(whole.quantile(p))
      expect([...sparse.buckets()]).toEqual([...whole.buckets()])
      for (const x of [at, 0, whole.quantile(p), whole.max])
        if (!Number.isNaN(x)) expect(sparse.above(x)).toBe(whole.above(x))
      for (const order of [1, 2] as const) expect(sparse.moment(order, at)).toBe(whole.moment(order, at))
    }),
  )
})

test('two packed ones as one are the histogram of all, and so are several that are unpacked together', () => {
  fc.assert(
    fc.property(fc.array(fc.array(seconds, { maxLength: 40 }), { maxLength: 5 }), (parts) => {
      const packed = parts.map((values) => histogramOf(values).pack())
      const all = histogramOf(parts.flat()).pack()
      const none: PackedHistogram = { buckets: [], counts: [], max: 0 }
      expect(packed.reduce(mergedHistogram, none)).toEqual(all)
      expect(packed.reduceRight((sum, one) => mergedHistogram(one, sum), none)).toEqual(all)
      expect(Histogram.unpack(...packed).pack()).toEqual(all)
    }),
  )
})
