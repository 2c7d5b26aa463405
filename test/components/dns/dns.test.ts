import { describe, expect, test } from 'vitest'
import type { Model } from '../../../sim/model/model.js'
import { fault, play, problemsOf, response, responses, tally, world } from '../../support/world.js'

/** A name with the addresses a and b, each on a machine of its own. */
const site = ({
  dns = '',
  users = 'arrive: constant(10/s)',
  faults = '',
  lasts = '60s',
  wires = '',
  more = '',
}: Partial<Record<'dns' | 'users' | 'faults' | 'lasts' | 'wires' | 'more', string>>) => `
lasts: ${lasts}
warmup: 0s
hosts: { host-a: { cores: 99 }, host-b: { cores: 99 }, host-ns: { cores: 1 } }
users: { u: { ${users}, to: name } }
components:
  name: { kind: dns, host: host-ns, addresses: [a, b]${dns && `, ${dns}`} }
  a: { kind: service, host: host-a, servers: unlimited, service: 10ms }
  b: { kind: service, host: host-b, servers: unlimited, service: 10ms }
${more}
wires: { ${wires} }
faults: [${faults}]
`

/** Where requests were sent, in order. */
function ways(model: Model): { to: string; at: number; key: number }[] {
  const seen: { to: string; at: number; key: number }[] = []
  for (const wire of model.wires.filter((w) => w.from === 'name')) {
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      seen.push({ to: wire.towards, at: model.kernel.now, key: request.key })
      send(request)
    }
  }
  return seen
}

function watch(text: string, replication = 0) {
  const { model, ended } = world(text, replication)
  const seen = ways(model)
  model.run()
  return { model, ended, seen }
}

const queries = (model: Model) => model.components.get('name')!.extra(model.kernel.now).queries_qps!

describe('round robin', () => {
  test('each query is answered with the next address first', () => {
    const { seen, ended } = watch(site({ dns: 'resolvers: unlimited', lasts: '1.05s' }))
    expect(seen.map((s) => s.to).join('')).toBe('ababababab')
    expect(tally(ended)).toEqual({ ok: 10 })
  })

  test('all who ask one resolver go the same way for a TTL, then the other', () => {
    const { seen } = watch(
      site({ dns: 'resolvers: 1, ttl: 300s', users: 'arrive: constant(1/s)', lasts: '1200s' }),
    )
    // The answer that is there at the start is of any age; from then on each is asked for when the last has expired.
    const ways = seen.map((s) => s.to).join('')
    expect(ways).toMatch(/^a{1,300}b{300}a{300}b{300}a*$/)
  })

  test('a visitor always asks the same resolver; many resolvers share evenly', () => {
    const { seen } = watch(site({ dns: 'ttl: 10s', users: 'arrive: poisson(200/s)', lasts: '500s' }))
    const toA = seen.filter((s) => s.to === 'a').length / seen.length
    expect(Math.abs(toA - 0.5)).toBeLessThan(0.02)
  })

  test('there are 100 resolvers unless said otherwise', () => {
    const users = 'arrive: constant(10/s)'
    expect(watch(site({ users })).seen).toEqual(watch(site({ users, dns: 'resolvers: 100' })).seen)
  })

  // Jung, Berger and Balakrishnan, Modeling TTL-based Internet caches, 2003: a cache asks once in TTL + 1 / rate.
  test.each([
    ['60s', 100, 20],
    ['5s', 100, 20],
    ['0s', 100, 20],
  ])(
    'queries for a TTL of %s: %d resolvers, %d visitors/s, each asks once in TTL + the gap to its next visitor',
    (ttl, resolvers, rate) => {
      const { model } = play(
        site({
          dns: `ttl: ${ttl}, resolvers: ${resolvers}`,
          users: `arrive: poisson(${rate}/s)`,
          lasts: '2000s',
        }),
      )
      const expected = resolvers / (Number.parseFloat(ttl) + resolvers / rate)
      expect(Math.abs(queries(model) / expected - 1)).toBeLessThan(0.05)
    },
  )
})

