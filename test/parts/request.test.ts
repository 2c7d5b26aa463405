import { expect, test } from 'vitest'
import { Overload, RequestPool } from '../../sim/parts/request.js'

test('more requests at a time than the memory holds are an error with words; those given back make room', () => {
  const pool = new RequestPool(3)
  const [first] = [pool.take(), pool.take(), pool.take()]
  expect(() => pool.take()).toThrow(Overload)
  expect(() => pool.take()).toThrow('more than 3 requests are under way at once')
  pool.release(first!)
  expect(pool.take()).toBe(first)
})
