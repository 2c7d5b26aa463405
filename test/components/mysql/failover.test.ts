import { describe, expect, test } from 'vitest'
import type { Mysql } from '../../../sim/components/mysql/mysql.js'
import type { Model } from '../../../sim/model/model.js'
import { type Ended, looks, world } from '../../support/world.js'

interface Cluster {
  promotion?: string
  replicas?: string[]
  mysql?: string
  faults?: string
  lasts?: string
  delay?: string
  writes?: string
  reads?: string
  wires?: string
}

/** An application that costs nothing before a primary p and its replicas, each on a machine of its own (host-p, ...). */
const cluster = ({
  promotion = '{ mode: automatic, detect: 10s, promote: 3s }',
  replicas = ['r'],
  mysql = '',
  faults = '',
  lasts = '120s',
  delay = '0s',
  writes = 'arrive: constant(100/s)',
  reads = 'arrive: constant(10/s)',
  wires = '',
}: Cluster) => `
lasts: ${lasts}
warmup: 0s
hosts: { ${['p', ...replicas].map((name) => `host-${name}: { cores: 64 }`).join(', ')} }
users:
  writers: { ${writes}, to: app, mix: { write: 100% } }
  readers: { ${reads}, to: app, mix: { read: 100% } }
components:
  app: { kind: app, workers: 10000, service: 0s, connect_timeout: 1s, read_timeout: 1s, database: [p, ${replicas}] }
  p: &m { kind: mysql, host: host-p, service: 0s, apply: 0s${mysql}, replicas: [${replicas}], promotion: ${promotion} }
${replicas.map((name) => `  ${name}: { kind: mysql, host: host-${name}, service: 0s, apply: 0s${mysql} }`).join('\n')}
wires: { ${replicas.map((name) => `p -> ${name}: { latency: ${delay} }`).join(', ')}${wires} }
faults: [${faults}]
`

/** Runs; `at` times are looked at for the name of the primary. */
function run(text: string, times: number[] = [], replication = 0) {
  const { model, ended } = world(text, replication)
  const group = (model.components.get('p') as Mysql).replication
  const primaries = looks(model, times, () => group.primary.name)
  model.run()
  const of = (users: string) => ended.filter((r) => r.users === users)
  return { model, group, primaries, writes: of('writers'), reads: of('readers') }
}

const extra = (model: Model, name: string) => model.components.get(name)!.extra(model.kernel.now)
const failed = (ended: readonly Ended[]) => ended.filter((r) => r.outcome !== 'ok')
/** When the first and the last of those that failed were asked. */
const span = (ended: readonly Ended[]) => {
  const times = failed(ended).map((r) => r.arrived)
  return times.length === 0 ? [] : [Math.min(...times), Math.max(...times)].map((t) => +t.toFixed(3))
}
const crash = (target: string, at: string, lasts = '') =>
  `{ kind: crash, target: ${target}, at: ${at}${lasts && `, for: ${lasts}`} }`

