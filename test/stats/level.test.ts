import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Level } from '../../sim/stats/level.js'
import { Tally } from '../../sim/stats/tally.js'

const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: -5, max: 20 })), {
  maxLength: 50,
})

test('the integral of a level is that of the steps it took, from where it was restarted', () => {
  fc.assert(
    fc.property(changes, fc.nat(2000), fc.nat(500), (changes, restart, after) => {
      // Whole numbers: sums are exact. The integral by counting squares, second by second.
      const level = new Level()
      const values: number[] = []
      let now = 0
      let value = 0
      const until = (time: number) => {
        while (values.length < time) values.push(value)
      }
      let restarted = false
      const restartBy = (time: number) => {
        if (restarted || restart > time) return
        restarted = true
        level.restart(restart)
      }
      for (const [delay, to] of changes) {
        restartBy(now + delay)
        now += delay
        until(now)
        value = to
        level.set(now, to)
      }
      const end = Math.max(now, restart) + after
      restartBy(end)
      until(end)
      const sum = values.slice(restart).reduce((a, b) => a + b, 0)
      expect(level.integral(end)).toBe(sum)
      expect(level.span(end)).toBe(end - restart)
      if (end > restart) expect(level.mean(end)).toBe(sum / (end - restart))
      else expect(level.mean(end)).toBe(value)
    }),
  )
})

test('one that is never restarted counts from the beginning', () => {
  const level = new Level()
  level.set(2, 3)
  expect([level.integral(4), level.span(4), level.mean(4)]).toEqual([6, 4, 1.5])
})

test('a tally: count, sum, mean', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000)), (values) => {
      const tally = new Tally()
      tally.record(99)
      tally.restart()
      expect(tally.mean).toBeNaN()
      for (const value of values) tally.record(value)
      const sum = values.reduce((a, b) => a + b, 0)
      expect(tally.count).toBe(values.length)
      expect(tally.sum).toBe(sum)
      if (values.length > 0) expect(tally.mean).toBe(sum / values.length)
    }),
  )
})

test('the value at the start of the measured span', () => {
  const level = new Level()
  level.set(1, 7)
  level.restart(3)
  level.add(4, 2)
  expect([level.first, level.value]).toEqual([7, 9])
})
