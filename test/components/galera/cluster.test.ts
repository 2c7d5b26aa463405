import { describe, expect, test } from 'vitest'
import { type Ended, looks, play, problemsOf, tally, world } from '../../support/world.js'

interface Setting {
  nodes?: string[]
  first?: string
  options?: string
  faults?: string
  lasts?: string
  wires?: string
  users?: string
}

/** Nodes on machines of their own (host-db-1, ...), where nothing takes time but what is said. */
const cluster = ({
  nodes = ['db-1', 'db-2', 'db-3'],
  first = '',
  options = '',
  faults = '',
  lasts = '60s',
  wires = '',
  users = everyone(nodes),
}: Setting) => `
lasts: ${lasts}
warmup: 0s
hosts: { ${nodes.map((name) => `host-${name}: { cores: 64 }`).join(', ')} }
users: { ${users} }
components:
  ${nodes
    .map((name, i) => {
      const others = i === 0 ? `, cluster: [${nodes.slice(1)}]${first}` : ''
      return `${name}: { kind: galera, host: host-${name}, service: 0s, max_connections: 50000${options}${others} }`
    })
    .join('\n  ')}
wires: { ${wires} }
faults: [${faults}]
`

/** Ten writes a second at each node. */
const everyone = (nodes: readonly string[]) =>
  nodes.map((name) => `at-${name}: { arrive: constant(10/s), to: ${name}, mix: { write: 100% } }`).join(', ')

const at = (ended: readonly Ended[], node: string) => ended.filter(({ users }) => users === `at-${node}`)
/** When those were asked that did not get `ok`: from, to. */
const failed = (ended: readonly Ended[]) => {
  const times = ended.filter(({ outcome }) => outcome !== 'ok').map(({ arrived }) => +arrived.toFixed(3))
  return times.length === 0 ? [] : [Math.min(...times), Math.max(...times)]
}
/** The ways between db-1 and the two others. */
const apart = '[db-1 -> db-2, db-1 -> db-3]'
const partition = (target: string, at: string, lasts: string) =>
  `{ kind: partition, target: ${target}, at: ${at}, for: ${lasts} }`

function counts(text: string, name = 'db-1') {
  const { model, ended } = play(text)
  return { ended, model, counts: model.components.get(name)!.extra(model.kernel.now) }
}

describe('a write', () => {
  const one = 'at-db-1: { arrive: constant(10/s), to: db-1, mix: { write: 100% } }'
  const taken = (text: string) =>
    new Set(play(text).ended.map(({ arrived, ended }) => +(ended - arrived).toFixed(6)))

  test('takes its own fsync and the round trip to the farthest node; greeting and request not counted', () => {
    const wires = 'db-1 -> db-2: { latency: 2ms }, db-1 -> db-3: { latency: 20ms }'
    expect(taken(cluster({ options: ', fsync: 3ms', wires, users: one }))).toEqual(new Set([0.043]))
  })

  test('goes over others where the direct way is cut', () => {
    const wires = 'db-1 -> db-2: { latency: 2ms }, db-1 -> db-3: { latency: 3ms }'
    // Between db-2 and db-3 it is 3 ms: to db-3 and back over db-2 it is 10 ms instead of 6.
    const text = cluster({ wires, users: one, faults: partition('db-1 -> db-3', '0s', '200s') })
    expect(taken(text)).toEqual(new Set([0.01]))
  })

  test('is sent again where packets are lost', () => {
    const wires = 'db-1 -> db-2: { latency: 1ms, loss: 20% }, db-1 -> db-3: { latency: 1ms }'
    const found = [...taken(cluster({ wires, users: one }))]
    expect(Math.min(...found)).toBe(0.002)
    expect(found.some((seconds) => seconds > 0.2)).toBe(true)
  })

  test('at the rate at which one thread applies, and at that of several', () => {
    const users = 'at-db-1: { arrive: "closed(users=40, think=0s)", to: db-1, mix: { write: 100% } }'
    const rate = (options: string) => play(cluster({ users, options, lasts: '10s' })).ended.length / 10
    // 10 ms of CPU for each: 100 a second and 400; the first 28 or so are not applied by the end.
    expect(Math.abs(rate(', apply: 10ms') - 100)).toBeLessThan(5)
    expect(Math.abs(rate(', apply: 10ms, wsrep_slave_threads: 4') - 400)).toBeLessThan(8)
  })
})

