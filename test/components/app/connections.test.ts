import { describe, expect, test } from 'vitest'
import { looks, play, response, responses, tally, world } from '../../support/world.js'

const site = ({ app = '', db = '', arrive = 'constant(10/s)', lasts = '20s', more = '' }) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: ${arrive}, to: app, timeout: 60s } }
components:
  app: { kind: app, workers: 400, service: 0s, database: db, ${app} }
  db: { kind: mysql, service: 1ms, ${db} }
wires: { app -> db: { latency: 10ms } }
${more}`

/** Connections that the database has at each of `times`, with a query or asleep. */
function connections(text: string, times: readonly number[]) {
  const { model } = world(text)
  const db = model.components.get('db') as unknown as { open: { value: number } }
  const seen = looks(model, times, () => db.open.value)
  model.run()
  return seen
}

describe('a connection to MySQL', () => {
  test('costs three round trips before the first query, and none before the next of the same request', () => {
    expect(responses(play(site({ app: 'queries: 1' })).ended)).toEqual([0.081])
    expect(responses(play(site({ app: 'queries: 4' })).ended)).toEqual([0.144])
  })

  test('is opened for each query where that is said', () => {
    expect(responses(play(site({ app: 'queries: 4, connection: query' })).ended)).toEqual([0.324])
  })

  test('is kept by the worker where it is persistent: PDO asks once whether it lives, mysqli twice', () => {
    const late = (app: string) => responses(play(site({ app })).ended.filter((r) => r.arrived > 1))
    expect(late('queries: 3, connection: persistent')).toEqual([0.083])
    expect(late('queries: 3, connection: persistent, driver: mysqli')).toEqual([0.103])
  })

  test('takes a place while the script does other work (measured: it counts in Threads_connected)', () => {
    const text = site({ app: 'after: 2s' })
    expect(connections(text, [0.05, 1.05, 15.055])).toEqual([0, 9, 20])
    // With one for each query none sleeps.
    expect(connections(site({ app: 'after: 2s, connection: query' }), [15.055])).toEqual([0])
  })

  test('151 places for scripts of 2 s carry 75.4/s of 90/s; the others get error 1040 at once', () => {
    const { ended } = play(
      site({ app: 'after: 2s', arrive: 'constant(90/s)', lasts: '60s', more: 'hosts: {}' }).replace(
        'wires: { app -> db: { latency: 10ms } }',
        '',
      ),
    )
    const late = ended.filter((r) => r.arrived > 10)
    const { ok, 500: failed } = tally(late)
    expect(ok! / (late.length / 90)).toBeCloseTo(75.4, 0)
    expect(ok! + failed!).toBe(late.length)
    expect(responses(late.filter((r) => r.outcome === '500'))).toEqual([0])
  })

  test('takes no place any more once its script, or its application, has ended or died', () => {
    const dies = `faults: [{ kind: crash, target: app, at: 10.01s, for: 5s }]`
    const text = site({ app: 'after: 2s', lasts: '30s', more: dies })
    expect(connections(text, [9.955, 10.5, 14.9, 16.5])).toEqual([20, 0, 0, 14])
    const killed = site({ app: 'after: 2s, request_terminate_timeout: 1s' })
    // Ten a second, each killed after 1 to 1.33 s, and the first of 10 ms without a connection.
    const [held] = connections(killed, [15.055])
    expect(held).toBeGreaterThanOrEqual(9)
    expect(held).toBeLessThanOrEqual(13)
  })

  test('outlives a database that hangs, on both sides', () => {
    const hangs = 'faults: [{ kind: hang, target: db, at: 10.01s, for: 1s }]'
    expect(
      connections(site({ app: 'after: 2s', lasts: '40s', more: hangs }), [9.955, 19.955, 35.955]),
    ).toEqual([20, 20, 20])
    const pool = 'after: 2s, pool: { size: 30 }'
    const [before, after] = connections(site({ app: pool, lasts: '40s', more: hangs }), [9.955, 35.955])
    expect(after).toBeLessThanOrEqual(30)
    expect(after).toBeGreaterThanOrEqual(before!)
  })

  test('that is given up before it has come there leaves those of others alone', () => {
    const text = `
lasts: 40s
warmup: 0s
users:
  five: { arrive: constant(5/s), to: holds, profile: { 0s: 100%, 1.05s: 100%, 1.06s: 0% } }
  lossy: { arrive: constant(20/s), to: far, profile: { 0s: 0%, 2s: 0%, 2.01s: 100%, 12s: 100%, 12.01s: 0% } }
components:
  holds: { kind: app, workers: 10, service: 0s, after: 100s, database: db }
  far: { kind: app, workers: 200, service: 0s, database: db, connect_timeout: 1s, read_timeout: 1500ms }
  db: { kind: mysql, service: 1ms }