describe('the time of a lookup', () => {
  test('is paid by those whom no cache answers; with TTL 0 by everyone', () => {
    const dns = 'resolvers: 1, lookup: 40ms'
    const { ended } = play(site({ dns: `${dns}, ttl: 10s`, lasts: '10s' }))
    // Once in 10 s: when the answer that was there has expired.
    expect(ended.filter((r) => response(r) === 0.05)).toHaveLength(1)
    expect(responses(ended).sort()).toEqual([0.01, 0.05])
    expect(responses(play(site({ dns: `${dns}, ttl: 0s` })).ended)).toEqual([0.05])
  })

  test('those who come while a query is under way wait too, and all go the way of its answer', () => {
    const { ended, seen } = watch(site({ dns: 'resolvers: 1, ttl: 10s, lookup: 250ms', lasts: '10s' }))
    const inOrder = [...ended].sort((a, b) => a.arrived - b.arrived)
    const first = inOrder.findIndex((r) => response(r) > 0.01)
    expect(inOrder.slice(first, first + 4).map(response)).toEqual([0.26, 0.26, 0.26, 0.01])
    expect(inOrder.filter((r) => response(r) > 0.01)).toHaveLength(3)
    // The answer that was there said a.
    expect(new Set(seen.filter((s) => s.key >= first).map((s) => s.to))).toEqual(new Set(['b']))
  })

  test('traffic does not pass through: the way to an address is paid twice each way, to connect and to ask, and the answer goes past', () => {
    const { ended, model } = play(
      site({
        wires: 'name -> a: { latency: 20ms }, name -> b: { latency: 30ms }',
        dns: 'resolvers: unlimited',
      }),
    )
    expect(responses(ended)).toEqual([0.09, 0.13])
    expect(model.components.get('name')!.probe.inside.mean(model.kernel.now)).toBe(0)
  })
})

describe('a dead address: plain DNS knows nothing of it', () => {
  test('half of the visitors are refused as long as it is dead', () => {
    const { ended } = play(
      site({ dns: 'resolvers: unlimited', faults: fault('crash', 'a', '20.05s', '20s') }),
    )
    expect(tally(ended)).toEqual({ ok: ended.length - 100, refused: 100 })
  })

  test('try_next: a refusal costs nothing but the next connection', () => {
    const { ended } = play(site({ dns: 'try_next: on', faults: fault('crash', 'a', '20.05s') }))
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(responses(ended)).toEqual([0.01])
  })

  test('try_next: silence costs the connect timeout of the visitor, 127 s unless said otherwise', () => {
    const dead = fault('crash', 'host-a', '0s')
    const soon = play(site({ dns: 'try_next: on, connect_timeout: 2s, resolvers: unlimited', faults: dead }))
    expect(tally(soon.ended)).toEqual({ ok: soon.ended.length })
    expect(responses(soon.ended).sort()).toEqual([0.01, 2.01])
    const late = play(site({ dns: 'try_next: on, resolvers: unlimited', faults: dead, lasts: '200s' }))
    expect(responses(late.ended).sort()).toEqual([0.01, 127.01])
  })

  test('try_next: when no address is left the visitor sees the last failure', () => {
    const { ended } = play(site({ dns: 'try_next: on', faults: fault('crash', '[a, b]', '0s') }))
    expect(tally(ended)).toEqual({ refused: ended.length })
  })
})

describe('failover by health checks (Route 53: every 30 s, 3 in a row)', () => {
  const dns = 'resolvers: unlimited, ttl: 0s, health_check: {}'

  test('a dead address is out of new answers after 60 to 90 s, and in again 60 to 90 s after its return', () => {
    const out: number[] = []
    const back: number[] = []
    for (let replication = 0; replication < 40; replication++) {
      const text = site({ dns, faults: fault('crash', 'host-a', '100s', '200s'), lasts: '500s' })
      const { seen } = watch(text, replication)
      const toA = seen.filter((s) => s.to === 'a').map((s) => s.at)
      out.push(Math.max(...toA.filter((t) => t < 250)) - 100)
      back.push(Math.min(...toA.filter((t) => t > 250)) - 300)
    }
    for (const time of [...out, ...back]) {
      expect(time).toBeGreaterThan(59.7)
      expect(time).toBeLessThan(90.3)
    }
    // In any phase: uniform over 30 s.
    const mean = out.reduce((a, b) => a + b) / out.length
    expect(Math.abs(mean - 75)).toBeLessThan((4 * 30) / Math.sqrt(12 * 40))
  })

  test('a cached answer lives on: with a TTL of 60 s the last visitor leaves 60 to 150 s after the crash', () => {
    const last = (ttl: string, replication: number) => {
      const text = site({
        dns: `resolvers: 200, ttl: ${ttl}, health_check: {}`,
        users: 'arrive: poisson(100/s), timeout: 1s',
        faults: fault('crash', 'host-a', '100s'),
        lasts: '300s',
      })
      const failed = play(text, replication).ended.filter((r) => r.outcome !== 'ok')
      return Math.max(...failed.map((r) => r.arrived)) - 100
    }
    for (let replication = 0; replication < 4; replication++) {
      expect(last('60s', replication)).toBeGreaterThan(last('0s', replication))
      expect(last('60s', replication)).toBeLessThan(last('0s', replication) + 60)
      expect(last('60s', replication)).toBeLessThan(150)
    }
  })

  test('three failures that are not in a row change nothing', () => {
    const { seen } = watch(
      site({ dns, faults: '{ kind: crash, target: host-a, mtbf: 30s, mttr: 30s }', lasts: '600s' }),
    )
    expect(Math.abs(seen.filter((s) => s.to === 'a').length / seen.length - 0.5)).toBeLessThan(0.01)
  })

  test('if no address is healthy, all are given', () => {
    const { seen } = watch(site({ dns, faults: fault('crash', '[host-a, host-b]', '0s'), lasts: '200s' }))
    const late = seen.filter((s) => s.at > 100)
    expect(new Set(late.map((s) => s.to))).toEqual(new Set(['a', 'b']))
  })
})