describe('flow control', () => {
  const users = 'at-db-1: { arrive: "closed(users=5, think=0s)", to: db-1, mix: { write: 100% } }'
  const queue = (options: string, nodes?: string[]) => {
    const { model } = world(
      cluster({ users, options: `, apply: 10ms${options}`, lasts: '5s', ...(nodes && { nodes }) }),
    )
    const times = Array.from({ length: 250 }, (_, i) => 2 + i / 100)
    const seen = looks(
      model,
      times,
      () => (model.components.get('db-2') as unknown as { receiver: { waiting: number } }).receiver.waiting,
    )
    model.run()
    return [Math.min(...seen), Math.max(...seen)]
  }

  test('the limit is times the root of the number of nodes, and those go beyond it who were let go at once', () => {
    expect(queue('')).toEqual([29, 33])
    expect(queue('', ['db-1', 'db-2', 'db-3', 'db-4'])).toEqual([33, 37])
    expect(queue(', gcs_fc_single_primary: on')).toEqual([17, 21])
    expect(queue(', gcs_fc_limit: 4, gcs_fc_single_primary: on')).toEqual([5, 9])
  })

  test('with gcs.fc_factor 50 % they go on when half of it is left', () => {
    expect(queue(', gcs_fc_limit: 20, gcs_fc_single_primary: on, gcs_fc_factor: 50%')).toEqual([11, 24])
  })
})

describe('the majority', () => {
  test('goes on after a partition, and those that are cut off refuse until they are back', () => {
    const { ended, counts: found } = counts(cluster({ faults: partition(apart, '10.05s', '20s') }))
    expect(failed(at(ended, 'db-2'))).toEqual([])
    expect(failed(at(ended, 'db-3'))).toEqual([])
    // 10.05 s + 5 s + 1.17 s: what waited fails, and what comes until 30.05 s + .3 s.
    expect(failed(at(ended, 'db-1'))).toEqual([10.1, 30.3])
    expect(tally(at(ended, 'db-1'))).toEqual({ ok: 396, not_primary: 203 })
    expect(found).toMatchObject({ no_primary_s: 0, bootstraps: 0, lost_writes: 0 })
    expect(found.stalled_s).toBeCloseTo(6.17, 6)
  })

  test('a silence that ends before evs.suspect_timeout costs nobody anything but time', () => {
    const { ended } = counts(cluster({ faults: partition(apart, '10.05s', '6s') }))
    expect(tally(ended)).toEqual({ ok: 1797 })
    const longest = Math.max(...ended.map(({ arrived, ended }) => ended - arrived))
    expect(longest).toBeCloseTo(5.95, 6)
  })

  test('evs.suspect_timeout is waited for', () => {
    const faults = '{ kind: crash, target: db-3, at: 10.05s }'
    const { counts: found } = counts(cluster({ options: ', evs_suspect_timeout: 2s', faults }))
    expect(found.stalled_s).toBeCloseTo(3.17, 6)
  })

  test('of two nodes neither is it, unless one weighs more', () => {
    const faults = partition('db-1 -> db-2', '10.05s', '20s')
    const nodes = ['db-1', 'db-2']
    const equal = counts(cluster({ nodes, faults }))
    expect(equal.counts.no_primary_s).toBeGreaterThan(13)
    expect(failed(at(equal.ended, 'db-1'))[0]).toBe(10.1)
    const weighed = counts(cluster({ nodes, faults, first: ', pc_weight: 2' }))
    expect(weighed.counts.no_primary_s).toBe(0)
    expect(failed(at(weighed.ended, 'db-1'))).toEqual([])
    expect(failed(at(weighed.ended, 'db-2'))[0]).toBe(10.1)
  })

  test('one after the other may be lost, and the last one stands alone only if they left cleanly', () => {
    const clean = counts(
      cluster({
        faults: '{ kind: maintenance, target: [db-2, db-3], rolling: on, drain: 1s, at: 5s, for: 20s }',
      }),
    )
    expect(failed(at(clean.ended, 'db-1'))).toEqual([])
    const both = counts(
      cluster({ faults: '{ kind: maintenance, target: [db-2, db-3], drain: 1s, at: 5s, for: 20s }' }),
    )
    expect(failed(at(both.ended, 'db-1'))).toEqual([])
    const killed = counts(
      cluster({ faults: '{ kind: crash, target: db-3, at: 5s }, { kind: crash, target: db-2, at: 20s }' }),
    )
    expect(failed(at(killed.ended, 'db-1'))[0]).toBe(20)
    expect(killed.counts.no_primary_s).toBeCloseTo(60 - 26.17, 6)
  })

  test('one that died, came back and leaves cleanly before it was missed joins again', () => {
    const { ended } = counts(
      cluster({
        faults:
          '{ kind: crash, target: db-2, at: 5s, for: 1s }, { kind: maintenance, target: db-2, drain: 1s, at: 6s, for: 2s }',
      }),
    )
    expect(failed(at(ended, 'db-2').filter(({ arrived }) => arrived > 15))).toEqual([])
    expect(failed(at(ended, 'db-1'))).toEqual([])
  })

  test('one that falls silent while another is waited for is waited for as well', () => {
    const { counts: found } = counts(
      cluster({
        nodes: ['db-1', 'db-2', 'db-3', 'db-4', 'db-5'],
        faults: '{ kind: hang, target: db-4, at: 10s }, { kind: hang, target: db-5, at: 13s }',
      }),
    )
    expect(found).toMatchObject({ no_primary_s: 0 })
    expect(found.stalled_s).toBeCloseTo(9.17, 6)
  })
})

