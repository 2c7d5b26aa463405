import { expect, it } from 'vitest'
import type { TracedRequest } from '../../sim/model/tracing.js'
import { traceRequests } from '../../sim/model/tracing.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { waterfall } from '../../studio/page/request-bars.js'

const span = (
  component: string,
  parent: string,
  start_s: number,
  end_s: number | null,
  wait_ms = 0,
  outcome: string | null = 'ok',
) => ({
  component,
  parent,
  start_s,
  end_s,
  wait_ms,
  outcome,
})
const way = (
  latency_ms: number | null,
  spans: TracedRequest['spans'],
  outcome: string | null = 'ok',
): TracedRequest => ({
  id: 1,
  class: 'read',
  arrived_s: 10,
  outcome,
  latency_ms,
  spans,
})
const near = (n: number) => expect.closeTo(n, 9)

it('divides each box into waiting, serving and awaiting what it called; and the rest of the way into wires', () => {
  const { rows, ends } = waterfall(
    way(100, [span('app', 'web', 10.01, 10.09, 20), span('db', 'app', 10.05, 10.07, 5)]),
  )
  expect(ends).toBeCloseTo(0.1)
  expect(rows).toEqual([
    {
      name: 'read',
      depth: 0,
      outcome: 'ok',
      stretches: [
        { doing: 'wire', from: 0, to: near(0.01) },
        { doing: 'calls', from: near(0.01), to: near(0.09) },
        { doing: 'wire', from: near(0.09), to: near(0.1) },
      ],
    },
    {
      name: 'app',
      depth: 1,
      outcome: 'ok',
      stretches: [
        { doing: 'waits', from: near(0.01), to: near(0.03) },
        { doing: 'served', from: near(0.03), to: near(0.05) },
        { doing: 'calls', from: near(0.05), to: near(0.07) },
        { doing: 'served', from: near(0.07), to: near(0.09) },
      ],
    },
    {
      name: 'db',
      depth: 2,
      outcome: 'ok',
      stretches: [
        { doing: 'waits', from: near(0.05), to: near(0.055) },
        { doing: 'served', from: near(0.055), to: near(0.07) },
      ],
    },
  ])
})

it('goes on for as long as anything of it did, and has a row for what nobody answered', () => {
  const { rows, ends } = waterfall(
    way(50, [span('app', 'web', 10, 10.2), span('app', 'web', 10.1, null, 0, null)], 'timeout'),
  )
  expect(ends).toBeCloseTo(0.2)
  expect(rows.map(({ outcome }) => outcome)).toEqual(['timeout', 'ok', null])
  expect(waterfall(way(null, [], null)).rows).toHaveLength(1)
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
    const { rows, ends } = waterfall(traced)
    expect(rows).toHaveLength(traced.spans.length + 1)
    for (const { stretches } of rows)
      stretches.reduce((before, { from, to }) => {
        expect(from).toBeGreaterThanOrEqual(before - 1e-9)
        expect(to).toBeGreaterThan(from)
        expect(to).toBeLessThanOrEqual(ends + 1e-9)
        return to
      }, 0)
  }
})
