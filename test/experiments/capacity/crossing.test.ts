import { describe, expect, it } from 'vitest'
import {
  bracketOf,
  crossingBy,
  crossingOf,
  type Mark,
  relativeHalf,
  rootOf,
  scaleUpTo,
  slopeOf,
} from '../../../sim/experiments/capacity/crossing.js'

const mark = (qps: number, at: number, half = 0): Mark => ({
  qps,
  excess: { at, low: at - half, high: at + half },
})
const broken: Mark = {
  qps: 104,
  excess: { at: Number.POSITIVE_INFINITY, low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY },
}

describe('where a bound is crossed', () => {
  /** The p99 of M/M/1 over 100 ms, as a logarithm: a straight line over the scale that ends at mu. */
  const excess = (rate: number) => Math.log(Math.log(100) / (100 - rate) / 0.1)
  const exact = 100 - 10 * Math.log(100)

  it('is exact where latencies grow as those of M/M/1 do, however far the rates are apart', () => {
    const scale = scaleUpTo(100)
    expect(rootOf(mark(10, excess(10)), mark(90, excess(90)), scale)).toBeCloseTo(exact, 9)
    const [a, b] = [mark(50, excess(50), 0.1), mark(60, excess(60), 0.1)]
    const found = crossingOf(a, b, scale, 100)
    expect(found.value).toBeCloseTo(exact, 9)
    // The error of what is measured over the slope, which is 1 on this scale.
    const at = (height: number) => scale.from(scale.to(exact) - height)
    expect(found.low).toBeCloseTo(at(0.1), 9)
    expect(found.high).toBeCloseTo(at(-0.1), 9)
    const one = crossingBy(mark(52, excess(52), 0.1), slopeOf(a, b, scale)!, scale, 100)
    for (const end of ['value', 'low', 'high'] as const) expect(one[end]).toBeCloseTo(found[end]!, 9)
  })

  it('is between two rates where no line can be drawn, and no more is claimed', () => {
    const scale = scaleUpTo(110)
    expect(crossingOf(mark(100, -1, 0.5), broken, scale, 110)).toEqual({ value: 102, low: 100, high: 104 })
    // What is not known to be kept at the lower one may be broken below it.
    expect(crossingOf(mark(100, -0.1, 0.5), broken, scale, 110)).toEqual({ value: 102, low: null, high: 104 })
    expect(rootOf(mark(100, -1), broken, scale)).toBeNull()
    expect(rootOf(mark(90, 0.2), mark(100, -0.2), scale)).toBeNull()
  })

  it('is the last one along the load, open at an end that was not tried', () => {
    const marks = [mark(1, -1), mark(2, 0.1), mark(3, -0.1), mark(4, 2)]
    expect(bracketOf(marks)).toEqual({ kept: marks[2], broken: marks[3] })
    expect(bracketOf(marks.slice(3))).toEqual({ kept: null, broken: marks[3] })
    expect(bracketOf(marks.slice(0, 1))).toEqual({ kept: marks[0], broken: null })
    expect(bracketOf([])).toEqual({ kept: null, broken: null })
  })

  it('has no width that can be told without both ends', () => {
    expect(relativeHalf({ value: 100, low: 99, high: 103 })).toBeCloseTo(0.02)
    expect(relativeHalf({ value: 100, low: null, high: 103 })).toBe(Number.POSITIVE_INFINITY)
  })
})
