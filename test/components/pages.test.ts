import { describe, expect, test } from 'vitest'
import type { Model } from '../../sim/model/model.js'
import { stop } from '../support/observer.js'
import { looks, play, world } from '../support/world.js'

/** Visitors who load pages from 50 ms away, a page a second; nothing but the way takes time. */
const site = (page: string, components: string, to = 'lb', more = '') => `
lasts: 9.9s
warmup: 0s
users: { u: { arrive: constant(1/s), to: ${to}, page: { ${page} } } }
components:
  lb: { kind: haproxy, service: 0s, servers: [s], maxconn: 1000 }
  s: { kind: service, servers: unlimited, service: 0s }
  ${components}
wires: { u -> ${to}: { latency: 50ms } }
${more}`
const PAGES = 9

/** Connection-seconds of a page in the limit that `says` so. */
function heldFor(model: Model, box: string, says: RegExp): number {
  const { now } = model.kernel
  const limit = model.components
    .get(box)!
    .limits()
    .find((one) => says.test(one.says))!
  return +((limit.used(now) * 9.9) / PAGES).toFixed(9)
}
const atHaproxy = (model: Model, box = 'lb') => heldFor(model, box, /maxconn/)
const loadTime = ({ users }: Model) => +users[0]!.pages!.account.latency.max.toFixed(9)
const placesTaken = (model: Model, box = 'lb') => model.components.get(box)!.acceptQueue!.taken

describe('places of maxconn', () => {
  test('HTTP/2: one for all streams, from the first request until the visitor has the page', () => {
    // From 0.15 s, when the page is asked for there, to 0.3 s.
    for (const assets of [1, 30, 100]) {
      const { model } = play(site(`assets: ${assets}, http: 2`, ''))
      expect(atHaproxy(model)).toBe(0.15)
      expect(placesTaken(model)).toBe(0)
    }
  })

  test('HTTP/1.1: one for each connection, also while nothing is asked on it', () => {
    // Twelve assets: the own connection from 0.15 s on, five from 0.35 s; one is done at 0.4 s, the others at 0.5 s.
    const { model } = play(site('assets: 12', ''))
    expect(atHaproxy(model)).toBe(1)
    expect(placesTaken(model)).toBe(0)
  })

  test('where there is one place, a page with HTTP/2 is loaded all the same', () => {
    const { model } = play(site('assets: 30, http: 2', '').replace('maxconn: 1000', 'maxconn: 1, backlog: 1'))
    expect(loadTime(model)).toBe(0.3)
    expect(model.components.get('lb')!.probe.refused).toBe(0)
  })

  test.each(['assets: 12', 'assets: 12, http: 2'])('through a firewall and a virtual address: %s', (page) => {
    const through =
      '  vip: { kind: vip, servers: [lb] }\n  fw: { kind: firewall, service: 0s, to: vip }'.trim()
    const { model } = play(site(page, through, 'fw'))
    expect(atHaproxy(model)).toBe(page.includes('http: 2') ? 0.15 : 1)
    expect(placesTaken(model)).toBe(0)
    // A connection has an entry for two minutes, however many requests it carries: also those of before the run.
    const { conntrack_entries } = model.components.get('fw')!.extra(model.kernel.now)
    const entries = 120 * (page.includes('http: 2') ? 1 : 6)
    expect(Math.abs(conntrack_entries! - entries)).toBeLessThanOrEqual(6)
  })

  test.each(['assets: 12', 'assets: 12, http: 2'])(
    'who was told an address loads all of the page there, and asks no more: %s',
    (page) => {
      const two = `lb-2: { kind: haproxy, service: 0s, servers: [s], maxconn: 1000 }
  dns: { kind: dns, addresses: [lb, lb-2], ttl: 0s, lookup: 0s }`
      const text = site(page, two, 'dns').replace(
        'wires: { u -> dns: { latency: 50ms } }',
        'wires: { dns -> lb: { latency: 50ms }, dns -> lb-2: { latency: 50ms } }',
      )
      const { model } = play(text)
      const inside = ['lb', 'lb-2'].map((box) => model.components.get(box)!.probe.outcomes[0]!)
      expect(inside.map((n) => n / 13).sort()).toEqual([4, 5])
      expect(model.components.get('dns')!.probe.outcomes[0]).toBe(PAGES)
      expect(loadTime(model)).toBe(page.includes('http: 2') ? 0.3 : 0.5)
      expect(['lb', 'lb-2'].map((box) => placesTaken(model, box))).toEqual([0, 0])
    },
  )

  test.each([
    ['assets: 12', ''],
    ['assets: 12, http: 2', ''],
    ['assets: 12', ', keepalive: 2s, requests_per_connection: 3'],
    ['assets: 12, http: 2', ', keepalive: 2s, requests_per_connection: 3'],
  ])('all are free again after errors, timeouts, crashes, cuts: %s%s', (page, users) => {
    const faults = `faults:
  - { kind: errors, target: s, share: 20%, at: 0s, for: 2s }
  - { kind: slow, target: s, factor: 20, at: 2s, for: 2s }
  - { kind: crash, target: lb, at: 3.17s, for: 1s }
  - { kind: crash, target: fw, at: 5.17s, for: 1s }
  - { kind: partition, target: fw -> lb, at: 7.12s, for: 1s }
  - { kind: hang, target: s, at: 9s, for: 500ms }`
    const text = site(page, 'fw: { kind: firewall, service: 0s, to: lb }', 'fw', faults)
      .replace(/page: {[^}]*}/, `$&, retries: 2, timeout: 300ms, backoff: 30ms${users}`)
      .replace('constant(1/s)', 'poisson(10/s)')
      .replace('servers: unlimited, service: 0s', 'servers: 100, service: 10ms')
    const { model } = world(text)
    model.run()
    for (const users of model.users) stop(users)
    model.kernel.run(model.kernel.now + 300)
    expect(model.context.requests.inUse).toBe(0)
    expect(placesTaken(model)).toBe(0)
  })
})

