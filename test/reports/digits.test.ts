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
  expect(of(0, 0.3)).toBe('0 ±0.3')
  expect(of(0, 1e-7)).toBe('0')
  expect(plusMinus({ value: null, low: null, high: null })).toBe('–')
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
