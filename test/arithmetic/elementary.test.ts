import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  cosOfTurns,
  exp,
  expm1,
  log,
  log1p,
  log1pLess,
  pow,
  powerOfTwo,
} from '../../sim/arithmetic/elementary.js'
import { Stream } from '../../sim/random/stream.js'
import {
  exactCosOfTurns,
  exactExp,
  exactExpm1,
  exactLog,
  exactLog1p,
  exactly,
  exactPow,
  unitsOff,
} from './exact.js'

const EACH = 300
const stream = new Stream('1/0/test/arguments')
const between = (low: number, high: number) => () => low + (high - low) * stream.next()
/** 2^low to 2^high, each power of two as often. */
const ofSize = (low: number, high: number) => () =>
  powerOfTwo(low + stream.below(high - low)) * (1 + stream.next())
const signed = (draw: () => number) => () => (stream.next() < 0.5 ? -draw() : draw())

const less = (x: bigint) => exactLog1p(x) - x

/** A function, what it should be, its arguments, and in how many units of the last place it may be off. */
const functions: [string, (x: number) => number, (x: bigint) => bigint, (() => number)[], number][] = [
  [
    'exp',
    exp,
    exactExp,
    [between(-1, 1), between(-708, 709), between(-745, -708), signed(ofSize(-60, 0))],
    1,
  ],
  ['expm1', expm1, exactExpm1, [between(-2, 2), between(-50, 709), signed(ofSize(-1000, 0))], 1],
  ['log', log, exactLog, [between(0.5, 2), ofSize(-1022, 1023), ofSize(-1074, -1022)], 1],
  [
    'log, near 1',
    (x) => log(1 + x),
    (x) => exactLog(exactly(1) + x),
    [() => stream.below(1e6) * 2 ** -52],
    1,
  ],
  ['log1p', log1p, exactLog1p, [between(-1, 2), signed(ofSize(-1000, -1)), ofSize(0, 1023)], 1],
  ['log1pLess', log1pLess, less, [between(-0.9, 2), signed(ofSize(-300, -1))], 5],
  ['cosOfTurns', cosOfTurns, exactCosOfTurns, [between(-3, 3), (x = ofSize(-40, -2)()) => 0.25 - x], 1],
]

describe('is off by less than a unit in the last place', () => {
  test.each(functions)('%s', (_, own, exact, draws, most) => {
    let worst = 0
    for (const draw of draws) {
      for (let i = 0; i < EACH; i++) {
        const x = draw()
        worst = Math.max(worst, unitsOff(own(x), exact(exactly(x))))
      }
    }
    expect(worst).toBeLessThan(most)
    // A measure that finds no error at all would find none in anything.
    expect(worst).toBeGreaterThan(0.4)
  })

  test.each<[string, () => number, () => number]>([
    ['of uniform numbers', between(0, 1), between(-8, 8)],
    ['of large and small numbers', ofSize(-20, 20), between(-40, 40)],
    ['close to the ends', ofSize(-500, 500), between(-2, 2)],
    ['of what is below the smallest normal number', ofSize(-1074, -1022), between(-0.9, 0.99)],
    ['that are themselves so small', between(0.00008, 0.0001), () => 80],
    ['of whole numbers, as of Zipf', () => 1 + stream.below(100_000), between(-3, 0)],
    ['by large exponents, of what is near 1', () => 1 + signed(ofSize(-45, -30))(), signed(ofSize(20, 30))],
    ['by exponents beyond 2^31', () => 1 + signed(ofSize(-50, -45))(), signed(ofSize(31, 45))],
  ])('pow %s', (_, base, exponent) => {
    let worst = 0
    for (let i = 0; i < EACH; i++) {
      const [x, y] = [base(), exponent()]
      const value = pow(x, y)
      if (value === 0 || value === Number.POSITIVE_INFINITY) {
        const size = exactly(y) * exactLog(exactly(x))
        const bound = exactLog(exactly(2)) * exactly(value === 0 ? -1075 : 1024)
        expect(value === 0 ? size < bound : size > bound, `${x} ** ${y}`).toBe(true)
      } else worst = Math.max(worst, unitsOff(value, exactPow(exactly(x), exactly(y))))
    }
    expect(worst).toBeLessThan(1)
    expect(worst).toBeGreaterThan(0.4)
  })
})

test('where the result is a number, it is exact', () => {
  expect([exp(0), expm1(0), log(1), log1p(0), pow(1, 1e300)]).toEqual([1, 0, 0, 0, 1])
  for (let n = 0; n <= 22; n++) expect(pow(10, n)).toBe(Number(`1e${n}`))
  for (let k = -1074; k < 1024; k++) {
    expect(pow(2, k)).toBe(powerOfTwo(k))
    expect(exactly(powerOfTwo(k)).toString(2)).toMatch(/^10+$/)
  }
  for (let n = 1; n < 1000; n++) {
    expect(pow(n, 3)).toBe(n * n * n)
    expect(pow(n * n, 1.5)).toBe(n * n * n)
  }
  expect([0, 0.25, 0.5, 0.75, 1, -0.5, 1e300].map(cosOfTurns)).toEqual([1, 0, -1, 0, 1, -1, 1])
})

test('at and beyond the ends', () => {
  const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity, NaN: none, MAX_VALUE: most } = Number
  const least = 2 ** -1074
  expect([infinity, 710, 709.782712893384, minusInfinity, -746, -745.13, none].map(exp)).toEqual([
    infinity,
    infinity,
    1.7976931348622732e308,
    0,
    0,
    least,
    none,
  ])
  expect([infinity, 710, minusInfinity, -800, none].map(expm1)).toEqual([infinity, infinity, -1, -1, none])
  expect([0, infinity, -1, minusInfinity, none].map(log)).toEqual([minusInfinity, infinity, none, none, none])
  expect([log(most), log(least)]).toEqual([709.782712893384, -744.4400719213812])
  expect([-1, infinity, -2, none].map(log1p)).toEqual([minusInfinity, infinity, none, none])
  const powers: [number, number, number][] = [
    [0, 2.5, 0],
    [0, -2.5, infinity],
    [0, 0, 1],
    [infinity, 0.3, infinity],
    [infinity, -0.3, 0],
    [0.5, infinity, 0],
    [0.5, minusInfinity, infinity],
    [2, infinity, infinity],
    [2, 1e300, infinity],
    [2, -1e300, 0],
    [1, infinity, 1],
    [-2, 3, none],
    [2, none, none],
    [none, 3, none],
    [none, 0, 1],
    [2, 1024, infinity],
    [2, -1076, 0],
  ]
  for (const [x, y, value] of powers) expect(pow(x, y), `${x} ** ${y}`).toBe(value)
  expect([powerOfTwo(1024), powerOfTwo(-1075), powerOfTwo(-1074)]).toEqual([infinity, 0, least])
})

test('gives these very bits, in every engine', () => {
  const values: number[] = []
  for (let i = 1; i <= 4000; i++) {
    const x = i / 257
    values.push(exp(x - 7), expm1(x - 7), log(x), log1p(x - 0.0001), log1pLess(x - 0.5))
    values.push(pow(x, 0.7), pow(x, -2.5), cosOfTurns(x))
  }
  const bytes = new DataView(new ArrayBuffer(values.length * 8))
  values.forEach((value, i) => {
    bytes.setFloat64(i * 8, value)
  })
  expect(createHash('sha256').update(bytes).digest('base64url')).toBe('OMmRjsY3WLXIzmYUPKpGkHL8QqFCYC6hpXaCULrN1d0')
})
