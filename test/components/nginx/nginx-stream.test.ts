import { describe, expect, test } from 'vitest'
import { play, problemsOf, response, responses, tally, world } from '../../support/world.js'

interface Site {
  lb?: string
  upstream?: string
  users?: string
  arrive?: string
  a?: string
  b?: string
  more?: string
  faults?: string
  lasts?: string
  wires?: string
}

/** An nginx that passes connections on and costs no CPU, before servers a and b that answer in 10 ms each. */
const site = ({
  lb = '',
  upstream = '[a, b]',
  users = '',
  arrive = 'constant(10/s)',
  a = '',
  b = '',
  more = '',
  faults = '',
  lasts = '20s',
  wires = '',
}: Site) => `
lasts: ${lasts}
warmup: 0s
hosts: { host-a: { cores: 64 } }
users: { u: { arrive: ${arrive}, to: lb${users} } }
components:
  lb: { kind: nginx_stream, service: 0s, upstream: ${upstream}${lb} }
  a: { kind: service, host: host-a, servers: unlimited, service: 10ms${a} }
  b: { kind: service, servers: unlimited, service: 10ms${b} }
${more}
wires: { ${wires} }
faults: [${faults}]
`
const dead = '{ kind: crash, target: a, at: 0s }'
const silent = '{ kind: crash, target: host-a, at: 0s }'
const one = '[a]'
/** One visitor at a time, whose connection is open for all that follow. */
const kept = ', keepalive: 1h, requests_per_connection: 1000000'

/** To whom each request went. */
function ways(text: string) {
  const { model, ended } = world(text)
  const seen: { to: string; at: number; rides: boolean }[] = []
  for (const wire of model.wires.filter(({ from }) => from === 'lb')) {
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      seen.push({ to: wire.towards, at: model.kernel.now, rides: request.rides })
      send(request)
    }
  }
  model.run()
  return { seen, ended, model, extra: model.components.get('lb')!.extra(model.kernel.now) }
}

const sent = (seen: readonly { to: string }[], to: string) => seen.filter((one) => one.to === to).length

