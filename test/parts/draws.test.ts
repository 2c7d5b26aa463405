import { describe, expect, test } from 'vitest'
import { Demand } from '../../sim/parts/demand.js'
import { Request, RequestPool } from '../../sim/parts/request.js'
import { Stream, wordOf } from '../../sim/random/stream.js'
import { chiSquareZ, correlationZ } from '../support/statistics.js'
import { world } from '../support/world.js'

/** A standard normal beyond this is no chance (1 in 16,000, both sides). */
const Z = 4

const visitor = (key: number, tries = 0): Request => {
  const request = new Request()
  request.identify(key, 77, false)
  for (let i = 0; i < tries; i++) request.tryAgain()
  return request
}

/** What `caller` sends below for `request`. */
function call(request: Request, caller: string, step: number, retry: number): Request {
  const child = new Request()
  child.follow(request)
  if (step !== 0 || retry !== 0) child.branch(wordOf(caller), step, retry)
  return child
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('the numbers of one visitor at one box', () => {
  test('no two are the same, by his tries, the calls of a fan-out, retries of proxies, queries and steps there', () => {
    const stream = new Stream('1/0/db/service')
    const seen = new Set<number>()
    let drawn = 0
    for (const tries of range(3))
      for (const part of range(50))
        for (const retry of range(4)) {
          const atApp = call(call(visitor(12, tries), 'page', part, 0), 'lb', 0, retry)
          for (const query of range(16))
            for (const again of range(2)) {
              const atDatabase = call(atApp, 'app', query, again)
              for (const step of range(3)) {
                const draws = atDatabase.draws(stream, step)
                for (let k = 0; k < 2; k++) {
                  seen.add(draws.next())
                  drawn++
                }
              }
            }
        }
    expect(drawn).toBe(3 * 50 * 4 * 16 * 2 * 3 * 2)
    expect(seen.size).toBe(drawn)
  })

  test('a call, its retry, and the same of the box below are four: whose it was counts, not only how often', () => {
    const stream = new Stream('1/0/db/service')
    const first = (request: Request) => request.draws(stream).next()
    const numbers = [
      first(visitor(5)),
      first(call(visitor(5), 'lb', 0, 1)),
      first(call(visitor(5), 'lb', 1, 0)),
      first(call(call(visitor(5), 'lb', 0, 0), 'web', 0, 1)),
      first(call(call(visitor(5), 'lb', 0, 1), 'web', 0, 1)),
      first(visitor(5, 1)),
    ]
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test('his own numbers are the same whatever he tries and whoever asks for him', () => {
    const stream = new Stream('1/0/cache/key')
    const own = visitor(5).visitorDraws(stream).next()
    expect(call(visitor(5, 3), 'lb', 2, 1).visitorDraws(stream).next()).toBe(own)
    expect(visitor(6).visitorDraws(stream).next()).not.toBe(own)
  })
})

describe('the numbers of many visitors', () => {
  const stream = new Stream('1/0/db/service')
  const N = 200_000
  const ways: Record<string, (request: Request) => Request> = {
    first: (r) => r,
    'first retry of a proxy': (r) => call(r, 'lb', 0, 1),
    'second retry of a proxy': (r) => call(r, 'lb', 0, 2),
    'second query': (r) => call(r, 'app', 1, 0),
    'third query': (r) => call(r, 'app', 2, 0),
    'second query again': (r) => call(r, 'app', 1, 1),
    'second query of a retry': (r) => call(call(r, 'lb', 0, 1), 'app', 1, 0),
    'second try': (r) => visitor(r.key, 1),
  }
  const columns = Object.entries(ways).map(([name, of]) => ({
    name,
    values: Float64Array.from({ length: N }, (_, key) => of(visitor(key)).draws(stream).next()),
  }))
  const pairs = columns.flatMap((a, i) => columns.slice(i + 1).map((b) => [a, b] as const))

  test.each(pairs.map(([a, b]) => [a.name, b.name, a.values, b.values] as const))(
    '%s and %s: pairs are spread evenly over the square',
    (_a, _b, a, b) => {
      expect(Math.abs(correlationZ(a, b))).toBeLessThan(Z)
      const CELLS = 32
      const counts = new Float64Array(CELLS * CELLS)
      for (let i = 0; i < N; i++) counts[Math.floor(a[i]! * CELLS) * CELLS + Math.floor(b[i]! * CELLS)]!++
      expect(Math.abs(chiSquareZ(counts))).toBeLessThan(Z)
    },
  )

  test('the numbers of all calls of a fan-out for a visitor are spread evenly', () => {
    const counts = new Float64Array(1000)
    for (let key = 0; key < 300; key++)
      for (let part = 0; part < 1000; part++) {
        const u = call(visitor(key), 'page', part, 0).draws(stream).next()
        counts[Math.floor(u * 1000)]!++
      }
    expect(Math.abs(chiSquareZ(counts))).toBeLessThan(Z)
  })
})

test('a pool gives out requests that have no past', () => {
  const pool = new RequestPool()
  const parent = pool.take()
  parent.identify(1, 2, false)
  const child = pool.child(parent)
  child.branch(wordOf('lb'), 1, 1)
  expect(child.again).toBe(true)
  pool.release(child)
  const next = pool.child(parent)
  expect(next).toBe(child)
  expect([next.lineage, next.again]).toEqual([0, false])
})

test('a demand is drawn where the request says', () => {
  const request = call(visitor(9, 1), 'app', 4, 1)
  const demand = new Demand(
    [{ mean: 0.5, variance: 1 / 12, sample: (from) => from.next() }],
    new Stream('1/0/db/service'),
  )
  expect(demand.of(request)).toBe(request.draws(new Stream('1/0/db/service')).next())
})

/** What each request draws at the box `db`, which serves each as long as it draws: visitor and seconds, in order. */
function drawnAt(components: string, users: string, more = ''): [number, number][] {
  const { model } = world(`
lasts: 20s
warmup: 0s
users: { u: { arrive: poisson(50/s), ${users} } }
components:
  db: { kind: service, servers: unlimited, service: exponential(10ms) }
${components}
${more}`)
  const since = new Map<Request, number>()
  const drawn: [number, number][] = []
  model.context.observe({
    asked: () => true,
    entered: (request) => {
      if (request.at!.name === 'db') since.set(request, model.kernel.now)
    },
    left: (request) => {
      const from = since.get(request)
      since.delete(request)
      if (from !== undefined) drawn.push([request.key, +(model.kernel.now - from).toFixed(9)])
    },
  })
  model.run()
  return drawn.sort(([a], [b]) => a - b)
}

describe('common random numbers', () => {
  test('a first try draws the same through any number of boxes', () => {
    const bare = drawnAt('', 'to: db')
    const stacked = drawnAt(
      `
  app: { kind: app, workers: 1000, service: 0s, database: db }
  web: { kind: nginx, service: 0s, upstream: [app] }
  cache: { kind: cache, origin: web, hit_ratio: 0% }
  lb: { kind: haproxy, service: 0s, servers: [cache], default_server: { check: on } }
  vip: { kind: vip, servers: [lb] }
  wall: { kind: firewall, to: vip }
  page: { kind: fanout, to: [wall] }
  names: { kind: dns, addresses: [page] }`,
      'to: names',
    )
    expect(bare.length).toBeGreaterThan(900)
    expect(stacked).toEqual(bare)
  })

  test('queries of one request draw their own, and so do those of a retry by a proxy or by the visitor', () => {
    const lines = drawnAt(
      `
  app-1: { kind: app, workers: 1000, service: 0s, database: db, queries: 3, request_terminate_timeout: 12ms }
  app-2: { kind: app, workers: 1000, service: 0s, database: db, queries: 3, request_terminate_timeout: 12ms }
  web: { kind: nginx, service: 0s, upstream: [{ name: app-1, max_fails: 0 }, { name: app-2, max_fails: 0 }] }`,
      'to: web, retries: 2',
    )
    const byVisitor = new Map<number, number[]>()
    for (const [key, seconds] of lines) byVisitor.set(key, [...(byVisitor.get(key) ?? []), seconds])
    // 3 queries, of up to 3 tries at up to 2 servers.
    expect(Math.max(...[...byVisitor.values()].map((all) => all.length))).toBeGreaterThan(9)
    for (const all of byVisitor.values()) expect(new Set(all).size).toBe(all.length)
  })
})
