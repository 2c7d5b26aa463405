import { describe, expect, test } from 'vitest'
import { blowOf } from '../../../sim/model/by-hand.js'
import type { Model } from '../../../sim/model/model.js'
import { traceRequests } from '../../../sim/model/tracing.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { play, problemsOf, response, responses, tally, world } from '../../support/world.js'

type Parts = Partial<Record<'dns' | 'ns' | 'users' | 'faults' | 'lasts' | 'wires' | 'more', string>>

/** A name that some servers know, each on a machine of its own, and that nobody keeps unless `dns` says otherwise. */
const site = (servers: number, { dns, ns, users, faults = '', lasts, wires = '', more = '' }: Parts = {}) => {
  const names = Array.from({ length: servers }, (_, i) => `ns-${i + 1}`)
  return `
lasts: ${lasts ?? '60s'}
warmup: 0s
hosts: { ${names.map((name) => `m-${name}: { cores: 1 }`).join(', ')} }
users: { u: { ${users ?? 'arrive: constant(1/s)'}, to: name } }
components:
  name: { kind: dns, addresses: [a, b], name_servers: [${names}], ${dns ?? 'resolvers: unlimited, ttl: 0s'} }
  a: { kind: service, servers: unlimited, service: 10ms }
  b: { kind: service, servers: unlimited, service: 10ms }
${names.map((name) => `  ${name}: { kind: nameserver, host: m-${name}, service: ${ns ?? '0s'} }`).join('\n')}
${more}
wires: { ${wires} }
faults: [${faults}]
`
}
const strike = (kind: string, target: string, more = '', at = '0s') =>
  `{ kind: ${kind}, target: ${target}, at: ${at}${more && `, ${more}`} }`

const counted = (model: Model, name: string) => model.components.get(name)!.extra(model.kernel.now)
/** Queries that a name server has answered. */
const answers = (model: Model, name: string) => model.components.get(name)!.probe.outcomes[0]!