describe('where a connection can not be made (ngx_stream_proxy_module: proxy_next_upstream)', () => {
  test('the next server is asked at once, and the other is left out for fail_timeout', () => {
    const { ended, seen, extra } = ways(site({ faults: dead, lasts: '9s' }))
    expect(responses(ended)).toEqual([0.01])
    expect(tally(ended)).toEqual({ ok: 89 })
    // max_fails=1 fail_timeout=10s, counted by whole seconds.
    expect([sent(seen, 'a'), extra.next_upstream]).toEqual([1, 1])
    expect(extra.no_live_upstreams).toBe(0)
  })

  test('with max_fails=0 it is tried each time that it has its turn', () => {
    const { seen } = ways(site({ faults: dead, lasts: '9s', upstream: '[{ name: a, max_fails: 0 }, b]' }))
    expect(sent(seen, 'a')).toBeGreaterThan(40)
  })

  test('after fail_timeout it gets one try, and when that went well its share', () => {
    const { seen, ended } = ways(
      site({
        faults: '{ kind: crash, target: a, at: 0s, for: 5s }',
        upstream: '[{ name: a, fail_timeout: 3s }, b]',
      }),
    )
    expect(tally(ended)).toEqual({ ok: 199 })
    const late = seen.filter(({ at }) => at > 10)
    expect(Math.abs(sent(late, 'a') - sent(late, 'b'))).toBeLessThanOrEqual(1)
    expect(
      sent(
        seen.filter(({ at }) => at < 5),
        'a',
      ),
    ).toBeLessThanOrEqual(2)
  })

  test('it has its share as soon as one is made, which may stay open (NGX_STREAM_UPSTREAM_NOTIFY_CONNECT)', () => {
    const { seen } = ways(
      site({
        users: ', keepalive: 1h',
        faults: '{ kind: crash, target: a, at: 0s, for: 5s }',
        upstream: '[{ name: a, fail_timeout: 3s }, b]',
      }),
    )
    const late = seen.filter(({ at }) => at > 10)
    expect(Math.abs(sent(late, 'a') - sent(late, 'b'))).toBeLessThanOrEqual(1)
  })

  test('new workers know of no failures (as after a reload of nginx in mode http)', () => {
    const given = { upstream: '[{ name: a, fail_timeout: 1h }, b]' }
    const crash = '{ kind: crash, target: a, at: 0s, for: 3s }'
    const late = (faults: string) => ways(site({ ...given, faults })).seen.filter(({ at }) => at > 6)
    expect(sent(late(crash), 'a')).toBe(0)
    const reloaded = late(`${crash}, { kind: maintenance, target: lb, at: 5.05s, reload: on }`)
    expect(Math.abs(sent(reloaded, 'a') - sent(reloaded, 'b'))).toBeLessThanOrEqual(1)
  })

  test('of more than 31 servers too; nothing is remembered of who has left', () => {
    const names = Array.from({ length: 33 }, (_, i) => `s${i}`)
    const { ended, model, extra } = ways(
      site({
        upstream: `[${names.join(', ')}]`,
        lb: ', proxy_next_upstream_timeout: 1min',
        more: names
          .map((name) => `  ${name}: { kind: service, servers: unlimited, service: 10ms }`)
          .join('\n'),
        faults: `{ kind: crash, target: [${names.slice(0, 32).join(', ')}], at: 0s }`,
        lasts: '2.05s',
      }),
    )
    expect(tally(ended)).toEqual({ ok: 20 })
    expect(extra.next_upstream).toBe(32)
    const lb = model.components.get('lb') as unknown as Record<
      'triedBeyond' | 'entered',
      Map<unknown, unknown>
    >
    expect([lb.triedBeyond.size, lb.entered.size]).toEqual([0, 0])
  })

  test('proxy_next_upstream off: that of the visitor is closed', () => {
    const { ended, extra } = ways(site({ faults: dead, lb: ', proxy_next_upstream: off', lasts: '9s' }))
    expect(tally(ended)).toEqual({ ok: 88, reset: 1 })
    expect(extra.next_upstream).toBe(0)
  })

  test('no server is left: closed, as measured on nginx 1.22.1 ("no live upstreams": at once)', () => {
    const { ended, extra } = ways(site({ faults: '{ kind: crash, target: [a, b], at: 0s }', lasts: '4.95s' }))
    expect(tally(ended)).toEqual({ reset: 49 })
    expect(responses(ended)).toEqual([0])
    // The first has tried both.
    expect(extra.no_live_upstreams).toBe(48)
  })

  test('proxy_next_upstream_tries', () => {
    const more = '  c: { kind: service, service: 10ms }'
    const given = {
      faults: '{ kind: crash, target: [a, b], at: 0s }',
      upstream: '[a, b, c]',
      more,
      lasts: '1s',
    }
    expect(tally(play(site(given)).ended)).toEqual({ ok: 9 })
    const { ended } = play(site({ ...given, lb: ', proxy_next_upstream_tries: 2' }))
    expect(tally(ended)).toEqual({ ok: 8, reset: 1 })
  })

  test('a machine that is dead: after proxy_connect_timeout, and no other once proxy_next_upstream_timeout is over', () => {
    const given = { faults: silent, lasts: '9s', arrive: 'constant(1/s)' }
    const connect = ', proxy_connect_timeout: 2500ms'
    expect(responses(play(site({ ...given, lb: connect })).ended)).toEqual([0.01, 2.51])
    const { ended } = play(site({ ...given, lb: `${connect}, proxy_next_upstream_timeout: 2s` }))
    expect(ended.filter((r) => r.outcome === 'reset').map(response)[0]).toBe(2.5)
  })

  test('the only server is never left out', () => {
    const { ended, seen } = ways(
      site({ faults: '{ kind: crash, target: a, at: 0s, for: 3.05s }', upstream: one, lasts: '5.95s' }),
    )
    expect(tally(ended)).toEqual({ ok: 29, reset: 30 })
    expect(sent(seen, 'a')).toBe(59)
  })
})

