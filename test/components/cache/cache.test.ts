import { describe, expect, test } from 'vitest'
import { cache } from '../../../sim/components/cache/cache.js'
import { offBy } from '../../support/statistics.js'
import { looks, play, problemsOf, response, tally, world } from '../../support/world.js'

interface Site {
  cache?: string
  users?: string
  origin?: string
  faults?: string
  lasts?: string
}

/** A cache that takes no time before an origin. */
const site = ({
  cache = 'hit_ratio: 50%',
  users = 'arrive: constant(10/s)',
  origin = 'service: 10ms, servers: unlimited',
  faults = '',
  lasts = '60s',
}: Site) => `
lasts: ${lasts}
warmup: 0s
hosts: { behind: { cores: 1000 } }
users: { u: { ${users}, to: cache } }
components:
  cache: { kind: cache, origin: origin, ${cache} }
  origin: { kind: service, host: behind, ${origin} }
faults: [${faults}]
`

function run(text: string, replication = 0) {
  const { model, ended } = play(text, replication)
  const { probe } = model.components.get('origin')!
  const extra = model.components.get('cache')!.extra(model.kernel.now)
  const fetched = model.wires.find((w) => w.from === 'cache')!.sent
  return { model, ended, fetched, probe, ratio: extra.hit_ratio!, extra }
}

/** The hit ratios of ten replications agree with `exact`. */
function holds(text: string, exact: number) {
  const ratios = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((replication) => run(text, replication).ratio)
  expect(offBy(ratios, exact)).toBeLessThan(1)
}

describe('options', () => {
  test('one command thread (Redis), 60 s for the origin (nginx), writes past it', () => {
    expect(cache.options.parse({ origin: 'o', hit_ratio: '50%' })).toMatchObject({
      threads: 1,
      connect_timeout: 60,
      read_timeout: 60,
      uncached: { names: ['write'] },
    })
  })

  test('what cannot be is said with its place', () => {
    const says = (options: string) => problemsOf(site({ cache: options })).join('\n')
    expect(says('hit_ratio: 50%, keys: 10')).toContain('expected either hit_ratio: or keys:')
    for (const one of ['zipf: 1', 'size: 5', 'ttl: 1s', 'inactive: 1s', 'starts: cold', 'coalesce: off'])
      expect(says(`hit_ratio: 50%, ${one}`)).toContain('is about the objects of keys:')
    expect(says('threads: 1')).toContain('expected either hit_ratio: or keys:')
    expect(says('hit_ratio: 150%')).toContain('hit_ratio')
    expect(says('keys: 10, zipf: 0')).toContain('above 0')
    expect(says('keys: 10, ttl: 0s')).toContain('ttl')
    expect(says('keys: 10, uncached: [writes]')).toContain('writes')
  })
})