describe('a name server is dead: what a lookup costs that no cache answers (glibc 2.36, measured; see validation.md)', () => {
  test.each([
    ['first of two', 2, '[m-ns-1]', '', 5.01],
    ['second of two', 2, '[m-ns-2]', '', 0.01],
    ['first two of three', 3, '[m-ns-1, m-ns-2]', '', 8.01],
    ['first of two, with timeout: 2s', 2, '[m-ns-1]', 'timeout: 2s', 2.01],
  ])('the %s: every lookup, again and again', (_, servers, target, dns, seconds) => {
    const { ended, model } = play(
      site(servers, { dns: `resolvers: unlimited, ttl: 0s, ${dns}`, faults: strike('crash', target) }),
    )
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(responses(ended)).toEqual([seconds])
    expect(counted(model, 'name').unanswered_qps! > 0.5).toBe(seconds > 1)
  })

  test.each([
    [1, '', 10],
    [2, '', 20],
    [3, '', 28],
    [3, 'timeout: 1s, attempts: 3', 9],
    [2, 'timeout: 2s, attempts: 1', 4],
  ])('all of %d, %s: it fails after %d s', (servers, dns, seconds) => {
    const all = Array.from({ length: servers }, (_, i) => `m-ns-${i + 1}`)
    const { ended } = play(
      site(servers, { dns: `resolvers: unlimited, ttl: 0s, ${dns}`, faults: strike('crash', `[${all}]`) }),
    )
    expect(tally(ended)).toEqual({ dns_failed: ended.length })
    expect(responses(ended)).toEqual([seconds])
  })

  test.each([
    ['its process is gone, and its machine says so', strike('crash', 'ns-1')],
    ['it answers SERVFAIL', strike('errors', 'ns-1', 'share: 100%')],
  ])('%s: the next is asked at once', (_, faults) => {
    const { ended } = play(site(2, { faults }))
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(responses(ended)).toEqual([0.01])
  })

  test('one is silent and the other refuses: 5 s and 5 s; both refuse: at once', () => {
    const one = [strike('crash', 'm-ns-1'), strike('crash', 'ns-2')].join(', ')
    expect(responses(play(site(2, { faults: one })).ended)).toEqual([10])
    const both = play(site(2, { faults: strike('crash', '[ns-1, ns-2]') })).ended
    expect(tally(both)).toEqual({ dns_failed: both.length })
    expect(responses(both)).toEqual([0])
  })

  test('rotate: every second lookup of a resolver costs the timeout, whichever comes first', () => {
    const waits = (replication: number) => {
      const { ended } = play(
        site(2, {
          dns: 'resolvers: 1, ttl: 0s, rotate: on',
          users: 'arrive: constant(0.1/s)',
          faults: strike('crash', 'm-ns-1'),
          lasts: '106s',
        }),
        replication,
      )
      return ended.map((r) => (response(r) > 1 ? '5' : '0')).join('')
    }
    const seen = new Set(Array.from({ length: 12 }, (_, i) => waits(i)))
    expect([...seen].sort()).toEqual(['0505050505', '5050505050'])
  })

  test('rotate, where nobody shares a resolver: half of the lookups, any of them', () => {
    const { ended } = play(
      site(2, {
        dns: 'resolvers: unlimited, ttl: 0s, rotate: on',
        users: 'arrive: constant(100/s)',
        faults: strike('crash', 'm-ns-1'),
      }),
    )
    const late = ended.filter((r) => response(r) === 5.01).length / ended.length
    expect(Math.abs(late - 0.5)).toBeLessThan(0.03)
    expect(new Set(responses(ended))).toEqual(new Set([0.01, 5.01]))
  })

  test('nobody asks a second one without need; with rotate all are asked alike', () => {
    const users = 'arrive: constant(50/s)'
    const plain = play(site(3, { users })).model
    expect([1, 2, 3].map((i) => answers(plain, `ns-${i}`) > 0)).toEqual([true, false, false])
    const dns = 'resolvers: 10, ttl: 0s, rotate: on'
    const turns = play(site(3, { users, dns })).model
    const all = [1, 2, 3].map((i) => answers(turns, `ns-${i}`))
    expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(10)
    expect(all.reduce((a, b) => a + b)).toBe(answers(plain, 'ns-1'))
  })
})