describe('the primary dies', () => {
  test('automatic: writes are impossible from the death for detect + promote, reads go on', () => {
    const { model, writes, reads, primaries } = run(
      cluster({ faults: crash('p', '20.005s') }),
      [20.01, 33, 33.006],
    )
    expect(span(writes)).toEqual([20.01, 33])
    expect(failed(writes)).toHaveLength(1300)
    expect(failed(reads)).toEqual([])
    expect(primaries).toEqual(['p', 'p', 'r'])
    expect(extra(model, 'p')).toMatchObject({ promotions: 1, lost_writes: 0 })
    expect(extra(model, 'p').no_primary_s).toBeCloseTo(13, 9)
  })

  test('by hand: for as long as a person takes', () => {
    const { writes } = run(
      cluster({ promotion: '{ mode: manual, after: 60s }', faults: crash('p', '20.005s') }),
    )
    expect(span(writes)).toEqual([20.01, 80])
  })

  test('nobody promotes: until it is back, and nothing is lost', () => {
    const { model, writes, reads } = run(
      cluster({ promotion: '{ mode: none }', faults: crash('p', '20.005s', '50s') }),
    )
    expect(span(writes)).toEqual([20.01, 70])
    expect(failed(reads)).toEqual([])
    expect(extra(model, 'p')).toMatchObject({ promotions: 0, lost_writes: 0 })
    expect(extra(model, 'p').no_primary_s).toBeCloseTo(50, 9)
  })

  test('back before it is found out: nothing happens', () => {
    const { model, primaries } = run(cluster({ faults: crash('p', '20.005s', '9.99s') }), [60])
    expect(primaries).toEqual(['p'])
    expect(extra(model, 'p').promotions).toBe(0)
  })

  test('back after it was found out: it is kept out, and follows the new one', () => {
    const { group, model, primaries, writes } = run(
      cluster({ faults: crash('p', '20.005s', '11s') }),
      [33, 33.006, 100],
    )
    expect(primaries).toEqual(['p', 'r', 'r'])
    expect(failed(writes)).toHaveLength(1100)
    // It took writes for 2 s until it was replaced, and the replica tried to connect again only after 60 s.
    expect(extra(model, 'p')).toMatchObject({ lost_writes: 200, ghost_rows: 200 })
    const old = model.components.get('p') as Mysql
    expect(old.applier.applied).toBe(group.log.head)
  })

  test('detection by pings is a law: MHA, four pings 3 s apart, 9 to 12 s', () => {
    const promotion = '{ mode: automatic, detect: "uniform(9s, 12s)", promote: 0s }'
    const times = [0, 1, 2, 3, 4, 5].map((replication) => {
      const { writes } = run(
        cluster({ promotion, faults: crash('p', '20.005s'), lasts: '40s' }),
        [],
        replication,
      )
      return span(writes)[1]! - 20.005
    })
    expect(Math.min(...times)).toBeGreaterThan(8.99)
    expect(Math.max(...times)).toBeLessThan(12)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(0.5)
  })

  test('a hung primary is gone too; what it had begun, and finishes later, is a row that only it has', () => {
    const { model, primaries } = run(
      cluster({
        mysql: ', io: { write: 100ms }, slave_parallel_threads: 32',
        faults: '{ kind: hang, target: p, at: 20.005s, for: 30s }',
      }),
      [33.006],
    )
    expect(primaries).toEqual(['r'])
    // Ten were at the disk. Of those who waited at the port nobody has sent a query: the server speaks first.
    expect(extra(model, 'p')).toMatchObject({ lost_writes: 10, ghost_rows: 10 })
  })
})

