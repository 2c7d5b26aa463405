import { expect, test } from 'vitest'
import { type Ended, play, problemsOf, tally, world } from '../../support/world.js'

/** 20 requests a second; the server dies at 4 s and is back 2 s later at another address. */
const site = (nginx: string, more = '', at = '4s') => `
lasts: 30s
warmup: 0s
users: { u: { arrive: constant(20/s), to: nginx } }
components:
  nginx: { kind: nginx, service: 0s, proxy_connect_timeout: 100ms, upstream: [app], ${nginx} }
  app: { kind: service, servers: unlimited, service: 1ms }
faults:
  - { kind: crash, target: app, at: ${at}, for: 2s, address: new }
  ${more}
`
const failed = (text: string, replication = 0) =>
  play(text, replication).ended.filter(({ outcome }) => outcome !== 'ok')
const lastOf = (ended: readonly Ended[]) => Math.max(...ended.map((r) => r.arrived))

test('NG_resolved_once: a name of the configuration is resolved once, and a reload resolves it anew', () => {
  const lost = failed(site('', '- { kind: maintenance, target: nginx, reload: on, at: 9s }'))
  expect(tally(lost)).toEqual({ '502': 41, '504': 60 })
  expect(Math.min(...lost.map((r) => r.arrived))).toBeCloseTo(4, 1)
  // Measured: 0.08 s after the reload, which took so long.
  expect(lastOf(lost)).toBeLessThan(9.01)
  expect(lastOf(failed(site('')))).toBeGreaterThan(29.8)
})

test('a restart resolves it anew as well', () => {
  const lost = failed(site('', '- { kind: crash, target: nginx, at: 9s, for: 50ms }'))
  expect(lastOf(lost)).toBeLessThan(9.06)
})

test.each([5, 8])(
  'NG_resolver_valid5: asked again at the first request after valid and up to a second of its clock: %s s',
  (valid) => {
    const waits = Array.from(
      { length: 40 },
      (_, i) => lastOf(failed(site(`resolver: { valid: ${valid}s }`), i)) - 6,
    )
    // When it asked before is chance; what fails is until the first answer after the return.
    expect(Math.max(...waits)).toBeLessThan(valid + 1.01)
    expect(Math.max(...waits)).toBeGreaterThan(valid - 1)
    const mean = waits.reduce((a, b) => a + b) / waits.length
    expect(Math.abs(mean - (valid + 0.5) / 2)).toBeLessThan(((valid + 1) / Math.sqrt(12 * 40)) * 3)
  },
)

test('other components than nginx and haproxy ask for every connection (an assumption)', () => {
  const lost = failed(
    site('').replace(
      'kind: nginx, service: 0s, proxy_connect_timeout: 100ms, upstream: [app],',
      'kind: balancer, servers: [app]',
    ),
  )
  expect(tally(lost)).toEqual({ reset: 1, refused: 40 })
})

/** `www` is a name of `a` and `b`, which other name servers than itself tell. */
const named = ({ nginx = '', dns = '', faults = '', lasts = '60s' }) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(20/s), to: nginx } }
components:
  nginx: { kind: nginx, service: 0s, proxy_connect_timeout: 100ms, upstream: [www], ${nginx} }
  www: { kind: dns, addresses: [site, b], ttl: 10s, name_servers: [ns], ${dns} }
  site: { kind: dns, addresses: [a], ttl: 7s }
  ns: { kind: nameserver }
  a: { kind: service, servers: unlimited, service: 1ms }
  b: { kind: service, servers: unlimited, service: 1ms }