describe('queries are datagrams', () => {
  test('a way to a name server that is cut: silence, and nothing is sent again', () => {
    const faults = strike('partition', 'name -> ns-1', 'for: 20.5s')
    const { ended } = play(site(2, { faults }))
    // From 20.5 s on the first answers again; who asked before has to wait all of his five seconds.
    for (const request of ended) expect(response(request)).toBe(request.arrived < 20.5 ? 5.01 : 0.01)
  })

  test('a machine that is back is asked anew, and does not find the query of before', () => {
    const { ended } = play(site(1, { faults: strike('crash', 'm-ns-1', 'for: 3.5s') }))
    expect(responses(ended.filter((r) => r.arrived < 3.5))).toEqual([5.01])
  })

  test('a query that is lost, or its answer, is asked of the next after the timeout', () => {
    const { ended } = play(
      site(2, { users: 'arrive: constant(50/s)', wires: 'name -> ns-1: { loss: 50% }', lasts: '100s' }),
    )
    const late = ended.filter((r) => response(r) === 5.01).length / ended.length
    expect(Math.abs(late - 0.75)).toBeLessThan(0.03)
    expect(tally(ended)).toEqual({ ok: ended.length })
  })

  test('the way is paid there and back; what takes longer than the timeout comes too late', () => {
    const wires = (ms: string) => `name -> ns-1: { latency: ${ms} }, name -> ns-2: { latency: 20ms }`
    expect(responses(play(site(2, { wires: wires('40ms') })).ended)).toEqual([0.09])
    expect(responses(play(site(2, { wires: wires('2600ms') })).ended)).toEqual([5.05])
  })

  test('one that is lost after its sender has given up leaves nothing behind', () => {
    const faults = strike('crash', 'm-ns-1')
    const { model, ended } = play(site(2, { wires: 'name -> ns-1: { latency: 6s }', faults }))
    expect(responses(ended)).toEqual([5.01])
    model.users[0]!.surge.bend(0)
    model.kernel.run(model.kernel.now + 60)
    expect(model.context.requests.inUse).toBe(0)
  })

  test('the server takes its time, on its own CPU, and `lookup` comes on top', () => {
    const dns = 'resolvers: unlimited, ttl: 0s, lookup: 30ms'
    const { ended, model } = play(site(2, { ns: '5ms', dns }))
    expect(responses(ended)).toEqual([0.045])
    const used = (host: string) => model.hosts.get(host)!.processor.busy.mean(model.kernel.now)
    expect(used('m-ns-1')).toBeGreaterThan(0.0049)
    expect(used('m-ns-2')).toBe(0)
  })

  test('what comes while it hangs is answered afterwards, though nobody waits for it', () => {
    const faults = strike('hang', 'ns-1', 'for: 20.5s')
    const { ended, model } = play(site(2, { faults }))
    expect(responses(ended.filter((r) => r.arrived < 15.5))).toEqual([5.01])
    // The last five are answered in time.
    expect(responses(ended.filter((r) => r.arrived > 15.5))).toEqual([4.51, 3.51, 2.51, 1.51, 0.51, 0.01])
    expect(answers(model, 'ns-1')).toBeGreaterThanOrEqual(ended.length)
    expect(model.components.get('ns-1')!.probe.unheard).toBe(15)
  })

  test('and of that only what its buffer holds', () => {
    const faults = strike('hang', 'ns-1', 'for: 20.5s')
    const text = site(2, { faults }).replace('host: m-ns-1,', 'host: m-ns-1, queue: 8,')
    expect(play(text).model.components.get('ns-1')!.probe.unheard).toBe(8)
  })

  test('who asks more than it can do finds no place, and waits for nothing', () => {
    const text = site(1, {
      ns: '100ms',
      users: 'arrive: constant(20/s)',
      dns: 'resolvers: unlimited, ttl: 0s, attempts: 1',
    }).replace('host: m-ns-1,', 'host: m-ns-1, queue: 4,')
    const { ended } = play(text)
    const known = ended.filter((r) => r.arrived < 50)
    const share = tally(known).dns_failed! / known.length
    expect(Math.abs(share - 0.5)).toBeLessThan(0.02)
    expect(responses(ended.filter((r) => r.outcome === 'dns_failed'))).toEqual([5])
    // One is worked at, and four wait.
    expect(Math.max(...responses(ended.filter((r) => r.outcome === 'ok')))).toBeLessThanOrEqual(0.51)
  })
})

test('a trace has the queries that met silence, each from when it was sent until nobody waited for it any more', () => {
  const faults = [strike('crash', 'm-ns-1'), strike('partition', 'name -> ns-2')].join(', ')
  const [first] = traceRequests(parseScenario(site(3, { faults }), 'trace.yaml'), { count: 1 })
  expect(first!.spans.map(({ component, outcome }) => [component, outcome])).toEqual([
    ['name', 'ok'],
    ['ns-1', 'timeout'],
    ['ns-2', 'timeout'],
    ['ns-3', 'ok'],
    ['a', 'ok'],
  ])
  const [, one, two] = first!.spans
  expect(one).toMatchObject({ start_s: 1, end_s: 6, unconnected: true })
  expect(two).toMatchObject({ start_s: 6, end_s: 9, unconnected: true })
})

