import { describe, expect, test } from 'vitest'
import { looks, play, response, tally, world } from '../../support/world.js'

/** Four visitors who read slowly, and another one 0.4 s after them. */
const site = (to: string, answer: string, rate: string, buffer: string, components: string) => `
lasts: 60s
warmup: 0s
sizes: { large: { answer: ${answer} } }
users:
  slow: { arrive: trace(test/components/app/four.csv), to: ${to}, mix: { large: 100% }, bandwidth: ${rate}${buffer} }
  fast: { arrive: trace(test/components/app/fast.csv), to: ${to}, mix: { small: 100% } }
components:
${components}
  app: { kind: app, workers: 4, service: 10ms }
wires: { slow -> ${to}: { latency: 2ms }, fast -> ${to}: { latency: 2ms } }`
const SMALL = ', receive_buffer: 4kB'

/** When the fast one is answered, after the slow ones began. */
function answered(...as: Parameters<typeof site>): number {
  const { ended } = play(site(...as))
  expect(tally(ended)).toEqual({ ok: 5 })
  const [fast] = ended.filter(({ users }) => users === 'fast')
  return fast!.ended
}

/** Within the least and the most that were measured, widened by a tenth. */
function isLike(seconds: number, least: number, most = least): void {
  expect(seconds).toBeGreaterThan(least * 0.9)
  expect(seconds).toBeLessThan(most * 1.1)
}

const haproxy = (more: string) => `  lb: { kind: haproxy, ${more} }`
const slots = haproxy('servers: [{ name: app, maxconn: 4 }]')

describe('who reads slowly holds up the others, as measured on Apache 2.4, gunicorn, HAProxy 2.6 and nginx 1.22', () => {
  test('a worker that answers him itself, until the kernels have what is left', () => {
    isLike(answered('app', '100kB', '20kB/s', SMALL, ''), 5.016, 5.018)
    isLike(answered('app', '1MB', '100kB/s', SMALL, ''), 10.01, 10.012)
    isLike(answered('app', '300kB', '60kB/s', '', ''), 2.035, 2.061)
  })

  test('the slot of a server behind HAProxy, which keeps no answer', () => {
    isLike(answered('lb', '100kB', '20kB/s', SMALL, slots), 2.805, 2.81)
    isLike(answered('lb', '1MB', '100kB/s', SMALL, slots), 9.493, 9.494)
    isLike(answered('lb', '300kB', '60kB/s', '', slots), 0.413, 0.42)
  })

  test('nobody behind nginx, which does', () => {
    const nginx = '  web: { kind: nginx, upstream: [app] }'
    isLike(answered('web', '100kB', '20kB/s', SMALL, nginx), 0.413, 0.44)
    isLike(answered('web', '1MB', '100kB/s', SMALL, nginx), 0.413, 0.414)
  })
})

