import { describe, expect, test } from 'vitest'
import { looks, play, tally, world } from '../../support/world.js'

/** Four visitors who send 100 kB at 25 kB/s, and another one 0.4 s after them. */
const site = (to: string, components: string, more = '') => `
lasts: 60s
warmup: 0s
sizes: { large: { request: 100kB } }
users:
  slow: { arrive: trace(test/components/app/four.csv), to: ${to}, mix: { large: 100% }, bandwidth: 25kB/s }
  fast: { arrive: trace(test/components/app/fast.csv), to: ${to}, mix: { small: 100% } }
components:
${components}
  app: { kind: app, workers: 4, service: 10ms }
wires: { slow -> ${to}: { latency: 2ms }, fast -> ${to}: { latency: 2ms } }
${more}`

function answered(to: string, components: string) {
  const { model, ended } = play(site(to, components))
  expect(tally(ended)).toEqual({ ok: 5 })
  expect(model.context.requests.inUse).toBe(0)
  const of = (who: string) => ended.filter(({ users }) => users === who).map((one) => one.ended)
  return { fast: of('fast')[0]!, slow: Math.max(...of('slow')) }
}

/** 100 kB at 25 kB/s, and what headers cost. */
const SENT = 4 / (1448 / 1500)

describe('who sends slowly holds up the others, as measured: 4.01 s at a worker, nobody behind nginx', () => {
  test('a worker that reads from him', () => {
    const { fast, slow } = answered('app', '')
    expect(fast).toBeCloseTo(SENT, 1)
    expect(slow).toBeCloseTo(SENT, 1)
  })

  test('nobody behind nginx, which keeps the request until it is whole', () => {
    const { fast, slow } = answered('web', '  web: { kind: nginx, upstream: [app] }')
    expect(fast).toBeCloseTo(0.416, 2)
    expect(slow).toBeCloseTo(SENT, 1)
  })

  test.each([
    ['HAProxy', '  lb: { kind: haproxy, servers: [app] }'],
    ['a slot of it', '  lb: { kind: haproxy, servers: [{ name: app, maxconn: 4 }] }'],
    ['a balancer', '  lb: { kind: balancer, servers: [app] }'],
    ['a firewall', '  lb: { kind: firewall, service: 0s, to: app }'],
    ['a virtual address', '  lb: { kind: vip, servers: [app] }'],
  ])('the worker behind %s, which passes on what comes', (_, lb) => {
    const { fast, slow } = answered('lb', lb)
    expect(fast).toBeCloseTo(SENT, 1)
    expect(slow).toBeCloseTo(SENT, 1)
  })

  test('behind two wires with a latency it is there when the last byte is', () => {
    const far = 'lb -> app: { latency: 100ms }, '
    const text = site('lb', '  lb: { kind: haproxy, servers: [app] }').replace('wires: { ', `wires: { ${far}`)
    const { ended } = play(text)
    expect(tally(ended)).toEqual({ ok: 5 })
    for (const one of ended.slice(1)) expect(one.ended).toBeCloseTo(SENT + 0.2, 1)
  })

  test('a plain service begins when all is there', () => {
    const text = site('lb', '  lb: { kind: haproxy, servers: [app] }').replace(
      'kind: app, workers: 4',
      'kind: service, servers: 4',
    )
    const { ended } = play(text)
    expect(tally(ended)).toEqual({ ok: 5 })
    expect(ended[0]!.users).toBe('fast')
    expect(ended[0]!.ended).toBeLessThan(0.5)
    expect(ended[4]!.ended).toBeCloseTo(SENT, 1)
  })

  test('places of the frontend and of nginx', () => {
    const lb =
      '  lb: { kind: haproxy, servers: [many], maxconn: 4 }\n  many: { kind: app, workers: 99, service: 0s }'
    expect(answered('lb', lb).fast).toBeCloseTo(SENT, 1)
    const web = site('web', '  web: { kind: nginx, upstream: [app], worker_connections: 8 }')
    expect(tally(play(web).ended)).toEqual({ ok: 4, reset: 1 })
  })
})

describe('what becomes of a request that is not whole', () => {
  test('its sender gives up: the worker goes on without the rest', () => {
    const text = site('app', '').replace('bandwidth: 25kB/s', 'bandwidth: 25kB/s, timeout: 2s')
    const { model, ended } = play(text)
    expect(tally(ended)).toEqual({ ok: 1, timeout: 4 })
    expect(ended.at(-1)!.ended).toBeGreaterThan(2)
    expect(ended.at(-1)!.ended).toBeLessThan(2.5)
    expect(model.context.requests.inUse).toBe(0)
  })

  const strike = (what: string) => `faults: [{ ${what}, at: 2s, for: 1s }]`

  test.each([
    ['the worker dies', 'app', '', 'kind: crash, target: app', { reset: 5 }],
    [
      'HAProxy dies',
      'lb',
      '  lb: { kind: haproxy, servers: [app] }',
      'kind: crash, target: lb',
      { reset: 5 },
    ],
    [
      'the worker behind it dies',
      'lb',
      '  lb: { kind: haproxy, servers: [app] }',
      'kind: crash, target: app',
      { 502: 5 },
    ],
  ])('%s', (_, to, components, fault, outcomes) => {
    const { model, ended } = world(site(to, components, strike(fault)))
    const taken = looks(model, [1, 2.5, 30], () => model.components.get('app')!.station!.taken)
    model.run()
    expect(taken).toEqual([4, 0, 0])
    expect(tally(ended)).toEqual(outcomes)
    expect(model.context.requests.inUse).toBe(0)
  })

  test('the way is cut, and whole again: the rest comes later', () => {
    const cut = strike('kind: partition, target: slow -> app').replace('at: 2s', 'at: 0.3s')
    const { ended } = play(site('app', '', cut))
    expect(tally(ended)).toEqual({ ok: 5 })
    expect(ended.at(-1)!.ended).toBeGreaterThan(SENT + 0.5)
  })

  test('the worker hangs', () => {
    const { model, ended } = play(site('app', '', strike('kind: hang, target: app')))
    expect(tally(ended)).toEqual({ ok: 5 })
    expect(model.context.requests.inUse).toBe(0)
  })
})