describe('hits', () => {
  test('a hit ratio: hits are answered here, misses by the origin, writes always', () => {
    const { ended, fetched, ratio } = run(
      site({
        cache: 'hit_ratio: 70%, service: 1ms',
        users: 'arrive: constant(10/s), mix: { read: 50%, write: 50% }',
        lasts: '1000s',
      }),
    )
    expect(new Set(ended.map(response))).toEqual(new Set([0.001, 0.011]))
    expect(ratio).toBeCloseTo(0.7, 1)
    expect(fetched / ended.length).toBeCloseTo(0.5 + 0.5 * 0.3, 1)
  })

  // King 1971: the exact hit ratio of least recently used under independent requests.
  test.each([
    ['10 keys, 3 places, Zipf 0.8', 'keys: 10, size: 3, zipf: 0.8', 0.40783678665214373],
    ['16 keys, 8 places, Zipf 0.6', 'keys: 16, size: 8, zipf: 0.6', 0.5873680342571549],
  ])('LRU, %s', (_, options, exact) => {
    holds(
      site({
        cache: options,
        users: 'arrive: poisson(1000/s)',
        origin: 'service: 0s, servers: unlimited',
        lasts: '30s',
      }).replace('warmup: 0s', 'warmup: 1s'),
      exact,
    )
  })

  // Che's approximation, which simulations confirm within 0.002.
  test.each([
    [100, 0.157],
    [1000, 0.435],
  ])('LRU, 10 000 keys of Zipf 0.8, %i places: %f', (size, expected) => {
    const { ratio } = run(
      site({
        cache: `keys: 10000, size: ${size}, zipf: 0.8`,
        users: 'arrive: constant(5000/s)',
        origin: 'service: 0s, servers: unlimited',
        lasts: '30s',
      }).replace('warmup: 0s', 'warmup: 4s'),
    )
    expect(Math.abs(ratio - expected)).toBeLessThan(0.007)
  })

  test('TTL: one key hits with lambda T / (1 + lambda T), counted from when it was stored', () => {
    holds(
      site({
        cache: 'keys: 1, ttl: 500ms',
        users: 'arrive: poisson(4/s)',
        origin: 'service: 0s, servers: unlimited',
        lasts: '2000s',
      }),
      2 / 3,
    )
  })

  test('TTL 0.5 s, 100 keys of Zipf 0.8 at 1000/s: sum of p l T / (1 + l T) (Jung, Berger and Balakrishnan)', () => {
    holds(
      site({
        cache: 'keys: 100, zipf: 0.8, ttl: 500ms',
        users: 'arrive: poisson(1000/s)',
        origin: 'service: 0s, servers: unlimited',
        lasts: '20s',
      }).replace('warmup: 0s', 'warmup: 5s'),
      0.8506210410188959,
    )
  })

  test('who tries again asks for the same object', () => {
    const { extra, fetched } = run(
      site({
        cache: 'keys: 1000000, zipf: 0.01, starts: cold',
        users: 'arrive: constant(10/s), timeout: 50ms, retries: 1',
        origin: 'service: 60ms, servers: unlimited',
        lasts: '10s',
      }),
    )
    // Each visitor misses twice: the try again comes before the object.
    expect(extra.misses).toBe(fetched)
    expect(fetched).toBeGreaterThan(190)
    const late = run(
      site({
        cache: 'keys: 1000000, zipf: 0.01, starts: cold',
        users: 'arrive: constant(10/s), timeout: 50ms, retries: 1, backoff: 100ms',
        origin: 'service: 60ms, servers: unlimited',
        lasts: '10s',
      }),
    )
    expect(late.ratio).toBeCloseTo(0.5, 1)
  })

  test('a failure is not stored', () => {
    const { ratio, ended } = run(
      site({
        cache: 'keys: 1, starts: cold',
        faults: '{ kind: errors, target: origin, share: 100%, at: 0s, for: 30s }',
      }),
    )
    expect(tally(ended)['500']).toBeGreaterThan(295)
    expect(ratio).toBeCloseTo(0.5, 1)
  })

  test('one thread looks up in turn: an M/D/1 queue', () => {
    const { ended } = run(
      site({ cache: 'hit_ratio: 100%, service: 1ms', users: 'arrive: poisson(800/s)', lasts: '300s' }),
    )
    // S + rho S / 2 / (1 - rho) = 3 ms.
    const mean = ended.reduce((sum, r) => sum + r.ended - r.arrived, 0) / ended.length
    expect(mean).toBeGreaterThan(0.0028)
    expect(mean).toBeLessThan(0.0032)
  })
})

describe('many who miss one key', () => {
  const ten = 'arrive: constant(1000/s), profile: { 0s: 100%, 10.5ms: 0% }'
  const slow = 'service: 1s, servers: unlimited'

  test('without coalescing ten readers are ten calls to the origin', () => {
    const { fetched, ended } = run(site({ cache: 'keys: 1, starts: cold', users: ten, origin: slow }))
    expect([fetched, ended.length]).toEqual([10, 10])
  })

  test('with it (leases, proxy_cache_lock) one call, and ten answers when it is there', () => {
    const { fetched, ended } = run(
      site({ cache: 'keys: 1, starts: cold, coalesce: on', users: ten, origin: slow }),
    )
    expect(fetched).toBe(1)
    expect(new Set(ended.map((r) => +r.ended.toFixed(6)))).toEqual(new Set([1.001]))
  })

  test('they share a failure too, and a silence', () => {
    const failed = run(
      site({
        cache: 'keys: 1, starts: cold, coalesce: on',
        users: ten,
        origin: slow,
        faults: '{ kind: crash, target: origin, at: 500ms }',
      }),
    )
    expect(tally(failed.ended)).toEqual({ reset: 10 })
    const silent = run(
      site({
        cache: 'keys: 1, starts: cold, coalesce: on, read_timeout: 5s',
        users: ten,
        origin: slow,
        faults: '{ kind: crash, target: behind, at: 500ms }',
      }),
    )
    expect(tally(silent.ended)).toEqual({ '504': 10 })
    expect(new Set(silent.ended.map((r) => +r.ended.toFixed(6)))).toEqual(new Set([5.001]))
    expect(silent.model.context.requests.inUse).toBe(0)
  })

  test('who gives up leaves the fetch to the others', () => {
    const { ended, extra, model } = run(
      site({ cache: 'keys: 1, starts: cold, coalesce: on', users: `${ten}, timeout: 995ms`, origin: slow }),
    )
    expect(tally(ended)).toEqual({ timeout: 6, ok: 4 })
    expect(extra.misses).toBe(10)
    expect(model.context.requests.inUse).toBe(0)
  })
})

