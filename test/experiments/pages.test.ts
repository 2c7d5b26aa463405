import { describe, expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { recordShape } from '../../pools/shapes.js'
import { reportFiles } from '../../reports/report.js'
import { toText } from '../../reports/text.js'
import { PLAIN_LOOK } from '../../reports/words/look.js'
import { judge } from '../../sim/experiments/judge.js'
import { replicate } from '../../sim/experiments/replicate.js'
import type { Result } from '../../sim/experiments/result.js'
import { effortOf } from '../../sim/scenario/effort.js'
import { lengthOf } from '../../sim/scenario/length.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { resultOf } from '../support/results.js'
import { problemsOf } from '../support/world.js'

const site = (expected = '', more = '', page = 'assets: 8') => `
lasts: 220s
warmup: 0s
replications: 2
users:
  u: { arrive: constant(5/s), to: n, page: { ${page} } }
  w: { arrive: constant(1/s), to: n }
components: { n: { kind: nginx, service: 0s, worker_processes: 1000 } }
wires: { u -> n: { latency: 50ms } }
expect: { ${expected} }
${more}`

describe('results of pages', () => {
  const { result, scenario } = resultOf(site(), 2)

  test('are those of an account: how many were loaded, and how long that took', () => {
    const { pages } = result.users.u!
    expect(pages!.requests).toMatchObject({ offered: 2200, ok: 2200, failed: 0 })
    expect(pages!.qps.value).toBeCloseTo(5, 1)
    for (const key of ['mean', 'p50', 'p90'] as const)
      expect(pages!.latency_ms[key].value).toBeCloseTo(500, 0)
    expect(pages!.availability.value).toBe(1)
    expect(result.users.w).not.toHaveProperty('pages')
    expect(result.requests.offered).toBeGreaterThan(2150 * 9)
  })

  test('stand in every report', () => {
    for (const verbose of [false, true])
      expect(toText({ version: 1, results: [result] }, [scenario], { ...PLAIN_LOOK, verbose })).toMatch(
        /^pages of u +.* 500 /m,
      )
    const files = reportFiles({ version: 1, results: [result] }, [scenario], assets())
    const [head, row, ...others] = files['pages.csv']!.trim().split('\n')
    expect(others).toEqual([])
    const cells = Object.fromEntries(head!.split(',').map((name, i) => [name, row!.split(',')[i]]))
    expect(cells).toMatchObject({
      users: 'u',
      offered: '2200',
      loaded: '2200',
      incomplete: '0',
      complete: '1',
    })
    expect(Number(cells.latency_p50_ms)).toBeCloseTo(500, 0)
    expect(files['report.html']).toMatch(/u <span class="kind">pages<\/span>/)
    const without = resultOf(site().replace('page: { assets: 8 }', ''), 2)
    expect(
      reportFiles({ version: 1, results: [without.result] }, [without.scenario], assets()),
    ).not.toHaveProperty('pages.csv')
  })

  test('are compared in a table of their own', () => {
    const report = {
      version: 1 as const,
      results: [result, { ...result, scenario: 'other' }],
      comparisons: [],
    }
    expect(toText(report, [scenario, scenario])).toMatch(/^pages +loaded\/s +complete .*\n *u: .* 500 /m)
  })

  test('travel between threads and machines', () => {
    const record = replicate(scenario, 0)
    expect(recordShape.parse(record)).toEqual(record)
    expect(record.pages!.u!.offered).toBe(1100)
  })
})

describe('what is expected of pages', () => {
  test('is judged by their own account', () => {
    const { result } = resultOf(
      site(
        'users.u.page_p90: "< 600ms", users.u.page_mean: "< 400ms", users.u.page_complete: ">= 90%", users.u.page_good: "< 10%", users.u.latency_p90: "< 300ms"',
      ),
      2,
    )
    expect(result.expectations!.map(({ verdict }) => verdict)).toEqual([
      'met',
      'not met',
      'met',
      'not met',
      'met',
    ])
  })

  test('a percentile that lies among incomplete ones is beyond every bound', () => {
    const { result } = resultOf(
      site(
        'users.u.page_p50: "< 10s"',
        'faults: [{ kind: errors, target: n, share: 20%, class: static, at: 0s }]',
      ),
      2,
    )
    expect(result.users.u!.pages!.availability.value).toBeCloseTo(0.8 ** 8, 1)
    expect(result.expectations![0]).toMatchObject({ verdict: 'not met' })
  })

  test('where nothing settles no bound is kept', () => {
    const [expectation] = parseScenario(site('users.u.page_p90: "< 600ms"'), 'test.yaml').expect
    const none = { value: null, low: null, high: null }
    const unstable = {
      unstable: { component: 'n' },
      requests: { ok: 1 },
      users: { u: { pages: { latency_all_ms: { p90: none } } } },
    }
    expect(judge(expectation!, unstable as unknown as Result)).toMatchObject({
      verdict: 'not met',
      reason: 'n never settles',
    })
  })
})

describe('what is known before', () => {
  const parsed = (text: string) => parseScenario(text, 'test.yaml')

  test('all requests of a page are counted on', () => {
    expect(effortOf(parsed(site())).requests).toBe(220 * (5 * 9 + 1))
    expect([...parsed(site()).users[0]!.mix]).toEqual([
      ['request', 1 / 9],
      ['static', 8 / 9],
    ])
  })

  test('a percentile of pages needs as many pages', () => {
    const length = (expected: string) => lengthOf(parsed(site(expected).replace('lasts: 220s', ''))).seconds
    // 100 beyond p99, and a fifth more: 12,000 pages at 5/s, or requests at 45/s.
    expect(length('users.u.page_p99: "< 1s"')).toBe(3600)
    expect(length('users.u.latency_p99: "< 1s"')).toBe(300)
  })
})

test.each([
  ['assets: 0', 'expected a whole number from 1 to 1000'],
  ['http: 2', 'assets'],
  ['assets: 1, http: 3', 'expected one of 1.1, 2'],
  ['assets: 1, http: 2, connections: 6', 'is for http: 1.1'],
  ['assets: 1, class: ""', 'expected a request class'],
  ['assets: 1, conections: 6', 'did you mean "connections"'],
])('page: { %s } is wrong', (page, says) => {
  const [problem, ...others] = problemsOf(site('', '', page))
  expect(problem).toContain('users.u.page')
  expect(problem).toContain(says)
  expect(others).toEqual([])
})

test('assets of users whose service is recorded need a law', () => {
  const text = (service: string) => `
lasts: 10s
users: { u: { arrive: trace(docs/examples/requests.csv), to: app, mix: { read: 50%, write: 50% }, page: { assets: 2 } } }
components: { app: { kind: app, workers: 100, service: ${service} } }`
  expect(problemsOf(text('trace'))).toEqual([
    expect.stringContaining('the assets of u have no recorded service: expected a law for static'),
  ])
  expect(problemsOf(text('{ default: trace, static: 1ms }'))).toEqual([])
})
