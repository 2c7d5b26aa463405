import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Lru } from '../../../sim/components/cache/lru.js'

/** The same by a list: the least recently used first. */
class Naive {
  private list: { key: number; expires: number }[] = []
  constructor(
    private readonly size: number,
    private readonly ttl: number,
  ) {}

  touch(key: number, now: number): boolean {
    const held = this.list.find((one) => one.key === key)
    if (held === undefined) return false
    this.list = this.list.filter((one) => one !== held)
    if (held.expires <= now) return false
    this.list.push(held)
    return true
  }

  put(key: number, now: number): void {
    this.list = this.list.filter((one) => one.key !== key)
    if (this.list.length === this.size) this.list.shift()
    this.list.push({ key, expires: now + this.ttl })
  }

  clear(): void {
    this.list = []
  }
}

describe('least recently used', () => {
  test('does what a plain list does, whatever is asked', () => {
    const steps = fc.array(
      fc.record({
        key: fc.nat(9),
        what: fc.constantFrom('touch', 'touch', 'touch', 'put', 'clear' as const),
        wait: fc.constantFrom(0, 0.3, 1),
      }),
      { maxLength: 200 },
    )
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom(1, 3, Infinity),
        (all, size, ttl) => {
          const lru = new Lru(10, size, ttl)
          const naive = new Naive(size, ttl)
          let now = 0
          for (const { key, what, wait } of all) {
            now += wait
            if (what === 'put') {
              lru.put(key, now)
              naive.put(key, now)
            } else if (what === 'clear' && wait === 1) {
              lru.clear()
              naive.clear()
            } else {
              expect(lru.touch(key, now)).toBe(naive.touch(key, now))
            }
          }
        },
      ),
    )
  })

  test('an object is good until its TTL has passed since it was stored, hits or not', () => {
    const lru = new Lru(5, 5, 10)
    lru.put(1, 0)
    expect([5, 9.9, 10].map((now) => lru.touch(1, now))).toEqual([true, true, false])
  })
})

test('what nobody asks for in `inactive` seconds is gone; who asks keeps it, but not beyond its ttl', () => {
  const store = new Lru(2, 2, Number.POSITIVE_INFINITY, 10)
  store.put(0, 0)
  expect(store.touch(0, 9)).toBe(true)
  expect(store.touch(0, 18)).toBe(true)
  expect(store.touch(0, 28)).toBe(false)
  store.put(0, 30)
  expect(store.touch(0, 39)).toBe(true)
  const brief = new Lru(2, 2, 15, 10)
  brief.put(0, 0)
  expect(brief.touch(0, 9)).toBe(true)
  expect(brief.touch(0, 15)).toBe(false)
})
