import { describe, expect, test } from 'vitest'
import { Outcome } from '../../../sim/parts/outcome.js'
import { type Ended, looks, play, problemsOf, tally, world } from '../../support/world.js'

interface Setting {
  members?: string[]
  first?: string
  options?: string
  each?: Record<string, string>
  faults?: string
  lasts?: string
  wires?: string
  users?: string
}

/** Members on machines of their own (host-db-1, ...), where nothing takes time but what is said. */
const group = ({
  members = ['db-1', 'db-2', 'db-3'],
  first = '',
  options = '',
  each = {},
  faults = '',
  lasts = '60s',
  wires = '',
  users = everyone(members),
}: Setting) => `
lasts: ${lasts}
warmup: 0s
hosts: { ${members.map((name) => `host-${name}: { cores: 64 }`).join(', ')} }
users: { ${users} }
components:
  ${members
    .map((name, i) => {
      const others = i === 0 && members.length > 1 ? `, members: [${members.slice(1)}]${first}` : ''
      return `${name}: { kind: group_replication, host: host-${name}, service: 0s, max_connections: 50000${options}${each[name] ?? ''}${others} }`
    })
    .join('\n  ')}
wires: { ${wires} }
faults: [${faults}]
`

/** Ten writes and ten reads a second at each member. */
const everyone = (members: readonly string[]) =>
  members
    .flatMap((name) => [
      `at-${name}: { arrive: constant(10/s), to: ${name}, mix: { write: 100% } }`,
      `read-${name}: { arrive: constant(10/s), to: ${name}, mix: { read: 100% } }`,
    ])
    .join(', ')
const MULTI = ', group_replication_single_primary_mode: off'

const at = (ended: readonly Ended[], users: string) => ended.filter((one) => one.users === users)
/** When those were asked that ended so: from, to. */
const times = (ended: readonly Ended[], outcome: string) => {
  const found = ended.filter((one) => one.outcome === outcome).map(({ arrived }) => +arrived.toFixed(3))
  return found.length === 0 ? [] : [Math.min(...found), Math.max(...found)]
}
/** How long those took that were answered ok. */
const took = (ended: readonly Ended[]) => [
  ...new Set(ended.filter((one) => one.outcome === 'ok').map((one) => +(one.ended - one.arrived).toFixed(6))),
]
const cut = (target: string, at: string, lasts: string) =>
  `{ kind: partition, target: ${target}, at: ${at}, for: ${lasts} }`
const apart = (lasts: string) => cut('[db-1 -> db-2, db-1 -> db-3]', '10.05s', lasts)

function counts(text: string, name = 'db-1') {
  const { model, ended } = play(text)
  return { ended, model, counts: model.components.get(name)!.extra(model.kernel.now) }
}

describe('a write', () => {
  const wires = 'db-1 -> db-2: { latency: 2ms }, db-1 -> db-3: { latency: 20ms }'
  const users = 'at-db-1: { arrive: constant(10/s), to: db-1, mix: { write: 100% } }'

  test('waits for the nearest members that make a majority (8.0 manual: received by a majority), not for the farthest', () => {
    expect(took(play(group({ wires, users })).ended)).toEqual([0.004])
  })

  test('of five members waits for the second nearest', () => {
    const members = ['db-1', 'db-2', 'db-3', 'db-4', 'db-5']
    const ways =
      'db-1 -> db-2: { latency: 2ms }, db-1 -> db-3: { latency: 20ms }, db-1 -> db-4: { latency: 5ms }, db-1 -> db-5: { latency: 30ms }'
    expect(took(play(group({ members, wires: ways, users })).ended)).toEqual([0.01])
  })

  test('is synced to the redo log and to the binlog after that (MySQL 8.0: innodb_flush_log_at_trx_commit 1, sync_binlog 1)', () => {
    expect(took(play(group({ wires, users, options: ', fsync: 3ms' })).ended)).toEqual([0.01])
  })

  test('at a secondary is turned down (super_read_only), at any in multi-primary mode taken', () => {
    expect(tally(at(play(group({ lasts: '10s' })).ended, 'at-db-2'))).toEqual({ read_only: 100 })
    expect(tally(at(play(group({ lasts: '10s', first: MULTI })).ended, 'at-db-2'))).toEqual({ ok: 100 })
  })

  test('is visible elsewhere when it has come and is applied by one of replica_parallel_workers', () => {
    const lag = (options: string) => counts(group({ wires, users, options }), 'db-3').counts.lag_ms
    // 20 ms of way, 2 ms of work.
    expect(lag(', apply: 2ms')).toBeCloseTo(22, 3)
    const often = 'at-db-1: { arrive: constant(400/s), to: db-1, mix: { write: 100% } }'
    const busy = (options: string) =>
      counts(group({ users: often, options: `, apply: 4ms${options}`, lasts: '5s' }), 'db-3').counts
        .lag_max_ms!
    expect(busy('')).toBeCloseTo(4, 3)
    expect(busy(', replica_parallel_workers: 1')).toBeGreaterThan(1000)
  })
})

