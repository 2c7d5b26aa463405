import { describe, expect, test } from 'vitest'
import { resultOf } from '../../support/ran.js'

/** Pages and what is called x through one proxy, before the applications a and b, each on a machine of its own. */
const site = (proxy: string, { users = '', faults = '', service = '5ms' } = {}) => `
lasts: 1min
warmup: 0s
replications: 2
good: 500ms
hosts: { one: {}, two: {} }
users: { v: { arrive: poisson(40/s), to: lb, timeout: 5s, mix: { page: 90%, x: 10% }${users} } }
components:
  lb: { service: 0s, ${proxy} }
  a: { kind: app, host: one, workers: 100, service: ${service} }
  b: { kind: app, host: two, workers: 100, service: ${service} }
faults: [${faults}]
`

/** What the bad requests of a class come down to, and a sentence of it. */
async function causesOf(name: string, text: string) {
  const { causes } = await resultOf(text)
  const of = causes.filter((one) => one.of === 'class' && one.name === name)
  return of.map(({ chain, says }) => ({
    chain: chain.map(({ component, what, twins = [] }) => `${[component, ...twins]} ${what}`),
    says,
  }))
}

const haproxy = 'kind: haproxy, timeout_connect: 1s'
const two = `${haproxy}, servers: [a, b]`

describe('whom a proxy turns away by itself', () => {
  test('by rule, without a word: silent-drop', async () => {
    const [cause] = await causesOf('x', site(`${two}, http_request: { x: silent-drop }`))
    expect(cause!.chain).toEqual(['v waited', 'lb turned away by rule'])
    expect(cause!.says).toMatch(/^v waited for lb, which turned them away by rule: 100% of the time/)
  })

  test.each([403, 429, 500, 502, 503])(
    'for asking too often: stick_table, whatever it says (%i)',
    async (status) => {
      const often = `${two}, stick_table: { http_req_rate: 10s, gt: 100, deny_status: ${status} }`
      const [cause] = await causesOf('page', site(often, { users: ', addresses: { count: 1 }' }))
      expect(cause!.chain).toEqual(['lb limit reached'])
    },
  )

  test.each(['http', 'tcp'])('for connecting too often: conn_rate, in mode %s', async (mode) => {
    const often = `${two}, mode: ${mode}, stick_table: { conn_rate: 10s, gt: 100 }`
    const [cause] = await causesOf('page', site(often, { users: ', addresses: { count: 1 }' }))
    expect(cause!.chain).toEqual(['lb limit reached'])
  })

  test('for want of a place in the queue of one server: maxqueue', async () => {
    const hashed = `${two}, balance: source, default_server: { maxconn: 1, maxqueue: 3 }`
    const one = { users: ', addresses: { count: 1 }', service: '30ms' }
    const [cause] = await causesOf('page', site(hashed, one))
    expect(cause!.chain[0]).toBe('lb full')
    expect(cause!.chain).toHaveLength(2)
  })
})

describe('a proxy with servers for each class', () => {
  const dead = (box: string) => `{ kind: crash, target: ${box}, at: 10s, for: 40s }`

  test.each([
    [
      'HAProxy',
      `${haproxy}, option_httpchk: on, default_server: { check: on }, servers: a, backends: { o: { servers: b } }, use_backend: { o: x }`,
      'no server up',
    ],
    [
      'nginx',
      'kind: nginx, upstream: [a], upstreams: { o: { servers: [b] } }, location: { x: proxy_pass o }',
      null,
    ],
  ])('%s: those of another class are not what is wrong, though they are away too', async (_, proxy, says) => {
    const text = site(proxy, { faults: `${dead('b')}, ${dead('a').replace('40s', '1s')}` })
    const last = (await causesOf('x', text)).at(-1)!
    expect(last.chain.at(-1)).toBe('b process gone')
    if (says !== null) expect(last.chain.at(-2)).toBe(`lb ${says}`)
  })

  test('HAProxy gives up a server that it trusts, though another backend has none', async () => {
    const checked = 'backends: { o: { servers: [{ name: b, check: on }] } }, use_backend: { o: x }'
    const faults = `${dead('b')}, ${dead('one')}`
    const last = (await causesOf('page', site(`${haproxy}, servers: a, ${checked}`, { faults }))).at(-1)!
    expect(last.chain).toEqual(['lb gave up', 'a machine dead'])
  })
})

describe('who is turned away by nginx', () => {
  const limited = (limits: string) =>
    site(`kind: nginx, upstream: [a, b], ${limits}`, { users: ', addresses: { count: 1 }', service: '300ms' })

  test.each([444, 502])('has met its limit, whatever it says (%i)', async (status) => {
    const rate = `limit_req: { key: $binary_remote_addr, rate: 1/s }, limit_req_status: ${status}`
    const places = `limit_conn: { $binary_remote_addr: 1 }, limit_conn_status: ${status}`
    for (const limits of [rate, places]) {
      const [cause] = await causesOf('page', limited(limits))
      expect(cause!.chain).toEqual(['lb limit reached'])
    }
  })
})
