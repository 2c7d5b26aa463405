import { describe, expect, test } from 'vitest'
import { type Ended, play, problemsOf, response, tally, world } from '../../support/world.js'

interface Setting {
  users?: string
  primary?: string
  standby?: string
  standbys?: string[]
  delay?: string
  faults?: string
  lasts?: string
}

/** A primary p and its standbys on machines of their own, where nothing takes time but what is said. */
const site = ({
  users = 'w: { arrive: constant(10/s), to: p, mix: { write: 100% } }',
  primary = '',
  standby = '',
  standbys = ['s'],
  delay = '0s',
  faults = '',
  lasts = '60s',
}: Setting) => `
lasts: ${lasts}
warmup: 0s
hosts: { host-p: { cores: 64 }, ${standbys.map((name) => `host-${name}: { cores: 64 }`).join(', ')} }
users: { ${users} }
components:
  p: { kind: postgresql, host: host-p, service: 0s, max_connections: 9999${primary}, replicas: [${standbys}] }
  ${standbys.map((name) => `${name}: { kind: postgresql, host: host-${name}, service: 0s, max_connections: 9999${standby} }`).join('\n  ')}
wires: { ${standbys.map((name) => `p -> ${name}: { latency: ${delay} }`).join(', ')} }
faults: [${faults}]
`

function run(text: string, name = 'p') {
  const { model, ended } = play(text)
  return { ended, extra: model.components.get(name)!.extra(model.kernel.now) }
}
const took = (ended: readonly Ended[]) => [...new Set(ended.map(response))]
const SYNC = ", synchronous_standby_names: 'ANY 1 (*)'"

test('of max_connections 100 three are reserved: the 98th application gets error 53300 (measured on 15.18)', () => {
  const { ended } = play(`
lasts: 10s
warmup: 0s
users: { u: { arrive: constant(1000/s), to: p, profile: { 0s: 1, 0.1005s: 0 } } }
components: { p: { kind: postgresql, service: 0s, io: 5s } }`)
  expect(tally(ended)).toEqual({ ok: 97, too_many_connections: 3 })
})

test('its listener takes 244 while it hangs (measured on 15.18), and it greets in three exchanges, or five with TLS (SCRAM)', () => {
  const made = (options: string) =>
    world(`
users: { u: { arrive: constant(1/s), to: p } }
components: { p: { kind: postgresql, service: 1ms${options} } }`).model.components.get('p')!
  expect(made('')).toMatchObject({ backlog: 244, greeting: 3 })
  expect(made(', max_connections: 200, tls: on')).toMatchObject({ backlog: 444, greeting: 5 })
})

describe('the WAL, as measured on 15.18 with an fdatasync of 5 ms', () => {
  const closed = (n: number) => `w: { arrive: "closed(users=${n}, think=0s)", to: p, mix: { write: 100% } }`
  const rate = (n: number, primary = ', fsync: 5ms') =>
    run(site({ users: closed(n), primary, lasts: '10s' })).ended.length / 10

  test('one who commits alone waits for one fsync, one among others for two (measured: 160/s, 1279/s of 16)', () => {
    expect(Math.round(rate(1))).toBe(200)
    // Half of them with each fsync.
    expect(Math.round(rate(16) / 10)).toBe(160)
  })

  test('with synchronous_commit off nobody waits, and a crash costs what came since the last flush, each wal_writer_delay', () => {
    const faults = '{ kind: crash, target: p, at: 30.05s, for: 1s }'
    const often = 'w: { arrive: constant(1000/s), to: p, mix: { write: 100% } }'
    const off = (more: string) =>
      run(site({ users: often, primary: `, fsync: 5ms, synchronous_commit: off${more}`, faults }))
    const { ended, extra } = off('')
    expect(took(ended.filter(({ outcome }) => outcome === 'ok'))).toEqual([0])
    expect(extra.lost_writes).toBeGreaterThan(0)
    expect(extra.lost_writes).toBeLessThan(200)
    expect(off(', wal_writer_delay: 10ms').extra.lost_writes).toBeLessThan(10)
    const power = '{ kind: crash, target: host-p, at: 30.05s, for: 1s }'
    for (const fault of [faults, power])
      expect(run(site({ users: often, primary: ', fsync: 5ms', faults: fault })).extra.lost_writes).toBe(0)
  })
})