describe('without a primary component', () => {
  const dead = '{ kind: crash, target: [host-db-2, host-db-3], at: 10.05s, for: 20s }'

  test('there is one again when all of the last are back (pc.recovery), and nothing is lost', () => {
    const { ended, counts: found } = counts(cluster({ faults: dead }))
    expect(found.no_primary_s).toBeCloseTo(30.05 + 1.17 - 16.22, 6)
    expect(failed(at(ended, 'db-1'))).toEqual([10.1, 31.2])
    expect(found).toMatchObject({ bootstraps: 0, lost_writes: 0 })
  })

  test('one of them is not enough', () => {
    const faults =
      '{ kind: crash, target: db-2, at: 10.05s, for: 20s }, { kind: crash, target: db-3, at: 10.05s }'
    expect(counts(cluster({ faults })).counts.no_primary_s).toBeCloseTo(60 - 16.22, 6)
  })

  test('somebody bootstraps what is left', () => {
    const { ended, counts: found } = counts(
      cluster({ faults: '{ kind: crash, target: [db-2, db-3], at: 10.05s }', first: ', bootstrap: 10s' }),
    )
    expect(found).toMatchObject({ bootstraps: 1, lost_writes: 0 })
    expect(found.no_primary_s).toBeCloseTo(10, 6)
    expect(failed(at(ended, 'db-1'))).toEqual([10.1, 26.2])
  })

  test('what the others had answered is lost if they are not among those that are bootstrapped', () => {
    // db-3 is cut off; 10 s later the two others die, who have answered until then; db-3 is bootstrapped.
    const faults = `${partition('host-db-3', '10.05s', '200s')}, { kind: crash, target: [db-1, db-2], at: 30.05s }`
    const { model, counts: found } = counts(cluster({ faults, first: ', bootstrap: 5s', lasts: '50s' }))
    // From 16.22 s on they went on: all that had waited since 10.05 s, and what came until 30.05 s.
    expect(found).toMatchObject({ bootstraps: 1, lost_writes: 400 })
    expect(model.context.losses).toHaveLength(1)
    expect(model.context.losses[0]).toMatchObject({ writes: 400 })
  })

  test('a node that has more than those that were bootstrapped is set back, and its rows are free', () => {
    // db-2 is cut off, and what db-1 writes is applied at db-3, 5 s each, when db-3 is cut off and db-1 dies.
    const text = cluster({
      first: ', bootstrap: 5s',
      options: ', rows: 1',
      users:
        'at-db-1: { arrive: constant(1/s), to: db-1, mix: { write: 100% } }, at-db-3: { arrive: constant(1/s), to: db-3, mix: { write: 100% } }',
      faults: [
        partition('host-db-2', '10.05s', '30s'),
        partition('host-db-3', '29.05s', '31s'),
        '{ kind: crash, target: db-1, at: 30.05s }',
      ].join(', '),
      lasts: '100s',
    })
    const { ended, counts: found } = counts(text.replace('db-3: { kind', 'db-3: { apply: 5s, kind'))
    expect(found).toMatchObject({ bootstraps: 1 })
    expect(tally(at(ended, 'db-3').filter(({ arrived }) => arrived > 60.4))).toEqual({ ok: 40 })
  })

  test('its own writes that have their place, and are not committed there, fail when it is set back', () => {
    const text = cluster({
      first: ', bootstrap: 5s',
      options: ', gcs_fc_limit: 1000',
      users: 'at-db-3: { arrive: constant(1/s), to: db-3, mix: { write: 100% } }',
      faults: [
        partition('host-db-2', '10.05s', '30s'),
        partition('host-db-3', '29.05s', '31s'),
        '{ kind: crash, target: db-1, at: 30.05s }',
      ].join(', '),
      lasts: '61s',
    })
    // One fsync lasts until then.
    const { ended } = counts(text.replace('db-3: { kind', 'db-3: { fsync: 100s, kind'))
    const waited = at(ended, 'db-3').filter(({ arrived }) => arrived < 29)
    expect(tally(waited)).toEqual({ not_primary: 28 })
    for (const { ended } of waited) expect(ended).toBeCloseTo(60.35, 6)
  })

  test('what one had alone counts no more when it is bootstrapped after others that had lost it', () => {
    const text = (crash: string) =>
      cluster({
        users: everyone(['db-1', 'db-2']),
        first: ', bootstrap: 5s',
        // db-2 is bootstrapped at 41.22 s without db-3, and what it then answers is lost when db-3 is.
        faults: [
          partition('host-db-2', '10.05s', '30s'),
          partition('host-db-3', '29.05s', '80s'),
          '{ kind: crash, target: db-1, at: 30.05s }',
          crash,
        ].join(', '),
        lasts: '80s',
      })
    // What was answered after db-2 was cut off.
    const answered = (ended: readonly Ended[]) =>
      ended.filter(({ outcome, ended }) => outcome === 'ok' && ended > 10.05).length
    const once = counts(text(''))
    expect(once.counts).toMatchObject({ bootstraps: 1, lost_writes: answered(at(once.ended, 'db-1')) })
    const twice = counts(text('{ kind: crash, target: db-2, at: 60.05s }'))
    expect(twice.counts).toMatchObject({ bootstraps: 2, lost_writes: answered(twice.ended) })
  })

  test('where all left cleanly the last of them is waited for, which has what the others may lack', () => {
    const faults = `{ kind: maintenance, target: db-1, drain: 1s, at: 10s, for: 10s },
      { kind: maintenance, target: db-2, drain: 1s, at: 15s, for: 25s }`
    const { ended, counts: found } = counts(cluster({ nodes: ['db-1', 'db-2'], faults }))
    expect(found.lost_writes).toBe(0)
    // From when db-2 leaves, 16 s, until 1.17 s after it is back, 41 s.
    expect(found.no_primary_s).toBeCloseTo(26.17, 6)
    expect(tally(at(ended, 'db-1').filter(({ arrived }) => arrived > 42.6))).toEqual({ ok: 174 })
  })

  test('all machines lose power at once: they go on when they are back', () => {
    const faults = '{ kind: crash, target: [host-db-1, host-db-2, host-db-3], at: 10.05s, for: 5s }'
    const { ended, counts: found } = counts(cluster({ faults }))
    expect(found.lost_writes).toBe(0)
    expect(failed(at(ended, 'db-1'))[1]).toBeLessThan(18)
    expect(at(ended, 'db-1').at(-1)!.outcome).toBe('ok')
  })
})

