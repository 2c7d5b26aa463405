import { describe, expect, test } from 'vitest'
import { fault, looks, play, problemsOf, response, tally, world } from '../../support/world.js'

/** Visitors ask Redis itself at an even rate, for `asks`. */
const server = (
  options: string,
  { rate = '1000/s', asks = '10s', mix = 'read: 100%', faults = '', users = '', hosts = '' } = {},
) => `
lasts: 200s
warmup: 0s
hosts: { ${hosts} }
users:
  u: { arrive: constant(${rate}), profile: { 0s: 100%, ${asks}: 0% }, to: redis, mix: { ${mix} } }
${users}
components:
  redis: { kind: redis, ${hosts && 'host: h, '}${options} }
faults: [${faults}]`

const run = (...as: Parameters<typeof server>) => {
  const { model, ended } = play(server(...as))
  expect(model.context.requests.inUse).toBe(0)
  return { ended, extra: model.components.get('redis')!.extra(model.kernel.now), model }
}

const writers = { rate: '100/s', mix: 'write: 100%' }

describe('the command thread', () => {
  test('one command at a time, first come, first served: a long one stops all others (redis.io, latency: single threaded)', () => {
    const users =
      '  slow: { arrive: constant(1/s), profile: { 0s: 100%, 1.5s: 0% }, to: redis, mix: { keys: 100% } }'
    const { ended } = run('service: { keys: 200ms, default: 1ms }', { rate: '100/s', asks: '2s', users })
    const late = ended.filter(({ users }) => users === 'u').filter((one) => response(one) > 0.0011)
    // It begins at 1 s and ends at 1.2 s.
    expect(Math.max(...late.map(response))).toBeGreaterThan(0.19)
    expect(late.every(({ arrived }) => arrived >= 1 && arrived < 1.25)).toBe(true)
    expect(late.length).toBeGreaterThanOrEqual(20)
  })

  test('maxclients: one more is told so at once (networking.c: max number of clients reached)', () => {
    const { ended } = run('service: 1s, maxclients: 3', { rate: '10/s', asks: '0.55s' })
    expect(ended.slice(0, 2).map(({ outcome }) => outcome)).toEqual(Array(2).fill('too_many_connections'))
    expect(tally(ended)).toEqual({ ok: 3, too_many_connections: 2 })
  })

  test('a command takes 10 us if nothing is said (measured on 7.0.15: 118,718 SET, 124,844 GET a second)', () => {
    expect(new Set(run('', { asks: '0.1s' }).ended.map(response))).toEqual(new Set([0.00001]))
  })
})

describe('what it holds', () => {
  test('a GET finds what a SET stored and has not expired; both are answered', () => {
    const mix = 'write: 50%, read: 50%'
    const { ended, extra } = run('keys: 1, starts: cold, ttl: 1s', { rate: '100/s', mix })
    expect(tally(ended)).toEqual({ ok: 1000 })
    expect(extra.hits! / (extra.hits! + extra.misses!)).toBeGreaterThan(0.97)
    const never = run('keys: 1, starts: cold', { rate: '100/s' })
    expect(never.extra).toMatchObject({ hits: 0, misses: 1000, hit_ratio: 0 })
  })

  test('noeviction, the default: a SET that finds no room gets an error (OOM), a GET none (measured on 7.0.15)', () => {
    const mix = 'write: 50%, read: 50%'
    const { ended, extra } = run('keys: 100, size: 50, starts: cold', { mix })
    const { ok, out_of_memory } = tally(ended) as { ok: number; out_of_memory: number }
    expect(ok + out_of_memory).toBe(10_000)
    expect(out_of_memory).toBe(extra.unstored)
    expect(out_of_memory).toBeGreaterThan(1000)
    const evicts = run('keys: 100, size: 50, starts: cold, maxmemory_policy: allkeys-lru', { mix })
    expect(tally(evicts.ended)).toEqual({ ok: 10_000 })
  })

  test('warm at first, as the load before leaves it; of the classes that read alone', () => {
    const first = (options: string, mix = 'read: 100%') =>
      run(options, { mix, asks: '0.5s', rate: '2000/s' }).extra.hit_ratio
    expect(first('keys: 1000')).toBe(1)
    expect(first('keys: 1000, starts: cold')).toBeLessThan(0.6)
    expect(first('keys: 100000, size: 10000, maxmemory_policy: allkeys-lru')).toBeGreaterThan(0.4)
    // Each key is asked for once in 10 s: of ttl 10 s half of them are there.
    expect(first('keys: 20000, zipf: 0.0001, ttl: 10s')).toBeGreaterThan(0.45)
    expect(first('keys: 20000, zipf: 0.0001, ttl: 10s')).toBeLessThan(0.55)
    expect(first('keys: 20000, zipf: 0.0001, ttl: 10s', 'read: 10%, write: 90%')).toBeLessThan(0.2)
  })
})