describe('what a server does with a connection that it has is not held against it', () => {
  test('it is silent: closed after proxy_timeout (measured on 1.22.1: 2.03 s with 2s), and it gets the next ones', () => {
    const { ended, seen, extra } = ways(
      site({
        faults: '{ kind: hang, target: a, at: -1s }',
        lb: ', proxy_timeout: 2s',
        arrive: 'constant(1/s)',
      }).replace('warmup: 0s', 'warmup: 2s'),
    )
    expect(new Set(ended.map((r) => r.outcome))).toEqual(new Set(['ok', 'reset']))
    expect(responses(ended.filter((r) => r.outcome === 'reset'))).toEqual([2])
    expect(Math.abs(sent(seen, 'a') - sent(seen, 'b'))).toBeLessThanOrEqual(1)
    expect(extra.proxy_timeouts).toBeGreaterThan(8)
    expect(extra.next_upstream).toBe(0)
  })

  test('the default of proxy_timeout is 10 minutes', () => {
    const text = site({ upstream: one, arrive: 'constant(1/min)', lasts: '13min' })
    const longest = (service: string) =>
      responses(play(text.replace('service: 10ms', `service: ${service}`)).ended)
    expect(longest('9min')).toEqual([540])
    expect(longest('11min')).toEqual([600])
  })

  test('what it answers is the answer, be it an error: nothing is tried again', () => {
    const { ended, seen, extra } = ways(
      site({ faults: '{ kind: errors, target: a, share: 100%, at: 0s }', lasts: '10s' }),
    )
    expect(tally(ended)).toEqual({ ok: 49, '500': 50 })
    expect([sent(seen, 'a'), extra.next_upstream]).toEqual([50, 0])
  })

  test('its process dies while it works: closed, without another try', () => {
    const { ended, extra } = ways(site({ faults: '{ kind: crash, target: a, at: 5.105s }' }))
    expect(tally(ended).reset).toBe(1)
    expect(extra.next_upstream).toBeGreaterThan(0)
  })
})