describe('a member that is cut off', () => {
  test('is expelled after 5 s of silence and group_replication_member_expel_timeout, and another is elected (8.0 manual, Expel Timeout)', () => {
    const { ended, counts: found } = counts(group({ faults: apart('20s') }))
    // 10.05 s + 5 s + 5 s, and a second until that is done.
    expect(times(at(ended, 'at-db-2'), 'ok')).toEqual([21.1, 59.9])
    expect(found).toMatchObject({ elections: 1, no_majority_s: 0, lost_writes: 0, forced_members: 0 })
    // What the old primary could not have agreed on is rolled back when it finds out, and it is a secondary from then on.
    expect(times(at(ended, 'at-db-1'), 'not_primary')).toEqual([10.1, 30])
    expect(times(at(ended, 'at-db-1'), 'read_only')).toEqual([30.1, 59.9])
    const fast = play(
      group({ options: ', group_replication_member_expel_timeout: 0s', faults: apart('20s') }),
    )
    expect(times(at(fast.ended, 'at-db-2'), 'ok')[0]).toBe(16.1)
  })

  test('and is back before that goes on as the primary: writes have waited', () => {
    const { ended, counts: found } = counts(group({ faults: apart('10s') }))
    expect(tally(at(ended, 'at-db-1'))).toEqual({ ok: 599 })
    expect(Math.max(...took(at(ended, 'at-db-1')))).toBeCloseTo(9.95, 6)
    expect(found.elections).toBe(0)
  })

  test('what was on its way to the others is sent again when they are back', () => {
    const one = 'at-db-1: { arrive: constant(1/s), to: db-1, mix: { write: 100% } }'
    const ways = 'db-1 -> db-2: { latency: 40ms }, db-1 -> db-3: { latency: 40ms }'
    const faults = cut('[db-1 -> db-2, db-1 -> db-3]', '10.05s', '1.5s')
    const { ended } = play(group({ users: one, wires: ways, faults }))
    // Those of 10 s and 11 s: until 11.55 s, and a round trip.
    expect(took(ended)).toEqual([0.08, 1.63, 0.63])
  })

  test('answers reads all the while, from what it has', () => {
    const { ended, counts: found } = counts(group({ faults: apart('20s') }))
    expect(tally(at(ended, 'read-db-1'))).toEqual({ ok: 599 })
    // Stale once the new primary has written, at 21.1 s, until 30.05 s and a second to join.
    expect(found.stale_reads).toBe(99)
    expect(found.not_online_s).toBeCloseTo(21, 6)
  })

  test('stays out with group_replication_autorejoin_tries 0', () => {
    const options = ', group_replication_autorejoin_tries: 0'
    const { counts: found } = counts(group({ options, faults: apart('20s') }))
    expect(found.not_online_s).toBeCloseTo(49.95, 6)
  })

  test('the online member of the largest group_replication_member_weight is elected (WL#10433)', () => {
    const each = { 'db-3': ', group_replication_member_weight: 60' }
    const { ended } = play(group({ each, faults: apart('40s') }))
    expect(tally(at(ended, 'at-db-2')).ok).toBeUndefined()
    expect(times(at(ended, 'at-db-3'), 'ok')[0]).toBe(21.1)
  })
})