describe('what resolvers keep', () => {
  const cached = { dns: 'resolvers: 1, ttl: 300s', lasts: '600s' }

  test('all name servers are dead: nothing is seen before the TTL is over, then everyone fails', () => {
    const faults = strike('crash', '[m-ns-1, m-ns-2]', '', '180.5s')
    const { ended } = play(site(2, { ...cached, faults }))
    const first = Math.min(...ended.filter((r) => r.outcome !== 'ok').map((r) => r.arrived))
    expect(first).toBeGreaterThan(180.5)
    expect(first).toBeLessThanOrEqual(300)
    const later = ended.filter((r) => r.arrived >= first && r.arrived < 570)
    expect(tally(later)).toEqual({ dns_failed: 570 - first })
    expect(Math.max(...responses(later))).toBe(20)
  })

  test('one of two is dead: once in a TTL those who come within five seconds wait, and nobody fails', () => {
    const faults = strike('crash', 'm-ns-1', '', '0s')
    const { ended } = play(site(2, { ...cached, faults }))
    expect(tally(ended)).toEqual({ ok: ended.length })
    const late = ended.filter((r) => response(r) > 1)
    expect(late).toHaveLength(2 * 5)
    expect(responses(late)).toEqual([5.01])
  })

  test('that nobody answered is kept: who comes meanwhile fails at once', () => {
    const faults = strike('crash', '[m-ns-1, m-ns-2]')
    const dns = 'resolvers: 1, ttl: 0s, servfail_ttl: 5min'
    const { ended } = play(site(2, { dns, faults }))
    // The first comes at 1 s and knows at 21 s.
    expect(responses(ended.filter((r) => r.arrived === 1))).toEqual([20])
    expect(responses(ended.filter((r) => r.arrived > 21))).toEqual([0])
  })

  test('a resolver asks on though its visitor has given up', () => {
    const faults = strike('crash', 'm-ns-1')
    const users = 'arrive: constant(1/s), timeout: 1s'
    const { ended } = play(site(2, { dns: 'resolvers: 1, ttl: 1h', users, faults, lasts: '2h' }))
    // The answer that was there expires within the first hour, and the next an hour later.
    expect(tally(ended)).toEqual({ ok: ended.length - 10, timeout: 10 })
  })
})

describe('failover by health checks', () => {
  test('new answers leave a dead address out, whichever name server gives them', () => {
    const dns = 'resolvers: unlimited, ttl: 0s, health_check: { interval: 5s, threshold: 2 }'
    const faults = [strike('crash', 'a'), strike('crash', 'm-ns-1')].join(', ')
    const { ended } = play(site(2, { dns, faults }))
    const failed = ended.filter((r) => r.outcome === 'refused').map((r) => r.arrived)
    expect(failed.length).toBeGreaterThan(0)
    expect(Math.max(...failed)).toBeLessThanOrEqual(10)
    expect(responses(ended.filter((r) => r.outcome === 'ok'))).toEqual([5.01])
  })
})

test('with try_next visitors try each address after a lookup that asked all name servers but the last in vain', () => {
  const faults = [strike('crash', '[m-ns-1, m-ns-2]'), strike('crash', 'a')].join(', ')
  const dns = 'resolvers: unlimited, ttl: 0s, try_next: on'
  const { ended } = play(site(3, { dns, faults }))
  expect(tally(ended)).toEqual({ ok: ended.length })
  expect(responses(ended)).toEqual([8.01])
})

test.each(['on', 'off'])('nothing is left behind of those who gave up, try_next %s', (tries) => {
  const { model, ended } = play(
    site(3, {
      dns: `try_next: ${tries}, ttl: 5s, rotate: on, lookup: 20ms`,
      users: 'arrive: poisson(50/s), timeout: 4s, retries: 1',
      wires: 'name -> ns-2: { latency: 10ms, loss: 20% }',
      faults: [
        strike('hang', 'ns-1', 'for: 10s', '5s'),
        strike('crash', 'm-ns-2', 'for: 10s', '10s'),
        strike('crash', 'ns-3', 'for: 20s', '8s'),
        strike('crash', 'a', 'for: 10s', '20s'),
      ].join(', '),
    }),
  )
  expect(tally(ended).timeout).toBeGreaterThan(10)
  model.users[0]!.surge.bend(0)
  model.kernel.run(model.kernel.now + 60)
  expect(model.context.requests.inUse).toBe(0)
})

