import { describe, expect, test } from 'vitest'
import { looks, play, problemsOf, response, tally, world } from '../../support/world.js'

/** Apache with MPM event: one process of ten threads, as it was measured. */
const site = (users: string, apache: string, more = '', lasts = '60s') => `
lasts: ${lasts}
warmup: 0s
users:
${users}
components:
  web: { kind: apache, mpm: event, max_request_workers: 10, threads_per_child: 10, service: 2ms, ${apache} }
${more}
`

const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length

describe('measured on Apache 2.4 (event)', () => {
  const idle = '  idle: { arrive: trace(test/components/apache/burst-25.csv), to: web, keepalive: 1h }'
  const late = '  late: { arrive: trace(test/components/haproxy/late.csv), to: web }'

  test('25 idle visitors keep nobody waiting, though there are ten threads', () => {
    const { ended } = play(site(`${idle}\n${late}`, 'keep_alive_timeout: 5s'))
    expect(tally(ended)).toEqual({ ok: 26 })
    expect(ended.filter((r) => r.users === 'late').map(response)).toEqual([0.002])
  })

  test('visitors of one request, 20/s, who stay until KeepAliveTimeout ends it: 6.6/s are answered, 104 of 320 give up after 20 s', () => {
    const users =
      '  u: { arrive: constant(20/s), profile: { 0s: 100%, 16.01s: 0% }, to: web, keepalive: 1h, timeout: 20s, tcp_syn_linear_timeouts: 4 }'
    const { ended } = play(site(users, 'keep_alive_timeout: 5s'))
    const answered = ended.filter(({ outcome }) => outcome === 'ok')
    const late = answered.filter((one) => one.ended > 16 / 3 && one.ended <= 16)
    expect(ended.length).toBe(320)
    expect(Math.abs(late.length / (32 / 3) - 6.562)).toBeLessThan(0.2)
    expect(Math.abs(tally(ended).timeout! - 103.667)).toBeLessThan(4.5)
    expect(Math.abs(mean(answered.map(response)) - 11.084)).toBeLessThan(0.3)
  })

  // With two clients each is answered after 103 ms. Some 3 s each, from an idle start.
  test.each([
    [2, 19.389, 103.129, 1.956],
    [4, 38.579, 103.476, 1.766],
    [8, 39.025, 199.705, 2.131],
    [20, 38.538, 481.252, 13.943],
  ])('%i clients in a closed loop, 4 children of PHP-FPM, 100 ms: %f/s, %f ms', (clients, rate, ms, sd) => {
    const users = `  u: { arrive: "closed(users=${clients}, think=0s)", to: web }`
    const fpm = '  fpm: { kind: app, workers: 4, service: 101ms }'
    const { ended } = play(site(users, 'keep_alive: off, upstream: fpm', fpm, '3s'))
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(Math.abs(ended.length / 3 - rate)).toBeLessThan(0.03 * rate)
    const later = ended.filter(({ ended }) => ended > 1).map(response)
    expect(Math.abs(mean(later) * 1000 - ms)).toBeLessThan(Math.max(2 * sd, 0.03 * ms) + 3)
  })

  test('a static file meanwhile: 1 to 3 ms with eight clients, 227 ms (sd 27) with twenty, who have all threads', () => {
    const file = (clients: number) => {
      const users = `  u: { arrive: "closed(users=${clients}, think=0s)", to: web, mix: { page: 100% } }
  file: { arrive: poisson(3/s), to: web, mix: { static: 100% } }`
      const fpm = '  fpm: { kind: app, workers: 4, service: 101ms }'
      const { ended } = play(site(users, 'keep_alive: off, upstream: fpm', fpm))
      return mean(ended.filter((r) => r.users === 'file').map(response)) * 1000
    }
    expect(file(8)).toBeCloseTo(2, 6)
    expect(Math.abs(file(20) - 226.626)).toBeLessThan(2 * 26.868)
  })
})

/** Ten at 1 s, who have all threads for as long as PHP-FPM works. */
const busy =
  '  busy: { arrive: trace(test/components/haproxy/ten.csv), to: web, keepalive: 1h, mix: { page: 100% } }'
const file = (more = '') =>
  `  file: { arrive: trace(test/components/haproxy/late.csv), to: web, mix: { static: 100% }${more} }`
const fpm = (service: string) => `  fpm: { kind: app, workers: 10, service: ${service} }`