test('a connection that was reset behind a virtual address takes nobody its place when the visitor learns of it', () => {
  const text = site('assets: 3', 'vip: { kind: vip, servers: [lb] }', 'vip')
    .replace('users: {', 'users: { w: { arrive: constant(0.85/s), to: lb, keepalive: 1h },')
    .replace('service: 0s }', 'service: 20ms }')
  // Inside at 1.16 s; the reset is there at 1.21 s, when another has just been answered, and stays.
  const { model } = world(`${text}faults: [{ kind: crash, target: lb, at: 1.16s, for: 1ms }]`)
  const taken = looks(model, [1.15, 1.205, 1.3], () => placesTaken(model))
  model.run()
  expect(taken).toEqual([1, 1, 1])
})

describe('worker_connections of nginx', () => {
  const nginx = (page: string, options = '') => {
    const components = `n: { kind: nginx, service: 10ms, worker_processes: 100, ${options} }`
    const { model } = play(site(page, components, 'n'))
    return heldFor(model, 'n', /worker_connections/)
  }

  test('HTTP/2: one as long as something is asked on it; HTTP/1.1: one for each request', () => {
    expect(nginx('assets: 30, http: 2')).toBe(0.02)
    expect(nginx('assets: 30')).toBe(0.31)
  })

  test('and one to a server for each that is passed on', () => {
    const passed = 'upstream: [s], static: [request]'
    expect(nginx('assets: 30, http: 2', passed)).toBe(0.01 + 0.01 + 30 * 0.01)
    expect(nginx('assets: 30', passed)).toBe(0.01 + 60 * 0.01)
  })

  test('it is free again when the last has left, whichever that is, and after a crash', () => {
    const components =
      'n: { kind: nginx, service: exponential(30ms), worker_processes: 3, worker_connections: 10 }'
    const { model } = world(
      site(
        'assets: 12, http: 2',
        components,
        'n',
        'faults: [{ kind: crash, target: n, at: 3.2s, for: 1s }]',
      ).replace('constant(1/s)', 'poisson(5/s)'),
    )
    model.run()
    for (const users of model.users) stop(users)
    model.kernel.run(model.kernel.now + 100)
    const { now } = model.kernel
    model.components.get('n')!.restart(now)
    model.kernel.run(now + 1)
    expect(heldFor(model, 'n', /worker_connections/)).toBe(0)
  })
})

test('HAProxy with http-reuse never opens a connection to the server for each stream', () => {
  const text = site('assets: 4, http: 2', '').replace('maxconn: 1000', 'maxconn: 1000, http_reuse: never')
  const shares = ['assets: 4, http: 2', 'assets: 4'].map((page) => {
    const { model } = play(text.replace('assets: 4, http: 2', page))
    return model.components.get('lb')!.extra(model.kernel.now).opened_share
  })
  // With HTTP/1.1 the four connections of a client have one each.
  expect(shares).toEqual([1, 4 / 5])
})