wires: { far -> db: { latency: 5ms, loss: 60% } }`
    expect(connections(text, [1.5, 35])).toEqual([5, 5])
  })

  test('to more than 31 databases is opened for each query beyond them, and no pool loses one', () => {
    const names = Array.from({ length: 34 }, (_, i) => `r${i}`)
    const { ended } = play(`
lasts: 20s
warmup: 0s
users: { u: { arrive: constant(40/s), to: app, timeout: 10s } }
components:
  app: { kind: app, workers: 50, service: 0s, database: [db, ${names}], pool: { size: 1, acquire_timeout: 1s } }
  db: { kind: mysql, service: 1ms, replicas: [${names}] }
  ${names.map((name) => `${name}: { kind: mysql, service: 1ms }`).join('\n  ')}
`)
    expect(tally(ended)).toEqual({ ok: ended.length })
  })

  test('that the database lost is opened again by the next request, and one that is held fails its query', () => {
    const { ended } = play(
      site({
        app: 'queries: 2, connection: persistent',
        more: 'faults: [{ kind: crash, target: db, at: 5.03s, for: 1s }]',
      }),
    )
    const after = ended.filter((r) => r.arrived > 6.1)
    expect(tally(after)).toEqual({ ok: after.length })
    expect(response(after[0]!)).toBe(0.102)
    expect(response(after.at(-1)!)).toBe(0.062)
  })

  test('of a host with few ports is refused when all linger: error 2002 at once', () => {
    const { ended, model } = play(
      site({
        arrive: 'constant(2/s)',
        lasts: '180s',
        more: 'hosts: { h: { ip_local_port_range: 40000 40049 } }',
      }).replace('kind: app,', 'kind: app, host: h,'),
    )
    const late = ended.filter((r) => r.arrived > 60)
    expect(tally(late).ok! / 120).toBeCloseTo(50 / 60, 1)
    expect(responses(late.filter((r) => r.outcome === '500'))).toEqual([0])
    const ports = model.components
      .get('app')!
      .limits()
      .find(({ says }) => says.startsWith('ports'))!
    expect(ports.refused!()).toBeGreaterThan(0.4)
    const reused = play(
      site({
        arrive: 'constant(2/s)',
        lasts: '180s',
        more: 'hosts: { h: { ip_local_port_range: 40000 40049, tcp_tw_reuse: 1 } }',
      }).replace('kind: app,', 'kind: app, host: h,'),
    )
    expect(tally(reused.ended)).toEqual({ ok: reused.ended.length })
  })
})

describe('a pool', () => {
  const held = 'after: 400ms, pool: { size: 10, acquire_timeout: 5s }'

  test('of ten that are held for half a second carries 20/s; who waits too long gets an error', () => {
    const { ended } = play(
      site({ app: held, db: 'io: 99ms', arrive: 'constant(40/s)', lasts: '60s' }).replace(
        'wires: { app -> db: { latency: 10ms } }',
        '',
      ),
    )
    const late = ended.filter((r) => r.arrived > 20 && r.arrived < 50)
    const { ok, 500: failed } = tally(late)
    expect(ok! / 30).toBeCloseTo(20, 0)
    expect(failed! / 30).toBeCloseTo(20, 0)
    expect(responses(late.filter((r) => r.outcome === '500'))).toEqual([5])
    for (const one of late.filter((r) => r.outcome === 'ok')) expect(response(one)).toBeCloseTo(5.5, 1)
  })

  test('is waited for by the clock of the application: nobody is told while that hangs', () => {
    const { ended } = play(
      site({
        app: held.replace('5s', '1s'),
        db: 'io: 99ms',
        arrive: 'constant(40/s)',
        more: 'faults: [{ kind: hang, target: app, at: 10.003s, for: 3s }]',
      }),
    )
    expect(ended.filter((r) => r.ended > 10.01 && r.ended < 13)).toEqual([])
    expect(tally(ended.filter((r) => r.ended > 13))[500]).toBeGreaterThan(40)
  })

  test('given back after each query is held for that alone', () => {
    const text = site({ app: `${held.replace('acquire', 'held: query, acquire')}`, arrive: 'constant(40/s)' })
    const { ended } = play(text)
    expect(tally(ended)).toEqual({ ok: ended.length })
    expect(responses(ended.filter((r) => r.arrived > 1))).toEqual([0.421])
  })

  test('keeps its connections open, and closes those that were idle for so long', () => {
    const text = site({
      app: 'after: 190ms, pool: { size: 10, idle_timeout: 5s }',
      arrive: 'constant(10/s)',
      lasts: '60s',
    }).replace(
      'arrive: constant(10/s),',
      'arrive: constant(10/s), profile: { 0s: 100%, 20s: 100%, 20.1s: 0% },',
    )
    const opened = play(text)
      .ended.filter((r) => r.arrived > 1)
      .map(response)
    expect(new Set(opened)).toEqual(new Set([0.211]))
    const [busy, idle, closed] = connections(text, [10.05, 24, 30])
    expect(busy).toBeGreaterThan(1)
    expect(idle).toBe(busy)
    expect(closed).toBe(0)
  })

  test('loses nobody where the database dies, the worker is killed, or the application', () => {
    for (const fault of [
      '{ kind: crash, target: db, at: 5s, for: 2s }',
      '{ kind: crash, target: app, at: 5s, for: 2s }',
      '{ kind: hang, target: db, at: 5s, for: 2s }',
      '{ kind: partition, target: app -> db, at: 5s, for: 2s }',
    ]) {
      const { ended } = play(
        site({
          app: `${held}, request_terminate_timeout: 3s`,
          arrive: 'constant(15/s)',
          lasts: '40s',
          more: `faults: [${fault}]`,
        }),
      )
      const late = ended.filter((r) => r.arrived > 20)
      expect(tally(late), fault).toEqual({ ok: late.length })
      expect(late.length).toBeGreaterThan(280)
    }
  })
})

describe('through a load balancer that passes connections on (mode tcp)', () => {
  /** The same site, with boxes of layer 4 between the application and its database. */
  const through = (way: string, options: Parameters<typeof site>[0]) =>
    site(options)
      .replace('database: db,', `database: ${way},`)
      .replace('wires: { app', `wires: { ${way}`)
      .replace('db: { kind', 'lb: { kind: haproxy, mode: tcp, service: 0s, servers: [db] }\n  db: { kind')
      .replace('lb: {', 'fw: { kind: firewall, to: lb, service: 0s }\n  lb: {')
      .replace(`${way} -> db`, 'lb -> db')

  test.each<[string, Parameters<typeof site>[0], readonly number[], readonly number[]]>([
    ['of a request', { app: 'after: 2s, queries: 3' }, [1.05, 15.055], [9, 20]],
    ['of a query', { app: 'after: 2s, queries: 3, connection: query' }, [15.0705, 15.1], [1, 0]],
    ['that is persistent', { app: 'connection: persistent' }, [5.05, 19.05], [1, 1]],
    ['of a pool', { app: 'queries: 3, pool: { size: 5 }' }, [5.05, 19.05], [2, 2]],
    ['of a pool, for a query', { app: 'queries: 3, pool: { size: 5, held: query }' }, [5.05, 19.05], [2, 2]],
  ])('one %s takes a place as long as it does without', (_, options, times, expected) => {
    const direct = connections(site(options), times)
    for (const way of ['lb', 'fw']) expect(connections(through(way, options), times), way).toEqual(direct)
    expect(direct).toEqual(expected)
  })

  test.each([
    ['the application dies', 'after: 2s', '{ kind: crash, target: app, at: 10.01s, for: 5s }'],
    ['its worker is killed', 'after: 2s, request_terminate_timeout: 1s', ''],
    ['the database dies', 'after: 2s', '{ kind: crash, target: db, at: 10.01s, for: 5s }'],
    ['the load balancer dies', 'after: 2s', '{ kind: crash, target: lb, at: 10.01s, for: 5s }'],
    ['the database hangs', 'after: 2s, read_timeout: 1s', '{ kind: hang, target: db, at: 10.01s, for: 5s }'],
  ])('none is left where %s', (_, app, fault) => {
    for (const more of ['', ', connection: persistent', ', pool: { size: 30 }']) {
      const options = {
        app: `${app}, queries: 2${more}`,
        lasts: '40s',
        more: `faults: [${fault}]`,
        arrive: 'constant(10/s), profile: { 0s: 100%, 20s: 100%, 20.1s: 0% }',
      }
      const { ended } = play(through('lb', options))
      const late = ended.filter((r) => r.arrived > 16)
      expect(late.length).toBeGreaterThan(30)
      if (!app.includes('terminate')) expect(tally(late), more).toEqual({ ok: late.length })
      const { model } = world(through('lb', options))
      const db = model.components.get('db') as unknown as { open: { value: number } }
      const lb = model.components.get('lb') as unknown as { servers: { inFlight: number }; idle: number }
      const left = looks(model, [39], () => [db.open.value, lb.servers.inFlight, lb.idle])
      model.run()
      const kept = left[0]![0]!
      expect(left[0], more).toEqual([kept, kept, kept])
      expect(kept === 0, more).toBe(more === '')
      if (more.includes('pool')) expect(kept).toBeLessThanOrEqual(30)
    }
  })
})
