import { describe, expect, test } from 'vitest'
import { play, tally } from '../support/world.js'

const app = (fault: string, { users = 'arrive: constant(10/s)', lasts = '60s', host = false } = {}) => `
lasts: ${lasts}
warmup: 0s
hosts: { server: { cores: 2 } }
users:
  web: { ${users}, to: app }
components:
  app: { kind: service, ${host ? 'host: server, ' : ''}service: 10ms, servers: unlimited }
faults:
  - { ${fault} }
`

/** Latencies in ms of what arrived in an interval, each once. */
const latencies = (ended: readonly { arrived: number; ended: number }[], from: number, to: number) => [
  ...new Set(
    ended
      .filter((r) => r.arrived > from && r.arrived < to)
      .map((r) => +((r.ended - r.arrived) * 1000).toFixed(6)),
  ),
]

describe('slow', () => {
  test('a component takes a factor longer, and then no longer', () => {
    const { ended } = play(app('kind: slow, target: app, factor: 4, at: 20.05s, for: 10s'))
    expect(latencies(ended, 0, 20.05)).toEqual([10])
    expect(latencies(ended, 20.05, 30.05)).toEqual([40])
    expect(latencies(ended, 30.05, 59.9)).toEqual([10])
  })

  test('a host slows what it is at work on, too', () => {
    const { ended } = play(
      app('kind: slow, target: server, factor: 4, at: 20.005s, for: 10s', { host: true }),
    )
    // 5 ms at full speed, 5 ms at a quarter.
    expect(latencies(ended, 19.95, 20.05)).toEqual([25])
    expect(latencies(ended, 20.05, 29.95)).toEqual([40])
    expect(latencies(ended, 30.05, 59.9)).toEqual([10])
  })
})

test('errors: the share of answers that it says, after the same work', () => {
  const { ended } = play(
    app('kind: errors, target: app, share: 30%, at: 10s, for: 50s', { users: 'arrive: poisson(200/s)' }),
  )
  expect(tally(ended.filter((r) => r.ended < 10))).toEqual({ ok: expect.any(Number) })
  const struck = ended.filter((r) => r.ended > 10)
  const wrong = struck.filter((r) => r.outcome === '500')
  expect(Math.abs(wrong.length - 0.3 * struck.length)).toBeLessThan(4 * Math.sqrt(0.21 * struck.length))
  for (const { arrived, ended } of wrong) expect(ended - arrived).toBeCloseTo(0.01, 9)
})