describe('what is held', () => {
  /** When the fast one is answered, of what is told about all. */
  const held = (to: string, components: string, more = '') => {
    const { model, ended } = world(site(to, '1MB', '100kB/s', '', components) + more)
    model.run()
    expect(model.context.requests.inUse).toBe(0)
    return { ended, tally: tally(ended), fast: ended.find(({ users }) => users === 'fast')!.ended }
  }
  /** Of 1 MB all but what the kernels hold, at 100 kB/s, of which the headers take their share. */
  const readUpTo = (buffered: number) => (1e6 - buffered) / 1e5 / (1448 / 1500)
  const BLOCKING = 1.35 * 131072
  const THROUGH = 1.9 * 131072 + 40_000

  test('the worker behind HAProxy, a firewall, a balancer and a virtual address', () => {
    expect(held('app', '').fast).toBeCloseTo(readUpTo(BLOCKING), 0)
    for (const through of [
      haproxy('servers: [app]'),
      '  lb: { kind: firewall, service: 0s, to: app }',
      '  lb: { kind: balancer, servers: [app] }',
      '  lb: { kind: vip, servers: [app] }',
      `  lb: { kind: firewall, service: 0s, to: other }\n  other: { kind: haproxy, servers: [app] }`,
    ])
      expect(held('lb', through).fast).toBeCloseTo(readUpTo(THROUGH), 0)
  })

  test('connections of HAProxy and of nginx', () => {
    const frontend = haproxy('servers: [many], maxconn: 4')
    const many = '\n  many: { kind: app, workers: 99, service: 10ms }'
    expect(held('lb', frontend + many).fast).toBeCloseTo(readUpTo(THROUGH), 0)
    // Four clients, and to the server none any more.
    const web = (connections: number) =>
      held('web', `  web: { kind: nginx, upstream: [app], worker_connections: ${connections} }`).tally
    expect(web(8)).toEqual({ ok: 5 })
    expect(web(6)).toEqual({ ok: 4, reset: 1 })
    const { tally: kept } = held(
      'web',
      '  web: { kind: nginx, static: [large, small], upstream: [app], worker_connections: 4 }',
    )
    expect(kept).toEqual({ ok: 4, reset: 1 })
  })

  test('until he gives up', () => {
    const text = site('lb', '1MB', '100kB/s', ', timeout: 2s', haproxy('servers: [app]'))
    const { ended } = play(text)
    expect(tally(ended)).toEqual({ ok: 1, timeout: 4 })
    expect(ended.at(-1)!.users).toBe('fast')
    expect(ended.at(-1)!.ended).toBeGreaterThan(2)
    expect(ended.at(-1)!.ended).toBeLessThan(2.5)
  })

  test('until the process dies, which cuts the answers short', () => {
    const crash = (what: string) => `
faults: [{ kind: crash, target: ${what}, at: 3s, for: 1s }]`
    expect(held('app', '', crash('app')).tally).toEqual({ reset: 5 })
    const { model, ended } = world(site('lb', '1MB', '100kB/s', '', haproxy('servers: [app]')) + crash('lb'))
    const workers = () => model.components.get('app')!.station!.taken
    const taken = looks(model, [2.9, 3.5], workers)
    model.run()
    expect(taken).toEqual([4, 0])
    expect(tally(ended)).toEqual({ reset: 5 })
  })

  test('longer than the timeout of HAProxy for a server, which has answered', () => {
    const lb = haproxy('servers: [app], timeout_server: 1s')
    // The slow ones have what they asked for; who waits meanwhile for a worker has not.
    expect(held('lb', lb).tally).toEqual({ ok: 4, 504: 1 })
  })

  test('past a name server, which is not on the way: what is read slowly is', () => {
    const longest = ({ ended }: ReturnType<typeof held>) =>
      Math.max(...ended.filter(({ users }) => users === 'slow').map(response))
    const passed = (more: string) => held('lb', `  lb: { kind: dns, addresses: [app]${more} }`)
    expect(passed('').tally).toEqual({ ok: 5 })
    expect(passed(', try_next: on').tally).toEqual({ ok: 5 })
    expect(longest(passed(', try_next: on'))).toBeCloseTo(longest(held('app', '')), 1)
    // Where all who ask there are alike, it is known whose line it is that stands at the end.
    const alike = site('lb', '1MB', '100kB/s', '', '  lb: { kind: dns, addresses: [app] }')
    const { ended } = play(
      alike.replace('mix: { small: 100% } }', 'mix: { small: 100% }, bandwidth: 100kB/s }'),
    )
    expect(Math.max(...ended.map(response))).toBeGreaterThan(1e6 / 1e5)
  })

  test('nobody who is behind a plain station: it hands requests on, and is no proxy', () => {
    const through = `  lb: { kind: service, servers: 9, service: 0s, next: [web] }
  web: { kind: nginx, upstream: [app] }`
    expect(held('lb', through).tally).toEqual({ ok: 5 })
  })
})

test('who has given up before he is answered holds nobody up, and is counted once', () => {
  const text = site('app', '1MB', '100kB/s', ', timeout: 5ms', '')
  const { model, ended } = play(text)
  expect(tally(ended)).toEqual({ timeout: 4, ok: 1 })
  expect(ended.at(-1)!.ended).toBeLessThan(0.5)
  expect(model.components.get('app')!.probe.unheard).toBe(4)
})
