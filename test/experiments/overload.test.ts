import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { limits } from '../../reports/words/limits.js'
import { replicate } from '../../sim/experiments/replicate.js'
import { faultOf } from '../../sim/experiments/summarize/fault-result.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { root } from '../support/built.js'
import { resultOf } from '../support/results.js'

function told(text: string, replications = 2) {
  const { result, scenario } = resultOf(text, replications)
  return { ...result, words: limits(result, scenario) }
}

/** Five slots for 50 ms each: room for 100 requests/s. */
const slots = (rate: number, more = '') => `
lasts: 200s
users: { v: { arrive: poisson(${rate}/s), to: h } }
components:
  h: { kind: haproxy, service: 0ms, servers: [{ name: a, maxconn: 5 }]${more} }
  a: { kind: app, workers: 100, service: exponential(50ms) }
`

/** Ten workers, 50 ms each: room for 200 requests/s. */
const box = (rate: number, lasts: string, users = '', more = '') => `
lasts: ${lasts}
users: { v: { arrive: poisson(${rate}/s), to: a${users} } }
components: { a: { kind: app, workers: 10, service: 50ms } }
${more}`

describe('the slots that a load balancer gives a server', () => {
  it('are what fills first, though the server is idle', () => {
    const { bottleneck, overloaded, words } = told(slots(95))
    expect(overloaded).toBeUndefined()
    expect(bottleneck).toMatchObject({ name: 'h', type: 'component', place: 'slots of server a' })
    expect(bottleneck!.utilization).toBeCloseTo(0.95, 1)
    expect(bottleneck!.full_at_per_s).toBeGreaterThan(98.5)
    expect(bottleneck!.full_at_per_s).toBeLessThan(101.5)
    expect(bottleneck!.next).toMatchObject({ name: 'a', place: 'workers' })
    expect(bottleneck!.next!.full_at_per_s! / 2000).toBeCloseTo(1, 1)
    expect(words).toMatch(/the slots of server a at h \(haproxy\): 9\d% used, so full at about (9\d|10\d)/)
  })

  it('cannot keep up beyond that: the backlog grows by the rest', () => {
    const { overloaded, unstable } = told(slots(120))
    expect(unstable!.component).toBe('h')
    expect(overloaded).toMatchObject({ component: 'h', place: 'slots of server a' })
    expect(overloaded!.capacity_per_s).toBeGreaterThan(98)
    expect(overloaded!.capacity_per_s).toBeLessThan(102)
    expect(overloaded!.growth_per_s).toBeGreaterThan(17)
    expect(overloaded!.growth_per_s).toBeLessThan(23)
  })

  it('settle with losses where waiting has an end', () => {
    const at = (rate: number) => told(slots(rate, ', timeout_queue: 1s'))
    expect(at(80).overloaded).toBeUndefined()
    for (const rate of [120, 160]) {
      const { overloaded, unstable, words } = at(rate)
      expect(unstable).toBeUndefined()
      expect(overloaded).toMatchObject({ component: 'h', place: 'slots of server a', growth_per_s: 0 })
      expect(overloaded!.capacity_per_s / 100).toBeCloseTo(1, 1)
      expect(words).toMatch(/^Overloaded: the slots of server a at h .* the rest fails\./)
    }
  })
})

describe('workers that are full, with a backlog in SYNs that are sent again', () => {
  const few = (...how: Parameters<typeof box>) => box(...how).replace('workers: 10', 'workers: 2')

  it('never settle: of 100/s that come 40/s are answered', () => {
    const { overloaded, unstable, words } = told(few(100, '60s'))
    expect(unstable).toMatchObject({
      component: 'a',
      reason: expect.stringMatching(/^offered load (at or )?above capacity$/),
    })
    expect(overloaded).toMatchObject({ component: 'a', place: 'workers' })
    expect(overloaded!.capacity_per_s / 40).toBeCloseTo(1, 1)
    expect(overloaded!.growth_per_s / 60).toBeCloseTo(1, 1)
    expect(unstable!.growth_per_s).toBe(overloaded!.growth_per_s)
    expect(words).toMatch(
      /2\.[45]\d? times what it can do; the backlog grows by (5\d|6\d)(\.\d)? requests\/s\./,
    )
  })

  it('settle where visitors give up: what is burnt for those is not capacity that lacks', () => {
    const { overloaded, unstable } = told(few(100, '60s', ', timeout: 8s'))
    expect(unstable).toBeUndefined()
    expect(overloaded).toMatchObject({ component: 'a', place: 'workers', growth_per_s: 0 })
    expect(overloaded!.capacity_per_s / 40).toBeCloseTo(1, 1)
  })
})

it('the connection table of a firewall holds what ended two minutes ago: 10,000 entries are 83 requests/s', () => {
  const { bottleneck } = told(`
lasts: 200s
users: { v: { arrive: poisson(80/s), to: f } }
components:
  f: { kind: firewall, to: a, nf_conntrack_max: 10000 }
  a: { kind: app, workers: 100, service: exponential(50ms) }`)
  expect(bottleneck).toMatchObject({ name: 'f', place: 'connection table (nf_conntrack_max)' })
  // Each request holds its entry for 120.05 s.
  expect(bottleneck!.full_at_per_s).toBeGreaterThan(82.8)
  expect(bottleneck!.full_at_per_s).toBeLessThan(83.8)
})