test('a read at another node misses a write that is not applied there yet', () => {
  const users =
    'at-db-1: { arrive: constant(10/s), to: db-1, mix: { write: 100% } }, r: { arrive: constant(1000/s), to: db-2, mix: { read: 100% } }'
  const { counts: found } = counts(cluster({ users, options: ', apply: 10ms', lasts: '5s' }), 'db-2')
  // Ten milliseconds of each hundred.
  expect(found.stale_read_share).toBeCloseTo(0.1, 2)
  expect(found.apply_lag_ms).toBeCloseTo(10, 6)
})

test('writes of one row at one node wait for one another; each holds it through its commit', () => {
  const users = 'at-db-1: { arrive: "closed(users=4, think=0s)", to: db-1, mix: { write: 100% } }'
  const rate = (rows: string) =>
    play(cluster({ users, options: `, fsync: 5ms, wsrep_slave_threads: 64${rows}`, lasts: '4s' })).ended
      .length / 4
  expect(rate(', rows: 1')).toBeCloseTo(200, -1)
  expect(rate(', rows: 100000')).toBeGreaterThan(380)
})

test('of two writes of one row that are on their way at once the first in the order wins, at its certification', () => {
  const wires = 'db-1 -> db-2: { latency: 10ms }, db-1 -> db-3: { latency: 10ms }'
  const users = ['db-1', 'db-2']
    .map((name) => `at-${name}: { arrive: constant(1/s), to: ${name}, mix: { write: 100% } }`)
    .join(', ')
  const lost = (rows: number) => {
    const options = `, rows: ${rows}, wsrep_retry_autocommit: 0`
    const { ended, counts: found } = counts(cluster({ users, wires, options, lasts: '20s' }), 'db-2')
    return { failed: tally(at(ended, 'db-2')).deadlock ?? 0, ok: tally(at(ended, 'db-1')).ok, ...found }
  }
  expect(lost(1)).toMatchObject({ failed: 19, ok: 19, cert_failures: 19, bf_aborts: 0 })
  // The same visitors, each with a row of his own as good as always.
  expect(lost(1_000_000)).toMatchObject({ failed: 0, ok: 19, cert_failures: 0 })
})