describe('one server is chosen for each connection', () => {
  test('in turn, by weight', () => {
    const { seen } = ways(site({}))
    expect(seen.slice(0, 4).map(({ to }) => to)).toEqual(['a', 'b', 'a', 'b'])
    const { seen: weighed } = ways(site({ upstream: '[{ name: a, weight: 3 }, b]' }))
    expect(weighed.slice(0, 8).map(({ to }) => to)).toEqual(['a', 'a', 'b', 'a', 'a', 'a', 'b', 'a'])
  })

  test('all that comes on it goes there', () => {
    const { seen } = ways(site({ users: kept }))
    expect(new Set(seen.slice(1).map(({ to }) => to)).size).toBe(1)
    expect(seen.slice(1).every(({ rides }) => rides)).toBe(true)
    const http = site({ users: kept }).replace('nginx_stream', 'nginx')
    expect(
      new Set(
        ways(http)
          .seen.slice(1)
          .map(({ to }) => to),
      ).size,
    ).toBe(2)
  })

  test('least_conn counts those that are open, idle ones too', () => {
    const { seen, model } = ways(
      site({
        lb: ', balance: least_conn',
        users: ', keepalive: 1h',
        upstream: '[a, { name: b, weight: 2 }]',
      }),
    )
    expect(sent(seen, 'b') / seen.length).toBeCloseTo(2 / 3, 1)
    expect(model.components.get('lb')!.extra(model.kernel.now).connections_open).toBeCloseTo(
      seen.length / 2,
      -1,
    )
  })

  test('max_conns counts idle ones: those beyond go to the other server, then are closed', () => {
    const { seen, ended, extra } = ways(
      site({
        users: ', keepalive: 1h',
        upstream: '[{ name: a, max_conns: 5 }, { name: b, max_conns: 10 }]',
        lasts: '3s',
      }),
    )
    expect([sent(seen, 'a'), sent(seen, 'b')]).toEqual([5, 10])
    expect(tally(ended)).toEqual({ ok: 15, reset: 14 })
    expect(extra.no_live_upstreams).toBe(14)
  })

  test('hash $remote_addr: an address has one server, consistent or not', () => {
    for (const consistent of ['', ' consistent']) {
      const { seen } = ways(
        site({
          lb: `, balance: hash $remote_addr${consistent}`,
          users: ', addresses: { count: 1 }',
          lasts: '5s',
        }),
      )
      expect(new Set(seen.map(({ to }) => to)).size).toBe(1)
      const many = ways(
        site({
          lb: `, balance: hash $remote_addr${consistent}`,
          users: ', addresses: { count: 1000 }',
          lasts: '60s',
        }),
      )
      expect(sent(many.seen, 'a') / many.seen.length).toBeCloseTo(0.5, 1)
      expect(new Set(many.seen.map(({ to }) => to)).size).toBe(2)
    }
  })

  test('backup servers, and those that are down', () => {
    const { seen } = ways(site({ upstream: '[a, { name: b, backup: on }]' }))
    expect(sent(seen, 'b')).toBe(0)
    const { seen: other, ended } = ways(site({ upstream: '[a, { name: b, backup: on }]', faults: dead }))
    expect(sent(other, 'b')).toBe(199)
    expect(tally(ended)).toEqual({ ok: 199 })
    expect(sent(ways(site({ upstream: '[a, { name: b, down: on }]' })).seen, 'b')).toBe(0)
  })

  test('each worker has turns of its own, unless they share a zone', () => {
    const runs = (lb: string) => {
      const { seen } = ways(site({ lb }))
      return seen.filter(({ to }, i) => i > 0 && to === seen[i - 1]!.to).length
    }
    expect(runs(', worker_processes: 4, zone: on')).toBe(0)
    expect(runs(', worker_processes: 4')).toBeGreaterThan(20)
  })

  test('who is known to keep connections, but not which, goes to servers as connections do', () => {
    const { seen } = ways(site({ users: ', requests_per_connection: 10', lasts: '200s' }))
    const share = sent(seen, 'a') / seen.length
    expect(share).toBeGreaterThan(0.35)
    expect(share).toBeLessThan(0.65)
    expect(seen.filter(({ rides }) => rides).length / seen.length).toBeCloseTo(0.9, 1)
  })

  test('where there is none yet that he could have kept, one is opened: that takes a round trip', () => {
    const { ended } = play(
      site({
        users: ', requests_per_connection: 1000000',
        upstream: one,
        wires: 'lb -> a: { latency: 10ms }',
      }),
    )
    expect(response(ended[0]!)).toBe(0.05)
    const late = ended.filter((r) => r.arrived > 15)
    expect(late.filter((r) => response(r) === 0.03).length / late.length).toBeGreaterThan(0.8)
  })

  test('a page over HTTP/2 has all of its assets from one server', () => {
    const page = ', mix: { home: 100% }, page: { assets: 12, class: static, http: 2 }'
    const { seen, ended, model } = ways(site({ users: page, arrive: 'constant(1/s)', lasts: '3.5s' }))
    expect(Object.keys(tally(ended))).toEqual(['ok'])
    for (const second of [0.9, 1.9])
      expect(new Set(seen.filter(({ at }) => at >= second && at < second + 1).map(({ to }) => to)).size).toBe(
        1,
      )
    expect(inUse(model)).toEqual([0, 0])
  })

  test('a server that is drained keeps the connections that it has, and gets no new ones', () => {
    const maintenance = '{ kind: maintenance, target: a, at: 5s, for: 1s, drain: 5s }'
    const drained = (users: string) =>
      ways(site({ users, upstream: '[a, { name: b, backup: on }]', faults: maintenance, lasts: '9s' })).seen
    expect(sent(drained(kept), 'b')).toBe(0)
    expect(sent(drained(''), 'b')).toBeGreaterThan(35)
  })
})

