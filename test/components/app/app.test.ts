import { describe, expect, test } from 'vitest'
import { app } from '../../../sim/components/app/app.js'
import { Syn } from '../../../sim/parts/port.js'
import { offBy } from '../../support/statistics.js'
import {
  type Ended,
  looks,
  play,
  problemsOf,
  response,
  responses,
  tally,
  world,
} from '../../support/world.js'

interface Site {
  app?: string
  users?: string
  db?: string
  more?: string
  faults?: string
  lasts?: string
  wires?: string
}

/** Visitors at an application with one database, each on a machine of its own. */
const site = ({
  app = 'service: 10ms',
  users = 'arrive: constant(10/s)',
  db = 'kind: service, service: 10ms, servers: unlimited',
  more = '',
  faults = '',
  lasts = '60s',
  wires = '',
}: Site) => `
lasts: ${lasts}
warmup: 0s
hosts: { code: { cores: 1000 }, data: { cores: 1000 } }
users: { u: { ${users}, to: app } }
components:
  app: { kind: app, host: code, database: db, ${app} }
  db: { ${db}, host: data }
${more}
wires: { ${wires} }
faults: [${faults}]
`

const latencies = (ended: readonly Ended[], outcome: string) =>
  responses(ended.filter((r) => r.outcome === outcome))

describe('options', () => {
  test("have PHP's defaults (www.conf: pm.max_children 5, listen.backlog 511, request_terminate_timeout 0; mysqlnd)", () => {
    expect(app.options.parse({ service: '1ms' })).toMatchObject({
      workers: 5,
      backlog: 511,
      listen: 'tcp',
      request_terminate_timeout: Number.POSITIVE_INFINITY,
      reads: 'replicas',
      connect_timeout: 60,
      read_timeout: 86400,
    })
  })

  test('what cannot be is said with its place', () => {
    const says = (options: string) =>
      problemsOf(`
users: { u: { arrive: poisson(1/s), to: a } }
components:
  a: { kind: app, ${options} }
  p: { kind: mysql, service: 1ms, replicas: [r] }
  r: { kind: mysql, service: 1ms }
  other: { kind: mysql, service: 1ms }
`).join('\n')
    expect(says('workers: 5')).toContain('service')
    expect(says('service: 1ms, queries: 2')).toContain('expected database: too, to send them to')
    expect(says('service: 1ms, database: [p, other]')).toContain(
      'expected servers of one MySQL replication or Galera cluster, and other and p are not',
    )
    expect(says('service: 1ms, database: [p, r, r]')).toContain('r is here twice')
    expect(says('service: 1ms, database: q')).toContain('q')
    expect(says('service: 1ms, worker: 3')).toContain('workers')
    expect(says('service: 1ms, writes: [post]')).toContain('post')
    expect(says('service: 1ms, database: [r, p]')).toBe('')
  })
})