describe('the name servers are out', () => {
  test('what is cached lives on until its TTL ends; then everyone fails, at once if only the process is gone', () => {
    const { ended } = play(
      site({
        dns: 'resolvers: 1, ttl: 300s',
        users: 'arrive: constant(1/s)',
        faults: fault('crash', 'name', '180.5s', '300s'),
        lasts: '600s',
      }),
    )
    // Valid until some time in the first 300 s, which is later than the crash here; the server is back at 480.5 s.
    const failed = ended.filter((r) => r.outcome === 'dns_failed')
    const first = failed[0]!.arrived
    expect(first).toBeGreaterThan(180.5)
    expect(first).toBeLessThanOrEqual(300)
    expect(failed.map((r) => r.arrived)).toEqual(Array.from({ length: 481 - first }, (_, i) => first + i))
    expect(responses(failed)).toEqual([0])
  })

  test.each([
    ['its machine is dead', fault('crash', 'host-ns', '0s')],
    ['it hangs', fault('hang', 'name', '0s')],
  ])('silence, since %s: two attempts of 5 s (resolv.conf)', (_, faults) => {
    const { ended } = play(site({ dns: 'resolvers: unlimited', faults }))
    expect(tally(ended)).toEqual({ dns_failed: ended.length })
    expect(responses(ended)).toEqual([10])
    expect(
      responses(play(site({ dns: 'resolvers: unlimited, timeout: 2s, attempts: 3', faults })).ended),
    ).toEqual([6])
  })

  test('a server that is back answers the second attempt', () => {
    const { ended } = play(
      site({ dns: 'resolvers: unlimited, lookup: 40ms', faults: fault('crash', 'host-ns', '20.05s', '3s') }),
    )
    expect(tally(ended)).toEqual({ ok: ended.length })
    const late = ended.filter((r) => response(r) > 0.05)
    expect(late).toHaveLength(30)
    expect(responses(late)).toEqual([5.05])
  })

  test('who had to ask twice still tries each address', () => {
    const faults = [fault('crash', 'host-ns', '20.05s', '3s'), fault('crash', 'a', '0s')].join(', ')
    const { ended } = play(site({ dns: 'resolvers: unlimited, try_next: on', faults }))
    expect(tally(ended)).toEqual({ ok: ended.length })
  })

  test('an outage longer than one attempt: who has both in it fails, the others are late', () => {
    const { ended } = play(
      site({ dns: 'resolvers: unlimited', faults: fault('hang', 'name', '10.05s', '8s') }),
    )
    const failed = ended.filter((r) => r.outcome === 'dns_failed')
    // Those of 10.1 s to 13 s ask again at 15.1 s to 18 s, and hear nothing until ten seconds are over.
    expect(failed).toHaveLength(30)
    expect(responses(failed)).toEqual([10])
    expect(responses(ended.filter((r) => r.outcome === 'ok'))).toEqual([0.01, 5.01])
  })

  test('that nobody answered is kept for servfail_ttl: who comes meanwhile fails at once (RFC 9520)', () => {
    const text = (ttl: string) =>
      site({ dns: `resolvers: 1, ttl: 0s, servfail_ttl: ${ttl}`, faults: fault('hang', 'name', '0s') })
    const kept = play(text('5min')).ended
    // The first comes at 0.1 s and knows at 10.1 s.
    expect(responses(kept.filter((r) => r.arrived < 5.05))).toEqual([10])
    expect(responses(kept.filter((r) => r.arrived > 5.15 && r.arrived < 10.05))).toEqual([5])
    expect(responses(kept.filter((r) => r.arrived > 10.15))).toEqual([0])
    expect(responses(play(text('0s')).ended)).toEqual([10])
  })

  test('and it is kept after the server is back, a second by default (BIND: servfail-ttl)', () => {
    const { ended } = play(
      site({
        dns: 'resolvers: 1, ttl: 0s',
        faults: fault('crash', 'name', '10.05s', '1.3s'),
        users: 'arrive: constant(2/s)',
      }),
    )
    // Failed at 10.5 s, known until 11.5 s; then it asks again, and the server is back since 11.35 s.
    expect(ended.filter((r) => r.outcome !== 'ok').map((r) => r.arrived)).toEqual([10.5, 11])
  })

  test.each([
    ['it', 'name'],
    ['its machine', 'host-ns'],
  ])('a cut around %s cuts off queries, not visitors', (_, target) => {
    const { ended } = play(
      site({
        dns: 'resolvers: 1, ttl: 300s',
        users: 'arrive: constant(1/s)',
        faults: fault('partition', target, '180.5s', '300s'),
        lasts: '600s',
      }),
    )
    const failed = ended.filter((r) => r.outcome !== 'ok').map((r) => r.arrived)
    const first = Math.min(...failed)
    expect(first).toBeGreaterThan(180.5)
    expect(first).toBeLessThanOrEqual(300)
    expect(tally(ended.filter((r) => r.arrived >= first && r.arrived < 470))).toEqual({
      dns_failed: 470 - first,
    })
  })

  test('latency around it is paid by queries, both ways', () => {
    const faults = fault('latency', 'name', '0s').replace(' }', ', add: 40ms }')
    const { ended } = play(site({ dns: 'resolvers: 1, ttl: 10s', faults, lasts: '10s' }))
    expect(responses(ended).sort()).toEqual([0.01, 0.09])
  })

  test('a lost query, or answer, is asked again after the timeout', () => {
    const faults = fault('loss', 'name', '0s').replace(' }', ', share: 50% }')
    const { ended } = play(site({ dns: 'resolvers: unlimited', users: 'arrive: constant(50/s)', faults }))
    const n = ended.filter((r) => r.arrived < 49)
    const share = (seconds: number) => n.filter((r) => response(r) === seconds).length / n.length
    for (const [seconds, expected] of [
      [0.01, 0.25],
      [5.01, 0.75 * 0.25],
      [10, 0.75 ** 2],
    ] as const)
      expect(Math.abs(share(seconds) - expected)).toBeLessThan(
        4 * Math.sqrt((expected * (1 - expected)) / n.length),
      )
  })

  test('breaks no connection: what was resolved goes on', () => {
    const { ended } = play(
      site({ faults: fault('crash', 'host-ns', '20.105s'), dns: 'resolvers: 1, ttl: 1d' }).replaceAll(
        'service: 10ms',
        'service: 5s',
      ),
    )
    expect(tally(ended)).toEqual({ ok: ended.length })
  })
})

