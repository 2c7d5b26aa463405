import { describe, expect, test } from 'vitest'
import { stop } from '../../support/observer.js'
import { play, problemsOf, response, responses, tally, world } from '../../support/world.js'

const FULL = 1.859e-3

interface Site {
  haproxy?: string
  servers?: string
  users?: string
  arrive?: string
  a?: string
  b?: string
  more?: string
  faults?: string
  lasts?: string
  wires?: string
}

/** A HAProxy in mode tcp that costs no CPU, before servers a and b that answer in 10 ms each. */
const site = ({
  haproxy = '',
  servers = '[a, b]',
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
  lb: { kind: haproxy, mode: tcp, service: 0s, servers: ${servers}${haproxy} }
  a: { kind: service, host: host-a, servers: unlimited, service: 10ms${a} }
  b: { kind: service, servers: unlimited, service: 10ms${b} }
${more}
wires: { ${wires} }
faults: [${faults}]
`
const dead = '{ kind: crash, target: a, at: 0s }'
const one = '[a]'

describe('a failure closes the connection, as measured on HAProxy 2.6.12', () => {
  test.each<[string, Site, number]>([
    [
      'no server is up: at once',
      {
        haproxy: ', default_server: { check: on, fall: 1, inter: 10ms }',
        servers: one,
        faults: '{ kind: crash, target: a, at: -1s }',
      },
      0,
    ],
    [
      'refused, connect 1s: after three retries, a second apart',
      { haproxy: ', timeout_connect: 1s', servers: one, faults: dead },
      3,
    ],
    ['no retries: at once', { haproxy: ', retries: 0', servers: one, faults: dead }, 0],
  ])('%s', (_, given, seconds) => {
    const { ended } = play(site({ arrive: 'constant(1/s)', ...given }).replace('warmup: 0s', 'warmup: 1s'))
    expect(Object.keys(tally(ended.filter((r) => r.arrived > 2)))).toEqual(['reset'])
    expect(responses(ended.filter((r) => r.arrived > 2))).toEqual([seconds])
  })

  test('redispatch: another server at once', () => {
    const { ended } = play(site({ haproxy: ', timeout_connect: 1s, redispatch: on', faults: dead }))
    expect(responses(ended)).toEqual([0.01])
  })

  test('the queue for a server with maxconn is left after timeout queue', () => {
    const text = site({
      haproxy: ', timeout_queue: 1500ms',
      servers: '[{ name: a, maxconn: 1 }]',
      arrive: 'constant(1/s)',
      lasts: '5.8s',
    })
    const { ended } = play(text.replace('service: 10ms', 'service: 20s'))
    expect(ended.filter((r) => r.outcome === 'reset').map(response)).toEqual([1.5, 1.5, 1.5])
  })

  const slow = (timeouts: string) =>
    play(
      site({ haproxy: `, ${timeouts}`, servers: one, arrive: 'constant(1/s)' }).replace(
        'service: 10ms',
        'service: 8s',
      ),
    ).ended.filter((r) => r.arrived < 4)

  test('a silent server: the shorter of timeout client and timeout server; timeout tunnel in their place', () => {
    for (const [timeouts, seconds] of [
      ['timeout_client: 5s, timeout_server: 2s', 2],
      ['timeout_client: 2s, timeout_server: 5s', 2],
      ['timeout_client: 1s, timeout_server: 1s, timeout_tunnel: 3s', 3],
    ] as const) {
      const ended = slow(timeouts)
      expect(tally(ended)).toEqual({ reset: 3 })
      expect(responses(ended)).toEqual([seconds])
    }
    expect(responses(slow('timeout_connect: 1s'))).toEqual([8])
  })

  test('what the server answers is the answer, be it an error: nothing is tried again', () => {
    const { ended, model } = play(site({ faults: '{ kind: errors, target: [a, b], share: 100%, at: 0s }' }))
    expect(Object.keys(tally(ended))).toEqual(['500'])
    expect(model.components.get('lb')!.extra(20).retries).toBe(0)
  })

  test('the process of the server dies: closed, and the next ones go to the other', () => {
    const { ended } = play(
      site({
        haproxy: ', timeout_connect: 1s, redispatch: on',
        a: '',
        faults: '{ kind: crash, target: a, at: 5.105s }',
      }),
    )
    expect(tally(ended)).toEqual({ ok: 198, reset: 1 })
  })
})

/** To whom each request went, by its visitor. */
function ways(text: string) {
  const { model, ended } = world(text)
  const seen: { to: string; key: number; at: number; rides: boolean }[] = []
  for (const wire of model.wires.filter(({ from }) => from === 'lb')) {
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      seen.push({ to: wire.towards, key: request.key, at: model.kernel.now, rides: request.rides })
      send(request)
    }
  }
  model.run()
  return { seen, ended, model }
}

describe('one server is chosen for each connection', () => {
  test('and all that comes on it goes there; roundrobin is over connections', () => {
    // One visitor at a time, whose connection is open for all that follow.
    const kept = ', keepalive: 1h, requests_per_connection: 1000000'
    const { seen } = ways(site({ users: kept }))
    expect(new Set(seen.slice(1).map(({ to }) => to)).size).toBe(1)
    expect(seen.slice(1).every(({ rides }) => rides)).toBe(true)
    expect(
      new Set(
        ways(site({ users: kept }).replace('mode: tcp', 'mode: http'))
          .seen.slice(1)
          .map(({ to }) => to),
      ).size,
    ).toBe(2)
  })

  test('a connection each: in turn', () => {
    const { seen } = ways(site({}))
    expect(seen.slice(0, 4).map(({ to }) => to)).toEqual(['a', 'b', 'a', 'b'])
  })

  test('leastconn counts those that are open, idle ones too', () => {
    // Three come at once and stay; one of the first two leaves no trace, so that the next goes where fewer are.
    const text = site({ haproxy: ', balance: leastconn', users: ', keepalive: 1h' })
    const { seen, model } = ways(text)
    const counts = ['a', 'b'].map((name) => seen.filter(({ to }) => to === name).length)
    expect(Math.abs(counts[0]! - counts[1]!)).toBeLessThanOrEqual(1)
    expect(model.components.get('lb')!.probe.serving.value).toBe(seen.length)
  })

  test('with maxconn a server that is full of idle connections keeps others waiting until one is closed', () => {
    const text = (mode: string) =>
      site({
        arrive: 'trace(test/components/haproxy/ten.csv)',
        servers: '[{ name: a, maxconn: 5 }]',
        haproxy: ', timeout_client: 4s, timeout_server: 4s, timeout_queue: 10s',
        users: ', keepalive: 1h',
      }).replace('mode: tcp', `mode: ${mode}`)
    const waits = play(text('tcp')).ended.map(response)
    expect(waits.slice(0, 5)).toEqual(new Array(5).fill(0.01))
    for (const wait of waits.slice(5)) expect(wait).toBeCloseTo(4.02, 1)
    expect(Math.max(...play(text('http')).ended.map(response))).toBeLessThan(0.03)
  })

  test('who is known to keep connections, but not which, goes to servers as connections do', () => {
    const { seen, model } = ways(site({ users: ', requests_per_connection: 10', lasts: '200s' }))
    const share = seen.filter(({ to }) => to === 'a').length / seen.length
    expect(share).toBeGreaterThan(0.35)
    expect(share).toBeLessThan(0.65)
    expect(seen.filter(({ rides }) => rides).length / seen.length).toBeCloseTo(0.9, 1)
    expect(model.components.get('lb')!.probe.serving.value).toBeLessThan(2)
  })

  test('a page has all of its assets from where it came, over HTTP/2, and over HTTP/1.1 on its own connection', () => {
    for (const [http, servers] of [
      ['2', 1],
      ['1.1, connections: 1', 1],
      ['1.1', 2],
    ] as const) {
      const page = `, mix: { home: 100% }, page: { assets: 12, class: static, http: ${http} }`
      const { seen, ended } = ways(site({ users: page, arrive: 'constant(1/s)', lasts: '3s' }))
      expect(Object.keys(tally(ended))).toEqual(['ok'])
      const between = (from: number) => seen.filter(({ at }) => at >= from && at < from + 1)
      for (const second of [0.9, 1.9])
        expect(new Set(between(second).map(({ to }) => to)).size, http).toBe(servers)
    }
  })

  test('a firewall and a virtual address before it change nothing', () => {
    const text = site({
      users: ', keepalive: 1h, requests_per_connection: 1000000',
      more: '  fw: { kind: firewall, to: vip }\n  vip: { kind: vip, servers: [lb] }',
    }).replace('to: lb,', 'to: fw,')
    const { seen, ended } = ways(text)
    expect(new Set(seen.slice(1).map(({ to }) => to)).size).toBe(1)
    expect(tally(ended)).toEqual({ ok: 199 })
  })

  test('one in tcp before another', () => {
    const text = site({
      users: ', keepalive: 1h, requests_per_connection: 1000000',
      more: '  outer: { kind: haproxy, mode: tcp, service: 0s, servers: [lb] }',
    }).replace('to: lb,', 'to: outer,')
    const { seen } = ways(text)
    expect(new Set(seen.slice(1).map(({ to }) => to)).size).toBe(1)
    expect(seen.slice(1).every(({ rides }) => rides)).toBe(true)
  })

  test('the check of another load balancer is passed on too: a server answers it', () => {
    const outer = (mode: string) => {
      const text = site({
        servers: one,
        more: '  outer: { kind: haproxy, service: 0s, option_httpchk: on, default_server: { check: on, fall: 1 }, servers: [lb] }',
        faults: '{ kind: hang, target: a, at: 2s }',
      }).replace('to: lb', 'to: outer')
      return play(text.replace('mode: tcp', `mode: ${mode}`))
        .model.components.get('outer')!
        .extra(20)
    }
    expect(outer('tcp').marked_down).toBe(1)
    expect(outer('http').marked_down).toBe(0)
  })

  test('drained or marked down, a server keeps the connections that it has', () => {
    const { seen, ended } = ways(
      site({
        users: ', keepalive: 1h, requests_per_connection: 1000000',
        servers: '[a, { name: b, backup: on }]',
        faults: '{ kind: maintenance, target: a, at: 5s, for: 1s, drain: 5s }',
        lasts: '9s',
      }),
    )
    expect(seen.filter(({ to }) => to === 'b')).toEqual([])
    expect(tally(ended)).toEqual({ ok: 89 })
  })
})

describe('when connections end', () => {
  const places = (text: string) => {
    const { model, ended } = play(text)
    const lb = model.components.get('lb') as unknown as { idle: number; frontend: { taken: number } | null }
    return {
      ended,
      idle: lb.idle,
      taken: lb.frontend!.taken,
      serving: model.components.get('lb')!.probe.serving.value,
    }
  }
  const kept = { users: ', keepalive: 1h', haproxy: ', maxconn: 1000, timeout_connect: 1s' }

  test('the server dies: those that are idle are closed, and have no place any more', () => {
    const { idle, taken, serving, ended } = places(
      site({
        ...kept,
        servers: one,
        faults: '{ kind: crash, target: a, at: 15.05s, for: 1s }',
        arrive: 'constant(2/s)',
        lasts: '20.2s',
      }),
    )
    expect(ended.filter((r) => r.outcome === 'ok' && r.arrived > 15.05).length).toBe(idle)
    expect([taken, serving]).toEqual([idle, idle])
  })

  test('whoever had one of them opens another', () => {
    const { seen, ended } = ways(
      site({
        users: ', keepalive: 1h, requests_per_connection: 1000000',
        haproxy: ', timeout_connect: 1s, redispatch: on',
        faults: '{ kind: crash, target: [a], at: 5.05s }',
        lasts: '10s',
      }),
    )
    expect(tally(ended)).toEqual({ ok: 99 })
    expect(new Set(seen.filter(({ at }) => at > 5.2).map(({ to }) => to))).toEqual(new Set(['b']))
  })

  test('its own process dies: nobody has any', () => {
    const { idle, taken, serving } = places(
      site({ ...kept, faults: '{ kind: crash, target: lb, at: 15.05s, for: 10s }' }),
    )
    expect([idle, taken, serving]).toEqual([0, 0, 0])
  })

  test('a machine that dies is silent to them until timeout client or server', () => {
    const { ended } = play(
      site({
        users: ', keepalive: 1h, requests_per_connection: 1000000',
        haproxy: ', timeout_connect: 500ms, timeout_client: 2s, timeout_server: 3s',
        servers: one,
        faults: '{ kind: crash, target: host-a, at: 5.05s }',
        lasts: '8.5s',
        arrive: 'constant(1/s)',
      }),
    )
    expect(ended.map((r) => [r.outcome, response(r)]).slice(4)).toEqual([
      ['ok', 0.01],
      ['reset', 2],
    ])
  })

  test('a worker of Apache behind it is held by an idle connection, and let go with it', () => {
    const apache = (keepalive: string) =>
      play(`
lasts: 30s
warmup: 0s
users:
  idle: { arrive: trace(test/components/haproxy/ten.csv), to: lb, keepalive: ${keepalive} }
  late: { arrive: trace(test/components/haproxy/late.csv), to: lb }
components:
  lb: { kind: haproxy, mode: tcp, service: 0s, servers: [web] }
  web: { kind: apache, max_request_workers: 10, service: 10ms, keep_alive_timeout: 5s }`)
        .ended.filter((r) => r.users === 'late')
        .map(response)[0]!
    expect(apache('1h')).toBeGreaterThan(3)
    expect(apache('0s')).toBeLessThan(0.1)
    expect(apache('2s')).toBeLessThan(1.1)
  })

  test('and when its answer was taken slowly by a visitor who has left meanwhile', () => {
    const { model } = play(`
lasts: 8s
warmup: 0s
sizes: { default: { request: "lognormal(mean=50kB, cv=2)", answer: 300kB } }
users:
  u:
    arrive: poisson(5/s)
    to: lb
    timeout: 50ms
    bandwidth: 50kB/s
    receive_buffer: 64kB
    requests_per_connection: 2
    page: { assets: 9, class: request, connections: 2 }
components:
  lb: { kind: haproxy, mode: tcp, timeout_client: 800ms, servers: [web] }
  web: { kind: apache, max_request_workers: 50, service: 10ms, keep_alive_timeout: 1h }`)
    for (const users of model.users) stop(users)
    model.kernel.run(100)
    expect(model.components.get('web')!.station!.taken).toBe(0)
    expect(model.components.get('lb')!.probe.serving.value).toBe(0)
  })

  test('a visitor who gives up ends the work behind, where the server notices', () => {
    const { ended, model } = play(
      site({
        users: ', timeout: 100ms',
        servers: '[web]',
        more: '  web: { kind: nginx, service: 0s, upstream: [slow] }\n  slow: { kind: service, servers: unlimited, service: 3s }',
        arrive: 'constant(1/s)',
        lasts: '5.5s',
      }),
    )
    expect(Object.keys(tally(ended))).toEqual(['timeout'])
    expect(model.components.get('web')!.probe.inside.value).toBe(0)
    expect(model.components.get('lb')!.probe.inside.value).toBe(0)
  })

  test('no request is lost over any of it, whatever dies', () => {
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
            haproxy:
              ', maxconn: 500, timeout_connect: 300ms, timeout_client: 3s, timeout_server: 3s, default_server: { check: on, maxconn: 300 }',
            faults: `{ kind: ${kind}, target: "${target}", at: 5.003s, for: 2s }, { kind: ${kind}, target: "${target}", at: 12s, for: 10ms }`,
            arrive: 'poisson(50/s)',
            lasts: '30s',
            wires: 'u -> lb: { latency: 2ms }, lb -> b: { latency: 3ms, loss: 1% }',
          }),
        )
        const late = ended.filter((r) => r.arrived > 20)
        expect(tally(late), `${target}${users}`).toEqual({ ok: late.length })
        expect(model.components.get('lb')!.probe.inside.value, `${target}${users}`).toBeLessThan(10)
      }
  })
})

describe('TLS that is passed on ends at the server', () => {
  const tls = (haproxy: string, a = 'tls: {}', users = '', faults = '', b = a) => `
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(10/s), to: lb${users} } }
components:
  lb: { kind: haproxy, service: 1ms, servers: [a, b], ${haproxy} }
  a: { kind: nginx, service: 1ms, ${a} }
  b: { kind: nginx, service: 1ms, ${b} }
