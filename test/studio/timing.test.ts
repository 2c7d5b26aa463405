import { expect, it } from 'vitest'
import {
  clockText,
  everyAt,
  FLIGHT,
  goalAt,
  nextSpeed,
  roundClock,
  SPEEDS,
  windowAt,
} from '../../studio/page/timing.js'

it('shows so many visitors that a wire has a dozen dots in one direction, and never more', () => {
  for (const busiest of [0, 1, 26, 240, 20_000])
    for (const speed of SPEEDS) {
      const dots = (busiest * speed * FLIGHT) / everyAt(busiest, speed)
      expect(dots).toBeLessThanOrEqual(12)
    }
  expect(everyAt(240, 1)).toBe(9)
  expect(everyAt(240, 0.1)).toBe(1)
  expect(everyAt(0, 1000)).toBe(1)
})

it('counts in windows of half a second, longer where time flies, never so long that a run has only a few', () => {
  expect(windowAt(0.1, 600)).toBe(0.5)
  expect(windowAt(1, 600)).toBe(0.5)
  expect(windowAt(10, 600)).toBe(1)
  expect(windowAt(1000, 600)).toBe(2.5)
  expect(windowAt(1000, 10)).toBe(0.5)
})

it('goes as far as the clock on the wall says, but makes nothing up after a pause, and ends where the run does', () => {
  expect(goalAt(5, 0.016, 10, 600)).toBeCloseTo(5.16)
  expect(goalAt(5, 60, 10, 600)).toBeCloseTo(6)
  expect(goalAt(599.9, 0.1, 1000, 600)).toBe(600)
  expect(goalAt(5, -1, 10, 600)).toBe(5)
})

it('goes from one speed to the next, and stays at the ends', () => {
  expect(nextSpeed(1, 1)).toBe(2)
  expect(nextSpeed(1, -1)).toBe(0.5)
  expect(nextSpeed(0.1, -1)).toBe(0.1)
  expect(nextSpeed(1000, 1)).toBe(1000)
})

it('writes times as a clock does', () => {
  expect(clockText(0)).toBe('0:00.0')
  expect(clockText(42.55)).toBe('0:42.6')
  expect(clockText(59.96)).toBe('1:00.0')
  expect(clockText(3723)).toBe('1:02:03.0')
  expect(clockText(-150)).toBe('0:00.0')
  expect(roundClock(600)).toBe('10:00')
  expect(roundClock(1.5)).toBe('0:01.5')
})