describe('without a majority', () => {
  const halves = { members: ['db-1', 'db-2'], faults: cut('db-1 -> db-2', '10.05s', '30s') }

  test('nobody is expelled, and writes wait until all is healed (unreachable_majority_timeout 0)', () => {
    const { ended, counts: found } = counts(group(halves))
    expect(tally(at(ended, 'at-db-1'))).toEqual({ ok: 599 })
    expect(Math.max(...took(at(ended, 'at-db-1')))).toBeCloseTo(29.95, 6)
    expect(found.no_majority_s).toBeCloseTo(30, 6)
    expect(tally(at(ended, 'read-db-2'))).toEqual({ ok: 599 })
  })

  test('what waits is rolled back after group_replication_unreachable_majority_timeout, and writes are turned down', () => {
    const options = ', group_replication_unreachable_majority_timeout: 10s'
    const { ended } = counts(group({ ...halves, options }))
    // 10.05 s + 5 s + 10 s.
    expect(times(at(ended, 'at-db-1'), 'not_primary')).toEqual([10.1, 25])
    expect(times(at(ended, 'at-db-1'), 'read_only')).toEqual([25.1, 59.9])
  })

  test('a majority that dies does not come back by itself: those that started again cannot join', () => {
    const faults = ['db-2', 'db-3']
      .map((name) => `{ kind: crash, target: ${name}, at: 10.05s, for: 1s }`)
      .join(', ')
    const { counts: found } = counts(group({ faults }))
    expect(found.no_majority_s).toBeCloseTo(49.95, 6)
    const helped = counts(group({ faults, first: ', force_members: 20s' }))
    expect(helped.counts.no_majority_s).toBeCloseTo(20, 6)
    expect(helped.counts.forced_members).toBe(1)
    expect(tally(at(helped.ended, 'at-db-1'))).toEqual({ ok: 599 })
  })

  test('what a forced group does not have is lost', () => {
    // db-1 is cut off; the two others write on, die, and stay dead.
    const dead = ['db-2', 'db-3'].map((name) => `{ kind: crash, target: ${name}, at: 31.05s }`)
    const faults = [apart('60s'), ...dead].join(', ')
    const { counts: found, ended } = counts(group({ faults, first: ', force_members: 5s' }))
    // Ten seconds of ten a second, from 21.1 s on.
    expect(found).toMatchObject({ lost_writes: 100, forced_members: 1, elections: 2 })
    // What had waited at db-1 since 10.1 s goes on.
    expect(times(at(ended, 'at-db-1'), 'ok')).toEqual([0.1, 59.9])
  })
})

describe('a process', () => {
  test('that dies is missed like one that is silent, and joins again when it is expelled', () => {
    const { ended, counts: found } = counts(
      group({ faults: '{ kind: crash, target: db-1, at: 10.05s, for: 2s }' }),
    )
    expect(times(at(ended, 'at-db-2'), 'ok')[0]).toBe(21.1)
    expect(found).toMatchObject({ elections: 1, lost_writes: 0 })
    // From 10.05 s to 21.05 s, and a second.
    expect(found.not_online_s).toBeCloseTo(12, 6)
  })

  test('that leaves says so: the next primary is elected at once', () => {
    const faults = '{ kind: maintenance, target: db-1, drain: 1s, at: 9.05s, for: 10s }'
    expect(times(at(play(group({ faults })).ended, 'at-db-2'), 'ok')[0]).toBe(10.1)
  })

  test('what is expelled one by one leaves a group that one more may be lost of (8.0 manual, Fault Tolerance)', () => {
    const faults = '{ kind: crash, target: db-3, at: 5.05s }, { kind: crash, target: db-2, at: 30.05s }'
    const { counts: found } = counts(group({ faults }))
    // Of two that are left one is no majority.
    expect(found.no_majority_s).toBeCloseTo(29.95, 6)
    const five = group({
      members: ['db-1', 'db-2', 'db-3', 'db-4', 'db-5'],
      faults: `${faults}, { kind: crash, target: db-4, at: 31s }`,
    })
    // db-3 is out by then: of four, two are left; with db-2 alone gone three would be.
    expect(counts(five).counts.no_majority_s).toBeCloseTo(29, 6)
  })
})

