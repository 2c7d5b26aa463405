import { describe, expect, it, test } from 'vitest'
import { availability } from '../../../reports/html/figures.js'
import { available, percent, percentAmiss } from '../../../reports/words/numbers.js'

const number = (text: string) => Number(/[\d.]+/.exec(text)![0])

test('a percentage has as many nines as its share', () => {
  expect([0, 0.5, 0.99, 0.999, 0.99987, 0.9999987, 1].map(percent)).toEqual([
    '0%',
    '50.0%',
    '99.0%',
    '99.90%',
    '99.987%',
    '99.99987%',
    '100%',
  ])
})

describe('what is well and what is amiss make a hundred', () => {
  it.each([0.499999, 0.8165, 0.81634, 0.18366, 0.987, 0.00012, 0.9999, 0.5])('%d', (share) => {
    const [well, amiss] = [percent(share), percentAmiss(1 - share)].map(number)
    expect(well! + amiss!).toBeCloseTo(100, 9)
    expect(amiss).toBeGreaterThanOrEqual((1 - share) * 100 - 1e-9)
    expect(amiss).toBeLessThan((1 - share) * 100 + 0.1)
  })
})

describe('no rounding makes an availability better than it was', () => {
  const shares = [0.12349, 0.98999, 0.99896, 0.999996, 0.9999999, 0.99999999996, 1 - 1e-12]

  it.each(shares)('%d in words', (share) => {
    expect(number(percent(share))).toBeLessThanOrEqual(share * 100)
    expect(number(percent(share))).toBeLessThan(100)
    const account = { availability: { value: share, low: null, high: null }, requests: { failed: 1 } }
    expect(available(account)).toBe(percent(share))
  })

  it.each(shares)('%d on a page, whatever its interval', (value) => {
    for (const half of [0, 1e-9, 1e-5, 0.0008, 0.02]) {
      const shown = /[\d.]+(?=%)/.exec(String(availability({ value, low: value - half, high: value + half })))
      expect(Number(shown![0]), `±${half}`).toBeLessThanOrEqual(value * 100)
      expect(Number(shown![0]), `±${half}`).toBeGreaterThan(value * 100 - 0.1 - half * 100)
    }
  })
})
