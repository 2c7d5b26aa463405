import { describe, expect, test } from 'vitest'
import { service } from '../../../sim/components/service/service.js'
import { offBy } from '../../support/statistics.js'
import { type Ended, play, problemsOf, responses, tally } from '../../support/world.js'

const site = (options: string, users = 'arrive: constant(10/s)', more = '', lasts = '60s') => `
lasts: ${lasts}
warmup: 0s
hosts: { m: { cores: 2 }, n: { cores: 100 } }
users: { u: { ${users}, to: q } }
components:
  q: { kind: service, ${options} }
${more}
`
/** Three at 0.1, 0.2 and 0.3 s. */
const three = 'arrive: constant(10/s), profile: { 0s: 100%, 350ms: 0% }'
const ends = (ended: readonly Ended[]) => ended.map((r) => `${r.outcome} ${+r.ended.toFixed(6)}`)

describe('options', () => {
  test('one server, no bound on the queue, first in first out', () => {
    expect(service.options.parse({ service: '1ms' })).toMatchObject({
      servers: 1,
      queue: Number.POSITIVE_INFINITY,
      discipline: 'fifo',
    })
  })

  test('what cannot be is said with its place', () => {
    const says = (options: string) => problemsOf(site(options)).join('\n')
    expect(says('servers: 1')).toContain('service')
    expect(says('service: 1ms, servers: 0')).toContain('servers')
    expect(says('service: 1ms, queue: -1')).toContain('queue')
    expect(says('service: 1ms, discipline: lifo')).toContain('expected one of fifo, ps')
    expect(says('service: 1ms, next: [x]')).toContain('x')
    expect(says('service: 1ms, next: [q]')).toContain('q')
    expect(says('service: 1 ms, server: 2')).toContain('servers')
  })
})

describe('a station', () => {
  test('serves first in first out, as many at a time as there are servers', () => {
    expect(ends(play(site('service: 300ms', three)).ended)).toEqual(['ok 0.4', 'ok 0.7', 'ok 1'])
    expect(ends(play(site('service: 300ms, servers: 2', three)).ended)).toEqual([
      'ok 0.4',
      'ok 0.5',
      'ok 0.7',
    ])
  })

  test('refuses whom it has no place for, at once', () => {
    expect(ends(play(site('service: 300ms, queue: 1', three)).ended)).toEqual([
      'refused 0.3',
      'ok 0.4',
      'ok 0.7',
    ])
    expect(ends(play(site('service: 300ms, queue: 0', three)).ended)).toEqual([
      'refused 0.2',
      'refused 0.3',
      'ok 0.4',
    ])
  })

  test('those whose patience ends in the queue leave it; in service nobody does', () => {
    expect(ends(play(site('service: 300ms, patience: 250ms', three)).ended)).toEqual([
      'ok 0.4',
      'abandoned 0.55',
      'ok 0.7',
    ])
  })

  test('with ps all share the cores, each at most one of them', () => {
    // One core: 100 ms alone, 100 ms at a half, then thirds: 150 ms each are left for the first.
    expect(ends(play(site('service: 300ms, discipline: ps', three)).ended)).toEqual([
      'ok 0.75',
      'ok 0.95',
      'ok 1',
    ])
    expect(ends(play(site('service: 300ms, discipline: ps, servers: 2', three)).ended)).toEqual([
      'ok 0.45',
      'ok 0.55',
      'ok 0.65',
    ])
  })

  test('with ps the bound is on how many are inside', () => {
    expect(tally(play(site('service: 300ms, discipline: ps, queue: 1', three)).ended)).toEqual({
      ok: 2,
      refused: 1,
    })
  })

  test('on a host its service is CPU time, whatever its servers; without one it is time', () => {
    const on = play(site('service: 300ms, servers: unlimited, host: m', three))
    expect(ends(on.ended)).toEqual(['ok 0.45', 'ok 0.55', 'ok 0.65'])
    const off = play(site('service: 300ms, servers: unlimited', three))
    expect(ends(off.ended)).toEqual(['ok 0.4', 'ok 0.5', 'ok 0.6'])
  })

  test('passes on in turn when its own service is done, and holds no server meanwhile', () => {
    const { model, ended } = play(
      site(
        'service: 10ms, next: [a, b]',
        'arrive: constant(10/s)',
        '  a: { kind: service, service: 1s, servers: unlimited }\n  b: { kind: service, service: 2s, servers: unlimited }',
      ),
    )
    expect(new Set(ended.map((r) => +(r.ended - r.arrived).toFixed(6)))).toEqual(new Set([1.01, 2.01]))
    const sent = model.wires.filter((w) => w.from === 'q').map((w) => w.sent)
    expect(Math.abs(sent[0]! - sent[1]!)).toBeLessThanOrEqual(1)
    expect(model.components.get('q')!.probe.waits.sum).toBe(0)
  })

  test('once passed on, a request is its business no more: the answer goes past it, whatever it does', () => {
    const { model, ended } = play(
      site(
        'service: 10ms, next: [a]',
        'arrive: constant(10/s)',
        `  a: { kind: service, service: 1s, servers: unlimited }
faults: [{ kind: crash, target: q, at: 5.05s, for: 3s }]`,
      ),
    )
    const before = ended.filter((r) => r.arrived < 5.05)
    expect(new Set(before.map((r) => `${r.outcome} ${+(r.ended - r.arrived).toFixed(6)}`))).toEqual(
      new Set(['ok 1.01']),
    )
    // It serves one request at a time, while ten are behind it.
    expect(model.components.get('q')!.probe.inside.mean(60)).toBeLessThan(0.1)
  })

  test('a proxy before it does not wait longer because the machine behind it says nothing', () => {
    const { ended } = play(
      site(
        'service: 10ms, next: [a]',
        'arrive: constant(10/s)',
        `  a: { kind: service, host: n, service: 10ms }
  proxy: { kind: haproxy, servers: [q], default_server: { check: on }, timeout_server: 1s, timeout_connect: 100ms, service: 0s }
faults: [{ kind: crash, target: n, at: 0s }]`,
      ).replace('to: q', 'to: proxy'),
    )
    expect(new Set(ends(ended).map((end) => end.split(' ')[0]))).toEqual(new Set(['504']))
    for (const { arrived, ended: end } of ended) expect(end - arrived).toBeCloseTo(1, 6)
  })

  test('what fails behind it is the answer', () => {
    const { ended } = play(
      site(
        'service: 10ms, next: [a]',
        'arrive: constant(10/s)',
        '  a: { kind: service, service: 1s }\nfaults: [{ kind: crash, target: a, at: 0s }]',
      ),
    )
    expect(tally(ended)).toEqual({ refused: ended.length })
  })
})

