import { expect, test } from 'vitest'
import { LateSums } from '../../../sim/experiments/causes/late-sums.js'

test('gives what a map that adds at once gives, however much is put aside, and however often it is asked', () => {
  const sums = new LateSums()
  const plain = new Map<number, number>()
  for (let i = 0; i < 200_000; i++) {
    const key = (i * 7919) % 1013
    sums.add(key, 1 / (i + 1))
    plain.set(key, (plain.get(key) ?? 0) + 1 / (i + 1))
    if (i === 10 || i === 70_000) expect([...sums.all()]).toEqual([...plain])
  }
  // In the same order, and to the bit.
  expect([...sums.all()]).toEqual([...plain])
  expect([...sums.all()]).toEqual([...plain])
})