describe('what is lost, as measured on MariaDB at 200 writes/s', () => {
  const writes = 'arrive: poisson(200/s)'
  const lost = (faults: string, delay: string, mysql = '', replication = 0) =>
    extra(run(cluster({ writes, faults, delay, mysql, lasts: '40s' }), [], replication).model, 'p')

  test.each(['0s', '20ms'])('the process dies, the link is healthy (%s): nothing', (delay) => {
    expect(lost(crash('p', '20s'), delay)).toMatchObject({ promotions: 1, lost_writes: 0, ghost_rows: 0 })
  })

  test('the machine dies, or the link is cut with it: one-way delay x write rate (measured 3.4 of 4)', () => {
    const cut = `${crash('p', '20s')}, { kind: partition, target: p -> r, at: 20s }`
    const counts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((replication) =>
      [crash('host-p', '20s'), cut].map((faults) => {
        const { lost_writes, ghost_rows } = lost(faults, '20ms', '', replication)
        expect(ghost_rows).toBe(lost_writes)
        return lost_writes!
      }),
    )
    const mean = counts.reduce((a, b) => a + b, 0) / counts.length
    // Poisson of mean 4, ten times (the two faults see the same writers).
    expect(Math.abs(mean - 4)).toBeLessThan(3.5 * Math.sqrt(4 / 10))
  })

  test('a link that had stood still for 500 ms: what was written in that time (measured 103)', () => {
    const stalled = `{ kind: partition, target: p -> r, at: 19.5s }, ${crash('p', '20s')}`
    const { lost_writes } = lost(stalled, '0s')
    expect(Math.abs(lost_writes! - 100)).toBeLessThan(35)
  })

  test('a replica that has received but not applied loses nothing: it applies first, and is promoted later', () => {
    const slow = ', apply: { write: 6ms }'
    const { model, primaries } = run(
      cluster({ writes, faults: crash('p', '20s'), lasts: '60s' }).replaceAll(', apply: 0s', slow),
      [33.1, 59],
    )
    // 4000 writes take 24 s to apply, 20 s of them before the death.
    expect(primaries).toEqual(['r', 'r'])
    const slower = run(
      cluster({ writes, faults: crash('p', '20s'), lasts: '60s' }).replaceAll(
        ', apply: 0s',
        ', apply: { write: 10ms }',
      ),
      [33.1, 38, 42],
    )
    expect(slower.primaries).toEqual(['p', 'p', 'r'])
    for (const one of [model, slower.model]) expect(extra(one, 'p')).toMatchObject({ lost_writes: 0 })
  })
})

test('what is lost after a second promotion is no older for what the first one lost', () => {
  const { model } = run(
    cluster({
      mysql: ', io: { write: 100ms }, slave_parallel_threads: 32, master_connect_retry: 1s',
      faults: `{ kind: partition, target: p -> r, at: 19.5s, for: 5s }, ${crash('p', '20.005s', '20s')},
        { kind: hang, target: r, at: 60.005s, for: 30s }`,
    }),
  )
  const [first, ...others] = model.context.losses
  // Half a second of writes that had not come over the wire.
  expect(first).toMatchObject({ failed: 20.005, writes: 51 })
  expect(first!.seconds).toBeCloseTo(0.505, 9)
  // p, which is back, has all that r had answered. What r had begun it finishes when it runs again, all at once.
  expect(others).toEqual(Array(10).fill({ failed: 60.005, at: 90.005, writes: 1, seconds: 0 }))
})

