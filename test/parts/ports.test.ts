import { describe, expect, test } from 'vitest'
import { Ports } from '../../sim/parts/ports.js'

describe('the ports of a machine towards one address', () => {
  test('those in use and those in TIME_WAIT are taken', () => {
    const ports = new Ports('db', 3, 60)
    expect([ports.take(0), ports.take(1), ports.take(2), ports.take(3)]).toEqual([true, true, true, false])
    ports.give(5, true)
    ports.give(5, false)
    // One is still open, one lingers until 65.
    expect([ports.take(6), ports.take(6)]).toEqual([true, false])
    expect(ports.exhausted).toBe(true)
    expect([ports.take(64.9), ports.take(65)]).toEqual([false, true])
  })

  test('who dies leaves all of them in TIME_WAIT', () => {
    const ports = new Ports('db', 2, 60)
    ports.take(0)
    ports.take(0)
    ports.giveAll(10)
    expect([ports.take(69.9), ports.take(70), ports.take(70)]).toEqual([false, true, true])
  })

  test('their use is what was held and what lingered, in the measured span alone', () => {
    const ports = new Ports('db', 10, 60)
    ports.take(0)
    ports.give(10, true)
    ports.restart(40)
    ports.take(50)
    ports.give(55, true)
    ports.take(90)
    // 40 to 70, 50 to 55 and to 115, 90 on: 30 + 5 + 45 + 10 seconds of 60.
    expect(ports.limit.used(100)).toBeCloseTo(90 / 60, 9)
    expect(ports.limit).toMatchObject({ capacity: 10, says: 'ports towards db' })
    expect(ports.limit.refused!()).toBe(0)
  })

  test('a stream of connections is held to the ports over a minute, and the share that finds none is counted', () => {
    const ports = new Ports('db', 50, 60)
    let taken = 0
    for (let i = 0; i < 4000; i++) {
      const now = i / 4
      if (i === 800) ports.restart(now)
      if (!ports.take(now)) continue
      if (i >= 800) taken++
      ports.give(now + 0.01, true)
    }
    expect(taken / 800).toBeCloseTo(50 / 60, 1)
    expect(ports.limit.refused!()).toBeCloseTo(1 - taken / 3200, 9)
    expect(ports.limit.used(1000)).toBeGreaterThan(48)
    expect(ports.limit.used(1000)).toBeLessThanOrEqual(50)
  })
})
