import { describe, expect, it, test } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { traceText } from '../../reports/waterfall.js'
import { type Span, type TracedRequest, traceRequests } from '../../sim/model/tracing.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { span } from '../support/spans.js'

const scenario = parseScenario(
  'name: Two\nusers: { web: { arrive: poisson(1/s), to: a } }\ncomponents: { a: { kind: app, service: 5ms, database: b }, b: { kind: mysql, service: 1ms } }\n',
  'two.yaml',
)
const request = (spans: Span[], latency_ms: number | null = 1000): TracedRequest => ({
  id: 7,
  class: 'request',
  arrived_s: 10,
  outcome: latency_ms === null ? null : 'ok',
  latency_ms,
  spans,
})
const linesOf = (one: TracedRequest, width = 60) =>
  traceText(scenario, [one], { count: 1 }, width).trimEnd().split('\n\n').slice(2).join('\n').split('\n')
/** The bars alone. */
const bars = (...spans: Span[]) =>
  linesOf(request(spans))
    .filter((line) => line.includes('|'))
    .map((line) => /\|(.*)\|/.exec(line)![1]!)
/** With runs of one mark as one: `#-#`. */
const brief = (bar: string) => bar.replace(/(.)\1+/g, '$1')

test('a box that asks another: works, waits for it, works; and on the wire to it and back', () => {
  const [a, b] = bars(span('a', 'web', 10, 11), span('b', 'a', 10.4, 10.6, { sent_s: 10.2, back_s: 10.8 }))
  expect(brief(a!)).toBe('#:#')
  expect(brief(b!)).toBe(' -#- ')
  const shares = [...'-#'].map((mark) => b!.split(mark).length - 1)
  expect(shares[0]! / shares[1]!).toBeCloseTo(2, 0)
})

test('waiting for a turn, a connection that nobody answers, and what goes on for nobody and after the answer', () => {
  const [a, tried, orphan] = bars(
    span('a', 'web', 10, 11, { wait_ms: 500, waits_s: [[10, 10.5]] }),
    span('b', 'a', 10.5, 10.7, { unconnected: true, outcome: 'connect_timeout' }),
    span('b', 'a', 10.7, 12, { given_up_s: 10.9 }),
  )
  expect(brief(a!)).toBe('.:')
  expect(brief(tried!)).toBe(' x ')
  expect(brief(orphan!)).toBe(' #x>')
})

test('what is too short for a column is seen', () => {
  const [a, refused] = bars(
    span('a', 'web', 10.5, 10.5001),
    span('b', 'a', 10.5, 10.5, { unconnected: true }),
  )
  expect(brief(a!)).toBe(' # ')
  expect(brief(refused!)).toBe(' x ')
})

test('no answer, nothing entered, and no time at all', () => {
  expect(linesOf(request([span('a', 'web', 10, null)], null))[0]).toBe(
    '#7 request at 10.0000 s: in flight, unanswered',
  )
  expect(linesOf(request([span('a', 'web', 10, null)], null))[1]).toMatch(/ still there$/)
  expect(linesOf(request([], 5000))).toEqual(['#7 request at 10.0000 s: ok, 5,000 ms'])
  expect(linesOf(request([span('a', 'web', 10, 10)], 0))[1]).toMatch(/\|#+ *\| +0 ms, ok$/)
})

describe('the first line says which they are', () => {
  const said = (n: number, wanted: Parameters<typeof traceText>[2]) =>
    traceText(
      scenario,
      Array.from({ length: n }, () => request([])),
      wanted,
      200,
    ).split('\n')[0]!
  test.each([
    [20, { count: 20 }, 'the first 20 requests of the measured span'],
    [1, { count: 1 }, 'the first request of the measured span'],
    [3, { count: 20 }, 'all 3 requests of the measured span'],
    [1, { count: 20, failed: true }, 'the only request of the measured span that was not answered ok'],
    [0, { count: 20, failed: true }, 'no requests of the measured span that were not answered ok'],
    [
      5,
      { count: 5, slowest: true, class: 'read' },
      'the 5 slowest read requests of the measured span, the slowest first',
    ],
    [1, { count: 1, slowest: true }, 'the slowest request of the measured span'],
    [
      2,
      { count: 2, from: 180, failed: true },
      'the first 2 requests of the measured span from 180 s on that were not answered ok',
    ],
  ])('%d of %j', (n, wanted, says) => {
    expect(said(n, wanted)).toBe(`Two: ${says}, replication 0`)
  })
})

describe('fits the terminal', () => {
  const wanted = { count: 20, slowest: true }
  const all = [
    readScenario('@04-scale-up', { lasts: '5s' }),
    readScenario('@experiments/02-web-server-dies', {
      lasts: '8s',
      set: ['faults.0.at=1s', 'faults.0.for=6s'],
    }),
    readScenario('@experiments/far-connections-new', { lasts: '5s' }),
  ].map((scenario) => ({ scenario, requests: traceRequests(scenario, wanted) }))
  it.each([60, 100, 160])('of %d columns', (width) => {
    for (const { scenario, requests } of all) {
      expect(requests).toHaveLength(20)
      for (const line of traceText(scenario, requests, wanted, width).split('\n'))
        expect(line.length, line).toBeLessThanOrEqual(width)
    }
  })
})
