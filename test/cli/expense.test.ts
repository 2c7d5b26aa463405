import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import { cpuSecondsOf, expenseOf, rounded, span, threadsFor } from '../../cli/expense.js'
import type { RunOptions } from '../../cli/options.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const site = (rate: number, lasts = '100s', more = '') =>
  parseScenario(
    `lasts: ${lasts}
warmup: 0s
replications: 10
users: { u: { arrive: poisson(${rate}/s), to: f } }
components: { f: { kind: fanout, to: [{ name: q, times: 4 }] }, q: { kind: service, servers: unlimited, service: 1ms } }
${more}`,
    'test.yaml',
  )
const asked = (options: Partial<RunOptions> = {}) => options as RunOptions

describe('what work takes', () => {
  test('is counted by the calls of all requests, and of the runs without a fault', () => {
    // A request is at five boxes.
    const plain = cpuSecondsOf(site(100))
    expect(plain).toBeCloseTo(100 * 100 * 5 * 10 * 3e-7, 9)
    const fault = 'faults: [{ kind: crash, target: q, at: 1s, for: 1s }]'
    expect(cpuSecondsOf(site(100, '100s', fault)) / plain).toBe(2)
    // In groups there are as many.
    const many = { ...site(100), replications: 20_000 }
    expect(cpuSecondsOf(many) / plain).toBeCloseTo(2000, 9)
  })

  test('decides how many threads are of use, unless somebody says how many, and whether they are soon done', () => {
    const cores = availableParallelism()
    expect(threadsFor([site(100)], asked())).toEqual({ jobs: 1, short: true })
    expect(threadsFor([site(100_000)], asked())).toEqual({ jobs: cores, short: false })
    expect(threadsFor([site(100)], asked({ jobs: 7 }))).toEqual({ jobs: 7, short: true })
    expect(threadsFor([site(100_000)], asked({ jobs: 1 }))).toEqual({ jobs: 1, short: false })
    // Nobody knows how many replications a precision takes.
    expect(threadsFor([site(100)], asked({ precision: 0.05 }))).toEqual({ jobs: cores, short: false })
  })

  test('is told before it begins where it takes longer than a minute', () => {
    expect(expenseOf([site(100)], 1)).toBeNull()
    expect(expenseOf([site(1000, '1h')], 2)).toBeNull()
    expect(expenseOf([site(1000, '1h'), site(1000, '1h')], 1)).toBe(
      'some 72 million requests to simulate: about 2 min with --jobs 1',
    )
  })
})

test('amounts and times are told in few digits', () => {
  expect([950, 123_456, 12_345_678, 3.21e9].map(rounded)).toEqual([
    '950',
    '120,000',
    '12 million',
    '3.2 billion',
  ])
  expect([1, 7.4, 70, 100, 5000, 40_000, 1e6].map(span)).toEqual([
    '1 s',
    '7 s',
    '70 s',
    '2 min',
    '83 min',
    '11 h',
    '12 days',
  ])
})