/** Of its worker_connections, and clients' that are idle. */
function inUse(model: ReturnType<typeof world>['model']): [used: number, idle: number] {
  const lb = model.components.get('lb') as unknown as { used: { value: number }; idle: number }
  return [lb.used.value, lb.idle]
}

describe('worker_connections: two for each connection, as long as it is open', () => {
  test('more are closed', () => {
    const { ended, model, extra } = ways(
      site({ lb: ', worker_connections: 21', users: ', keepalive: 1h', lasts: '3s' }),
    )
    expect(tally(ended)).toEqual({ ok: 10, reset: 19 })
    expect(extra.worker_connections_exceeded).toBe(19)
    expect(inUse(model)).toEqual([20, 10])
    // nginx in mode http frees those that are idle.
    const http = site({ lb: ', worker_connections: 21', users: ', keepalive: 1h', lasts: '3s' })
    expect(tally(play(http.replace('nginx_stream', 'nginx')).ended)).toEqual({ ok: 29 })
  })

  test('each worker has so many', () => {
    const lb = ', worker_connections: 10, worker_processes: 2'
    expect(tally(play(site({ lb, users: ', keepalive: 1h', lasts: '3s' })).ended)).toEqual({
      ok: 10,
      reset: 19,
    })
  })
})

describe('when connections end', () => {
  test('an idle one after proxy_timeout', () => {
    const { model } = play(site({ lb: ', proxy_timeout: 4s', users: ', keepalive: 1h' }))
    const [used, idle] = inUse(model)
    expect(idle).toBeGreaterThanOrEqual(38)
    expect(idle).toBeLessThanOrEqual(42)
    expect(used).toBe(2 * idle)
  })

  test('a worker of Apache behind it is held by an idle connection, and let go with it', () => {
    const apache = (keepalive: string, lb = '') =>
      play(`
lasts: 30s
warmup: 0s
users:
  idle: { arrive: trace(test/components/haproxy/ten.csv), to: lb, keepalive: ${keepalive} }
  late: { arrive: trace(test/components/haproxy/late.csv), to: lb }
components:
  lb: { kind: nginx_stream, service: 0s, upstream: [web]${lb} }
  web: { kind: apache, max_request_workers: 10, service: 10ms, keep_alive_timeout: 5s }`)
        .ended.filter((r) => r.users === 'late')
        .map(response)[0]!
    expect(apache('1h')).toBeGreaterThan(3)
    expect(apache('1h', ', proxy_timeout: 1s')).toBeLessThan(1.1)
    expect(apache('0s')).toBeLessThan(0.1)
  })

  test('the server dies: those that are idle are closed on both sides, and take no worker_connections', () => {
    const { ended, model } = play(
      site({
        users: ', keepalive: 1h',
        upstream: one,
        faults: '{ kind: crash, target: a, at: 15.05s, for: 1s }',
        arrive: 'constant(2/s)',
        lasts: '20.2s',
      }),
    )
    const later = ended.filter((r) => r.outcome === 'ok' && r.arrived > 15.05).length
    expect(inUse(model)).toEqual([2 * later, later])
  })

  test('whoever had one of them opens another', () => {
    const { seen, ended } = ways(
      site({ users: kept, faults: '{ kind: crash, target: a, at: 5.05s }', lasts: '10s' }),
    )
    expect(tally(ended)).toEqual({ ok: 99 })
    expect(new Set(seen.filter(({ at }) => at > 5.2).map(({ to }) => to))).toEqual(new Set(['b']))
  })

  test('its own process dies: nobody has any', () => {
    const { model } = play(
      site({ users: ', keepalive: 1h', faults: '{ kind: crash, target: lb, at: 15.05s, for: 10s }' }),
    )
    expect(inUse(model)).toEqual([0, 0])
  })

  test('a visitor who gives up ends the work behind, where the server notices', () => {
    const { ended, model } = play(
      site({
        users: ', timeout: 100ms',
        upstream: '[web]',
        more: '  web: { kind: nginx, service: 0s, upstream: [slow] }\n  slow: { kind: service, servers: unlimited, service: 3s }',
        arrive: 'constant(1/s)',
        lasts: '5.5s',
      }),
    )
    expect(Object.keys(tally(ended))).toEqual(['timeout'])
    expect(model.components.get('web')!.probe.inside.value).toBe(0)
    expect(inUse(model)).toEqual([0, 0])
  })

  test('one that is being opened is opened all the same (ngx_stream_proxy_test_finalize; measured: both ends of five are there 6 s later)', () => {
    const { model } = play(
      site({
        users: ', timeout: 100ms',
        upstream: one,
        lb: ', proxy_connect_timeout: 10s',
        faults: '{ kind: crash, target: host-a, at: 0s }',
        arrive: 'constant(1/s)',
        lasts: '3.5s',
      }),
    )
    expect(model.components.get('lb')!.extra(model.kernel.now).connections_open).toBeGreaterThan(1)
  })

  test('after a reload old workers keep theirs, for worker_shutdown_timeout (measured on 1.22.1: 2.1 s with 2s)', () => {
    const reload = (lb: string) =>
      play(
        site({
          users: ', keepalive: 1h',
          lb,
          faults: '{ kind: maintenance, target: lb, at: 5.05s, reload: on }',
          lasts: '10s',
        }),
      )
    expect(inUse(reload('').model)[1]).toBe(99)
    expect(inUse(reload(', worker_shutdown_timeout: 2s').model)[1]).toBe(49)
    const slow = site({
      lb: ', worker_shutdown_timeout: 2s',
      faults: '{ kind: maintenance, target: lb, at: 5.05s, reload: on }',
      lasts: '10s',
      arrive: 'constant(1/s)',
    }).replaceAll('service: 10ms', 'service: 5s')
    const { ended } = play(slow)
    // Who came before 2.05 s had his answer by then.
    expect(
      ended.filter((r) => r.outcome === 'reset').map((r) => [r.arrived, r.arrived + response(r)]),
    ).toEqual([
      [3, 7.05],
      [4, 7.05],
      [5, 7.05],
    ])
  })

  test('no request is lost over any of it, and no connection left, whatever dies', () => {
    for (const target of ['lb', 'a', 'host-a', 'lb -> b'])
      for (const users of [
        '',
        ', keepalive: 2s',
        ', keepalive: 1h, requests_per_connection: 5',
        ', requests_per_connection: 5',
      ]) {
        const kind = target.includes('->') ? 'partition' : 'crash'
        const { ended, model } = play(
          site({
            users: `${users}, timeout: 4s, retries: 1`,
            lb: ', worker_processes: 3, proxy_connect_timeout: 300ms, proxy_timeout: 3s',
            upstream: '[{ name: a, max_conns: 400 }, b]',
            faults: `{ kind: ${kind}, target: "${target}", at: 5.003s, for: 2s }, { kind: ${kind}, target: "${target}", at: 12s, for: 10ms }`,
            arrive: 'poisson(50/s)',
            lasts: '40s',
            wires: 'u -> lb: { latency: 2ms }, lb -> b: { latency: 3ms, loss: 1% }',
          }),
        )
        const late = ended.filter((r) => r.arrived > 30)
        expect(tally(late), `${target}${users}`).toEqual({ ok: late.length })
        const [used, idle] = inUse(model)
        expect(used - 2 * idle, `${target}${users}`).toBeLessThan(10)
        const { workers } = model.components.get('lb') as unknown as {
          workers: { states: { conns: number }[] }[]
        }
        const conns = workers.flatMap(({ states }) => states.map((state) => state.conns))
        expect(2 * conns.reduce((sum, one) => sum + one), `${target}${users}`).toBe(used)
        expect(Math.min(...conns)).toBeGreaterThanOrEqual(0)
      }
  })
})

