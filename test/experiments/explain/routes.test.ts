import { describe, expect, test } from 'vitest'
import { routesOf } from '../../../sim/experiments/explain/routes.js'
import { rateLimited } from '../../../sim/experiments/remedies/rate-limited.js'
import { parseScenario } from '../../../sim/scenario/parse.js'

describe('the way of a request', () => {
  const ways = (more = '') =>
    routesOf(
      parseScenario(
        `lasts: 60s
users: { web: { arrive: constant(5/s), to: front, mix: { page: 50%, image: 50% } } }
components:
  front: { kind: nginx, static: image, service: 1ms, upstream: code }
  code: { kind: app, workers: 9, service: 5ms, after: 2ms, database: data, queries: { page: 3, default: 1 } }
  data: { kind: service, service: 4ms }
wires: { front -> code: { latency: 10ms }${more} }`,
        'way.yaml',
      ),
    )

  test('is that of one in the middle of its class, with the time in each box itself', () => {
    const [page, image] = ways() as [ReturnType<typeof ways>[0], ReturnType<typeof ways>[0]]
    expect([page.users, page.way]).toEqual(['web', [['front'], ['code'], ['data']]])
    expect(page.spent.map(({ component, wires }) => [component, wires])).toEqual([
      ['front', true],
      ['code', false],
      ['data', false],
    ])
    const spent = Object.fromEntries(page.spent.map(({ component, ms }) => [component, ms]))
    expect(spent.code).toBeCloseTo(7, 6)
    expect(spent.data).toBeCloseTo(12, 6)
    // A connection, the request and its answer: 20 ms each way and back.
    expect(spent.front).toBeCloseTo(1 + 40, 6)
    expect(page.latency_ms).toBeCloseTo(60, 6)
    expect(page.wires_ms).toBeCloseTo(0, 6)
    expect(image).toMatchObject({ class: 'image', way: [['front']], latency_ms: expect.closeTo(1, 6) })
    expect(page.traced + image.traced).toBeGreaterThan(290)
  })

  test('is told of each who asks, but attackers, and what is asked at once stands together', () => {
    const found = routesOf(
      parseScenario(
        `lasts: 20s
users:
  web: { arrive: constant(5/s), to: all }
  api: { arrive: constant(5/s), to: one }
  evil: { arrive: constant(5/s), to: one, malicious: on }
components:
  all: { kind: fanout, to: [one, two] }
  one: { kind: service, service: 3ms }
  two: { kind: service, service: 5ms }`,
        'doors.yaml',
      ),
    )
    expect(found.map(({ users, way }) => [users, way])).toEqual([
      ['web', [['all'], ['one', 'two']]],
      ['api', [['one']]],
    ])
  })

  test('is none where nobody of a class is answered', () => {
    const found = routesOf(
      parseScenario(
        `lasts: 20s
users: { web: { arrive: constant(5/s), to: a, timeout: 1s, mix: { slow: 50%, quick: 50% } } }
components: { a: { kind: service, servers: unlimited, service: { slow: 5s, quick: 1ms } } }`,
        'slow.yaml',
      ),
    )
    expect(found.map(({ class: named }) => named)).toEqual(['quick'])
  })
})

describe('a rate limit', () => {
  const stack = (nginx: string) =>
    parseScenario(
      `users: { web: { arrive: poisson(5/s), to: lb } }
components:
  lb: { kind: balancer, servers: [a, b] }
  a: { kind: nginx, upstream: c${nginx} }
  b: { kind: nginx, upstream: c }
  c: { kind: nginx, upstream: d }
  d: { kind: service, service: 1ms }`,
      'limit.yaml',
    )

  test('stands at the web servers in front, each with its part', () => {
    const tried = rateLimited({ scenario: stack('') }, 2000)
    expect(tried).toMatchObject({
      says: 'a and b let in 1,900 requests a second together (limit_req), and answer the others with an error at once',
    })
    const limits = tried.scenario!.components.map(({ name, options }) => [
      name,
      (options.limit_req as { rate: number } | undefined)?.rate,
    ])
    expect(Object.fromEntries(limits)).toEqual({ a: 950, b: 950, c: undefined, d: undefined, lb: undefined })
  })

  test('is there, or has nowhere to stand', () => {
    expect(rateLimited({ scenario: stack(', limit_req: { rate: 5/s }') }, 2000).because).toBe(
      'there is one: limit_req of a',
    )
    const bare = parseScenario(
      'users: { web: { arrive: poisson(5/s), to: a } }\ncomponents: { a: { kind: service, service: 1ms } }',
      'bare.yaml',
    )
    expect(rateLimited({ scenario: bare }, 2000).because).toContain('nothing here can limit a rate')
  })
})
