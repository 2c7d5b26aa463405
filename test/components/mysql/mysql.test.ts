import { describe, expect, test } from 'vitest'
import { mysql } from '../../../sim/components/mysql/mysql.js'
import { looks, play, problemsOf, tally, world } from '../../support/world.js'

/** Visitors who ask MySQL themselves, each on a connection of their own. */
const alone = (options: string, users = 'arrive: constant(10/s)', faults = '', lasts = '60s') => `
lasts: ${lasts}
warmup: 0s
hosts: { m: { cores: 1000 } }
users: { u: { ${users}, to: db } }
components:
  db: { kind: mysql, host: m, ${options} }
faults: [${faults}]
`

describe('options', () => {
  test('have the defaults of MariaDB 10.11 (mysqld --verbose --help; rpl_semi_sync_master_timeout 10000 ms)', () => {
    expect(mysql.options.parse({ service: '1ms' })).toMatchObject({
      max_connections: 151,
      back_log: 80,
      slave_parallel_threads: 0,
      slave_net_timeout: 60,
      master_connect_retry: 60,
      rpl_semi_sync_master_enabled: false,
      rpl_semi_sync_master_timeout: 10,
      promotion: { mode: 'none' },
    })
  })

  test('automatic promotion takes 10 s to detect and 3 s to promote (MHA 9 to 12 s, Orchestrator 10 to 13 s in all)', () => {
    const options = { service: '1ms', replicas: ['r'], promotion: { mode: 'automatic' } }
    const { promotion } = mysql.options.parse(options)
    expect(promotion.mode === 'automatic' && [promotion.detect.mean, promotion.promote.mean]).toEqual([10, 3])
  })

  test('what cannot be is said with its place', () => {
    const two = (options: string, more = '') => `
users: { u: { arrive: poisson(1/s), to: db } }
components:
  db: { kind: mysql, service: 1ms, ${options} }
  r: { kind: mysql, service: 1ms${more} }
  x: { kind: mysql, service: 1ms, replicas: [r] }
  s: { kind: service, service: 1ms }
`
    const says = (options: string, more?: string) => problemsOf(two(options, more)).join('\n')
    expect(says('promotion: { mode: automatic }')).toContain('expected replicas: too')
    expect(says('promotion: { mode: manual }')).toContain('promotion.after')
    expect(says('promotion: { mode: auto }')).toContain('expected { mode: none }')
    expect(says('replicas: [r]')).toContain('r follows x already, and a replica follows one primary')
    expect(says('replicas: [x]')).toContain('chains of replicas are not simulated')
    expect(says('replicas: [s]')).toContain('mysql')
    expect(says('max_connection: 3')).toContain('max_connections')
    expect(says('max_connections: 0')).toContain('max_connections')
    expect(says('rpl_semi_sync_master_timeout: 0s')).toContain('above 0')
  })
})

describe('connections', () => {
  test('max_connections 10, 14 clients at once: 10 are served and 4 get error 1040 at once, as measured', () => {
    const users = 'arrive: constant(1000/s), profile: { 0s: 100%, 14.5ms: 0% }'
    const { model, ended } = play(alone('max_connections: 10, service: 1s', users))
    expect(tally(ended)).toEqual({ ok: 10, too_many_connections: 4 })
    for (const r of ended.filter((r) => r.outcome !== 'ok')) expect(r.ended).toBe(r.arrived)
    expect(model.components.get('db')!.probe.refused).toBe(4)
  })

  test('200 applications at once are 49 too many for the default of 151', () => {
    const users = 'arrive: constant(1000/s), profile: { 0s: 100%, 200.5ms: 0% }'
    expect(tally(play(alone('service: 1s', users)).ended)).toEqual({ ok: 151, too_many_connections: 49 })
  })

  test('queries share the cores of the host: two on one core take twice as long', () => {
    const users = 'arrive: constant(20/s), profile: { 0s: 100%, 110ms: 0% }'
    const { ended: done } = play(alone('service: 100ms, io: 10ms', users).replace('1000', '1'))
    // At 50 and 100 ms: 50 ms alone, then both; the first ends at 50 + 50 + 100, the other 50 ms of CPU later; disk beside.
    expect(done.map((r) => +r.ended.toFixed(6))).toEqual([0.21, 0.26])
  })

  const faults: [string, string][] = [
    ['its process dies', '{ kind: crash, target: db, at: 10s, for: 5s }'],
    ['its machine dies', '{ kind: crash, target: m, at: 10s, for: 5s }'],
    ['it hangs', '{ kind: hang, target: db, at: 10s, for: 5s }'],
    ['it is slow', '{ kind: slow, target: db, factor: 20, at: 10s, for: 5s }'],
    ['the wire is cut', '{ kind: partition, target: u -> db, at: 10s, for: 5s }'],
    [
      'faults overlap',
      '{ kind: hang, target: db, at: 10s, for: 5s }, { kind: crash, target: m, at: 12s, for: 5s }',
    ],
  ]
  test.each(faults)('no slot and no request is left behind when %s', (_, fault) => {
    const users = 'arrive: poisson(100/s), timeout: 2s, retries: 1, profile: { 0s: 100%, 30s: 0% }'
    const { model } = play(alone('service: exponential(200ms), max_connections: 40', users, fault))
    const db = model.components.get('db')!
    expect(db.station!.taken).toBe(0)
    expect(db.probe.inside.value).toBe(0)
    expect(model.context.requests.inUse).toBe(0)
  })

  test('callers who gave up still hold theirs: a query goes on to its end', () => {
    const { model, ended } = world(
      alone(
        'service: 3s, max_connections: 5',
        'arrive: constant(10/s), timeout: 100ms, retries: 0',
        '',
        '4s',
      ),
    )
    const taken = looks(model, [0.55, 2.5, 3.05], () => model.components.get('db')!.station!.taken)
    model.run()
    expect(taken).toEqual([5, 5, 5])
    expect(tally(ended).too_many_connections).toBeGreaterThan(20)
  })
})

describe('how it dies', () => {
  test('a crash resets the queries inside and refuses; it listens again once InnoDB has recovered', () => {
    const { ended } = play(
      alone(
        'service: 50ms, recovery: 3s',
        'arrive: constant(10/s)',
        '{ kind: crash, target: db, at: 10.02s, for: 1s }',
        '20s',
      ),
    )
    const failed = ended.filter((r) => r.outcome !== 'ok')
    expect(tally(failed)).toEqual({ reset: 1, refused: 40 })
    expect(failed.at(-1)!.arrived).toBeCloseTo(14, 9)
  })

  test('while it hangs one more connection than back_log is made, and another is silence', () => {
    const { ended } = play(
      alone(
        'service: 1ms, back_log: 5',
        'arrive: constant(10/s)',
        '{ kind: hang, target: db, at: 10.05s, for: 800ms }',
        '14s',
      ),
    )
    // 10.1 to 10.6 wait for the process; 10.7 and 10.8 send the SYN again after 1 s.
    const late = ended.filter((r) => r.ended - r.arrived > 0.0011).map((r) => +r.ended.toFixed(3))
    expect(late).toEqual([10.851, 10.851, 10.851, 10.851, 10.851, 10.851, 11.701, 11.801])
    expect(tally(ended)).toEqual({ ok: ended.length })
  })
})