test('visitors who gave up while resolving leave nothing behind', () => {
  const { model, ended } = play(
    site({
      dns: 'try_next: on, lookup: 50ms, ttl: 5s, connect_timeout: 3s',
      users: 'arrive: poisson(50/s), timeout: 1s, retries: 1',
      faults: [fault('hang', 'name', '10s', '10s'), fault('crash', 'host-a', '30s', '10s')].join(', '),
    }),
  )
  expect(tally(ended).timeout).toBeGreaterThan(100)
  model.users[0]!.surge.bend(0)
  model.kernel.run(model.kernel.now + 60)
  expect(model.context.requests.inUse).toBe(0)
})

test('traffic uses no CPU of the name server', () => {
  const { model } = play(site({}))
  expect(model.hosts.get('host-ns')!.processor.busy.mean(model.kernel.now)).toBe(0)
})

test('misuse is explained, with its place', () => {
  expect(problemsOf(site({ dns: 'connect_timeout: 2s' }))).toEqual([
    '7:56: components.name.connect_timeout: is for visitors who try the next address: try_next: on',
  ])
  expect(problemsOf(site({ dns: 'resolvers: 0' }))[0]).toMatch(
    /resolvers: expected unlimited, or a whole number from 1 to 1000000, not 0/,
  )
  expect(problemsOf(site({ dns: 'attempts: 6' }))[0]).toMatch(/attempts: expected a whole number from 1 to 5/)
  expect(problemsOf(site({ dns: 'health_check: { intervall: 10s }' }))[0]).toMatch(
    /there is no option "intervall"; did you mean "interval"\?/,
  )
  expect(problemsOf(site({}).replace('[a, b]', '[]'))[0]).toMatch(
    /addresses: expected at least one component/,
  )
  expect(problemsOf(site({}).replace('[a, b]', '[a, c]'))[0]).toMatch(/there is no component "c"/)
})
