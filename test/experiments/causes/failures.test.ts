import { describe, expect, test } from 'vitest'
import { resultOf } from '../../support/ran.js'

/** What the requests that failed come down to, of the first fault or else of the first class. */
async function failuresIn(text: string) {
  const { causes } = await resultOf(text)
  const found = causes.find(({ explains }) => explains === 'failures')
  return {
    ...found,
    chain: found?.chain.map(({ component, what, twins = [] }) => `${[component, ...twins]} ${what}`),
  }
}

const head = (rate: string) => `
lasts: 2min
warmup: 0s
replications: 2
good: 500ms
users: { v: { arrive: poisson(${rate}), to: front, timeout: 5s } }
`

/** Two applications behind a proxy, each on a machine of its own. */
const pair = (proxy: string, faults: string, more = '') => `${head('40/s')}
hosts: { one: {}, two: {} }
components:
  front: { ${proxy} }
  app-1: &app { kind: app, host: one, workers: 100, service: 5ms${more} }
  app-2: { <<: *app, host: two }
faults: [${faults}]
`
const haproxy =
  'kind: haproxy, service: 0ms, timeout_connect: 1s, option_httpchk: on, default_server: { check: on }, servers: [app-1, app-2]'

describe('the requests that failed at once come down to', () => {
  test('a process that is gone: its port is closed', async () => {
    const text = `${head('40/s')}
components: { front: { kind: nginx, service: 1ms } }
faults: [{ kind: crash, target: front, at: 30s, for: 60s }]
`
    const { chain, share, says, of, name } = await failuresIn(text)
    expect([of, name]).toEqual(['fault', 'crash of front'])
    expect(chain).toEqual(['front process gone'])
    expect(share).toBeGreaterThan(0.99)
    expect(says).toMatch(/^front had no process that listened: \d+% of the requests that failed\.$/)
  })

  test('a proxy that trusts none of its servers, which are on dead machines, told together', async () => {
    const dead = '{ kind: crash, target: [one, two], at: 30s, for: 60s }'
    const { chain, share, says } = await failuresIn(pair(haproxy, dead))
    expect(chain).toEqual(['front no server up', 'app-1,app-2 machine dead'])
    // Ten seconds until it knows, of which those that come in the first six wait for four connect timeouts.
    expect(share).toBeGreaterThan(0.75)
    expect(says).toMatch(
      /^front had no server that was up, for app-1 and app-2 were on dead machines: \d+% of the requests that failed\.$/,
    )
  })

  test('a proxy whose servers have crashed one after the other, though each by itself did no harm', async () => {
    const faults =
      '{ kind: crash, target: app-1, at: 20s, for: 80s }, { kind: crash, target: app-2, at: 40s, for: 40s }'
    const { chain, share, name } = await failuresIn(pair(haproxy, faults))
    expect(name).toMatch(/crash of app-1/)
    expect(chain).toEqual(['front no server up', 'app-1,app-2 process gone'])
    expect(share).toBeGreaterThan(0.75)
  })

  test('nginx with no live upstream, behind which both applications are gone', async () => {
    const gone = '{ kind: crash, target: [app-1, app-2], at: 30s, for: 60s }'
    const { chain, share } = await failuresIn(
      pair('kind: nginx, service: 0ms, upstream: [app-1, app-2]', gone),
    )
    expect(chain).toEqual(['front no server up', 'app-1,app-2 process gone'])
    expect(share).toBeGreaterThan(0.9)
  })

  test.each(['', ', class: request'])(
    'one of two that do the same, where the fault has only that one%s',
    async (some) => {
      const errors = `{ kind: errors, target: app-2, at: 30s, for: 60s, share: 50%${some} }`
      const { chain, share, says } = await failuresIn(pair(haproxy, errors))
      expect(chain).toEqual(['app-2 errors'])
      expect(share).toBe(1)
      expect(says).toMatch(/^app-2 answered with errors, by a fault: 100% of the requests that failed\.$/)
    },
  )

  test('both, where the fault has both', async () => {
    const errors = '{ kind: errors, target: [app-1, app-2], at: 30s, for: 60s, share: 50% }'
    const { chain } = await failuresIn(pair(haproxy, errors))
    expect(chain).toEqual(['app-1,app-2 errors'])
  })

  test.each([
    ['a', 'b'],
    ['b', 'a'],
  ])(
    'of parts that are called at once the one that is gone (%s), and not %s, which answers',
    async (gone) => {
      const text = `${head('40/s')}
components:
  front: { kind: fanout, to: [a, b] }
  a: { kind: service, servers: unlimited, service: 100ms }
  b: { kind: service, servers: unlimited, service: 20ms }
faults: [{ kind: crash, target: ${gone}, at: 30s, for: 60s }]
`
      const { chain, share } = await failuresIn(text)
      expect(chain).toEqual([`${gone} process gone`])
      expect(share).toBeGreaterThan(0.99)
    },
  )

  test('a rate limit of nginx', async () => {
    const text = `${head('80/s')}
components: { front: { kind: nginx, service: 1ms, limit_req: { rate: 50/s } } }
`
    const { chain, share, of } = await failuresIn(text)
    expect(of).toBe('class')
    expect(chain).toEqual(['front limit reached'])
    expect(share).toBe(1)
  })

  test('a bounded queue that is full by the work of its own box', async () => {
    const text = `${head('80/s')}
components: { front: { kind: service, servers: 1, queue: 2, service: exponential(20ms) } }
`
    const { chain, share } = await failuresIn(text)
    expect(chain).toEqual(['front full by itself'])
    expect(share).toBeGreaterThan(0.95)
  })

  test('a database without a connection left, since those that have one wait for its disk', async () => {
    const text = `${head('60/s')}
hosts: { web: { cores: 64 }, store: { cores: 64 } }
components:
  front: { kind: app, host: web, workers: 500, service: 1ms, database: [m] }
  m: { kind: mysql, host: store, service: 200ms, max_connections: 10, back_log: 5 }
`
    const { chain, share } = await failuresIn(text)
    expect(chain).toEqual(['m full by itself'])
    expect(share).toBeGreaterThan(0.95)
  })

  test('a database whose connections scripts hold that do something else', async () => {
    const text = `${head('60/s')}
components:
  front: { kind: app, workers: 500, service: 1ms, after: 400ms, database: [m] }
  m: { kind: mysql, service: 2ms, max_connections: 15 }
`
    const { chain, share, says } = await failuresIn(text)
    expect(chain).toEqual(['m idle connections'])
    expect(share).toBeGreaterThan(0.95)
    expect(says).toMatch(/^m had no place left, most of them held by connections without a request/)
  })

  test('a proxy, and an application, without a port left: not their own work', async () => {
    const hosts = 'hosts: { h: { ip_local_port_range: "10000 10599" } }'
    const proxy = `${head('20/s')}${hosts}
components:
  front: { kind: nginx, host: h, upstream: [a], proxy_http_version: 1.1 }
  a: { kind: service, servers: 100, service: 20ms }
`
    expect((await failuresIn(proxy)).chain).toEqual(['front no port left'])
    const app = `${head('20/s')}${hosts}
components:
  front: { kind: app, host: h, workers: 100, service: 1ms, database: m }
  m: { kind: mysql, service: 1ms }
`
    const { chain, says } = await failuresIn(app)
    expect(chain).toEqual(['front no port left'])
    expect(says).toMatch(/^front had no port left to connect from/)
  })

  test('a pool of connections that is full by the work of those who have them', async () => {
    const text = `${head('40/s')}
components:
  front: { kind: app, workers: 900, service: 1ms, after: 400ms, database: m, pool: { size: 10, acquire_timeout: 1s } }
  m: { kind: mysql, service: 1ms }
`
    expect((await failuresIn(text)).chain).toEqual(['front full by itself'])
  })

  test('the dead server of a proxy that has another one, and asks the dead one again: no want of servers', async () => {
    const text = pair(
      'kind: haproxy, timeout_connect: 1s, default_server: { check: on }, servers: [app-1, app-2]',
      '{ kind: crash, target: one, at: 30s, for: 1min }',
    )
    const { chain, says } = await failuresIn(text)
    expect(chain).toEqual(['front gave up', 'app-1 machine dead'])
    expect(says).toMatch(/^front gave up app-1, whose machine was dead: 100%/)
  })

  test('a proxy full of what a hung server keeps, where its queue has a timeout', async () => {
    const text = `${head('40/s')}
components:
  front: { kind: haproxy, service: 0ms, timeout_connect: 1s, timeout_queue: 200ms, servers: [{ name: a, maxconn: 5 }] }
  a: { kind: app, workers: 100, service: 5ms }
faults: [{ kind: hang, target: a, at: 30s, for: 60s }]
`
    const { chain, share } = await failuresIn(text)
    expect(chain).toEqual(['front full', 'a hangs'])
    expect(share).toBeGreaterThan(0.9)
  })

  test('a certificate that has expired', async () => {
    const text = `${head('40/s')}
components:
  front: { kind: haproxy, service: 0ms, tls: {}, servers: [a] }
  a: { kind: app, workers: 100, service: 5ms }
faults: [{ kind: certificate, target: front, at: 30s, for: 60s }]
`
    expect((await failuresIn(text)).chain).toEqual(['front certificate expired'])
  })

  test('nothing of an earlier try, where the last one was a timeout', async () => {
    // Who came while there were errors asks again when it hangs.
    const text = `${head('40/s').replace('timeout: 5s', 'timeout: 5s, retries: 1, backoff: 40s')}
components: { front: { kind: nginx, service: 1ms } }
faults: [{ kind: errors, target: front, at: 30s, for: 30s, share: 100% }, { kind: hang, target: front, at: 60s, for: 50s }]
`
    const { causes, requests } = await resultOf(text)
    expect(requests.failed).toBeGreaterThan(1000)
    expect(causes.every(({ explains }) => explains === 'time')).toBe(true)
  })

  const behind = (faults: string) => `${head('8/s')}
components:
  front: { kind: nginx, service: 1ms, upstream: [lb] }
  lb: { kind: haproxy, service: 0ms, redispatch: on, timeout_server: 1s, servers: [{ name: app-1, weight: 5 }, app-2] }
  app-1: { kind: app, workers: 1000, service: 5ms }
  app-2: { kind: app, workers: 1000, service: 5ms }
faults: [{ kind: crash, target: app-1, at: 30s, for: 60s }, ${faults}]
`

  test('nothing of a server that refused before another was asked that hangs', async () => {
    const { causes, requests } = await resultOf(behind('{ kind: hang, target: app-2, at: 30s, for: 60s }'))
    expect(requests.by_outcome['504']).toBeGreaterThan(700)
    expect(causes.every(({ explains }) => explains === 'time')).toBe(true)
  })

  test('nothing of a server that refused before another answered well', async () => {
    const text = behind('{ kind: errors, target: front, at: 30s, for: 60s, share: 100% }')
    const { chain, share } = await failuresIn(text)
    expect(chain).toEqual(['front errors'])
    expect(share).toBeGreaterThan(0.99)
  })

  test('nothing, where it was a timeout that the application makes an error of', async () => {
    const text = `${head('40/s')}
components:
  front: { kind: app, workers: 1000, service: 1ms, read_timeout: 1s, database: [m] }
  m: { kind: mysql, service: 1ms, max_connections: 1000, back_log: 10000 }
faults: [{ kind: hang, target: m, at: 30s, for: 60s }]
`
    const { causes, requests } = await resultOf(text)
    expect(requests.by_outcome['500']).toBeGreaterThan(1000)
    expect(causes.map(({ explains }) => explains)).toEqual(['time', 'time'])
  })

  test('nothing, where it was timeouts: time explains those', async () => {
    const text = `${head('40/s')}
components: { front: { kind: nginx, service: 1ms } }
faults: [{ kind: hang, target: front, at: 30s, for: 60s }]
`
    const { causes } = await resultOf(text)
    expect(causes.map(({ explains }) => explains)).toEqual(['time', 'time'])
  })
})
