import { describe, expect, test } from 'vitest'
import { type Ended, looks, play, problemsOf, response, tally, world } from '../support/world.js'

/** 6 requests of 8 s in flight, and 50/s short ones; what is done to the proxy is done a tenth of a second later. */
const site = (proxy: string, fault = 'reload: on', more = '') => `
lasts: 20s
warmup: 0s
users:
  long: { arrive: trace(test/faults/six-at-once.csv), to: proxy, mix: { long: 100% } }
  short: { arrive: constant(50/s), to: proxy, mix: { short: 100% } }
components:
  proxy: { ${proxy} }
  app: { kind: service, servers: unlimited, service: { long: 8s, short: 1ms } }
  ${more}
faults: [{ kind: maintenance, target: proxy, at: 1s, ${fault} }]
`
const nginx = (more = '') => `kind: nginx, service: 0s, upstream: [app]${more}`
const haproxy = (more = '') => `kind: haproxy, service: 0s, servers: [app]${more}`
const of = (users: string, ended: readonly Ended[]) => ended.filter((r) => r.users === users)

describe('a reload', () => {
  test.each([
    ['NG_reload_long8', nginx()],
    ['HAProxy 2.6.12, measured', haproxy()],
  ])('%s: no short request is lost, and long ones finish', (_, proxy) => {
    const { ended } = play(site(proxy))
    expect(tally(of('short', ended))).toEqual({ ok: 999 })
    expect(of('long', ended).map(({ outcome }) => outcome)).toEqual(Array(6).fill('ok'))
  })

  test.each([
    ['NG_reload_shutdown2: closed without a status', nginx(', worker_shutdown_timeout: 2s'), 'reset'],
    ['HAProxy 2.6.12, measured: 502', haproxy(', hard_stop_after: 2s'), '502'],
  ])('what is not finished in time is cut: %s', (_, proxy, outcome) => {
    const { ended } = play(site(proxy))
    expect(tally(of('short', ended))).toEqual({ ok: 999 })
    expect(tally(of('long', ended))).toEqual({ [outcome]: 6 })
    for (const one of of('long', ended)) expect(one.ended).toBeCloseTo(3, 6)
  })

  test('who comes after it is not cut', () => {
    const text = site(nginx(', worker_shutdown_timeout: 2s')).replace('at: 1s', 'at: 500ms')
    expect(tally(of('long', play(text).ended))).toEqual({ ok: 6 })
  })

  test('NG_reload_*: connections that are idle are closed, and others with their answers', () => {
    const web = 'web: { kind: nginx, service: 0s, upstream: [app] }'
    const text = site(haproxy(', http_reuse: always'), 'reload: on', web).replace(
      'servers: [app]',
      'servers: [web]',
    )
    const opened = (fault: string, from = text) => {
      const { model } = play(from.replace('target: proxy, at: 1s, reload: on', fault))
      const { opened_share } = model.components.get('proxy')!.extra(20)
      return Math.round(opened_share! * model.wires.find((wire) => wire.name === 'proxy -> web')!.sent)
    }
    const nothing = 'target: app, at: 19.9s, drain: 1h, for: 1s'
    // One is idle at a time, and taken again.
    expect(opened('target: web, at: 15.015s, reload: on') - opened(nothing)).toBe(1)
    // Six that were busy would carry six more.
    const twice = text.replace('six-at-once', 'six-twice')
    expect(opened('target: web, at: 2.015s, reload: on', twice) - opened(nothing, twice)).toBe(7)
  })

  test('nginx has no idle connection to its servers after it: old workers close theirs when they exit', () => {
    const opened = (fault: string) => {
      const text = site(nginx(', keepalive: 8')).replace('target: proxy, at: 1s, reload: on', fault)
      const { model } = play(text)
      const { opened_share } = model.components.get('proxy')!.extra(20)
      return Math.round(opened_share! * model.wires.find((wire) => wire.name === 'proxy -> app')!.sent)
    }
    const kept = opened('target: app, at: 19.9s, drain: 1h, for: 1s')
    // Seven are idle by then, and one of them is used again and again.
    expect(opened('target: proxy, at: 15.015s, reload: on') - kept).toBe(1)
  })

  test('connections that were busy then have no place of maxconn of HAProxy after their answers', () => {
    const before = 'web: { kind: nginx, service: 0s, keepalive: 16, upstream: [proxy] }'
    const text = site(haproxy(', maxconn: 6'), 'reload: on', before).replaceAll('to: proxy', 'to: web')
    const late = of('short', play(text).ended).filter(({ arrived }) => arrived > 9)
    expect(late.length).toBeGreaterThan(500)
    for (const one of late) expect(response(one)).toBe(0.001)
  })

  test('of nginx forgets failures of servers (a new worker has fails = 0)', () => {
    const two = site(nginx(), 'reload: on', 'dead: { kind: service, service: 1ms }').replace(
      'upstream: [app]',
      'upstream: [{ name: dead, fail_timeout: 1h }, app]',
    )
    const tries = (fault: string) => {
      const text = two
        .replace('faults: [', `faults: [{ kind: crash, target: dead, at: 0s }, `)
        .replace('reload: on', fault)
      return play(text).model.components.get('dead')!.probe.refused
    }
    expect(tries('reload: on')).toBe(2)
    expect(tries('drain: 18s, for: 1s')).toBe(1)
  })

  test('of HAProxy: a server that was down is up until its next check fails, and the stick table is empty', () => {
    const options = ', default_server: { check: on, inter: 10s }, stick_table: { http_req_rate: 1h, gt: 90 }'
    const text = site(haproxy(options), 'reload: on', 'dead: { kind: service, service: 1ms }')
      .replace('servers: [app]', 'servers: [dead, app]')
      .replace('at: 1s', 'at: 50s')
      .replace('lasts: 20s', 'lasts: 130s')
      .replace('constant(50/s)', '"closed(users=1, think=1s)"')
      .replace('faults: [', 'faults: [{ kind: crash, target: dead, at: 0s }, ')
    const { model, ended } = world(text)
    const count = () => model.components.get('proxy')!.extra(model.kernel.now).marked_down!
    const marked = looks(model, [49.9, 60.1], count)
    model.run()
    // First three checks in a row; from `rise` on the first one that fails takes it down.
    expect(marked).toEqual([1, 2])
    expect(tally(ended)['403'] ?? 0).toBe(0)
    const kept = play(text.replace('reload: on', 'drain: 1d, for: 1s')).ended
    expect(tally(kept)['403']).toBeGreaterThan(20)
  })
})