describe('TLS that is passed on ends at the server', () => {
  const FULL = 1.859e-3
  const tls = (a = 'tls: {}', b = a, faults = '') => `
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(10/s), to: lb } }
components:
  lb: { kind: nginx_stream, service: 1ms, upstream: [a, b] }
  a: { kind: nginx, service: 1ms, ${a} }
  b: { kind: nginx, service: 1ms, ${b} }
wires: { u -> lb: { latency: 15ms }, lb -> a: { latency: 5ms }, lb -> b: { latency: 5ms } }
faults: [${faults}]`

  test('its round trips go all the way, its CPU is that of the server', () => {
    const { ended, model } = play(tls())
    // TCP to nginx, from there to the server, the handshake over both, the request and its answer.
    expect(response(ended[10]!)).toBeCloseTo(0.03 + 0.01 + 0.04 + 0.04 + 0.002 + FULL, 6)
    const cpu = (name: string) => model.components.get(name)!.probe.cpu / ended.length
    expect(cpu('lb')).toBeCloseTo(0.001, 4)
    expect(cpu('a') + cpu('b')).toBeCloseTo(0.001 + FULL, 4)
  })

  test('a certificate expires at each server by itself, and none at nginx', () => {
    const faults = '{ kind: certificate, target: a, at: 5s, for: 5s }'
    const during = play(tls('tls: {}', 'tls: {}', faults)).ended.filter(
      (r) => r.arrived > 5 && r.arrived < 9.8,
    )
    expect(tally(during)).toEqual({ ok: 24, tls_failed: 24 })
    expect(problemsOf(tls('tls: {}', 'tls: {}', faults.replace('a,', 'lb,')))).toEqual([
      expect.stringMatching(/target: lb ends no TLS \(no tls: option\)$/),
    ])
  })

  test('all servers speak it, or none', () => {
    expect(problemsOf(tls('tls: {}', ''))).toEqual([
      expect.stringMatching(
        /upstream\.1: a speaks TLS and b does not: visitors who are passed on speak the same to all$/,
      ),
    ])
  })
})