describe('workers', () => {
  test('5 children of 100 ms give 50/s; at 60/s the backlog grows by 10/s and is full after 51 s, then a unix socket refuses', () => {
    const { model, ended } = world(
      site({
        app: 'service: 40ms, after: 50ms, listen: unix',
        users: 'arrive: constant(60/s)',
        lasts: '80s',
      }),
    )
    const waiting = looks(model, [10, 20, 50], () => model.components.get('app')!.station!.waiting)
    model.run()
    expect(waiting.map((n) => Math.round(n / 10))).toEqual([10, 20, 50])
    const refused = ended.filter((r) => r.outcome === 'refused')
    expect(refused[0]!.arrived).toBeGreaterThan(50.5)
    expect(refused[0]!.arrived).toBeLessThan(51.5)
    expect(refused.length).toBeCloseTo((80 - 51.3) * 10, -1)
    expect(latencies(ended, 'refused')).toEqual([0])
    expect(Math.abs(ended.filter((r) => r.outcome === 'ok').length - 80 * 50)).toBeLessThan(10)
  })

  test('on tcp a full backlog is silence: a place that is free 0.5 s later is found at the next SYN, after 1 s', () => {
    const { model, ended } = play(
      site({
        app: 'workers: 1, backlog: 0, service: 640ms',
        users: 'arrive: constant(10/s), profile: { 0s: 100%, 350ms: 0% }',
      }),
    )
    // The first works until 0.75 s; the second has the one place; the third comes at 0.31 s.
    expect(ended.map((r) => +r.ended.toFixed(6))).toEqual([0.75, 1.4, 2.05])
    expect(model.components.get('app')!.probe.refused).toBe(1)
  })

  test('a slow database divides the capacity, though the CPU is idle', () => {
    const rate = (service: string) =>
      tally(
        play(
          site({
            app: 'service: 1ms, listen: unix, backlog: 5',
            users: 'arrive: constant(1000/s)',
            db: `kind: service, service: ${service}, servers: unlimited`,
            lasts: '20s',
          }),
        ).ended,
      ).ok! / 20
    expect(rate('9ms')).toBeCloseTo(500, -1)
    expect(rate('99ms')).toBeCloseTo(50, -0.5)
  })

  test('a worker is held while the database answers: the exact QBD of 4 workers before one database', () => {
    // Level: requests; phase: those at the database. W 61.3 ms, at the database 20.8 ms, workers 71.46 %.
    const runs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((replication) => {
      const { model, ended } = play(
        site({
          app: 'workers: 4, backlog: 1000000, service: exponential(20ms)',
          db: 'kind: service, service: exponential(10ms)',
          users: 'arrive: poisson(70/s)',
          lasts: '600s',
        })
          .replace(', host: data', '')
          .replace('warmup: 0s', 'warmup: 20s'),
        replication,
      )
      const now = model.kernel.now
      const inside = model.components.get('db')!.probe.inside.mean(now)
      return [
        ended.reduce((sum, r) => sum + r.ended - r.arrived, 0) / ended.length,
        inside / 70,
        model.components.get('app')!.utilization(now),
      ]
    })
    for (const [i, exact] of [0.06130765000083174, 0.020834245097109055, 0.714599289199409].entries()) {
      const values = runs.map((r) => r[i]!)
      expect(offBy(values, exact)).toBeLessThan(1)
    }
  })

  test('a health check takes a worker, and no CPU time or query (ping.path)', () => {
    const { model } = play(
      site({
        app: 'workers: 1, service: 1s',
        more: '  lb: { kind: haproxy, service: 0s, servers: [app], default_server: { check: on }, option_httpchk: on }',
      }).replace('to: app', 'to: db'),
    )
    const { probe } = model.components.get('app')!
    expect(probe.outcomes[0]).toBeGreaterThan(25)
    expect(probe.waits.count).toBe(probe.outcomes[0])
    expect(probe.cpu).toBe(0)
    expect(model.wires.find((w) => w.from === 'app')!.sent).toBe(0)
  })
})

describe('queries', () => {
  test('are asked one after the other, by class; a failed one ends the request with 500', () => {
    const { ended, model } = play(
      site({
        app: 'service: 5ms, after: 1ms, queries: { static: 0, default: 3 }',
        users: 'arrive: constant(10/s), mix: { static: 50%, read: 50% }',
      }),
    )
    expect(latencies(ended, 'ok').sort()).toEqual([0.006, 0.036])
    expect(model.wires.find((w) => w.from === 'app')!.sent).toBeCloseTo(900, -2)
    const errors = play(site({ faults: '{ kind: errors, target: db, share: 100%, at: 0s }' }))
    expect(tally(errors.ended)).toEqual({ '500': errors.ended.length })
  })

  test('each draws numbers of its own', () => {
    const { ended } = play(
      site({
        app: 'service: 0s, queries: 4',
        db: 'kind: service, service: exponential(10ms), servers: unlimited',
        users: 'arrive: constant(10/s)',
        lasts: '1000s',
      }),
    )
    // A sum of four: variance 4 x 100 ms2. One number four times would give 16 x 100.
    const times = ended.map((r) => (r.ended - r.arrived) * 1000)
    const mean = times.reduce((a, b) => a + b) / times.length
    const variance = times.reduce((sum, t) => sum + (t - mean) ** 2, 0) / times.length
    expect(mean).toBeCloseTo(40, -0.5)
    expect(variance / 400).toBeGreaterThan(0.9)
    expect(variance / 400).toBeLessThan(1.1)
  })
})