describe('a graceful stop (SIGQUIT)', () => {
  test('measured on nginx 1.22.1: the port refuses at once, and those inside are answered', () => {
    const { ended } = play(site(nginx(), 'graceful: 10s, for: 10s'))
    expect(tally(of('long', ended))).toEqual({ ok: 6 })
    expect(tally(of('short', ended))).toEqual({ ok: 498, refused: 501 })
    expect(of('short', ended).find(({ outcome }) => outcome === 'refused')!.arrived).toBeCloseTo(1.02, 1)
  })

  test('who is inside longer than that is cut off', () => {
    const { ended } = play(site(nginx(), 'graceful: 2s, for: 10s'))
    expect(tally(of('long', ended))).toEqual({ reset: 6 })
    for (const one of of('long', ended)) expect(one.ended).toBeCloseTo(3, 6)
  })

  test('without it those inside are cut off at once', () => {
    const long = of('long', play(site(nginx(), 'for: 10s')).ended)
    expect(tally(long)).toEqual({ reset: 6 })
    for (const one of long) expect(response(one)).toBeCloseTo(0.1, 6)
  })

  test('after a drain, of any kind of process', () => {
    const text = site(
      haproxy(', default_server: { check: on }'),
      'drain: 2s, graceful: 10s, for: 10s',
    ).replace('target: proxy', 'target: app')
    const { ended } = play(text)
    expect(tally(of('long', ended))).toEqual({ ok: 6 })
  })
})

describe('another address', () => {
  const moved = (proxy: string) =>
    site(proxy).replace(/faults: .*/, 'faults: [{ kind: crash, target: app, at: 5s, for: 1s, address: new }]')
  const late = (text: string) =>
    of('short', play(text).ended).filter(({ outcome, arrived }) => outcome !== 'ok' && arrived > 6)

  test('HAProxy without resolvers goes on calling the old one (init-addr last,libc)', () => {
    expect(late(moved(haproxy(', timeout_connect: 100ms, retries: 0'))).length).toBeGreaterThan(690)
  })

  test.each(['1s', '4s'])('measured on 2.6.12: with resolvers it asks every timeout resolve, %s', (every) => {
    const options = `, timeout_connect: 100ms, retries: 0, resolvers: { timeout_resolve: ${every} }`
    const lost = late(moved(haproxy(options)))
    expect(lost.length).toBeGreaterThan(0)
    expect(Math.max(...lost.map((r) => r.arrived))).toBeLessThan(6 + Number.parseFloat(every))
  })

  test('a machine that is replaced: who is on it has another one too', () => {
    const text = `hosts: { m: {} }\n${moved(haproxy(', timeout_connect: 100ms, retries: 0'))}`
      .replace('app: { kind: service,', 'app: { kind: service, host: m,')
      .replace('target: app', 'target: m')
    expect(late(text).length).toBeGreaterThan(690)
    expect(late(text.replace(', address: new', ''))).toEqual([])
  })

  test('behind a packet filter it is that of the server', () => {
    const text = moved(haproxy(', timeout_connect: 100ms, retries: 0'))
      .replace('servers: [app]', 'servers: [wall]')
      .replace('components:', 'components:\n  wall: { kind: firewall, to: app }')
    expect(late(text).length).toBeGreaterThan(690)
  })
})

test('what does not go together', () => {
  const problems = (fault: string, target = 'proxy') =>
    problemsOf(site(nginx(), fault).replace('target: proxy', `target: ${target}`))
  expect(problems('reload: on', 'app')).toEqual([
    expect.stringContaining('nginx and haproxy load a new configuration while they run, and app does not'),
  ])
  expect(problems('reload: on, drain: 1s')).toEqual([expect.stringContaining('stops nothing')])
})
