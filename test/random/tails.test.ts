import { expect, test } from 'vitest'
import { Exponential } from '../../sim/random/distributions.js'
import { Stream } from '../../sim/random/stream.js'
import { normal } from '../../sim/random/ziggurat.js'
import { chiSquareZ } from '../support/statistics.js'

/** Once in 16,000, both sides. */
const Z = 4
const DRAWS = 10_000_000
/** Shares of the tails that are looked at: of the last, 10 draws are expected. */
const TAILS = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6]

/** How many draws lie beyond each of `bounds`, which go outwards from the middle. */
function beyond(draw: (i: number) => number, bounds: readonly number[]): number[] {
  const counts = bounds.map(() => 0)
  for (let i = 0; i < DRAWS; i++) {
    const x = draw(i)
    for (let k = 0; k < counts.length && x > bounds[k]!; k++) counts[k]!++
  }
  return counts
}

function asExpected(counts: readonly number[]): void {
  for (const [k, tail] of TAILS.entries()) {
    const expected = DRAWS * tail
    expect(Math.abs(counts[k]! - expected) / Math.sqrt(expected * (1 - tail)), `beyond ${tail}`).toBeLessThan(
      Z,
    )
  }
}

const exponential = new Exponential(1)
const upper = TAILS.map((tail) => -Math.log(tail))
// P(X < x) = tail, as a bound on -X.
const lower = TAILS.map((tail) => Math.log1p(-tail))
// Quantiles of the normal law with 16 digits, by Newton's method on ln Phi.
const quantiles = [
  2.3263478740408408, 3.090232306167814, 3.719016485455709, 4.264890793922825, 4.753424308822899,
]

test('exponential durations in a row: the tails, to one in a million', () => {
  const stream = new Stream('1/0/test/tails/exponential')
  asExpected(beyond(() => exponential.sample(stream), upper))
  asExpected(beyond(() => -exponential.sample(stream), lower))
})

test('exponential durations by visitor, as components draw them: the tails, to one in a million', () => {
  const stream = new Stream('1/0/app/service')
  asExpected(beyond((i) => exponential.sample(stream.at(i, 0)), upper))
})

test('normal numbers by visitor: both tails, to one in a million', () => {
  const stream = new Stream('1/0/test/tails/normal')
  asExpected(beyond((i) => normal(stream.at(i, 0)), quantiles))
  asExpected(beyond((i) => -normal(stream.at(i, 1)), quantiles))
})

test('beyond one in a thousand, exponential durations are spread as the law says', () => {
  // In cells of equal probability: exp(-x) is uniform.
  const CELLS = 50
  const counts = new Float64Array(CELLS)
  const stream = new Stream('1/3/app/service')
  for (let i = 0; i < DRAWS; i++) {
    const share = Math.exp(-exponential.sample(stream.at(i, 0))) * 1000
    if (share < 1) counts[Math.floor(share * CELLS)]!++
  }
  expect(Math.abs(chiSquareZ(counts))).toBeLessThan(Z)
})
