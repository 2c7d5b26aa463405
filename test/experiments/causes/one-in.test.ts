import { expect, test } from 'vitest'
import { OneIn } from '../../../sim/experiments/causes/one-in.js'

test.each([1, 2, 3, 6, 7, 8, 72, 90, 1000, 65_536, 1_000_003, 2 ** 31])(
  'one in %d: those that leave no rest',
  (n) => {
    const some = new OneIn(n)
    const numbers = [0, 1, n - 1, n, n + 1, 2 ** 31, 2 ** 32 - 1, Math.floor((2 ** 32 - 1) / n) * n]
    for (let i = 0; i < 20_000; i++) numbers.push((i * 2_654_435_769) % 2 ** 32, i, (i * n) % 2 ** 32)
    expect(numbers.filter((number) => some.has(number) !== (number % n === 0))).toEqual([])
  },
)