test.each([0, 1, 2, 3])(
  'whatever befalls name servers, each visitor is answered once, and nothing is left behind (%i)',
  (i) => {
    const often = 'mtbf: exponential(4s), mttr: exponential(3s)'
    const faults = [
      ...['m-ns-1', 'ns-1', 'ns-2', 'm-ns-3'].map((one) => `{ kind: crash, target: ${one}, ${often} }`),
      ...['ns-2', 'ns-3'].map((one) => `{ kind: hang, target: ${one}, ${often} }`),
      `{ kind: errors, target: ns-3, share: 50%, ${often} }`,
      `{ kind: partition, target: 'name -> ns-2', ${often} }`,
      `{ kind: loss, target: m-ns-1, share: 30%, ${often} }`,
      `{ kind: crash, target: a, ${often} }`,
    ]
    const { model, ended } = play(
      site(3, {
        dns: `resolvers: ${i % 2 ? 5 : 'unlimited'}, ttl: 2s, timeout: 1s, rotate: ${i % 3 ? 'on' : 'off'}, try_next: on`,
        users: 'arrive: poisson(20/s), timeout: 2s, retries: 1, profile: { 0s: 1, 40s: 1, 41s: 0 }',
        wires: 'name -> ns-1: { latency: 30ms }',
        faults: faults.join(', '),
      }),
      i,
    )
    model.kernel.run(model.kernel.now + 60)
    expect(new Set(ended.map(({ key }) => key)).size).toBe(ended.length)
    expect(ended.length).toBe(model.users[0]!.accounts.reduce((sum, { offered }) => sum + offered, 0))
    // Hanging servers may hold what nobody waits for.
    const held = [1, 2, 3].map((n) => model.components.get(`ns-${n}`)!.probe.inside.value)
    expect(model.context.requests.inUse).toBe(held.reduce((a, b) => a + b))
  },
)

test('bytes of visitors go past the name servers', () => {
  const { model, ended } = play(
    `${site(2, { users: 'arrive: constant(1/s), bandwidth: 1Mbit/s' })}sizes: { request: { request: 1kB, answer: 1MB } }\n`.replace(
      'm-ns-1: { cores: 1 }',
      'm-ns-1: { cores: 1, bandwidth: 1kbit/s }',
    ),
  )
  expect(tally(ended)).toEqual({ ok: ended.length })
  expect(Math.max(...responses(ended))).toBeGreaterThan(8)
  expect(counted(model, 'name').unanswered_qps).toBe(0)
})

describe('misuse is explained, with its place', () => {
  const problem = (dns: string, more: Parts = {}) => problemsOf(site(2, { dns, ...more }))

  test('of options', () => {
    expect(problem('timeout: 500ms')).toEqual([
      expect.stringMatching(/components\.name\.timeout: resolv\.conf counts whole seconds, 30s at most/),
    ])
    expect(problem('timeout: 31s')[0]).toMatch(/30s at most/)
    expect(problemsOf(site(4))[0]).toMatch(/name_servers: resolv\.conf has 3 at most/)
    expect(problemsOf(site(2).replace('[ns-1,ns-2]', '[ns-1, ns-1]'))[0]).toMatch(/names one of them twice/)
    expect(problemsOf(site(2).replace('[ns-1,ns-2]', '[ns-1, a]'))[0]).toMatch(
      /expected a component of kind nameserver, and a is of kind service/,
    )
    expect(problemsOf(site(1, { dns: 'rotate: on' }))[0]).toMatch(/rotate: is for several name servers/)
  })

  test('the name itself stands on no machine, and nothing can strike it', () => {
    const hosted = site(2).replace('kind: dns,', 'kind: dns, host: m-ns-1,')
    expect(problemsOf(hosted)).toEqual([
      expect.stringMatching(/components\.name\.host: stands on no machine: what it does ns-1 and ns-2 do/),
    ])
    const why = /name is neither a process nor a machine, and cannot fail: strike ns-1 or ns-2/
    for (const kind of ['crash', 'hang', 'partition'])
      expect(problemsOf(site(2, { faults: strike(kind, '[a, name]') }))).toEqual([
        expect.stringMatching(new RegExp(`faults\\.0\\.target\\.1: ${why.source}`)),
      ])
    const { model } = world(site(2))
    expect(() => blowOf(model, { kind: 'crash', target: 'name' }, 5)).toThrow(why)
  })
})