describe('how it gives up', () => {
  test('request_terminate_timeout 2 s kills the worker of a request of 5 s: reset at 2 to 2.7 s, and the query goes on', () => {
    const { model, ended } = world(
      site({
        app: 'service: 0s, workers: 1, request_terminate_timeout: 2s',
        db: 'kind: service, service: 5s, servers: unlimited',
        users: 'arrive: constant(1/s), profile: { 0s: 100%, 1.5s: 0% }',
      }),
    )
    const below = looks(model, [4], () => model.components.get('db')!.probe.inside.value)
    model.run()
    expect(tally(ended)).toEqual({ reset: 1 })
    expect(response(ended[0]!)).toBeGreaterThan(2)
    expect(response(ended[0]!)).toBeLessThan(2 * (4 / 3))
    expect(below).toEqual([1])
    expect(model.context.requests.inUse).toBe(0)
  })

  // Measured on PHP-FPM 8.2.36: 2.36 s, sd 0.18, 2.15 to 2.56; a short request that came 0.3 s later took 0.3 s less.
  test('it strikes at the next look of the master, each third of the limit, and who waited is served then', () => {
    const runs = [...Array(40).keys()].map((seed) =>
      play(
        site({
          app: 'service: { slow: 6s, default: 10ms }, queries: 0, workers: 2, request_terminate_timeout: 2s',
          users: 'arrive: trace(test/components/app/slow-then-short.csv), mix: { slow: 50%, short: 50% }',
        }),
        seed,
      ).ended.map(response),
    )
    const slow = runs.map(([first]) => first!)
    const mean = slow.reduce((sum, x) => sum + x, 0) / runs.length
    expect(Math.abs(mean - 2.356)).toBeLessThan(0.35)
    expect(Math.min(...slow)).toBeGreaterThanOrEqual(2)
    expect(Math.max(...slow)).toBeLessThanOrEqual(2 * (4 / 3))
    expect(Math.max(...slow) - Math.min(...slow)).toBeGreaterThan(0.5)
    for (const [first, second, short] of runs) {
      expect(second).toBe(first)
      expect(short! - (first! - 0.29)).toBeCloseTo(0, 5)
    }
  })

  test('while the master hangs it kills nobody, and at its first look afterwards who is too late', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { ended } = play(
        site({
          app: 'service: 0s, workers: 1, request_terminate_timeout: 6s, read_timeout: 1d',
          db: 'kind: service, service: 60s, servers: unlimited',
          users: 'arrive: constant(1/s), profile: { 0s: 100%, 1.5s: 0% }',
          faults: '{ kind: hang, target: app, at: 2s, for: 18s }',
        }),
        seed,
      )
      expect(tally(ended)).toEqual({ reset: 1 })
      // It comes at 1 s; looks are 2 s apart.
      expect(ended[0]!.ended).toBeGreaterThanOrEqual(20)
      expect(ended[0]!.ended).toBeLessThan(22)
    }
  })

  test('the limit counts from when a worker takes the request, not while it waits', () => {
    const { ended } = play(
      site({
        app: 'service: 1.5s, workers: 1, request_terminate_timeout: 2s',
        users: 'arrive: constant(10/s), profile: { 0s: 100%, 250ms: 0% }',
      }),
    )
    expect(tally(ended)).toEqual({ ok: 2 })
  })

  test('the database: refused at once, silent until connect_timeout, hung until read_timeout; each is a 500', () => {
    const timed = 'service: 0s, connect_timeout: 2s, read_timeout: 3s, workers: 1000'
    const cases: [string, number[]][] = [
      ['{ kind: crash, target: db, at: 0s }', [0]],
      ['{ kind: crash, target: data, at: 0s }', [2]],
      ['{ kind: partition, target: app -> db, at: 0s }', [2]],
      ['{ kind: hang, target: db, at: 0s }', [3]],
    ]
    for (const [faults, expected] of cases)
      expect(latencies(play(site({ app: timed, faults, lasts: '10s' })).ended, '500')).toEqual(expected)
  })

  test('callers who give up leave the worker at work', () => {
    const { model, ended } = play(
      site({
        app: 'workers: 2, service: 1s, backlog: 1000',
        users: 'arrive: constant(10/s), timeout: 500ms, profile: { 0s: 100%, 10s: 0% }',
        lasts: '70s',
      }),
    )
    expect(tally(ended)).toEqual({ timeout: ended.length })
    expect(model.components.get('app')!.probe.outcomes[0]).toBe(ended.length)
    expect(model.context.requests.inUse).toBe(0)
  })
})