wires: { u -> lb: { latency: 15ms }, lb -> a: { latency: 5ms }, lb -> b: { latency: 5ms } }
faults: [${faults}]`

  test('its round trips go all the way, its CPU is that of the server', () => {
    const { ended, model } = play(tls('mode: tcp'))
    // TCP to HAProxy, from there to the server, the handshake over both, the request and its answer.
    expect(response(ended[10]!)).toBeCloseTo(0.03 + 0.01 + 0.04 + 0.04 + 0.002 + FULL, 6)
    const cpu = (name: string) => model.components.get(name)!.probe.cpu / ended.length
    expect(cpu('lb')).toBeCloseTo(0.001, 4)
    expect(cpu('a') + cpu('b')).toBeCloseTo(0.001 + FULL, 4)
  })

  test('ended at HAProxy the handshake is shorter, and its CPU there', () => {
    const { ended } = play(tls('tls: {}', ''))
    expect(response(ended[10]!)).toBeCloseTo(0.03 + 0.01 + 0.03 + 0.04 + 0.002 + FULL, 6)
  })

  test('in mode tcp it may end at HAProxy too, or begin there', () => {
    expect(response(play(tls('mode: tcp, tls: {}', '')).ended[10]!)).toBeCloseTo(0.11 + 0.002 + FULL, 6)
    expect(response(play(tls('mode: tcp, default_server: { ssl: on }')).ended[10]!)).toBeCloseTo(
      0.03 + 0.01 + 0.01 + 0.04 + 0.002 + FULL + 0.657e-3,
      6,
    )
  })

  test('requests_per_connection of visitors is what the server says', () => {
    const { ended } = play(tls('mode: tcp', 'tls: { requests_per_connection: 10 }'))
    const riding = ended.filter((r) => response(r) < 0.05).length / ended.length
    expect(riding).toBeGreaterThan(0.7)
  })

  test('a certificate expires at each server by itself, and not at HAProxy', () => {
    const faults = '{ kind: certificate, target: a, at: 5s, for: 5s }'
    const { ended } = play(tls('mode: tcp', 'tls: {}', '', faults))
    const during = ended.filter((r) => r.arrived > 5 && r.arrived < 9.8)
    expect(tally(during)).toEqual({ ok: 24, tls_failed: 24 })
    const { tls_failed } = tally(play(tls('mode: tcp', 'tls: {}', '', faults.replace('a,', '[a, b],'))).ended)
    expect(tls_failed).toBeGreaterThan(45)
    expect(problemsOf(tls('mode: tcp', 'tls: {}', '', faults.replace('a,', 'lb,')))).toEqual([
      expect.stringMatching(/target: lb ends no TLS \(no tls: option\)$/),
    ])
  })

  test('checks connect, or ask for an answer over TLS, which costs both sides', () => {
    const check = (option: string) => tls(`mode: tcp, ${option}`)
    const cpu = (text: string) =>
      play(text.replace('constant(10/s)', 'constant(1/h)')).model.components.get('lb')!.probe.cpu
    expect(cpu(check('default_server: { check: on }'))).toBe(0)
    expect(cpu(check('option_httpchk: on, default_server: { check: on, check_ssl: on }'))).toBeGreaterThan(
      0.01,
    )
    expect(problemsOf(check('option_httpchk: on, default_server: { check: on }'))).toEqual([
      expect.stringMatching(
        /servers\.0: a speaks TLS \(tls:\), and its checks do not: expected check_ssl: on$/,
      ),
      expect.stringMatching(
        /servers\.1: b speaks TLS \(tls:\), and its checks do not: expected check_ssl: on$/,
      ),
    ])
    expect(problemsOf(check('default_server: { check: on, check_ssl: on }'))[0]).toMatch(
      /check_ssl: on is for option_httpchk: a check that only connects speaks no TLS here$/,
    )
    expect(
      problemsOf(tls('mode: tcp, option_httpchk: on, default_server: { check: on, check_ssl: on }', ''))[0],
    ).toMatch(/check_ssl: on, and a has no tls:$/)
  })

  test('all servers speak it, or none', () => {
    expect(problemsOf(tls('mode: tcp', 'tls: {}', '', '', ''))).toEqual([
      expect.stringMatching(
        /servers\.1: a speaks TLS and b does not: visitors who are passed on speak the same to all$/,
      ),
    ])
    expect(problemsOf(tls('mode: tcp, tls: {}', 'tls: {}'))[0]).toMatch(
      /a speaks TLS \(tls:\): expected ssl: on$/,
    )
  })
})

describe('what has no meaning is refused', () => {
  test.each([
    'option_http_server_close: on',
    'option_httpclose: on',
    'http_reuse: safe',
    'timeout_http_request: 5s',
    'timeout_http_keep_alive: 5s',
    'redirect: scheme https',
  ])('%s in mode tcp', (option) => {
    const problems = problemsOf(site({ haproxy: `, ${option}` }))
    expect(problems).toEqual([
      expect.stringMatching(
        new RegExp(
          `components\\.lb\\.${option.split(':')[0]}: is for mode: http: in mode tcp no request is seen, only connections$`,
        ),
      ),
    ])
    expect(problemsOf(site({ haproxy: `, ${option}, tls: {}` }).replace('mode: tcp, ', ''))).toEqual([])
  })

  test('timeout tunnel in mode http', () => {
    expect(problemsOf(site({ haproxy: ', timeout_tunnel: 1h' }).replace('mode: tcp, ', ''))).toEqual([
      expect.stringMatching(
        /timeout_tunnel: is for mode: tcp: no tunnel through HTTP \(websocket\) is simulated$/,
      ),
    ])
  })
})
