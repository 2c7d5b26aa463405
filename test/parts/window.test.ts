import { expect, it } from 'vitest'
import { grown, isFull, narrowed } from '../../sim/parts/window.js'

it('slow start is over when a round trip is longer by an eighth, 4 to 16 ms, from 16 segments on', () => {
  expect(isFull(16, 0.0041, 0.002)).toBe(true)
  expect(isFull(16, 0.0039, 0.002)).toBe(false)
  expect(isFull(16, 0.0101, 0.08)).toBe(true)
  expect(isFull(16, 0.0099, 0.08)).toBe(false)
  expect(isFull(16, 0.0161, 1)).toBe(true)
  expect(isFull(16, 0.0159, 1)).toBe(false)
  expect(isFull(15, 1, 0.002)).toBe(false)
})

it('a connection in use is as wide as its way, and 16 segments at least', () => {
  expect(grown(Number.POSITIVE_INFINITY, 0)).toBe(Number.POSITIVE_INFINITY)
  expect(grown(1.448e6, 0.1)).toBeCloseTo(112.5, 9)
  expect(grown(1.448e6, 0.001)).toBe(16)
})

it('a loss leaves seven tenths, and two segments at least', () => {
  expect(narrowed(100)).toBe(70)
  expect(narrowed(11)).toBe(7)
  expect(narrowed(2)).toBe(2)
})