describe('a crash', () => {
  const crash = fault('crash', 'redis', '5.005s', '1s')
  const hitsAfter = (options: string, faults = crash, hosts = '') =>
    run(`keys: 50, ${options}`, { faults, hosts, rate: '100/s', asks: '8s' }).extra

  test('without files it is empty after it', () => {
    expect(hitsAfter('save: none').misses).toBeGreaterThan(200 - 60)
    expect(hitsAfter('save: none')).not.toHaveProperty('lost_writes')
  })

  test('with a file (save, the default) it has what that has; what was written since is lost', () => {
    expect(hitsAfter('')).toMatchObject({ misses: 0, lost_writes: 0 })
    const { extra, model } = run('save: 2 100', { ...writers, faults: crash, asks: '8s' })
    // Files at 2 s and at 4 s: 101 writes since, from 4 s to 5 s; and one more after the crash.
    expect(extra).toMatchObject({ lost_writes: 101, saves: 3 })
    expect(model.context.losses).toMatchObject([{ failed: 5.005, at: 6.005, writes: 101 }])
  })

  test('save points: after so many seconds, if so many keys have changed (redis.conf: save)', () => {
    expect(run('save: 2 1000', { ...writers, asks: '8s' }).extra.saves).toBe(0)
    // At 2 s 199 are written; the 300th comes at 3 s, the next at 6 s.
    expect(run('save: 2 300', { ...writers, asks: '8s' }).extra.saves).toBe(2)
    expect(run('save: 100 1 2 300', { ...writers, asks: '8s' }).extra.saves).toBe(3)
  })

  test('the file has what was there at the fork', () => {
    // A child of 1 GB takes 3 s: it began at 2 s, and is not done at 4.5 s.
    const faults = fault('crash', 'redis', '4.5s', '1s')
    const options = 'save: 2 100, used_memory: 1GB'
    expect(run(options, { ...writers, faults, asks: '8s' }).extra).toMatchObject({ lost_writes: 449 })
    const late = fault('crash', 'redis', '5.5s', '1s')
    expect(run(options, { ...writers, faults: late, asks: '8s' }).extra).toMatchObject({ lost_writes: 350 })
    // Of 5000 objects some 200 were written by 2 s, some 490 by 5 s.
    const more = 'keys: 5000, zipf: 0.0001, starts: cold'
    const { model } = world(server(`${options}, ${more}`, { ...writers, faults: late, asks: '8s' }))
    const redis = model.components.get('redis') as unknown as { dataset(): readonly unknown[] }
    const held = looks(model, [5.4, 6.6], () => redis.dataset().length)
    model.run()
    expect(held[0]).toBeGreaterThan(450)
    expect(held[1]).toBeLessThan(201)
  })

  test('with an append-only file nothing is lost', () => {
    expect(hitsAfter('appendonly: on')).toMatchObject({ misses: 0, lost_writes: 0 })
    for (const appendfsync of ['always', 'everysec', 'no'])
      expect(
        run(`appendonly: on, fsync: 1ms, appendfsync: ${appendfsync}`, { ...writers, faults: crash }).extra,
      ).toMatchObject({ lost_writes: 0 })
  })

  test('a loss of power costs what no fsync has taken: none, up to a second, up to half a minute (redis.io, persistence)', () => {
    const hosts = 'h: { cores: 2 }'
    const lost = (appendfsync: string, at: string) =>
      run(`appendonly: on, fsync: 1ms, appendfsync: ${appendfsync}`, {
        ...writers,
        faults: fault('crash', 'h', at, '1s'),
        hosts,
        asks: '50s',
      }).extra.lost_writes
    expect(lost('always', '5.555s')).toBe(0)
    // The first at 0.01 s has one at once, then one each second.
    expect(lost('everysec', '5.555s')).toBe(54)
    expect(lost('no', '45.555s')).toBe(1555)
  })

  test('until its file is read, which takes 3.7 s a GB, commands get an error (LOADING; measured on 7.0.15)', () => {
    const { ended, extra } = run('used_memory: 500MB', { faults: crash, asks: '10s', rate: '100/s' })
    expect(tally(ended)).toEqual({ ok: 715, refused: 100, loading: 185 })
    expect(extra.loading_errors).toBe(185)
    const law = run('loading: 2s', { faults: crash, asks: '10s', rate: '100/s' })
    expect(tally(law.ended)).toEqual({ ok: 700, refused: 100, loading: 200 })
    const empty = run('loading: 2s, save: none', { faults: crash, asks: '10s', rate: '100/s' })
    expect(tally(empty.ended)).toEqual({ ok: 900, refused: 100 })
  })
})

