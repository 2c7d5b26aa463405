import { describe, expect, test } from 'vitest'
import { fault, play, problemsOf, response, tally } from '../../support/world.js'

/** Visitors of one object, which the database needs 100 ms for; Redis takes no time. */
const site = ({
  app = '',
  redis = '',
  faults = '',
  mix = 'read: 100%',
  rate = '10/s',
  asks = '5s',
  keys = 1,
  wires = '',
} = {}) => `
lasts: 200s
warmup: 0s
users:
  u: { arrive: constant(${rate}), profile: { 0s: 100%, ${asks}: 0% }, to: app, mix: { ${mix} } }
components:
  app: { kind: app, workers: 200, service: 1ms, database: db, cache: redis, ${app} }
  db: { kind: service, servers: unlimited, service: 100ms }
  redis: { kind: redis, keys: ${keys}, service: 0s, starts: cold, save: none, ${redis} }
wires: { ${wires} }
faults: [${faults}]`

const run = (...as: Parameters<typeof site>) => {
  const { model, ended } = play(site(...as))
  expect(model.context.requests.inUse).toBe(0)
  const extra = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  return {
    ended,
    took: ended.map(response),
    queried: model.wires.find(({ to }) => to.name === 'db')!.sent,
    commands: model.wires.find(({ to }) => to.name === 'redis')!.sent,
    app: extra('app'),
    redis: extra('redis'),
  }
}

describe('cache-aside (Nishtala et al. 2013, Scaling Memcache at Facebook, section 2)', () => {
  test('who misses queries, stores, and goes on; who hits does not query', () => {
    const { took, queried, commands, app, redis } = run()
    expect(took.slice(0, 3)).toEqual([0.101, 0.001, 0.001])
    expect(queried).toBe(1)
    // 50 GET and a SET.
    expect(commands).toBe(51)
    expect(app).toMatchObject({ cache_hit_ratio: 0.98, cache_failures: 0 })
    expect(redis).toMatchObject({ hits: 49, misses: 1 })
  })

  test('a worker waits for each command: a round trip for the GET, one for the SET', () => {
    const { took } = run({ wires: 'app -> redis: { latency: 5ms }', rate: '5/s' })
    expect(took.slice(0, 3)).toEqual([0.121, 0.011, 0.011])
  })

  test('all queries of a request are left out, its calls are not', () => {
    const { took } = run({ app: 'queries: 3, calls: [db]' })
    expect(took.slice(0, 2)).toEqual([0.401, 0.101])
  })

  test('a request that writes deletes its object when it is written: the next who reads queries', () => {
    const { ended, queried, redis } = run({ mix: 'read: 50%, write: 50%', rate: '5/s', asks: '20s' })
    expect(tally(ended)).toEqual({ ok: 100 })
    expect(redis.hits! + redis.misses!).toBeLessThan(70)
    // One miss for each run of writes.
    expect(redis.misses!).toBeGreaterThan(15)
    expect(queried).toBe(100 - redis.hits!)
  })

  test('cached: of these classes alone; one that neither reads there nor writes tells it nothing', () => {
    const { queried, commands } = run({ mix: 'a: 50%, b: 50%', app: 'cached: [a]' })
    expect(queried).toBeGreaterThan(15)
    expect(commands).toBe(1 + 50 - (queried - 1))
  })

  test('a query that fails is a 500, and nothing is stored', () => {
    const { ended, redis } = run({ faults: fault('crash', 'db', '0s', '1.05s') })
    expect(tally(ended)).toEqual({ 500: 10, ok: 40 })
    expect(redis).toMatchObject({ hits: 39 })
  })
})

describe('what fails there counts as not there', () => {
  test('refused: at once, and each queries', () => {
    const { ended, took, queried, app } = run({ faults: fault('crash', 'redis', '2.05s', '1s') })
    expect(tally(ended)).toEqual({ ok: 50 })
    expect(queried).toBe(1 + 10)
    expect(took[22]).toBe(0.101)
    // A GET and a SET each, but for the last SET, which is not refused any more.
    expect(app.cache_failures).toBe(19)
  })

  test('silent: after cache_timeout, for the GET and for the SET; 60s if nothing is said (PHP: default_socket_timeout)', () => {
    const hang = fault('hang', 'redis', '2.05s', '1s')
    const { took, ended } = run({ faults: hang, app: 'cache_timeout: 50ms' })
    expect(tally(ended)).toEqual({ ok: 50 })
    expect(Math.max(...took)).toBe(0.201)
    const patient = run({ faults: hang })
    expect(Math.max(...patient.took)).toBeCloseTo(0.95, 6)
    const gone = run({ faults: fault('hang', 'redis', '2.05s', '70s') })
    // The GET of who came at 2.1 s is given up at 62.1 s, and the SET is answered at 72.05 s.
    expect(Math.max(...gone.took)).toBeCloseTo(69.95, 6)
    expect(gone.app.cache_failures).toBeGreaterThan(20)
  })

  test('an error too: it is loading, or has no room', () => {
    const loading = run({
      redis: 'appendonly: on, loading: 1s',
      faults: fault('crash', 'redis', '2.05s', '1s'),
    })
    expect(tally(loading.ended)).toEqual({ ok: 50 })
    expect(loading.queried).toBe(1 + 20)
    const full = run({ keys: 100, redis: 'size: 1', rate: '100/s' })
    expect(tally(full.ended)).toEqual({ ok: 500 })
    expect(full.redis.unstored).toBe(full.queried - 1)
  })
})

describe('leases (the same, section 3.2.1)', () => {
  const herd = { rate: '1000/s', asks: '50.5ms' }

  test('without them all who miss one object query: a herd', () => {
    expect(run(herd).queried).toBe(50)
  })

  test('with them one does, and the others ask again each 10 ms until it is there', () => {
    const { queried, took, app } = run({ ...herd, app: 'cache_leases: on' })
    expect(queried).toBe(1)
    expect(Math.max(...took)).toBeLessThan(0.112)
    expect(app.lease_waits).toBeGreaterThan(350)
    const { app: slower } = run({ ...herd, app: 'cache_leases: on, cache_lease_wait: 50ms' })
    expect(slower.lease_waits).toBeLessThan(120)
  })

  test('it ends when the object is stored: the next who misses that has one', () => {
    const { took, queried } = run({ app: 'cache_leases: on', redis: 'ttl: 1s' })
    expect(queried).toBe(5)
    expect(Math.max(...took)).toBeLessThan(0.2)
  })

  test('one that is not used is good for 10 s', () => {
    const { took, queried } = run({
      ...herd,
      app: 'cache_leases: on, read_timeout: 1s',
      faults: fault('hang', 'db', '0s', '5s'),
    })
    // The first queries at 2 ms, gives up after a second, and has failed; the next has a lease 10 s after that one.
    expect(Math.max(...took)).toBeGreaterThan(10)
    expect(queried).toBe(2)
  })
})

test('what does not fit together is said', () => {
  const says = (text: string) => problemsOf(text).join('\n')
  expect(says(site({ app: 'cache_lease_wait: 5ms' }))).toContain('expected cache_leases: on beside it')
  expect(says(site({ app: 'cache_leases: on' }).replace('cache: redis, ', ''))).toContain(
    'expected cache: too',
  )
  expect(says(site().replace('cache: redis', 'cache: db'))).toContain('expected a component of kind redis')
  expect(says(site().replace('keys: 1, service: 0s, starts: cold, ', ''))).toContain(
    'expected keys: at redis',
  )
})