describe('of one request class', () => {
  /** Pages of two classes, in the order in which the mix has them, all of which take 10 ms at app and 1 ms at db. */
  const mixed = (faults: string, more = '') => `
lasts: 60s
warmup: 0s
hosts: { server: { cores: 64 } }
users:
  home: { arrive: constant(5/s), to: app, mix: { home: 100% } }
  cart: { arrive: constant(5/s), to: app, mix: { cart: 100% } }
components:
  app: { kind: app, host: server, workers: 64, service: 10ms, database: db }
  db: { kind: mysql, host: server, service: 1ms, io: 2ms }
${more}
faults: [${faults}]
`
  const seen = (text: string, users: string, from: number, to: number) => {
    const { ended } = play(text)
    const own = ended.filter((r) => r.users === users)
    return {
      ms: latencies(own, from, to),
      outcomes: Object.keys(tally(own.filter((r) => r.arrived > from && r.arrived < to))),
    }
  }

  test('slow slows its requests, their CPU time and their waits, at the box that it strikes', () => {
    const text = mixed('{ kind: slow, target: db, factor: 4, class: cart, at: 20.05s, for: 10s }')
    expect(seen(text, 'home', 0, 59).ms).toEqual([13])
    expect(seen(text, 'cart', 0, 20.05).ms).toEqual([13])
    expect(seen(text, 'cart', 20.05, 30.05).ms).toEqual([22])
    expect(seen(text, 'cart', 30.05, 59).ms).toEqual([13])
    const service = text.replace('kind: app, host: server, workers: 64', 'kind: service, servers: 64')
    const timed = service.replace(', database: db', '').replace('target: db', 'target: app')
    expect(seen(timed, 'home', 0, 59).ms).toEqual([10])
    expect(seen(timed, 'cart', 20.05, 30.05).ms).toEqual([40])
  })

  test('on a host it strikes them at all that runs there, and nothing else', () => {
    const text = mixed('{ kind: slow, target: server, factor: 4, class: [home], at: 20.05s, for: 10s }')
    expect(seen(text, 'cart', 0, 59).ms).toEqual([13])
    expect(seen(text, 'home', 20.05, 30.05).ms).toEqual([52])
  })

  test('what overlaps multiplies, whatever it strikes, and heals in any order', () => {
    const text = mixed(`
  { kind: slow, target: app, factor: 2, at: 10.05s, for: 20s },
  { kind: slow, target: app, factor: 3, class: home, at: 20.05s, for: 20s },
  { kind: slow, target: app, factor: 5, class: [home, cart], at: 25.05s, for: 10s }`)
    const at = (users: string) =>
      [5, 15, 22, 27, 32, 37, 45].flatMap((time) => seen(text, users, time, time + 1).ms)
    expect(at('home')).toEqual([13, 23, 63, 303, 153, 33, 13])
    expect(at('cart')).toEqual([13, 23, 23, 103, 53, 13, 13])
  })

  test('errors are those of its requests: the share of them, and with others the product', () => {
    const all = mixed('{ kind: errors, target: app, share: 100%, class: home, at: 20.05s, for: 10s }')
    expect(seen(all, 'home', 20.05, 30.05)).toEqual({ ms: [13], outcomes: ['500'] })
    expect(seen(all, 'home', 30.05, 59).outcomes).toEqual(['ok'])
    expect(seen(all, 'cart', 0, 59).outcomes).toEqual(['ok'])
    const some = mixed(
      '{ kind: errors, target: app, share: 50%, class: home, at: 0s }, { kind: errors, target: app, share: 40%, at: 0s }',
    ).replaceAll('constant(5/s)', 'constant(100/s)')
    const { ended } = play(some)
    for (const [users, right] of [
      ['home', 0.3],
      ['cart', 0.6],
    ] as const) {
      const own = ended.filter((r) => r.users === users)
      const ok = own.filter((r) => r.outcome === 'ok').length
      expect(Math.abs(ok - right * own.length)).toBeLessThan(4 * Math.sqrt(own.length * right * (1 - right)))
    }
  })

  test('health checks that ask for no page are of no class', () => {
    // Of the first class is what has none: nginx takes CPU time for a check, 1 ms of which it has 4 s.
    const faults = ['slow, factor: 10000', 'errors, share: 100%'].map(
      (kind) => `{ kind: ${kind}, target: web, class: home, at: 0s }`,
    )
    const { model } = play(
      mixed(
        faults.join(),
        `  web: { kind: nginx, host: server, service: 1ms }
  lb: { kind: haproxy, option_httpchk: on, default_server: { check: on }, servers: [web] }`,
      ),
    )
    const { outcomes } = model.components.get('web')!.probe
    expect(outcomes[0]).toBeGreaterThan(25)
    expect(model.components.get('lb')!.extra(60).marked_down).toBe(0)
  })

  test('the same seed gives the same run, and those of other classes have theirs as without', () => {
    const run = (faults: string) => play(mixed(faults).replaceAll('10ms', 'exponential(10ms)')).ended
    const struck = '{ kind: slow, target: app, factor: 3, class: home, mtbf: exponential(9s), mttr: 3s }'
    const once = JSON.stringify(run(struck))
    expect(JSON.stringify(run(struck)) === once).toBe(true)
    const own = (faults: string, users: string) =>
      run(faults)
        .filter((r) => r.users === users)
        .map(({ key, arrived, ended }) => [key, +(ended - arrived).toFixed(9)])
    expect(own(struck, 'cart')).toEqual(own('', 'cart'))
    expect(own(struck, 'home')).not.toEqual(own('', 'home'))
  })
})