describe('how it dies', () => {
  test('a crash resets those with a worker and those in the backlog, and refuses; it starts with empty hands', () => {
    const { model, ended } = world(
      site({
        app: 'workers: 2, service: 1s',
        users: 'arrive: constant(10/s), profile: { 0s: 100%, 1.05s: 0% }',
        faults: '{ kind: crash, target: app, at: 450ms, for: 370ms }',
      }),
    )
    const taken = looks(model, [0.44, 0.6, 0.95], () => model.components.get('app')!.station!.taken)
    model.run()
    expect(tally(ended)).toEqual({ reset: 4, refused: 4, ok: 2 })
    expect(taken).toEqual([2, 0, 1])
  })

  test('while it hangs, connections are made until the accept queue is full, which is that of the backlog', () => {
    const { model } = world(
      site({
        app: 'workers: 2, backlog: 10, service: 100s',
        faults: '{ kind: hang, target: app, at: 850ms }',
        lasts: '5s',
      }),
    )
    const seen = looks(model, [0.8, 1.25, 1.35, 4], () => {
      const { syn, probe } = model.components.get('app')!
      return [syn === Syn.accepted, probe.inside.value]
    })
    model.run()
    // Two work, six wait; five more are taken while it hangs: the queue holds one more than the backlog.
    expect(seen).toEqual([
      [true, 8],
      [true, 12],
      [false, 13],
      [false, 13],
    ])
  })

  test('a check that only connects finds a full backlog as it finds a dead machine', () => {
    const { model } = world(site({ app: 'workers: 1, backlog: 2, service: 100s', lasts: '2s' }))
    const seen = looks(model, [0.35, 0.45], () => model.components.get('app')!.syn === Syn.accepted)
    model.run()
    expect(seen).toEqual([true, false])
  })

  const faults: [string, string][] = [
    ['the database crashes', '{ kind: crash, target: db, at: 10s, for: 5s }'],
    ['its machine dies', '{ kind: crash, target: data, at: 10s, for: 5s }'],
    ['the database hangs', '{ kind: hang, target: db, at: 10s, for: 5s }'],
    ['the wire is cut', '{ kind: partition, target: app -> db, at: 10s, for: 5s }'],
    ['packets are lost', '{ kind: loss, target: app -> db, share: 30%, at: 10s, for: 5s }'],
    ['the application hangs', '{ kind: hang, target: app, at: 10s, for: 5s }'],
    ['the application crashes', '{ kind: crash, target: app, at: 10s, for: 5s }'],
    [
      'all of it at once',
      `{ kind: hang, target: app, at: 10s, for: 5s }, { kind: crash, target: data, at: 11s, for: 5s },
       { kind: partition, target: app -> db, at: 9s, for: 3s }, { kind: crash, target: code, at: 13s, for: 5s }`,
    ],
  ]
  test.each(faults)('no worker, connection or request is left behind when %s', (_, fault) => {
    for (const listen of ['tcp', 'unix']) {
      const { model } = play(
        site({
          app: `service: exponential(5ms), queries: 2, read_timeout: 3s, connect_timeout: 2s, workers: 20, backlog: 30,
            request_terminate_timeout: 4s, listen: ${listen}`,
          db: 'kind: mysql, service: exponential(10ms), max_connections: 15',
          users: 'arrive: poisson(200/s), timeout: 2s, retries: 1, profile: { 0s: 100%, 40s: 0% }',
          faults: fault,
          wires: 'app -> db: { latency: 1ms }',
          // A packet that is lost over and over is on its way for up to 102 s.
          lasts: '200s',
        }),
      )
      for (const component of model.components.values())
        expect([component.station!.taken, component.station!.waiting, component.probe.inside.value]).toEqual([
          0, 0, 0,
        ])
      expect(model.context.requests.inUse).toBe(0)
    }
  })
})