describe('how it dies', () => {
  test.each(['fifo', 'ps'])('a crash resets those in service and those in the queue (%s)', (discipline) => {
    const { model, ended } = play(
      site(
        `service: 300ms, discipline: ${discipline}`,
        three,
        'faults: [{ kind: crash, target: q, at: 320ms, for: 1s }]',
      ),
    )
    expect(ends(ended)).toEqual(['reset 0.32', 'reset 0.32', 'reset 0.32'])
    expect(model.components.get('q')!.station!.taken).toBe(0)
  })

  test('Poisson crashes of exponential length: M/M/1 with catastrophes (Chao 1995)', () => {
    // Success 0.7709: mu r^2 - (lambda + mu + xi) r + lambda = 0, A theta / (theta + xi), theta = mu (1 - r).
    const shares = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((replication) => {
      const { ended } = play(
        site(
          'service: exponential(10ms)',
          'arrive: poisson(90/s)',
          'faults: [{ kind: crash, target: q, mtbf: exponential(2s), mttr: exponential(500ms) }]',
          '500s',
        ),
        replication,
      )
      return tally(ended).ok! / ended.length
    })
    expect(offBy(shares, 0.7709478887226631)).toBeLessThan(1)
  })

  test('who hung up waits no more for a machine behind it that died', () => {
    const { model } = play(
      site(
        'service: 10ms, next: [a]',
        'arrive: constant(10/s), timeout: 1s, profile: { 0s: 100%, 30s: 0% }',
        `  a: { kind: service, host: n, servers: unlimited, service: 500ms }
faults: [{ kind: crash, target: n, at: 10s, for: 5s }]`,
      ),
    )
    expect([model.components.get('q')!.probe.inside.value, model.context.requests.inUse]).toEqual([0, 0])
  })

  const faults: [string, string][] = [
    ['it crashes', '{ kind: crash, target: q, at: 10s, for: 5s }'],
    ['its machine dies', '{ kind: crash, target: n, at: 10s, for: 5s }'],
    ['it hangs', '{ kind: hang, target: q, at: 10s, for: 5s }'],
    [
      'it hangs, then dies',
      '{ kind: hang, target: q, at: 10s, for: 5s }, { kind: crash, target: n, at: 12s, for: 5s }',
    ],
  ]
  test.each(faults)('nothing is left inside when %s', (_, fault) => {
    for (const discipline of ['fifo', 'ps']) {
      const { model } = play(
        site(
          `next: [behind], host: n, service: exponential(20ms), servers: 3, queue: 30, patience: exponential(100ms), discipline: ${discipline}`,
          'arrive: poisson(140/s), timeout: 2s, retries: 1, profile: { 0s: 100%, 40s: 0% }',
          `  behind: { kind: service, host: n, service: 100ms, servers: unlimited }\nfaults: [${fault}]`,
        ),
      )
      const q = model.components.get('q')!
      expect([
        q.station!.taken,
        q.station!.waiting,
        q.probe.inside.value,
        model.context.requests.inUse,
      ]).toEqual([0, 0, 0, 0])
    }
  })
})

const station = (service: string, users: string) => `
lasts: 100.5s
warmup: 0s
users: { ${users} }
components: { q: { kind: service, ${service} } }
`
const latencies = (text: string, users = 'u') => responses(play(text).ended.filter((r) => r.users === users))

describe('who goes first, and who starts cold', () => {
  test('a server that was idle starts cold; one that goes on to the next request does not', () => {
    const cold = 'service: 100ms, cold_start: 50ms'
    expect(latencies(station(cold, 'u: { arrive: constant(1/s), to: q }'))).toEqual([0.15])
    // Every second two at once: the second waits for the first, and needs no start of its own.
    const two = 'u: { arrive: constant(1/s), to: q }, v: { arrive: constant(1/s), to: q }'
    expect(latencies(station(cold, two))).toEqual([0.15])
    expect(latencies(station(cold, two), 'v')).toEqual([0.25])
    // With a server for each, both start.
    expect(latencies(station(`servers: 2, ${cold}`, two), 'v')).toEqual([0.15])
  })

  test('a higher priority goes first, but stops nobody in service; among equals, who came first', () => {
    const batch = 'constant(1/s), to: q, mix'
    const users = `u: { arrive: ${batch}: { batch: 100% } }, v: { arrive: ${batch}: { batch: 100% } }, w: { arrive: ${batch}: { paid: 100% } }`
    const ranked = station('service: 100ms, priority: { paid: 1 }', users)
    expect(['u', 'v', 'w'].map((name) => latencies(ranked, name))).toEqual([[0.1], [0.3], [0.2]])
    const equal = station('service: 100ms', users)
    expect(['u', 'v', 'w'].map((name) => latencies(equal, name))).toEqual([[0.1], [0.2], [0.3]])
  })
})
