import { describe, expect, it } from 'vitest'
import { traceRequests } from '../../sim/model/tracing.js'
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
  return traceRequests(parseScenario(text, 'test.yaml'), 20)
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
    const requests = traceRequests(parseScenario(text, 'test.yaml'), 5)
    for (const { spans, outcome } of requests) {
      expect(outcome).toBe('timeout')
      expect(spans).toMatchObject([{ component: 'a', parent: 'web', outcome: 'timeout' }])
      expect(spans[0]!.end_s! - spans[0]!.start_s).toBeCloseTo(3, 9)
    }
  })
})
