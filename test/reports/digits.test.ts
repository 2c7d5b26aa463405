import { expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { sweepHtml } from '../../reports/html/sweep-page.js'
import { toHtml } from '../../reports/html.js'
import { type Sweep, sweepText } from '../../reports/sweep-table.js'
import { toText } from '../../reports/text.js'
import {
  counted,
  digits,
  digitsOfError,
  milliseconds,
  moment,
  plusMinus,
} from '../../reports/words/numbers.js'
import { compare } from '../../sim/experiments/compare.js'
import { ran } from '../support/ran.js'

test('three digits, with separators and never with an exponent; of counts the whole', () => {
  expect([0, 0.0004, 0.012345, 12.345, 999.4, 999.6, 12345, -2.71442, 1e-9].map(digits)).toEqual([
    '0',
    '0',
    '0.0123',
    '12.3',
    '999',
    '1,000',
    '12,300',
    '-2.71',
    '0',
  ])
  expect([1.2345, 999.6, 12345].map(counted)).toEqual(['1.23', '1,000', '12,345'])
  expect([12.34, 12.345e6, 1e-9].map(moment)).toEqual(['12.3', '12,345,000', '0'])
  expect(digitsOfError(1e-9)).toBe('0.000000001')
  expect(digitsOfError(12345)).toBe('12,000')
})

test('milliseconds are seconds from a thousand on', () => {
  expect([0.45, 999.4, 999.6, 3015, 123456].map(milliseconds)).toEqual([
    '0.45 ms',
    '999 ms',
    '1 s',
    '3.02 s',
    '123 s',
  ])
})

test('an error that changes no digit is not told, nor one that is next to nothing', () => {
  const of = (value: number, half: number) => plusMinus({ value, low: value - half, high: value + half })
  expect(of(12.345, 0.4)).toBe('12.3 ±0.4')
  expect(of(12.345, 0.0001)).toBe('12.3')
  expect(of(12.345, 0.047)).toBe('12.3')
  expect(of(0.0135, 0.0000076)).toBe('0.0135')
  expect(of(0, 0.3)).toBe('0 ±0.3')
  expect(of(0, 1e-7)).toBe('0')
  expect(plusMinus({ value: null, low: null, high: null })).toBe('–')
})

test('an error has no digit beyond the second, nor beyond the one after the last of its value', () => {
  const of = (value: number, half: number) => plusMinus({ value, low: value - half, high: value + half })
  expect(of(40.4, 0.17)).toBe('40.4 ±0.17')
  expect(of(40.4, 0.0512)).toBe('40.4 ±0.05')
  expect(of(0.0135, 0.0000512)).toBe('0.0135 ±0.00005')
  expect(of(12345, 51.2)).toBe('12,300 ±50')
  expect(of(3, 5)).toBe('3 ±5')
  const costs = { value: 12345.2, low: 12340, high: 12350.4 }
  expect(plusMinus(costs, counted)).toBe('12,345 ±5.2')
})

test('an interval that no ± fits has its ends', () => {
  expect(plusMinus({ value: 10.1, low: 9.04, high: 490.2 })).toBe('10.1 (9.04 to 490)')
  expect(plusMinus({ value: -10.1, low: -490.2, high: -9.04 })).toBe('-10.1 (-490 to -9.04)')
  expect(plusMinus({ value: 10.1, low: 0, high: 490 })).toBe('10.1 (0 to 490)')
  expect(plusMinus({ value: 10.1, low: 9.04, high: 20 })).toBe('10.1 ±5.5')
})

const SEVERAL = (name: string, workers: number) => `
name: ${name}
lasts: 100s
replications: 4
hosts: { front: {}, back: {} }
users: { u: { arrive: poisson(90/s), to: web, timeout: 1s, mix: { read: 61.8%, write: 38.2% } } }
components:
  web: { kind: nginx, host: front, service: 0.3ms, upstream: [app] }
  app: { kind: app, host: back, workers: ${workers}, service: exponential(9.7ms), database: db }
  db: { kind: mysql, service: exponential(3.3ms) }
faults: [{ kind: slow, target: db, factor: 3, at: 40s, for: 10s }]
expect: { latency_mean: "<= 100ms", availability: ">= 99%" }
`

/** Decimal numbers that are no percentages, whose nines count, nor parts of names. */
const decimalsIn = (text: string) =>
  [...text.matchAll(/(?<![\w.,-])[\d,]*\d\.\d+(?![\w.]*[%\d])/g)].map(([n]) => n)
const significant = (number: string) => number.replace(/^[0.,]+|[.,]/g, '').length

test('no page and no text has a decimal number of more than three digits', async () => {
  const all = await ran(SEVERAL('Few', 2), SEVERAL('Many', 40))
  const results = all.map(({ result }) => result)
  const scenarios = all.map(({ scenario }) => scenario)
  const sweep: Sweep = {
    version: 1,
    settings: ['components.app.workers={x}'],
    dimensions: [{ name: 'x', values: ['2', '40'] }],
    points: results.map((result, i) => ({ point: { x: ['2', '40'][i]! }, result })),
  }
  const report = { version: 1 as const, results, comparisons: compare(all) }
  const strip = (page: string) =>
    page.replace(/<(script|style|pre)\b.*?<\/\1>/gs, ' ').replace(/<[^>]*>/g, ' ')
  for (const text of [
    toText(report, scenarios),
    strip(toHtml({ version: 1, results: [results[0]!] }, [scenarios[0]!], assets())),
    strip(toHtml(report, scenarios, assets())),
    sweepText(sweep),
    strip(sweepHtml(sweep, assets())),
  ]) {
    const decimals = decimalsIn(text)
    expect(decimals.length).toBeGreaterThan(5)
    expect(decimals.filter((number) => significant(number) > 3)).toEqual([])
  }
})
