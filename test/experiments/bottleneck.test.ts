import { describe, expect, test } from 'vitest'
import { limits } from '../../reports/words/limits.js'
import { bottleneckOf } from '../../sim/experiments/bottleneck.js'
import type { Limit } from '../../sim/experiments/fullness.js'
import type { ReplicationRecord } from '../../sim/experiments/replicate.js'
import { resultOf } from '../support/results.js'

const site = ({ rate = '20/s', faults = '', app = '', db = '', users = '' }) => `
lasts: 120s
warmup: 0s
hosts: { web: { cores: 1 }, data: { cores: 2 } }
users: { u: { arrive: constant(${rate}), to: app, timeout: 20s${users} } }
components:
  app: { kind: app, host: web, workers: 8, service: 10ms, database: db, connect_timeout: 1s${app} }
  db: { kind: mysql, host: data, service: 10ms${db} }
faults: [${faults}]
`

const told = (text: string) => {
  const { result, scenario } = resultOf(text)
  return { bottleneck: result.bottleneck!, words: limits(result, scenario) }
}

test('at rest it is what is used most, and what it would bear is in proportion', () => {
  const { bottleneck, words } = told(site({}))
  expect(bottleneck.name).toBe('web')
  expect(bottleneck.utilization).toBeCloseTo(0.2, 2)
  expect(bottleneck.full).toBeUndefined()
  expect(words).toBe(
    'The next limit would be the CPU of web (app): 20% used, so full at about 100 requests/s.',
  )
})

test('in a surge it is what was full, and how long, though it is idle on the whole', () => {
  const { bottleneck, words } = told(
    site({ faults: '{ kind: surge, target: u, factor: 6, at: 30s, for: 30s }' }),
  )
  // 120/s on a core that bears 100/s; the workers are full with it, but because of it.
  expect(bottleneck).toMatchObject({ name: 'web', type: 'host' })
  expect(bottleneck.full!.from_s).toBe(30)
  expect(bottleneck.full!.to_s).toBeGreaterThanOrEqual(60)
  expect(bottleneck.full!.to_s).toBeLessThan(70)
  expect(words).toMatch(
    /^The limit is the CPU of web \(app\): full for 3\d s, from 30 s to 6\d s; 4\d% used on the whole\./,
  )
})

test('a database that is silent fills the workers of the application: they are the limit, with a CPU that is idle', () => {
  const { bottleneck, words } = told(
    site({ rate: '40/s', faults: '{ kind: crash, target: data, at: 30s, for: 30s }' }),
  )
  expect(bottleneck).toMatchObject({ name: 'app', type: 'component' })
  // Each holds its worker for the second until the connection times out; those who waited are served after that.
  expect(words).toMatch(
    /^The limit is the workers of app \(app\): full for 4\d s, from 31 s to 7\d s; .* each try counted\.$/,
  )
})

test('while a fault takes boxes away use is not in proportion to load: nothing is said of what it would bear', () => {
  const { words } = told(site({ faults: '{ kind: crash, target: app, at: 30.01s, for: 30s }' }))
  expect(words).toBe('The next limit would be the CPU of web (app): 15% used. Refused: app 600 times a run.')
})

test('a profile has its hours too', () => {
  const { bottleneck } = told(
    site({}).replace('timeout: 20s', 'profile: { 30s: 600%, 60s: 100% }, timeout: 20s'),
  )
  expect(bottleneck.full).toMatchObject({ from_s: 30 })
})