describe('a new primary', () => {
  // 5 s of writes that take db-2 four times as long.
  const users =
    'at-db-1: { arrive: constant(100/s), to: db-1, mix: { write: 100% }, profile: { 0s: 1, 20s: 0 } }, read-db-2: { arrive: constant(10/s), to: db-2, mix: { read: 100% } }, at-db-2: { arrive: constant(10/s), to: db-2, mix: { write: 100% } }'
  const each = { 'db-2': ', apply: 30ms, replica_parallel_workers: 1' }
  const faults = '{ kind: crash, target: db-1, at: 20.05s }'

  test('writes at once while it applies what the old one wrote (8.0 manual: EVENTUAL)', () => {
    const { ended } = play(group({ users, each, faults, lasts: '80s' }))
    expect(times(at(ended, 'at-db-2'), 'ok')[0]).toBe(31.1)
    expect(Math.max(...took(at(ended, 'read-db-2')))).toBe(0)
  })

  test('lets queries wait until it has (BEFORE_ON_PRIMARY_FAILOVER)', () => {
    const options = ', group_replication_consistency: BEFORE_ON_PRIMARY_FAILOVER'
    const { ended } = play(group({ users, each, options, faults, lasts: '80s' }))
    // 1999 writes of 30 ms from 0.01 s on: until 59.98 s; the first that waits came at 31.1 s.
    expect(Math.max(...took(at(ended, 'at-db-2')))).toBeCloseTo(28.88, 6)
    expect(Math.max(...took(at(ended, 'read-db-2')))).toBeCloseTo(28.88, 6)
  })
})

describe('in multi-primary mode', () => {
  const wires = 'db-1 -> db-2: { latency: 5ms }'
  const users = ['db-1', 'db-2']
    .map((name) => `at-${name}: { arrive: constant(10/s), to: ${name}, mix: { write: 100% } }`)
    .join(', ')
  const both = (options: string) =>
    counts(group({ members: ['db-1', 'db-2'], wires, users, first: MULTI, options }))

  test('of two writes of one row at once the second in the order is rolled back (error 3101)', () => {
    const { ended, counts: found } = both(', rows: 1')
    expect(tally(ended)).toEqual({ ok: 599, deadlock: 599 })
    expect(tally(at(ended, 'at-db-1')).deadlock ?? 0).toBe(found.conflicts)
  })

  test('of rows of their own none is', () => {
    expect(tally(both('').ended)).toEqual({ ok: 1198 })
  })

  test('so is one of a row that others wrote, as long as that is not applied here', () => {
    const two =
      'at-db-1: { arrive: constant(10/s), to: db-1, mix: { write: 100% }, profile: { 0s: 1, 2.05s: 0 } }, at-db-2: { arrive: constant(1/s), to: db-2, mix: { write: 100% } }'
    const options = ', rows: 1, apply: 500ms, replica_parallel_workers: 1'
    const { ended } = play(
      group({ members: ['db-1', 'db-2'], users: two, first: MULTI, options, lasts: '30s' }),
    )
    const done = at(ended, 'at-db-2')
    // Twenty writes of half a second from 0.1 s on.
    expect(times(done, 'deadlock')).toEqual([1, 9])
    expect(times(done, 'ok')).toEqual([10, 30])
  })

  test('a write that works on a row when another is applied to it is rolled back at once (lock of high priority)', () => {
    const apart =
      'at-db-1: { arrive: constant(1/s), to: db-1, mix: { write: 100% } }, at-db-2: { arrive: constant(0.7/s), to: db-2, mix: { write: 100% } }'
    const text = group({
      members: ['db-1', 'db-2'],
      users: apart,
      first: MULTI,
      options: ', rows: 1, apply: 0s',
      each: { 'db-2': ', io: 400ms' },
    })
    const { ended } = play(text)
    const rolled = at(ended, 'at-db-2').filter(({ outcome }) => outcome === 'deadlock')
    expect(rolled.length).toBeGreaterThan(5)
    for (const { arrived, ended } of rolled) expect(ended - arrived).toBeLessThan(0.4)
  })
})

test('who left tries to join every five minutes (8.0 manual, group_replication_autorejoin_tries)', () => {
  const options = ', group_replication_unreachable_majority_timeout: 10s'
  const { counts: found } = counts(group({ options, faults: apart('100s'), lasts: '400s' }))
  // It leaves at 25.05 s and tries in vain; again at 325.05 s, and is there a second later.
  expect(found.not_online_s).toBeCloseTo(316, 6)
})