it('a rate that is let through is a limit by what comes, whatever passes', () => {
  const { overloaded, bottleneck, requests } = told(`
lasts: 200s
users: { v: { arrive: poisson(80/s), to: a } }
components: { a: { kind: nginx, service: 1ms, limit_req: { rate: 50/s } } }`)
  expect(requests.failed / requests.offered).toBeGreaterThan(0.3)
  expect(overloaded).toMatchObject({ component: 'a', place: 'rate of limit_req', growth_per_s: 0 })
  expect(overloaded!.capacity_per_s).toBeCloseTo(50, 6)
  expect(bottleneck).toMatchObject({ name: 'a', place: 'rate of limit_req' })
  expect(bottleneck!.next).toMatchObject({ place: 'workers (worker_processes)' })
})

it.each([
  [
    'worker_connections',
    'nginx: { kind: nginx, service: 0.1ms, worker_connections: 20, upstream: [s] }',
    'connections (worker_connections)',
    100,
  ],
  [
    'max_conns',
    'nginx: { kind: nginx, service: 0.1ms, upstream: [{ name: s, max_conns: 10 }] }',
    'connections to server s (max_conns)',
    100,
  ],
  [
    'maxconn of a frontend',
    'nginx: { kind: haproxy, service: 0ms, maxconn: 10, servers: [s] }',
    'connections (maxconn)',
    100,
  ],
  [
    'event loops',
    'nginx: { kind: haproxy, service: 10ms, nbthread: 1, servers: [s] }',
    'threads (nbthread)',
    100,
  ],
  [
    'max_connections',
    'nginx: { kind: app, workers: 1000, service: 0ms, database: s2 }\n  s2: { kind: mysql, max_connections: 10, service: 0ms, io: 100ms }',
    'connections (max_connections)',
    100,
  ],
])('%s fill by what holds them', (_, components, place, full) => {
  // Each is held for 100 ms: by the service below, or by itself.
  const { bottleneck } = told(`
lasts: 60s
users: { v: { arrive: constant(50/s), to: nginx } }
components:
  ${components}
  s: { kind: service, servers: 1000, service: 100ms }`)
  expect(bottleneck!.place).toBe(place)
  expect(bottleneck!.utilization).toBeCloseTo(0.5, 1)
  expect(bottleneck!.full_at_per_s! / full).toBeCloseTo(1, 1)
})

describe('a replica that applies less than its primary writes', () => {
  const replication = (apply: string) =>
    told(`
lasts: 200s
users: { v: { arrive: poisson(100/s), to: a, mix: { read: 70%, write: 30% } } }
components:
  a: { kind: app, workers: 1000, service: 1ms, database: [m, e] }
  m: { kind: mysql, service: 5ms, replicas: [e] }
  e: { kind: mysql, service: 5ms, apply: ${apply} }`)

  it('lags more and more: there is no mean lag, and its applier is full', () => {
    const { overloaded, unstable, bottleneck, components, latency_ms, words } = replication('40ms')
    expect(overloaded).toMatchObject({ component: 'e', place: 'applier' })
    // 1.2 s of work a second: it falls behind by 1 - 1/1.2 s a second.
    expect(overloaded!.lag_growth).toBeCloseTo(1 / 6, 2)
    expect(overloaded!.capacity_per_s / (100 / 1.2)).toBeCloseTo(1, 1)
    expect(bottleneck).toMatchObject({ name: 'e', place: 'applier' })
    expect(bottleneck!.utilization).toBeCloseTo(1, 3)
    expect(components.e!.extra!.lag_ms!.value).toBeNull()
    expect(words).toContain('its lag grows by 0.17 s a second, and has no mean')
    // Visitors do not wait for it.
    expect(unstable).toBeUndefined()
    expect(latency_ms.mean.value).not.toBeNull()
  })

  it('has a lag while it can keep up', () => {
    const { overloaded, components } = replication('25ms')
    expect(overloaded).toBeUndefined()
    expect(components.e!.extra!.lag_ms!.value).toBeGreaterThan(25)
  })
})

it('a full CPU is what cannot keep up, not the workers that wait for it', () => {
  const file = readFileSync(path.join(root, 'scenarios/01-simple-web-stack.yaml'), 'utf8')
  const { overloaded, bottleneck } = told(
    file.replace(/^lasts:.*$/m, 'lasts: 60s').replace(/poisson\([^)]*\)/, 'poisson(700/s)'),
  )
  expect(overloaded).toMatchObject({ component: 'server-1', type: 'host', place: 'CPU' })
  expect(bottleneck).toMatchObject({ name: 'server-1', type: 'host' })
  expect(overloaded!.capacity_per_s).toBeLessThan(660)
})