test('a full CPU explains full slots for a while after it, but not for as long again', () => {
  const { scenario, result } = resultOf(
    site({ faults: '{ kind: slow, target: web, factor: 2, at: 30s }' }),
    1,
  )
  const full = (of: number) => Array.from({ length: 10 }, (_, i) => (i < of ? 1 : 0.1))
  const limit = (host: number, workers: number, applier = 0, place = 'CPU') => {
    const timeline = Array.from({ length: 10 }, (_, i) => ({ start: 12 * i }))
    const used = { web: full(host), app: full(workers), data: full(0), db: full(applier) }
    const of = (name: string, type: Limit['type'], place: string) =>
      ({ name, type, place, series: name, weights: [1], uses: [0.2], loads: null }) as unknown as Limit
    const limits = [
      of('data', 'host', 'CPU'),
      of('web', 'host', place),
      of('app', 'component', 'workers'),
      { ...of('db', 'component', 'applier'), aside: true },
    ]
    return bottleneckOf(scenario, result, limits, [{ timeline, used } as unknown as ReplicationRecord])
  }
  expect(limit(3, 5)).toMatchObject({ name: 'web', full: { seconds: 36, from_s: 0, to_s: 36 } })
  expect(limit(3, 7)).toMatchObject({ name: 'app', full: { seconds: 84, from_s: 0, to_s: 84 } })
  // A network interface that is full holds nobody up who waits for something else.
  expect(limit(3, 5, 0, 'network interface')).toMatchObject({ name: 'app', full: { seconds: 60 } })
  // A replica that catches up is full, and nobody waits for it.
  expect(limit(3, 5, 9)).toMatchObject({ name: 'web', full: { seconds: 36 } })
})

/** Half of the requests write; a replica applies that in eight threads, slowly. */
const replicated = (reads: string) => `
lasts: 120s
warmup: 0s
hosts: { web: {}, one: {}, two: {} }
users: { u: { arrive: poisson(40/s), to: app, timeout: 20s, mix: { read: 50%, write: 50% } } }
components:
  app: { kind: app, host: web, workers: 50, service: 10ms, database: [db${reads}] }
  db: { kind: mysql, host: one, service: 2ms, replicas: [r] }
  r: { kind: mysql, host: two, service: 2ms, apply: 45ms, slave_parallel_threads: 80 }
`

test('the CPU of a machine that only applies what another wrote is no limit: no visitor waits for it', () => {
  const { result, scenario } = resultOf(replicated(''))
  expect(result.hosts.two!.utilization.value).toBeGreaterThan(0.8)
  expect(result.bottleneck).toMatchObject({ name: 'web', type: 'host' })
  expect(limits(result, scenario)).toMatch(/^The next limit would be the CPU of web \(app\): 40% used/)
})

test('it is one, if visitors read there too', () => {
  const { bottleneck } = told(replicated(', r'))
  expect(bottleneck).toMatchObject({ name: 'two', type: 'host' })
})

test('nor is it while it is full, or the run too much for it: the appliers are behind then', () => {
  const text = replicated('').replace('poisson(40/s)', 'poisson(60/s)')
  const { result } = resultOf(text)
  expect(result.hosts.two!.utilization.value).toBeGreaterThan(0.95)
  expect(result.unstable).toBeUndefined()
  expect(result.bottleneck).toMatchObject({ name: 'r', place: 'appliers (slave_parallel_threads)' })
})

describe('idle connections of a pool', () => {
  const pooled = (others: number) => `
lasts: 200s
warmup: 100s
replications: 2
users:
  v: { arrive: poisson(100/s), to: app, timeout: 1min }
  w: { arrive: poisson(${others}/s), to: other, timeout: 1min }
components:
  app: { kind: app, workers: 500, service: 0.1ms, database: db, pool: { size: 45 } }
  other: { kind: app, workers: 500, service: 0.1ms, after: 200ms, database: db }
  db: { kind: mysql, service: 0.1ms, io: exponential(200ms), max_connections: 46 }
`

  test('take no place of max_connections from those who have that pool', () => {
    const { bottleneck, components } = resultOf(pooled(0.001)).result
    // 100/s for 200 ms.
    expect(bottleneck).toMatchObject({ name: 'app', place: 'connections to db (pool)' })
    expect(bottleneck!.utilization).toBeCloseTo(20 / 45, 1)
    expect(components.db!.utilization.value).toBeCloseTo(20 / 46, 1)
  })

  test('are in the way of others, who find none', () => {
    const { bottleneck, components, requests } = resultOf(pooled(20)).result
    expect(requests.failed).toBeGreaterThan(100)
    expect(bottleneck).toMatchObject({ name: 'db', place: 'connections (max_connections)' })
    expect(components.db!.utilization.value).toBeGreaterThan(0.9)
  })
})
