import { expect, it } from 'vitest'
import type { Span, TracedRequest } from '../../sim/model/tracing.js'
import { traceRequests } from '../../sim/model/tracing.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { waterfall } from '../../studio/page/request-bars.js'
import { span } from '../support/spans.js'

const way = (
  latency_ms: number | null,
  spans: readonly Span[],
  outcome: string | null = 'ok',
): TracedRequest => ({
  id: 1,
  class: 'read',
  arrived_s: 10,
  outcome,
  latency_ms,
  spans: [...spans],
})
const near = (n: number) => expect.closeTo(n, 9)

it('has a row for the visitor, who waits for his answer, and one for each box, in seconds since he asked', () => {
  const spans = [
    span('app', 'web', 10.01, 10.09, { sent_s: 10, back_s: 10.1, waits_s: [[10.01, 10.03]] }),
    span('db', 'app', 10.05, 10.07),
  ]
  const { rows, ends } = waterfall(way(100, spans), 12)
  expect(ends).toBeCloseTo(0.1)
  expect(rows).toEqual([
    { name: 'read', depth: 0, outcome: 'ok', stretches: [{ doing: 'asks', from: 0, to: near(0.1) }] },
    {
      name: 'app',
      depth: 1,
      outcome: 'ok',
      stretches: [
        { doing: 'travels', from: 0, to: near(0.01) },
        { doing: 'waits', from: near(0.01), to: near(0.03) },
        { doing: 'works', from: near(0.03), to: near(0.05) },
        { doing: 'asks', from: near(0.05), to: near(0.07) },
        { doing: 'works', from: near(0.07), to: near(0.09) },
        { doing: 'travels', from: near(0.09), to: near(0.1) },
      ],
    },
    {
      name: 'db',
      depth: 2,
      outcome: 'ok',
      stretches: [{ doing: 'works', from: near(0.05), to: near(0.07) }],
    },
  ])
})

it('says of a connection that nobody takes, and of what was given up, that nobody answers', () => {
  const spans = [
    span('app', 'web', 10, 11, { unconnected: true, outcome: 'connect_timeout' }),
    span('app', 'web', 11, 11.4, { given_up_s: 11.2 }),
  ]
  const { rows, ends } = waterfall(way(1200, spans, 'timeout'), 12)
  expect(rows[1]!.stretches).toEqual([{ doing: 'nobody', from: 0, to: near(1) }])
  expect(rows[2]!.stretches.map(({ doing }) => doing)).toEqual(['works', 'nobody'])
  expect(ends).toBeCloseTo(1.4)
})

it('goes on for as long as anything of it did, and has a row for what nobody answered', () => {
  const { rows, ends } = waterfall(
    way(50, [span('app', 'web', 10, 10.2), span('app', 'web', 10.1, null)], 'timeout'),
    12,
  )
  expect(ends).toBeCloseTo(0.2)
  expect(rows.map(({ outcome }) => outcome)).toEqual(['timeout', 'ok', null])
  expect(rows[2]!.stretches).toEqual([{ doing: 'works', from: near(0.1), to: near(0.2) }])
})

it('goes on as long as is known where there is no answer, however long ago the last happened', () => {
  const { rows, ends } = waterfall(way(null, [span('app', 'web', 10.5, null)], null), 17)
  expect(ends).toBe(7)
  expect(rows.map(({ stretches }) => stretches)).toEqual([
    [{ doing: 'asks', from: 0, to: 7 }],
    [{ doing: 'works', from: 0.5, to: 7 }],
  ])
  expect(waterfall(way(null, [], null), 12)).toEqual({
    rows: [{ name: 'read', depth: 0, outcome: null, stretches: [{ doing: 'asks', from: 0, to: 2 }] }],
    ends: 2,
  })
})

it('adds up for every request of a stack: no stretch overlaps another, none lies outside', () => {
  const scenario = parseScenario(
    `lasts: 20s
users: { web: { arrive: poisson(60/s), to: lb, timeout: 100ms, retries: 1 } }
components:
  lb: { kind: haproxy, servers: [app-1, app-2] }
  app-1: { kind: app, workers: 2, service: exponential(20ms), database: db }
  app-2: { kind: app, workers: 2, service: exponential(20ms), database: db }
  db: { kind: mysql, service: exponential(5ms) }
faults: [{ kind: crash, target: app-1, at: 1s, for: 1s }]`,
    'a.yaml',
  )
  for (const traced of traceRequests(scenario, { count: 300 })) {
    const { rows, ends } = waterfall(traced, scenario.lasts)
    expect(rows).toHaveLength(traced.spans.length + 1)
    for (const { stretches } of rows) {
      expect(stretches.length).toBeGreaterThan(0)
      stretches.reduce((before, { from, to }) => {
        expect(from).toBeGreaterThanOrEqual(before - 1e-9)
        expect(to > from || stretches.length === 1).toBe(true)
        expect(to).toBeLessThanOrEqual(ends + 1e-9)
        return to
      }, 0)
    }
  }
})