it('nothing is said to be a limit where nothing ran', () => {
  const { bottleneck, words } = told(box(1, '60s').replace('poisson(1/s)', '"closed(users=1, think=1d)"'))
  expect({ bottleneck, words }).toEqual({ bottleneck: null, words: '' })
})

it('what a fault cost is not counted where the scenario is overloaded without it', () => {
  const costOf = (rate: number) => {
    const scenario = parseScenario(
      box(
        rate,
        '60s',
        ', timeout: 2s',
        'warmup: 0s\nfaults: [{ kind: crash, target: a, at: 30s, for: 10s }]',
      ),
      'test.yaml',
    )
    const without = { ...scenario, faults: [] }
    const run = (one: typeof scenario) => [0, 1].map((replication) => replicate(one, replication))
    return faultOf(scenario, 0, run(scenario), run(without))
  }
  expect(costOf(500)).toMatchObject({ overloaded_without: true, cost: null })
  const { cost, overloaded_without } = costOf(50)
  expect(overloaded_without).toBeUndefined()
  expect(cost!.value).toBeGreaterThan(300)
})

it('what shares a machine uses no more of it than there is, overloaded or not', () => {
  const { components, hosts } = told(`
lasts: 60s
hosts: { h: { cores: 2 } }
users: { v: { arrive: poisson(60/s), to: f, timeout: 5s } }
components:
  f: { kind: firewall, host: h, to: b, service: "lognormal(mean=10s, cv=0.5)" }
  b: { kind: balancer, servers: [m1, m2] }
  m1: { kind: mysql, host: h, service: exponential(30ms) }
  m2: { kind: mysql, host: h, service: exponential(30ms) }`)
  const used = ['f', 'm1', 'm2'].map((name) => components[name]!.utilization.value!)
  expect(used.every((share) => share >= 0 && share <= 1)).toBe(true)
  expect(hosts.h!.utilization.value).toBeGreaterThan(0.99)
  // Between them they have what the machine has: nothing is counted twice, nothing cut off.
  expect(used.reduce((a, b) => a + b)).toBeCloseTo(hosts.h!.utilization.value!, 9)
})

describe('a place that refuses at once is overloaded by what comes, though it stands empty between one and the next', () => {
  const at = (rate: number, components: string) =>
    told(`
lasts: 200s
users: { v: { arrive: poisson(${rate}/s), to: front } }
components:
${components}
`)
  const cases: [string, string, { component: string; place: string }][] = [
    // Each has room for 100 requests/s.
    [
      'a service without a queue',
      '  front: { kind: service, servers: 2, queue: 0, service: exponential(20ms) }',
      { component: 'front', place: 'servers' },
    ],
    [
      'max_connections',
      `  front: { kind: app, workers: 1000, service: 0ms, database: [db] }
  db: { kind: mysql, max_connections: 2, service: 0ms, io: exponential(20ms) }`,
      { component: 'db', place: 'connections (max_connections)' },
    ],
    [
      'max_conns',
      `  front: { kind: nginx, service: 0ms, upstream: [{ name: app, max_conns: 2 }] }
  app: { kind: service, servers: unlimited, service: exponential(20ms) }`,
      { component: 'front', place: 'connections to server app (max_conns)' },
    ],
  ]
  it.each(cases)('%s', (_, components, place) => {
    const { overloaded, bottleneck, words } = at(150, components)
    expect(overloaded).toMatchObject({ ...place, growth_per_s: 0 })
    // Erlang's loss formula: of 3 erlangs offered to 2 places 9/17 are lost.
    expect(bottleneck!.utilization).toBeCloseTo((3 * (1 - 9 / 17)) / 2, 1)
    expect(words).toMatch(/^Overloaded: .* cannot keep up/)
    // As many are lost by chance where less comes than there is room for: no overload.
    expect(at(80, components).overloaded).toBeUndefined()
  })
})

it('what could do all that comes, and does it for those who have given up, is not said to carry it', () => {
  const { words } = told(`
lasts: 4min
warmup: 0s
users: { v: { arrive: poisson(16/s), to: app, timeout: 3s, retries: 3 } }
components:
  app: { kind: app, workers: 2000, service: 1ms, after: 400ms, database: db, pool: { size: 10 } }
  db: { kind: mysql, service: 10ms, io: 90ms }
faults: [{ kind: surge, target: v, factor: 3, at: 30s, for: 30s }]
`)
  expect(words).toMatch(
    /cannot keep up: it works for those who have given up, and of 2[01][.\d]* requests\/s/,
  )
})

it('what attackers send is told beside the visitors, where it is too much', () => {
  const { words } = told(`
lasts: 60s
users:
  v: { arrive: poisson(20/s), to: x, timeout: 5s }
  bad: { arrive: poisson(150/s), to: x, malicious: on }
components: { x: { kind: app, workers: 10, service: 100ms } }
`)
  expect(words).toMatch(
    /^Overloaded: the workers of x \(app\) cannot keep up with the 1[45]\d requests\/s that attackers send besides the (19|20|21)[.\d]* of visitors\./,
  )
})
