import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Model } from '../../sim/model/model.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { runOut } from '../support/observer.js'

/** NINES_RUNS=20 for twenty times as many. */
const times = Number(process.env.NINES_RUNS ?? 1)

const struck = fc.record({
  kind: fc.constantFrom('crash', 'crash', 'hang', 'maintenance', 'partition', 'loss'),
  box: fc.constantFrom('web', 'web', 'a', 'b'),
  wire: fc.constantFrom('users -> web', 'web -> a', 'web -> b'),
  at: fc.integer({ min: 0, max: 18 }),
  lasts: fc.integer({ min: 1, max: 15 }),
})

const sizes: Readonly<Record<string, object>> = { maintenance: { drain: '500ms' }, loss: { share: '30%' } }
const onWire = ['partition', 'loss']

/** Few places before two servers, and visitors of few addresses, who load pages, read slowly, lose patience. */
const scenarios = fc
  .record({
    each: fc.integer({ min: 1, max: 3 }),
    all: fc.integer({ min: 2, max: 5 }),
    limit_conn_status: fc.constantFrom(429, 444, 503),
    limit_req: fc.constantFrom(undefined, { key: '$binary_remote_addr', rate: '5/s', burst: 4 }),
    balance: fc.constantFrom('ip_hash', 'hash $remote_addr consistent', 'random', 'random two'),
    worker_connections: fc.constantFrom(4, 512),
    proxy_ignore_client_abort: fc.constantFrom('on', 'off'),
    tls: fc.constantFrom(undefined, {}),
    users: fc.record({
      arrive: fc.constantFrom('poisson(20/s)', 'closed(users=8, think=exponential(200ms))'),
      timeout: fc.constantFrom('200ms', '3s'),
      retries: fc.integer({ min: 0, max: 2 }),
      requests_per_connection: fc.constantFrom(1, 'unlimited'),
      page: fc.constantFrom(undefined, { assets: 4 }, { assets: 9, http: 2 }),
      addresses: fc.constant({ count: 3 }),
      bandwidth: fc.constantFrom(undefined, '2Mbit/s'),
    }),
    faults: fc.array(struck, { minLength: 1, maxLength: 4 }),
    seed: fc.nat(1e6),
  })
  .map(({ each, all, users, faults, seed, ...nginx }) => {
    const server = { kind: 'service', servers: 3, service: 'exponential(200ms)' }
    return JSON.stringify({
      seed,
      lasts: '2s',
      warmup: '0s',
      users: { users: { ...users, to: 'web', mix: { request: '60%', static: '40%' } } },
      components: {
        web: {
          kind: 'nginx',
          limit_conn: { $binary_remote_addr: each, $server_name: all },
          proxy_connect_timeout: '300ms',
          proxy_read_timeout: '1s',
          upstream: ['a', 'b'],
          ...nginx,
        },
        a: server,
        b: server,
      },
      ...(users.bandwidth && { sizes: { request: { request: '2kB', answer: '100kB' } } }),
      faults: faults.map(({ kind, box, wire, at, lasts }) => ({
        kind,
        target: onWire.includes(kind) ? wire : box,
        at: `${at / 10}s`,
        for: `${lasts / 10}s`,
        ...sizes[kind],
      })),
    })
  })

interface Places {
  readonly used: { value: number }
  readonly places: { inside: { size: number }; ofAddress: { size: number }; all: { value: number } }
}

test('when nobody comes any more nginx counts nobody for limit_conn, and has given back every connection', () => {
  let exceeded = 0
  fc.assert(
    fc.property(scenarios, (text) => {
      const model = new Model(parseScenario(text, 'random.yaml'), 0)
      model.run()
      runOut(model, 1000)
      const web = model.components.get('web')!
      const { used, places } = web as unknown as Places
      const { inside, ofAddress, all } = places
      exceeded += web.extra(model.kernel.now).limit_conn_exceeded!
      expect([used.value, inside.size, ofAddress.size, all.value, model.context.requests.inUse]).toEqual([
        0, 0, 0, 0, 0,
      ])
    }),
    { seed: 16, numRuns: 20 * times },
  )
  expect(exceeded).toBeGreaterThan(50)
})