describe('a synchronous standby', () => {
  const wait = (mode: string, more = '') =>
    took(
      run(
        site({
          primary: `${SYNC}, fsync: 2ms, synchronous_commit: ${mode}`,
          standby: `, fsync: 3ms, apply: 7ms${more}`,
          delay: '10ms',
        }),
      ).ended,
    )

  test.each([
    ['off', 0],
    ['local', 0.002],
    ['remote_write', 0.022],
    ['on', 0.025],
    // It is replayed as soon as it has come here, and on the disk before that in life.
    ['remote_apply', 0.029],
  ])('synchronous_commit %s waits for what the manual says', (mode, seconds) => {
    expect(wait(mode)).toEqual([seconds])
  })

  test('what comes while one fsync of it runs goes with the next', () => {
    const users = 'w: { arrive: constant(1000/s), to: p, mix: { write: 100% } }'
    const { ended } = run(site({ users, primary: SYNC, standby: ', fsync: 10ms', lasts: '2s' }))
    expect(Math.max(...ended.map(response))).toBeLessThanOrEqual(0.02)
  })

  test('that dies is waited for until it is back, for ever if need be; reads go on (measured on 15.18)', () => {
    const users =
      'w: { arrive: constant(10/s), to: p, mix: { write: 100% } }, r: { arrive: constant(10/s), to: p, mix: { read: 100% } }'
    const dies = (lasts: string) =>
      run(site({ users, primary: SYNC, faults: `{ kind: crash, target: s, at: 10.05s${lasts} }` }))
    const { ended } = dies(', for: 40s')
    expect(tally(ended)).toEqual({ ok: 1198 })
    expect(Math.max(...ended.map(response))).toBeCloseTo(39.95, 6)
    expect(Math.max(...ended.filter((one) => one.users === 'r').map(response))).toBe(0)
    expect(tally(dies('').ended.filter((one) => one.users === 'w'))).toEqual({ ok: 100 })
  })

  test('of two one is enough for ANY 1 (*), and not for ANY 2 (*)', () => {
    const longest = (names: string) => {
      const primary = `, synchronous_standby_names: '${names}'`
      const faults = '{ kind: crash, target: s, at: 10.05s, for: 10s }'
      return Math.max(...run(site({ primary, standbys: ['s', 's2'], faults })).ended.map(response))
    }
    expect(longest('ANY 1 (*)')).toBe(0)
    expect(longest('ANY 2 (*)')).toBeCloseTo(9.95, 6)
  })

  test('nobody sees what waits; and it is there when the primary is back, though nobody was told (measured)', () => {
    const users =
      'w: { arrive: constant(10/s), to: p, mix: { write: 100% } }, r: { arrive: constant(10/s), to: s2, mix: { read: 100% } }'
    const stale = (primary: string) => {
      const faults = '{ kind: partition, target: p -> s2, at: 10.05s }'
      return run(site({ users, primary, standbys: ['s', 's2'], faults, lasts: '20s' }), 's2').extra
        .stale_reads
    }
    expect(stale('')).toBe(99)
    expect(stale(", synchronous_standby_names: 'ANY 2 (*)'")).toBe(0)
    const faults = '{ kind: crash, target: s, at: 10.05s }'
    const { extra } = run(
      site({ primary: SYNC, faults: `${faults}, { kind: crash, target: p, at: 20.05s, for: 1s }` }),
    )
    expect(extra).toMatchObject({ lost_writes: 0, promotions: 0 })
  })

  test('that is promoted has all that was answered', () => {
    const lost = (primary: string) =>
      run(
        site({
          primary: `${primary}, promotion: { mode: automatic, detect: 5s, promote: 1s }`,
          delay: '60ms',
          faults: '{ kind: crash, target: host-p, at: 10.05s }',
        }),
      ).extra.lost_writes
    expect(lost('')).toBe(1)
    expect(lost(SYNC)).toBe(0)
  })
})

test('Patroni finds out after 20 to 30 s (ttl 30, loop_wait 10), and promotes', () => {
  const found = run(
    site({
      primary: ', promotion: { mode: automatic }',
      faults: '{ kind: crash, target: host-p, at: 10.05s }',
    }),
  ).extra
  expect(found.promotions).toBe(1)
  expect(found.promotion_s).toBeGreaterThan(22)
  expect(found.promotion_s).toBeLessThan(32)
})

test('a standby that was told that its primary died tries again each wal_retrieve_retry_interval (5 s)', () => {
  const { extra } = run(site({ faults: '{ kind: crash, target: p, at: 10.05s, for: 7s }' }), 's')
  // Back at 17.05 s, it is tried at 10.05, 15.05 and 20.05 s: the write of 17.1 s comes then.
  expect(extra.lag_max_ms).toBeCloseTo(2950, 3)
})

test('one that was told nothing gives up after wal_receiver_timeout (60 s), and then tries', () => {
  const faults = '{ kind: crash, target: host-p, at: 10.05s, for: 62s }'
  const { extra } = run(site({ faults, lasts: '100s' }), 's')
  // Back at 72.05 s, it is tried at 70.05 and 75.05 s: the write of 72.1 s comes then.
  expect(extra.lag_max_ms).toBeCloseTo(2950, 3)
})

test('bad options are told', () => {
  const said = (options: string) =>
    problemsOf(`
users: { v: { arrive: constant(1/s), to: p } }
components:
  p: { kind: postgresql, service: 1ms, replicas: [s], ${options} }
  s: { kind: postgresql, service: 1ms }`).join()
  expect(said("synchronous_standby_names: 'ANY 2 (*)'")).toContain('every commit would wait for ever')
  expect(said('superuser_reserved_connections: 100')).toContain('expected fewer than max_connections')
  expect(said('synchronous_commit: always')).toContain('expected one of on, remote_apply')
  expect(said('shared_buffers: 4GB')).toContain('memory has no limit')
})