test('a check that asks sees a member that has had no majority for 5 s, or is not online (gr_member_routing_candidate_status)', () => {
  const { model } = world(group({ faults: apart('20s') }))
  const member = model.components.get('db-1') as unknown as { admission(request: object): number }
  const found = looks(
    model,
    [14, 16, 29, 30.5, 31.5],
    () => member.admission({ health: true }) === Outcome.ok,
  )
  model.run()
  expect(found).toEqual([true, false, false, false, true])
})

describe('flow control (pipeline_stats.cc)', () => {
  // Ten writers at each, who wait for one another; a second of it is a quota of nine tenths.
  const rate = (members: number, options: string) => {
    const names = ['db-1', 'db-2', 'db-3'].slice(0, members + 1)
    const writers = names
      .slice(0, members)
      .map(
        (name) => `at-${name}: { arrive: "closed(users=10, think=0s)", to: ${name}, mix: { write: 100% } }`,
      )
    const text = group({
      members: names,
      users: writers.join(', '),
      first: members > 1 ? MULTI : '',
      options: `, fsync: 2ms, apply: 0s${options}`,
      each: { [names.at(-1)!]: ', replica_parallel_workers: 1, io: 10ms' },
      lasts: '60s',
    })
    return play(text).ended.filter(({ ended }) => ended > 30 && ended <= 60).length / 30
  }

  test('lets nine tenths of what the slowest applies be written, and less while it does not catch up', () => {
    const threshold = ', group_replication_flow_control_applier_threshold: 200'
    // With two fsyncs of 2 ms for each it applies 71 a second, of which nine tenths are 64.
    expect(rate(1, threshold)).toBeCloseTo(63.9, 1)
    // The quota is nine tenths of the least that any member applied or certified in the last second, and so falls while the
    // queue is too long: here to one for each of the two, beside the ten that have waited for a second.
    expect(rate(2, threshold)).toBe(22)
  })

  test('lets no fewer than a twentieth of the threshold be written', () => {
    const threshold = ', group_replication_flow_control_applier_threshold: 3000'
    // Of 150, nine tenths: by one, or by two together.
    expect(rate(1, threshold) / 135).toBeCloseTo(1, 1)
    expect(rate(2, threshold) / 135).toBeCloseTo(1, 1)
  })

  // 1000 writes a second; db-2 applies 100.
  const users = 'at-db-1: { arrive: constant(1000/s), to: db-1, mix: { write: 100% } }'
  const each = { 'db-2': ', apply: 10ms, replica_parallel_workers: 1' }
  const threshold = ', group_replication_flow_control_applier_threshold: 200'
  const run = (options: string) => counts(group({ users, each, options, lasts: '10s' }))

  test('holds writers back to what the slowest applies', () => {
    const { counts: found, ended } = run(threshold)
    expect(found.flow_control_waits).toBeGreaterThan(1000)
    expect(Math.max(...took(ended))).toBeGreaterThan(0.5)
    // Nobody waits for longer than a second.
    expect(Math.max(...took(ended))).toBeLessThanOrEqual(1)
  })

  test('is not there below 25000, nor when it is DISABLED', () => {
    expect(run('').counts.flow_control_waits).toBe(0)
    const off = run(`${threshold}, group_replication_flow_control_mode: DISABLED`)
    expect(off.counts.flow_control_waits).toBe(0)
    expect(took(off.ended)).toEqual([0])
  })
})

test('bad groups are told', () => {
  const said = (first: string, other = '') =>
    problemsOf(`
users: { v: { arrive: constant(1/s), to: a } }
components:
  a: { kind: group_replication, service: 1ms, ${first} }
  b: { kind: group_replication, service: 1ms${other} }
  c: { kind: group_replication, service: 1ms }`)
  expect(said('members: [b, b]').join()).toContain('b is here twice')
  expect(said('members: [b, c]', ', members: [c]').join()).toContain('b names a cluster of its own')
  expect(said('members: [b], group_replication_member_weight: 101').join()).toContain('expected')
})
