import { describe, expect, test } from 'vitest'
import { parseScenario } from '../../sim/scenario/parse.js'
import { inClear, passedOn } from '../../sim/scenario/readable.js'
import { play, problemsOf, response, responses, tally } from '../support/world.js'

const FULL = 1.859e-3
const HAPROXY = 'kind: haproxy, servers: [web], redirect: scheme https code 301'
const NGINX = 'kind: nginx, upstream: [web], return: "301 https://$host$request_uri"'

interface Site {
  box?: string
  users?: string
  arrive?: string
  more?: string
  faults?: string
  lasts?: string
  top?: string
  wire?: string
}

/** Visitors 15 ms away who come in clear to a box that ends TLS. */
const site = ({
  box = HAPROXY,
  users = 'scheme: http',
  arrive = 'constant(10/s)',
  more = '',
  faults = '',
  lasts = '20s',
  top = '',
  wire = 'latency: 15ms',
}: Site) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: ${arrive}, to: lb, ${users} } }
components:
  lb: { service: 1ms, tls: {}, ${box} }
  web: { kind: service, servers: unlimited, service: 10ms }
${more}
wires: { u -> lb: { ${wire} } }
faults: [${faults}]
${top}`

const CLEAR = 2 * 0.03 + 0.001
const OVER_TLS = 3 * 0.03 + 0.001 + FULL + 0.01

describe.each([
  ['redirect scheme https of HAProxy', HAPROXY],
  ['return 301 of nginx', NGINX],
])('%s', (_, box) => {
  test('who comes in clear comes again over TLS: two connections, one request', () => {
    const { ended, model } = play(site({ box }))
    expect(tally(ended)).toEqual({ ok: ended.length })
    for (const one of responses(ended)) expect(one).toBeCloseTo(CLEAR + OVER_TLS, 6)
    expect(model.context.asked).toBe(ended.length + 1)
    const lb = model.components.get('lb')!
    expect(lb.extra(20).redirected).toBeGreaterThanOrEqual(ended.length)
    // Nobody behind is asked twice.
    const { sent } = model.wires.find(({ from }) => from === 'lb')!
    expect(sent - ended.length).toBeLessThanOrEqual(1)
  })

  test('over TLS at once, or in clear where nobody is sent on', () => {
    for (const users of ['', 'scheme: https'])
      for (const one of responses(play(site({ box, users })).ended)) expect(one).toBeCloseTo(OVER_TLS, 6)
    const without = box.replace(/, (redirect|return):.*/, '')
    for (const one of responses(play(site({ box: without })).ended)) expect(one).toBeCloseTo(CLEAR + 0.01, 6)
  })

  test('what rides on an open connection is there already', () => {
    const users = 'scheme: http, requests_per_connection: 1000000, keepalive: 1h'
    const times = play(site({ box, users, arrive: 'constant(5/s)' })).ended.map(response)
    expect(times[0]).toBeCloseTo(CLEAR + OVER_TLS, 6)
    for (const one of times.slice(1)) expect(one).toBeCloseTo(0.03 + 0.001 + 0.01, 6)
  })

  test('an expired certificate fails who was sent to it; a dead process whoever comes', () => {
    const expired = play(site({ box, faults: '{ kind: certificate, target: lb, at: 5s, for: 5s }' })).ended
    const during = expired.filter((r) => r.arrived > 5.1 && r.arrived < 9.8)
    expect(tally(during)).toEqual({ tls_failed: during.length })
    const users = 'scheme: http, retries: 3, backoff: 1s'
    const dead = play(site({ box, users, faults: '{ kind: crash, target: lb, at: 5s, for: 500ms }' })).ended
    expect(tally(dead)).toEqual({ ok: dead.length })
    // Tried again in clear, a second later.
    const late = dead.filter((r) => r.arrived > 5.1 && r.arrived < 5.4)
    for (const one of late.map(response)) expect(one).toBeCloseTo(0.03 + 1 + CLEAR + OVER_TLS, 3)
  })

  test('of a page the page alone comes in clear', () => {
    const users = 'scheme: http, mix: { home: 1 }, page: { assets: 4, class: asset, http: 2 }'
    const { model, ended } = play(site({ box, users, arrive: 'constant(1/s)' }))
    expect(tally(ended)).toEqual({ ok: ended.length })
    const redirected = model.components.get('lb')!.extra(20).redirected!
    expect(Math.abs(redirected - ended.length / 5)).toBeLessThanOrEqual(1)
  })

  test('it has no content, however large the answer', () => {
    const sizes = 'sizes: { default: { answer: 100kB } }'
    const times = (users: string) => responses(play(site({ box, users, top: sizes })).ended)[0]!
    expect(times('scheme: http') - times('scheme: https')).toBeCloseTo(CLEAR, 6)
  })

  test('through a firewall, a name, a virtual address, and a proxy of layer 4', () => {
    const ways = [
      'fw: { kind: firewall, to: lb }',
      'fw: { kind: firewall, mode: waf, to: lb }',
      'fw: { kind: vip, servers: [lb] }',
      'fw: { kind: dns, addresses: [lb], ttl: 0s }',
      'fw: { kind: balancer, servers: [lb] }',
      'fw: { kind: haproxy, mode: tcp, service: 0s, servers: [lb] }',
    ]
    for (const way of ways) {
      const text = site({ box, more: `  ${way}` })
        .replace('to: lb, scheme', 'to: fw, scheme')
        .replace('u -> lb', 'u -> fw')
      const { ended, model } = play(text)
      expect(tally(ended), way).toEqual({ ok: ended.length })
      expect(model.components.get('lb')!.extra(20).redirected, way).toBeGreaterThanOrEqual(ended.length)
    }
  })

  test('what is lost of one connection says nothing of the other', () => {
    const times = play(site({ box, wire: 'latency: 15ms, loss: 10%', arrive: 'constant(100/s)' })).ended
    // A SYN or its answer: 19 %, each costs a second. Both connections: 3.6 %.
    const share = (seconds: number) => times.filter((r) => response(r) > seconds).length / times.length
    expect(share(0.95)).toBeGreaterThan(0.25)
    expect(share(1.95)).toBeLessThan(0.12)
  })

  test('leads to TLS, which has to be there', () => {
    const problems = problemsOf(site({ box }).replace('tls: {}, ', ''))
    expect(problems).toEqual([
      expect.stringMatching(
        /components\.lb\.(redirect|return): leads to TLS, and none ends here: expected tls: beside it$/,
      ),
    ])
  })
})

test('the connection in clear keeps its place at HAProxy until its visitor, or HAProxy, closes it', () => {
  const taken = (users: string) => {
    const { model } = play(
      site({ box: `${HAPROXY}, maxconn: 1000`, users: `scheme: http, ${users}`, lasts: '10.05s' }),
    )
    return (model.components.get('lb') as unknown as { frontend: { taken: number } }).frontend.taken
  }
  // The last of them is on its second connection only.
  expect(taken('keepalive: 1h')).toBe(199)
  expect(taken('keepalive: 0s')).toBeLessThan(5)
  expect(taken('keepalive: 1s')).toBeLessThan(30)
})

test('limit_req comes after return: who is sent on is not counted', () => {
  const { ended } = play(site({ box: `${NGINX}, limit_req: { rate: 10/s }` }))
  expect(tally(ended)).toEqual({ ok: ended.length })
})

test('at the servers behind a proxy of layer 4', () => {
  const { ended } = play(`