test('a surge multiplies the arrivals, from its first instant to its last', () => {
  const { ended } = play(app('kind: surge, target: web, factor: 3, at: 20s, for: 10s'))
  const came = (from: number, to: number) => ended.filter((r) => r.arrived > from && r.arrived < to).length
  expect(came(10.01, 20.01)).toBe(100)
  expect(came(20.01, 30.01)).toBe(300)
  expect(came(30.01, 40.01)).toBe(100)
})

describe('on the wires', () => {
  const chain = (fault: string, users = 'arrive: constant(10/s)', lasts = '60s') => `
lasts: ${lasts}
warmup: 0s
hosts:
  near: { cores: 100, zone: a }
  far: { cores: 100, zone: b }
users:
  web: { ${users}, to: front }
components:
  front: { kind: service, host: near, service: 1ms, servers: unlimited, next: [back] }
  back: { kind: service, host: far, service: 10ms, servers: unlimited }
faults:
  - { ${fault} }
`
  test('latency is paid in both directions', () => {
    const { ended } = play(chain('kind: latency, target: front -> back, add: 20ms, at: 20.05s, for: 10s'))
    expect(latencies(ended, 0, 20.04)).toEqual([11])
    expect(latencies(ended, 20.05, 30.05)).toEqual([51])
    expect(latencies(ended, 30.05, 59.9)).toEqual([11])
  })

  test('1 % loss each way makes 2 % of the requests wait for a retransmission', () => {
    const n = 20_000
    const { ended } = play(
      chain('kind: loss, target: front -> back, share: 1%, at: 0s', 'arrive: constant(100/s)', '200s'),
    )
    const late = ended.filter((r) => r.ended - r.arrived > 0.2)
    const expected = n * (1 - 0.99 ** 2)
    expect(Math.abs(late.length - expected)).toBeLessThan(4 * Math.sqrt(expected))
    // 208 ms for one loss; one each way, or two of one packet, 416 ms.
    const waits = late.map((r) => Math.round((r.ended - r.arrived - 0.011) * 1000))
    expect(waits.filter((ms) => ms === 208).length).toBeGreaterThan(0.95 * late.length)
    expect(waits.every((ms) => [208, 416, 624, 832].includes(ms))).toBe(true)
    expect(tally(ended)).toEqual({ ok: ended.length })
  })

  test('a zone that is cut off is silence: what was on its way is sent again, what comes connects after it heals', () => {
    const { ended, model } = play(chain('kind: partition, target: b, at: 20.005s, for: 10s'))
    // The request of 20 s: its answer of 20.011 s is sent again after 0.208, 0.416, 0.832, ... s.
    expect(ended.find((r) => Math.abs(r.arrived - 20) < 1e-6)?.ended).toBeCloseTo(20.011 + 13.312, 9)
    const struck = ended.filter((r) => r.arrived > 20.05 && r.arrived < 30)
    expect(struck).toHaveLength(99)
    for (const { arrived, ended, outcome } of struck) {
      const sent = arrived + 0.001
      expect(outcome).toBe('ok')
      expect(ended).toBeCloseTo(sent + [1, 3, 7, 15].find((after) => sent + after > 30.005)! + 0.01, 9)
    }
    expect(latencies(ended, 30.05, 59.9)).toEqual([11])
    // The far zone noticed nothing: it served all that it got.
    expect(model.components.get('back')!.probe.outcomes[0]).toBe(ended.length)
  })

  test('a cut wire is seen by callers as a connect timeout', () => {
    const { ended } = play(
      chain('kind: partition, target: front -> back, at: 20.05s', 'arrive: constant(1/s)', '200s'),
    )
    const failed = ended.filter((r) => r.outcome !== 'ok')
    expect(tally(failed)).toEqual({ connect_timeout: 52 })
    for (const { arrived, ended } of failed) expect(ended - arrived).toBeCloseTo(127.001, 9)
  })
})
