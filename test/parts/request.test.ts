import { expect, test } from 'vitest'
import { notes } from '../../sim/parts/notes.js'
import { Overload, RequestPool } from '../../sim/parts/request.js'

test('more requests at a time than the memory holds are an error with words; those given back make room', () => {
  const pool = new RequestPool(3)
  const [first] = [pool.take(), pool.take(), pool.take()]
  expect(() => pool.take()).toThrow(Overload)
  expect(() => pool.take()).toThrow('more than 3 requests are under way at once')
  pool.release(first!)
  expect(pool.take()).toBe(first)
})

test('a request that is given back twice, or from within a box, is an error', () => {
  const pool = new RequestPool()
  const request = pool.take()
  pool.release(request)
  expect(() => pool.release(request)).toThrow('given back twice')
  const other = pool.take()
  other.entry = 7
  expect(() => pool.release(other)).toThrow('in a box')
  expect(pool.inUse).toBe(1)
})

test('what a box noted is gone when the request is somebody else’s', () => {
  const pool = new RequestPool()
  const visit = notes({ one: 'note1', two: 'note2', three: 'note3', four: 'note4' })
  const request = pool.take()
  for (const name of ['one', 'two', 'three', 'four'] as const) request[visit[name]] = 5
  pool.release(request)
  const next = pool.take()
  expect(next).toBe(request)
  expect(Object.values(visit).map((slot) => next[slot])).toEqual([0, 0, 0, 0])
})

test('no two names of a kind share a slot', () => {
  expect(() => notes({ server: 'note1', tries: 'note1' })).toThrow('two names for note1: server, tries')
})
