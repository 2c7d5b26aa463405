import { describe, expect, it } from 'vitest'
import { Model } from '../../sim/model/model.js'
import { Session } from '../../sim/model/session.js'
import { Trace, type TracedRequest, traceRequests } from '../../sim/model/tracing.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** The ways of the first requests past a proxy that has not noticed that one of its servers is gone. */
function ways(fault: string) {
  const text = `
warmup: 0s
lasts: 30s
users: { web: { arrive: constant(10/s), to: proxy, timeout: 20s } }
components:
  proxy: { kind: haproxy, servers: [{ name: a, check: off }, { name: b, check: off }], timeout_connect: 2s, retries: 1, redispatch: on }
  a: { kind: service, servers: unlimited, service: 5ms }
  b: { kind: service, servers: unlimited, service: 5ms }
faults: [${fault}]
`
  return traceRequests(parseScenario(text, 'test.yaml'), { count: 20 })
}

describe('a connection that is not made', () => {
  it('refused, is a span of no time, and the retry another', () => {
    const all = ways('{ kind: crash, target: b, at: 0s }').flatMap(({ spans }) => spans)
    const refused = all.filter(({ outcome }) => outcome === 'refused')
    expect(refused.length).toBeGreaterThan(5)
    for (const span of refused)
      expect(span).toMatchObject({ component: 'b', parent: 'proxy', end_s: span.start_s, wait_ms: 0 })
    expect(
      all.filter(({ component, outcome }) => component === 'a' && outcome === 'ok').length,
    ).toBeGreaterThan(9)
  })

  it('without an answer, is a span from the first SYN until the connect timeout', () => {
    const requests = ways('{ kind: partition, target: "proxy -> b", at: 0s }')
    const silent = requests.flatMap(({ spans }) => spans).filter(({ component }) => component === 'b')
    expect(silent.length).toBeGreaterThan(5)
    for (const { start_s, end_s, outcome, parent } of silent) {
      expect([parent, outcome]).toEqual(['proxy', 'connect_timeout'])
      expect(end_s! - start_s).toBeCloseTo(2, 9)
    }
    // Its visitor waits, and is answered by the other server.
    const slow = requests.filter(({ spans }) => spans.some(({ component }) => component === 'b'))
    for (const { latency_ms, outcome } of slow) {
      expect(outcome).toBe('ok')
      expect(latency_ms).toBeGreaterThan(2000)
    }
  })

  it('given up by its caller, ends when he goes', () => {
    const text = `
warmup: 0s
lasts: 10s
users: { web: { arrive: constant(2/s), to: a, timeout: 3s } }
components: { a: { kind: service, service: 5ms } }
faults: [{ kind: partition, target: "web -> a", at: 0s }]
`
    const requests = traceRequests(parseScenario(text, 'test.yaml'), { count: 5 })
    for (const { spans, outcome } of requests) {
      expect(outcome).toBe('timeout')
      expect(spans).toMatchObject([{ component: 'a', parent: 'web', outcome: 'timeout' }])
      expect(spans[0]!.end_s! - spans[0]!.start_s).toBeCloseTo(3, 9)
    }
  })
})

describe('those that are wanted', () => {
  const scenario = parseScenario(
    `
warmup: 5s
lasts: 60s
users: { web: { arrive: poisson(100/s), to: proxy, timeout: 2s, mix: { read: 80%, write: 20% } } }
components:
  proxy: { kind: haproxy, servers: [a, b], timeout_connect: 1s, retries: 0 }
  a: { kind: app, workers: 4, service: exponential(20ms) }
  b: { kind: app, workers: 4, service: exponential(20ms) }
faults: [{ kind: crash, target: b, at: 30s, for: 10s }]
`,
    'test.yaml',
  )
  const all = traceRequests(scenario, { count: 1_000_000 })
  const took = ({ latency_ms }: TracedRequest) => latency_ms!
  const isBad = ({ outcome }: TracedRequest) => outcome !== 'ok'

  it('are all of the measured span, if so many are asked for', () => {
    expect(all.length).toBeGreaterThan(5000)
    expect(all.map(({ id }) => id)).toEqual(all.map((_, i) => i + 1))
    expect(all.filter(isBad).length).toBeGreaterThan(200)
  })

  it('failed: the first ones in the order in which they came, and no other', () => {
    for (const count of [1, 7, 100_000])
      expect(traceRequests(scenario, { count, failed: true })).toEqual(all.filter(isBad).slice(0, count))
  })

  it('slowest: of the whole span, the slowest first', () => {
    const slowest = all.toSorted((a, b) => took(b) - took(a) || a.id - b.id)
    for (const count of [1, 10, 333])
      expect(traceRequests(scenario, { count, slowest: true })).toEqual(slowest.slice(0, count))
  })

  it('from some time on, of a class, and all of it together', () => {
    const late = (one: TracedRequest) => one.arrived_s >= 20
    const writes = (one: TracedRequest) => one.class === 'write'
    expect(traceRequests(scenario, { count: 9, from: 20 })).toEqual(all.filter(late).slice(0, 9))
    expect(traceRequests(scenario, { count: 9, class: 'write' })).toEqual(all.filter(writes).slice(0, 9))
    const together = all.filter((one) => late(one) && writes(one) && isBad(one))
    const wanted = { count: 5, from: 20, class: 'write', failed: true }
    expect(traceRequests(scenario, wanted)).toEqual(together.slice(0, 5))
    const slowest = together.toSorted((a, b) => took(b) - took(a) || a.id - b.id)
    expect(traceRequests(scenario, { ...wanted, slowest: true })).toEqual(slowest.slice(0, 5))
  })

  it('keep no more than twice as many as are asked for, and those under way', () => {
    const session = new Session(new Model(scenario, 0))
    const trace = new Trace(session, { count: 10, slowest: true })
    session.observe(trace)
    let most = 0
    for (let time = 1; time <= 60; time++) {
      session.advance(time)
      most = Math.max(most, trace.held)
    }
    expect(most).toBeGreaterThan(10)
    expect(most).toBeLessThan(500)
  })
})

it('a span says when it was sent, waited and given up', () => {
  const text = `
warmup: 0s
lasts: 10s
users: { web: { arrive: constant(10/s), to: proxy } }
components:
  proxy: { kind: haproxy, servers: [{ name: a, check: off }], timeout_server: 300ms }
  a: { kind: service, servers: 1, service: 150ms }
wires: { proxy -> a: { latency: 10ms } }
`
  const [first, second, ...others] = traceRequests(parseScenario(text, 'test.yaml'), { count: 8 }).map(
    ({ spans }) => spans.find(({ component }) => component === 'a')!,
  )
  // A round trip for the connection, and a way: the answer takes another.
  expect(first!.start_s - first!.sent_s!).toBeCloseTo(0.03, 9)
  expect(first!.back_s! - first!.end_s!).toBeCloseTo(0.01, 9)
  expect(first!.waits_s).toBeUndefined()
  const [[from, to]] = second!.waits_s as [[number, number]]
  expect(from).toBe(second!.start_s)
  expect((to - from) * 1000).toBeCloseTo(second!.wait_ms, 9)
  // Whoever waits for longer than the proxy does.
  const late = others.find(({ given_up_s }) => given_up_s !== undefined)!
  expect(late.given_up_s! - late.sent_s!).toBeCloseTo(0.3, 9)
})