test('a write that lost is tried again as often as wsrep_retry_autocommit says', () => {
  const users = ['db-1', 'db-2']
    .map((name) => `at-${name}: { arrive: "closed(users=1, think=0s)", to: ${name}, mix: { write: 100% } }`)
    .join(', ')
  const share = (retries: number) => {
    const options = `, fsync: 2ms, service: exponential(1ms), rows: 1, wsrep_retry_autocommit: ${retries}`
    const { ended } = play(
      cluster({ users, options: options.replace(', service', ', apply: 0s, io'), lasts: '4s' }),
    )
    return (tally(ended).deadlock ?? 0) / ended.length
  }
  expect(share(0)).toBeGreaterThan(share(1))
  expect(share(1)).toBeGreaterThan(share(8))
})

describe('an application', () => {
  const asked = (database: string) => `
lasts: 40s
warmup: 0s
users: { u: { arrive: constant(30/s), to: app, mix: { write: 50%, read: 50% } } }
components:
  app: { kind: app, workers: 1000, service: 0s, database: ${database} }
  db-1: { kind: galera, service: 0s, max_connections: 5000, cluster: [db-2, db-3] }
  db-2: { kind: galera, service: 0s, max_connections: 5000 }
  db-3: { kind: galera, service: 0s, max_connections: 5000 }
faults: [{ kind: crash, target: db-3, at: 10.01s }]
`

  test('writes at all nodes in turn, and at none that the cluster goes on without', () => {
    const { model, ended } = play(asked('[db-1, db-2, db-3]'))
    const sent = ['db-1', 'db-2', 'db-3'].map((name) => model.components.get(name)!.probe.outcomes[0]!)
    expect(Math.abs(sent[0]! - sent[1]!)).toBeLessThan(5)
    // A write that reaches the dead one fails; a read is tried again at another.
    const [from, to] = failed(ended)
    expect(from).toBeGreaterThan(10)
    expect(to).toBeLessThan(16.2)
    expect(ended.filter(({ outcome }) => outcome !== 'ok').length).toBeGreaterThan(20)
  })

  test('knows it also of a cluster whose first node it does not ask', () => {
    const [, to] = failed(play(asked('[db-2, db-3]')).ended)
    expect(to).toBeLessThan(16.2)
  })
})

describe('what does not fit', () => {
  const site = (components: string) =>
    problemsOf(`lasts: 10s\nusers: { u: { arrive: poisson(1/s), to: a } }\ncomponents: { ${components} }\n`)

  test.each([
    [
      'a: { kind: galera, service: 1ms, cluster: [b, b] }, b: { kind: galera, service: 1ms }',
      'b is here twice',
    ],
    [
      'a: { kind: galera, service: 1ms, cluster: [b] }, b: { kind: galera, service: 1ms, cluster: [c] }, c: { kind: galera, service: 1ms }',
      'b names a cluster of its own: one node names all others',
    ],
    [
      'a: { kind: galera, service: 1ms, cluster: [b] }, c: { kind: galera, service: 1ms, cluster: [b] }, b: { kind: galera, service: 1ms }',
      'b is in the cluster of c already',
    ],
    [
      'a: { kind: app, service: 1ms, database: [b, c] }, b: { kind: galera, service: 1ms }, c: { kind: galera, service: 1ms }',
      'expected servers of one MySQL replication or Galera cluster, and c and b are not (replicas:, cluster:)',
    ],
  ])('%s', (components, message) => {
    expect(site(components).join('\n')).toContain(message)
  })
})
