import { expect, test } from 'vitest'
import { firstNotBelow } from '../../sim/arithmetic/first-not-below.js'
import { Remembered } from '../../sim/parts/remembered.js'

test('who says nothing any more is forgotten in time, and nobody else', () => {
  const seen = new Remembered<number>((last, now) => now - last >= 100)
  for (let now = 0; now < 10_000; now++) {
    seen.keep(now, now, now)
    for (const back of [0, 99]) if (now >= back) expect(seen.get(now - back)).toBe(now - back)
  }
  expect(seen.size).toBeLessThan(1100)
})

test('where nobody may be forgotten there are as many as came, and few looks', () => {
  let looked = 0
  const seen = new Remembered<number>(() => {
    looked++
    return false
  })
  for (let i = 0; i < 10_000; i++) seen.keep(i, i, i)
  expect(seen.size).toBe(10_000)
  expect(looked).toBeLessThan(20_000)
})

test('the first that is not below is found, also before all and after them', () => {
  const sorted = [1, 3, 3, 7]
  expect([0, 1, 2, 3, 4, 7, 8].map((bound) => firstNotBelow(sorted, bound))).toEqual([0, 0, 1, 1, 3, 3, 4])
  expect(firstNotBelow([], 5)).toBe(0)
})