describe('what has no meaning is refused', () => {
  test.each<[string, RegExp]>([
    [
      'proxy_next_upstream: off, proxy_next_upstream_tries: 2',
      /tries: and no other server is tried: expected proxy_next_upstream: on$/,
    ],
    ['proxy_read_timeout: 5s', /said in another way here: proxy_timeout, for both sides of a connection/],
    [
      'location: { a: return 403 }',
      /said in another way here: requests are seen by a component of kind nginx/,
    ],
    ['tls: {}', /TLS passes through, and ends at servers that have tls:/],
    [
      'balance: ip_hash',
      /balance: expected one of round_robin, least_conn, hash \$remote_addr, .* not "ip_hash"$/,
    ],
    [
      'proxy_half_close: on',
      /it matters and is not simulated: who closes a connection closes both of its sides/,
    ],
  ])('%s', (option, words) => {
    const problems = problemsOf(site({ lb: `, ${option}` }))
    expect(problems.length).toBe(1)
    expect(problems[0]).toMatch(words)
  })

  test('backup beside a hash (nginx refuses to start)', () => {
    const upstream = '[a, { name: b, backup: on }]'
    expect(problemsOf(site({ upstream, lb: ', balance: random' }))[0]).toMatch(
      /upstream\.1: balance: random has no backup servers \(nginx refuses to start\)$/,
    )
  })
})