faults: [${faults}]
`
const sentTo = (text: string, to: string) =>
  play(text).model.wires.find((wire) => wire.name === `nginx -> ${to}`)!.sent

test('upstream, server: a domain name that resolves to several addresses defines multiple servers at once', () => {
  expect([sentTo(named({}), 'a'), sentTo(named({}), 'b')]).toEqual([600, 600])
  const lost = failed(named({ faults: '{ kind: crash, target: a, at: 20s, for: 20s }' }))
  // The other one is tried, and the first left out for 10 s at a time.
  expect(lost).toEqual([])
})

test('resolved once, it does not matter to it that nobody answers for the name any more', () => {
  expect(failed(named({ faults: '{ kind: crash, target: ns, at: 5s }' }))).toEqual([])
})

test('host not found in upstream: it does not start again while nobody answers for the name', () => {
  const faults = '{ kind: crash, target: ns, at: 5s }, { kind: crash, target: nginx, at: 20s, for: 5s }'
  expect(lastOf(failed(named({ faults })))).toBeCloseTo(60, 6)
  const back =
    '{ kind: crash, target: ns, at: 5s, for: 19s }, { kind: crash, target: nginx, at: 20s, for: 5s }'
  expect(lastOf(failed(named({ faults: back })))).toBeLessThan(25.01)
  const absent = '{ kind: nxdomain, target: www, at: 5s }, { kind: crash, target: nginx, at: 20s, for: 5s }'
  expect(lastOf(failed(named({ faults: absent })))).toBeCloseTo(60, 6)
})

test('a configuration with a name that is not known is not taken: a reload changes nothing', () => {
  const faults = `{ kind: nxdomain, target: www, at: 5s },
    { kind: maintenance, target: [a, b], at: 5s, for: 1s, address: new },
    { kind: maintenance, target: nginx, reload: on, at: 20s }`
  const text = named({ faults })
  expect(lastOf(failed(text))).toBeCloseTo(60, 6)
  const known = text.replace('kind: nxdomain, target: www', 'kind: slow, target: b, factor: 2')
  expect(lastOf(failed(known))).toBeLessThan(20.01)
})

test('with a resolver: nobody answers, and a request is given up after resolver_timeout; others ask every 5 s', () => {
  const nginx = 'resolver: {}, resolver_timeout: 12s'
  const text = named({ nginx, faults: '{ kind: crash, target: ns, at: 1s, for: 20s }' })
  const { ended } = play(text)
  const first = Math.min(...ended.filter((r) => r.ended - r.arrived > 0.01).map((r) => r.arrived))
  expect(first).toBeLessThan(8.1)
  const lost = ended.filter(({ outcome }) => outcome !== 'ok')
  expect(tally(lost)).toEqual({ '502': lost.length })
  for (const { arrived, ended } of lost) expect(ended - arrived).toBeCloseTo(12, 6)
  // Measured: queries at 0, 5.01 and 10.05 s, whoever waits; who still does at the first after the end is answered then.
  const answered = first + 5 * Math.ceil((21 - first) / 5)
  expect(lastOf(lost)).toBeLessThan(answered - 12)
  expect(lastOf(lost)).toBeGreaterThan(answered - 12.06)
  const waited = ended.filter((r) => r.outcome === 'ok' && r.ended - r.arrived > 0.01)
  for (const one of waited) expect(one.ended).toBeCloseTo(answered + 0.001, 6)
})

test('with a resolver and no valid: the shortest TTL of a chain of names, that of what it stands for, is used', () => {
  const { model } = play(named({ nginx: 'resolver: {}', lasts: '10min' }))
  const queries = (name: string) =>
    model.components.get(name)!.extra(model.kernel.now).queries_qps! * model.kernel.now
  // Every 7 s, and at the first request after a second of the clock.
  expect(Math.abs(queries('www') - 600 / 8)).toBeLessThan(2)
  expect(queries('site')).toBeCloseTo(queries('www'), 6)
})

test('with a resolver: there is no such name (NXDOMAIN), which is a 502 at once, and not remembered', () => {
  const faults = '{ kind: nxdomain, target: www, at: 20.01s, for: 10s }'
  const lost = failed(named({ nginx: 'resolver: { valid: 1s }', faults }))
  expect(tally(lost)).toEqual({ '502': lost.length })
  for (const { arrived, ended } of lost) expect(ended).toBe(arrived)
  const from = Math.min(...lost.map((r) => r.arrived))
  expect(from).toBeGreaterThan(20)
  expect(from).toBeLessThan(22.1)
  expect(lastOf(lost)).toBeCloseTo(30, 6)
})

test('with a resolver it follows the health checks of the name', () => {
  const dns = 'health_check: { interval: 1s, threshold: 1 }'
  const faults = '{ kind: crash, target: b, at: 20s }'
  const text = named({ nginx: 'resolver: { valid: 2s }', dns, faults, lasts: '40s' })
  // Found out within a second, asked for within three more: from then on nobody tries it.
  const { model, ended } = play(text)
  expect(tally(ended)).toEqual({ ok: ended.length })
  expect(model.components.get('b')!.probe.refused).toBeGreaterThan(0)
  expect(model.components.get('b')!.probe.refused).toBeLessThan(60)
})

test('with a resolver any of the addresses is the first (ngx_resolver_export), and nobody is left out', () => {
  const text = named({ nginx: 'resolver: {}', faults: '{ kind: crash, target: a, at: 0s }' })
  const { model, ended } = play(text)
  expect(tally(ended)).toEqual({ ok: ended.length })
  // Half of them meet the dead one first, again and again.
  expect(Math.abs(model.components.get('a')!.probe.refused - 600)).toBeLessThan(70)
})

test('with a resolver the addresses have no turns', () => {
  const { model } = world(named({ nginx: 'resolver: {}' }))
  const order: string[] = []
  for (const wire of model.wires.filter(({ from }) => from === 'nginx')) {
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      order.push(wire.towards)
      send(request)
    }
  }
  model.run()
  expect(order.filter((to, i) => to === order[i - 1]).length).toBeGreaterThan(500)
})

test('with a resolver there is one name, and no balance', () => {
  const text = named({ nginx: 'resolver: {}, balance: least_conn' }).replace(
    'upstream: [www]',
    'upstream: [www, b]',
  )
  expect(problemsOf(text)).toEqual([
    expect.stringContaining('one name: expected a dns with these addresses'),
    expect.stringContaining('whose addresses come in any order'),
  ])
})