describe('the disk, and forks', () => {
  test('a fork stops the command thread: 10 ms a GB (measured on 7.0.15: 9.8 ms)', () => {
    const { ended } = run('save: 2 1, used_memory: 10GB', { mix: 'write: 100%', asks: '3s' })
    const waits = ended.filter((one) => response(one) > 0.0001)
    expect(Math.max(...waits.map(response))).toBeCloseTo(0.1, 2)
    expect(waits[0]!.arrived).toBeCloseTo(2, 2)
    const law = run('save: 2 1, fork: 300ms', { mix: 'write: 100%', asks: '3s' })
    expect(Math.max(...law.ended.map(response))).toBeCloseTo(0.3, 2)
    // Once more at 4 s, for what was written since.
    expect(law.extra.still_share).toBeCloseTo(0.6 / 200, 4)
  })

  test('the child takes CPU of the machine: 3 s a GB of a core (measured: 3.2 s for 1.04 GB)', () => {
    const longest = (hosts: string) => {
      const options = 'save: 2 1, used_memory: 1GB, fork: 0s, service: 1ms'
      return Math.max(...run(options, { ...writers, asks: '6s', hosts }).ended.map(response))
    }
    expect([longest('h: { cores: 1 }'), longest('h: { cores: 2 }')]).toEqual([0.002, 0.001])
  })

  test('always: each turn waits for an fsync, and what came in during one shares the next (measured: 4,700 SET a second of one client, 80,000 of fifty)', () => {
    const fsync = 'appendonly: on, appendfsync: always, fsync: 10ms, service: 0s'
    const { ended, extra } = run(fsync, { mix: 'write: 100%', asks: '1s' })
    // The first has one of its own; then 10 come in while one runs, and have the next.
    expect(extra.fsyncs).toBe(101)
    const took = ended.map(response)
    expect([Math.min(...took), Math.max(...took)]).toEqual([0.01, 0.02])
    // Who reads waits too: answers go out after the flush (beforeSleep).
    const reads = run(fsync, { mix: 'write: 50%, read: 50%', asks: '1s' })
    expect(Math.max(...reads.ended.map(response))).toBeGreaterThan(0.01)
    expect(Math.max(...run(fsync, { asks: '1s' }).ended.map(response))).toBe(0)
  })

  test('everysec: beside the thread, unless it takes longer than 2 s: then writes stand still for the rest (aof.c, flushAppendOnlyFile)', () => {
    const slow = (fsync: string, asks = '2s') => run(`appendonly: on, fsync: ${fsync}`, { ...writers, asks })
    const quick = slow('1.9s')
    expect(quick.extra).toMatchObject({ delayed_fsyncs: 0 })
    expect(Math.max(...quick.ended.map(response))).toBeLessThan(0.001)
    // From 0.01 s on; put off from 0.02 s on; stands still from 2.02 s to 3.01 s.
    const { ended, extra } = slow('3s', '3s')
    // The next fsync takes as long, and what was written after it began is put off too.
    expect(extra.delayed_fsyncs).toBe(2)
    const longest = ended.reduce((a, b) => (response(a) > response(b) ? a : b))
    expect(longest.arrived).toBeCloseTo(2.02, 1)
    expect(response(longest)).toBeCloseTo(0.99, 1)
  })

  test('what is put off dies with the process', () => {
    const faults = fault('crash', 'redis', '1.505s', '1s')
    // The fsync began at 0.01 s; nothing after that was given to the kernel.
    const { extra } = run('appendonly: on, fsync: 5s', { ...writers, faults, asks: '2s' })
    expect(extra.lost_writes).toBe(149)
  })
})

test('what does not fit together is said', () => {
  const says = (options: string) => problemsOf(server(options)).join('\n')
  expect(says('zipf: 1')).toContain('expected keys: beside it')
  expect(says('appendfsync: always')).toContain('expected appendonly: on too')
  expect(says('fsync: 1ms')).toContain('expected appendonly: on too')
  expect(says('save: 3600')).toContain(
    'expected none, or seconds and changes, as in 3600 1 300 100, not 3600',
  )
  expect(says('keys: 10, maxmemory_policy: allkeys-lru')).toContain('expected size: beside it')
  expect(says('keys: 10, size: 5, maxmemory_samples: 3')).toContain('nobody looks')
  expect(says('keys: 10, size: 5, maxmemory_policy: volatile-ttl')).toContain('expected ttl: beside it')
  expect(says('origin: db')).toContain('cache: redis')
})