describe('several servers and faults', () => {
  test('the replica that has received most is promoted, and the others follow it', () => {
    const { group, primaries, model } = run(
      cluster({
        replicas: ['a', 'b', 'c'],
        faults: `{ kind: partition, target: p -> a, at: 10s, for: 5min },
          { kind: partition, target: p -> c, at: 15s, for: 5min }, ${crash('p', '20.005s', '50s')}`,
        lasts: '180s',
      }),
      [33.006],
    )
    expect(primaries).toEqual(['b'])
    expect(group.lost).toBe(0)
    for (const name of ['p', 'a', 'c'])
      expect((model.components.get(name) as Mysql).applier.applied).toBe(group.log.head)
  })

  test('a hung replica that had more than the new primary is set back, and applies what is left', () => {
    // b has 1999 writes, a has 2000 and is at work on the last three of them when it hangs.
    const text = cluster({
      replicas: ['a', 'b'],
      writes: 'arrive: constant(100/s), profile: { 0s: 100%, 20.001s: 0% }',
      mysql: ', slave_parallel_threads: 8',
      faults: `{ kind: partition, target: p -> b, at: 19.995s, for: 50s },
        { kind: hang, target: a, at: 20.002s, for: 40s }, ${crash('p', '20.003s')}`,
    }).replaceAll('apply: 0s', 'apply: 25ms')
    const { group, model } = run(text)
    const { applier } = model.components.get('a') as Mysql
    expect([group.primary.name, group.lost, applier.received, applier.applied]).toEqual(['b', 1, 1999, 1999])
  })

  test('the replica dies: its reads are tried again at the primary, and none fails', () => {
    const { reads, writes, model } = run(cluster({ faults: crash('r', '20.005s', '20s') }))
    expect(failed(reads)).toEqual([])
    expect(failed(writes)).toEqual([])
    expect(extra(model, 'p').promotions).toBe(0)
  })

  test('both die, the replica is back first: it is promoted then', () => {
    const { primaries, writes } = run(
      cluster({ faults: `${crash('p', '20.005s', '80s')}, ${crash('r', '25s', '30.005s')}` }),
      [54.9, 55.01],
    )
    expect(primaries).toEqual(['p', 'r'])
    expect(span(writes)).toEqual([20.01, 55])
  })

  test('both die, the primary is back first: it stays what it was', () => {
    const { primaries, writes, group } = run(
      cluster({ faults: `${crash('p', '20.005s', '30s')}, ${crash('r', '25s', '60s')}` }),
      [60, 110],
    )
    expect(primaries).toEqual(['p', 'p'])
    expect(span(writes)).toEqual([20.01, 50])
    expect(group.lost).toBe(0)
  })

  test('the new primary dies too: back to the old one', () => {
    const { primaries, group } = run(
      cluster({ faults: `${crash('p', '20.005s', '20s')}, ${crash('r', '60.005s')}` }),
      [33.006, 73.006],
    )
    expect(primaries).toEqual(['r', 'p'])
    expect(group.promotions).toBe(2)
    expect(group.lost).toBe(0)
  })

  test('a cut replication connection alone is no reason to promote (Orchestrator: UnreachableMaster)', () => {
    const { primaries, writes, group } = run(
      cluster({ faults: '{ kind: partition, target: p -> r, at: 20s, for: 50s }' }),
      [60],
    )
    expect(primaries).toEqual(['p'])
    expect(failed(writes)).toEqual([])
    expect(group.promotions).toBe(0)
  })

  test('a primary that is cut off altogether is replaced, and takes no more writes: no split brain', () => {
    const { primaries, group, writes } = run(
      cluster({ delay: '1ms', faults: '{ kind: partition, target: host-p, at: 20.005s, for: 40s }' }),
      [33.006, 100],
    )
    expect(primaries).toEqual(['r', 'r'])
    expect(span(writes)).toEqual([20.01, 33])
    expect(group.lost).toBe(group.errant)
    expect(group.lost).toBeLessThanOrEqual(1)
  })

  test('after faults of all kinds nobody is left inside, and every server has everything', () => {
    const { model, group } = run(
      cluster({
        replicas: ['a', 'b'],
        writes: 'arrive: poisson(100/s), timeout: 3s, profile: { 0s: 100%, 200s: 0% }',
        reads: 'arrive: poisson(100/s), timeout: 3s, retries: 1, profile: { 0s: 100%, 200s: 0% }',
        mysql:
          ', io: exponential(20ms), slave_parallel_threads: 8, rpl_semi_sync_master_enabled: on, slave_net_timeout: 4s, master_connect_retry: 1s',
        delay: '2ms',
        faults: `${crash('p', '20s', '30s')}, { kind: hang, target: a, at: 25s, for: 30s },
          ${crash('host-b', '70s', '20s')}, { kind: partition, target: host-a, at: 80s, for: 20s },
          { kind: slow, target: b, factor: 50, at: 120s, for: 20s }, { kind: hang, target: b, at: 150s, for: 25s },
          ${crash('[p, a, b]', '180s', '5s')}`,
        lasts: '400s',
      }),
    )
    expect(group.promotions).toBeGreaterThanOrEqual(2)
    expect(model.context.requests.inUse).toBe(0)
    for (const component of model.components.values()) {
      expect([component.name, component.station!.taken, component.probe.inside.value]).toEqual([
        component.name,
        0,
        0,
      ])
    }
    for (const { replica } of group.links) expect(replica.applier.applied).toBe(group.log.head)
  })
})