describe('how it fails', () => {
  test('the origin is dead, its machine too, or hung: at once, after connect_timeout, after read_timeout', () => {
    const outcome = (faults: string) =>
      run(
        site({ cache: 'hit_ratio: 0%, connect_timeout: 2s, read_timeout: 3s', faults, lasts: '10s' }),
      ).ended.map((r) => `${r.outcome} ${response(r)}`)[0]
    expect(outcome('{ kind: crash, target: origin, at: 0s }')).toBe('refused 0')
    expect(outcome('{ kind: crash, target: behind, at: 0s }')).toBe('504 2')
    expect(outcome('{ kind: hang, target: origin, at: 0s }')).toBe('504 3')
  })

  test('a restart begins cold: the origin gets all of it', () => {
    const { model } = world(
      site({
        cache: 'keys: 50',
        users: 'arrive: constant(100/s)',
        faults: '{ kind: crash, target: cache, at: 30.005s, for: 1s }',
      }),
    )
    const seen = looks(model, [29, 30, 33], () => model.wires.find((w) => w.from === 'cache')!.sent)
    model.run()
    expect(seen[1]! - seen[0]!).toBeLessThan(3)
    expect(seen[2]! - seen[1]!).toBeGreaterThan(30)
  })

  test('an origin that bears 300/s collapses when the cache that took 90 % of 2000/s starts cold', () => {
    const { ended } = run(
      site({
        cache: 'keys: 100000, zipf: 1.2',
        users: 'arrive: constant(2000/s), timeout: 500ms',
        origin: 'service: 3.33ms, servers: 1',
        faults: '{ kind: crash, target: cache, at: 20.0001s, for: 10ms }',
        lasts: '30s',
      }).replace('warmup: 0s', 'warmup: 60s'),
    )
    const share = (from: number, to: number) => {
      const those = ended.filter((r) => r.arrived >= from && r.arrived < to)
      return those.filter((r) => r.outcome === 'ok').length / those.length
    }
    expect(share(70, 80)).toBeGreaterThan(0.999)
    expect(share(80.5, 82)).toBeLessThan(0.97)
  })

  const faults: [string, string][] = [
    ['the origin crashes', '{ kind: crash, target: origin, at: 10s, for: 5s }'],
    ['its machine dies', '{ kind: crash, target: behind, at: 10s, for: 5s }'],
    ['the origin hangs', '{ kind: hang, target: origin, at: 10s, for: 5s }'],
    ['the wire is cut', '{ kind: partition, target: cache -> origin, at: 10s, for: 5s }'],
    ['the cache hangs', '{ kind: hang, target: cache, at: 10s, for: 5s }'],
    ['the cache crashes', '{ kind: crash, target: cache, at: 10s, for: 5s }'],
    [
      'both at once',
      '{ kind: hang, target: cache, at: 10s, for: 5s }, { kind: crash, target: behind, at: 9s, for: 9s }',
    ],
  ]
  test.each(faults)('nothing is left inside when %s', (_, fault) => {
    for (const coalesce of ['on', 'off']) {
      const { model } = run(
        site({
          cache: `keys: 200, size: 20, ttl: 1s, service: 0.1ms, coalesce: ${coalesce}, read_timeout: 5s`,
          users: 'arrive: poisson(200/s), timeout: 2s, retries: 1, profile: { 0s: 100%, 40s: 0% }',
          origin: 'service: exponential(30ms), servers: 20',
          faults: fault,
          lasts: '100s',
        }),
      )
      for (const component of model.components.values())
        expect([component.station!.taken, component.probe.inside.value]).toEqual([0, 0])
      expect(model.context.requests.inUse).toBe(0)
    }
  })
})