describe('its threads', () => {
  test('are held while PHP-FPM works, and by nobody afterwards', () => {
    const late = (service: string) =>
      play(site(`${busy}\n${file()}`, 'upstream: fpm', fpm(service)))
        .ended.filter(({ users }) => users === 'file')
        .map(response)
    expect(late('900ms')).toEqual([0.002])
    expect(late('3s')).toEqual([2.004])
  })

  test('all being busy, idle connections are closed when somebody asks on one, and he opens another', () => {
    const users =
      '  u: { arrive: trace(test/components/apache/burst-25-twice.csv), to: web, keepalive: 1h, requests_per_connection: unlimited }'
    const { model, ended } = world(site(users, 'upstream: fpm, keep_alive_timeout: 30s', fpm('100ms')))
    const web = model.components.get('web')!
    const seen = looks(model, [0.9, 1.05, 2, 40], () => ({
      closed: web.extra(0).keep_alive_closed,
      taken: web.station!.taken,
      waiting: web.station!.waiting,
    }))
    model.run()
    expect(tally(ended)).toEqual({ ok: 50 })
    expect(seen).toEqual([
      { closed: 0, taken: 0, waiting: 0 },
      { closed: 15, taken: 10, waiting: 15 },
      { closed: 15, taken: 0, waiting: 0 },
      { closed: 15, taken: 0, waiting: 0 },
    ])
    expect(model.context.requests.inUse).toBe(0)
  })

  test('are idle, and yet nobody is let in, where idle connections are too many', () => {
    const idle =
      '  idle: { arrive: trace(test/components/apache/burst-25.csv), to: web, keepalive: 1h, mix: { static: 100% } }'
    const { model, ended } = world(
      site(`${idle}\n${busy}`, 'upstream: fpm, keep_alive_timeout: 5s', fpm('3s')),
    )
    const taken = looks(model, [2], () => model.components.get('web')!.station!.taken)
    model.run()
    // They are 27 then, and with 8 idle threads a third would come in only if they were fewer than 10 + 2 x 8.
    expect(taken).toEqual([2])
    expect(Math.max(...ended.map(({ ended }) => ended))).toBeCloseTo(8, 0)
  })

  test('are free for others at once where it answers a slow reader itself, and held where PHP-FPM does', () => {
    const users = `
  slow: { arrive: trace(test/components/haproxy/ten.csv), to: web, mix: { large: 100% }, bandwidth: 100kB/s }
${file(', bandwidth: 10MB/s')}`
    const late = (own: string) => {
      const text = site(users, `static: ${own}, upstream: fpm`, fpm('10ms'))
      const { model, ended } = world(`${text}sizes: { static: { answer: 1kB }, large: { answer: 1MB } }`)
      model.run()
      expect(tally(ended)).toEqual({ ok: 11 })
      expect(model.context.requests.inUse).toBe(0)
      expect(model.components.get('web')!.station!.taken).toBe(0)
      return response(ended.find(({ users }) => users === 'file')!)
    }
    expect(late('[static, large]')).toBeLessThan(0.01)
    expect(late('[static]')).toBeGreaterThan(5)
  })
})

describe('PHP-FPM behind it', () => {
  const ask = (fpm: string, web = '', more = '') =>
    play(
      site('  u: { arrive: trace(test/components/haproxy/late.csv), to: web }', `upstream: fpm${web}`, fpm) +
        more,
    ).ended.map((r) => [r.outcome, response(r)])
  const crash = 'faults: [{ kind: crash, target: fpm, at: 1.5s, for: 10s }]'

  test('refuses: 503; stays silent: 504 after ProxyTimeout; breaks off: 503', () => {
    expect(ask(fpm('10ms'))).toEqual([['ok', 0.012]])
    expect(ask(fpm('10ms'), '', crash)).toEqual([['503', 0.002]])
    expect(ask(fpm('90s'), ', proxy_timeout: 3s')).toEqual([['504', 3.002]])
    expect(ask(fpm('30s'), '', crash.replace('1.5s', '4s'))).toEqual([['503', 2]])
  })

  test('is not asked for what Apache answers itself', () => {
    const users = `${busy.replace('page', 'static')}`
    const { model, ended } = world(site(users, 'upstream: fpm', fpm('10ms')))
    model.run()
    expect(ended.map(response)).toEqual(Array(10).fill(0.002))
    expect(model.components.get('fpm')!.probe.joined).toBe(0)
  })
})

test('a crash ends its connections, and it begins anew', () => {
  const users = '  u: { arrive: constant(20/s), to: web, keepalive: 1h, timeout: 5s }'
  const { model, ended } = world(
    `${site(users, 'keep_alive_timeout: 1h', '', '20s')}faults: [{ kind: crash, target: web, at: 10s, for: 1s }]`,
  )
  model.run()
  const ok = ended.filter(({ outcome }) => outcome === 'ok').map(({ ended }) => ended)
  // Thirty connections, which are never closed, and thirty more.
  expect(ok.filter((at) => at < 10).length).toBe(30)
  expect(ok.filter((at) => at > 10).length).toBe(30)
})

test('what goes with its MPM', () => {
  const wrong = (apache: string) =>
    problemsOf(site('  u: { arrive: constant(1/s), to: web }', apache, '  db: { kind: mysql, service: 1ms }'))
  expect(wrong('database: db').join()).toMatch('is about scripts')
  expect(wrong('start_servers: 5').join()).toMatch('is about MPM prefork')
  expect(wrong('proxy_timeout: 5s').join()).toMatch('expected upstream: too')
  const prefork = site('  u: { arrive: constant(1/s), to: web }', '').replace('event', 'prefork')
  expect(problemsOf(prefork).join()).toMatch('is about MPM event')
  expect(
    problemsOf(
      site('  u: { arrive: constant(1/s), to: web }', '').replace('workers: 10', 'workers: 15'),
    ).join(),
  ).toMatch('a multiple of threads_per_child (10)')
})