lasts: 10s
warmup: 0s
users: { u: { arrive: constant(10/s), to: lb, scheme: http } }
components:
  lb: { kind: haproxy, mode: tcp, service: 0s, servers: [a, b] }
  a: { kind: nginx, service: 1ms, tls: {}, return: "301 https://$host$request_uri" }
  b: { kind: nginx, service: 1ms, tls: {}, return: "301 https://$host$request_uri" }
wires: { u -> lb: { latency: 15ms } }`)
  for (const one of responses(ended)) expect(one).toBeCloseTo(CLEAR + OVER_TLS - 0.01, 6)
})

describe('as it is written', () => {
  const says = (box: string) => problemsOf(site({ box })).map((line) => line.replace(/^[^ ]* [^ ]* /, ''))
  test.each([
    'scheme https',
    'scheme https code 302',
    '"scheme https code 301 if !{ ssl_fc }"',
    '"scheme https unless { ssl_fc }"',
  ])('redirect: %s', (given) => {
    expect(says(`kind: haproxy, servers: [web], redirect: ${given}`)).toEqual([])
  })

  test('nothing else', () => {
    expect(says('kind: haproxy, servers: [web], redirect: prefix https://a.b')).toEqual([
      'expected scheme https code 301, not "prefix https://a.b": no other redirect is simulated',
    ])
    for (const given of ['scheme http', 'scheme https code 304', 'scheme https if { path / }'])
      expect(says(`kind: haproxy, servers: [web], redirect: "${given}"`)).toHaveLength(1)
    expect(says('kind: nginx, return: "404"')).toEqual([
      'expected 301 https://$host$request_uri, not "404": no other redirect is simulated',
    ])
    for (const given of ['301 http://a.b', 'https://a.b', '200 ok'])
      expect(says(`kind: nginx, return: "${given}"`)).toHaveLength(1)
  })

  test('who says https comes where TLS is spoken', () => {
    const text = site({ users: 'scheme: https', box: 'kind: haproxy, mode: tcp, servers: [web]' }).replace(
      'tls: {}, ',
      '',
    )
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/users\.u\.scheme: expected http: web speaks no TLS \(tls:\)$/),
    ])
  })
})

describe('who can read it', () => {
  const read = (users: string, lb: string, web: string) => {
    const scenario = parseScenario(
      `
hosts: { one: {}, two: {}, three: {} }
users: { u: { arrive: constant(10/s), to: fw, ${users} } }
components:
  fw: { kind: firewall, to: lb }
  lb: { kind: haproxy, host: one, servers: [web-1, web-2], ${lb} }
  web-1: { kind: nginx, host: two, ${web} }
  web-2: { kind: nginx, host: three, ${web} }`,
      'test.yaml',
    )
    return { clear: inClear(scenario), passed: passedOn(scenario) }
  }

  test('what is passed on is encrypted to the servers', () => {
    expect(read('', 'mode: tcp', 'tls: {}')).toEqual({
      clear: [],
      passed: [{ by: 'lb', to: ['web-1', 'web-2'] }],
    })
    expect(read('', 'tls: {}', '')).toEqual({ clear: ['lb -> web-1', 'lb -> web-2'], passed: [] })
    expect(read('', 'mode: tcp, default_server: { ssl: on }', 'tls: {}')).toEqual({
      clear: ['u -> fw', 'fw -> lb'],
      passed: [],
    })
    expect(read('', 'mode: tcp', '')).toEqual({ clear: [], passed: [] })
  })

  test('who comes in clear has said something by the time he is sent to TLS', () => {
    expect(
      read('scheme: http', 'tls: {}, redirect: scheme https, default_server: { ssl: on }', 'tls: {}').clear,
    ).toEqual(['u -> fw'])
  })
})
