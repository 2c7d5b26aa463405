import { expect, it } from 'vitest'
import { Line } from '../../sim/parts/line.js'

/** 1500 bytes a second, of which 1448 are content. */
const line = () => new Line(1500)

it('carries what is no header, first in, first out', () => {
  const one = line()
  expect(one.put(0, 1448)).toBe(0)
  expect(one.free).toBe(1)
  expect(one.put(0.5, 2896)).toBe(1)
  expect(one.put(0.5, 0)).toBe(3)
  expect(one.backlog(0.5)).toBe(2.5)
  expect(one.put(5, 1448)).toBe(5)
  expect(one.backlog(7)).toBe(0)
})

it('is in use while something leaves, and not for what waits', () => {
  const one = line()
  one.put(0, 1448)
  one.put(2, 2896)
  expect(one.use(4)).toBe(0.75)
  expect(one.use(3)).toBeCloseTo(2 / 3, 12)
  // The measured span begins in the middle of it.
  one.restart(3)
  expect(one.use(4)).toBe(1)
  expect(one.use(5)).toBe(0.5)
})

it('knows what was to be sent, sent or not', () => {
  const one = line()
  one.enter(0, 1448)
  one.restart(2)
  expect(one.load(2)).toBe(0)
  one.enter(2, 14480)
  expect(one.load(4)).toBe(5)
  expect(one.inside.value).toBe(2)
  one.leave(4)
  expect(one.inside.value).toBe(1)
})
