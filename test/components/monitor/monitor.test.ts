import { describe, expect, test } from 'vitest'
import type { Model } from '../../../sim/model/model.js'
import { fault, looks, play, problemsOf, world } from '../../support/world.js'

/** A web server and a database, each on a machine of its own, and a monitor that watches them. */
const site = ({
  monitor = '',
  targets = '[web, db]',
  faults = '',
  lasts = '10min',
  users = 'arrive: constant(10/s), timeout: 2s',
  web = 'kind: nginx, host: server, upstream: [db]',
  more = '',
  warmup = '0s',
}: Partial<
  Record<'monitor' | 'targets' | 'faults' | 'lasts' | 'users' | 'web' | 'more' | 'warmup', string>
>) => `
lasts: ${lasts}
warmup: ${warmup}
hosts: { server: { cores: 4 }, data: { cores: 4 }, watch: { cores: 1 } }
users: { u: { to: web, ${users} } }
components:
  web: { ${web} }
  db: { kind: service, host: data, servers: unlimited, service: 10ms }
  monitor: { kind: monitor, host: watch, targets: ${targets}${monitor && `, ${monitor}`} }
${more}
faults: [${faults}]
`

const seen = (model: Model) => model.components.get('monitor')!.extra(model.kernel.now)
const see = (text: string, replication = 0) => seen(play(text, replication).model)

/** Times to detect, over `n` replications: the phases of scrapes and evaluations are chance. */
const detections = (text: string, n = 100) =>
  Array.from({ length: n }, (_, r) => see(text, r).time_to_detect_s!)

function expectUniformSum(
  times: readonly number[],
  constant: number,
  scrape: number,
  evaluation: number,
): void {
  const mean = times.reduce((a, b) => a + b) / times.length
  const variance = times.reduce((sum, t) => sum + (t - mean) ** 2, 0) / times.length
  const exact = (scrape ** 2 + evaluation ** 2) / 12
  expect(Math.min(...times)).toBeGreaterThanOrEqual(constant - 1e-6)
  expect(Math.max(...times)).toBeLessThan(constant + scrape + evaluation + 0.1)
  expect(Math.abs(mean - (constant + (scrape + evaluation) / 2))).toBeLessThan(
    4 * Math.sqrt(exact / times.length) + 0.05,
  )
  expect(Math.abs(variance / exact - 1)).toBeLessThan(0.48)
}

describe('time to detect: to the next scrape, to the next evaluation, for, group_wait', () => {
  // Quiet, so that 100 replications are soon over.
  const quiet = { users: 'arrive: constant(1/h)', monitor: '', lasts: '400s' }

  test('as Prometheus and Alertmanager are delivered: 1 min, 1 min, 0 s, 30 s: 30 s to 150 s, 90 s in the mean', () => {
    expectUniformSum(detections(site({ ...quiet, faults: fault('crash', 'web', '100s') })), 30, 60, 60)
  })

  test('15 s, 15 s, for 1 min, 30 s: 90 s to 120 s, 105 s in the mean', () => {
    const monitor = 'scrape_interval: 15s, evaluation_interval: 15s, for: 1min'
    expectUniformSum(
      detections(site({ ...quiet, monitor, faults: fault('crash', 'web', '100s') })),
      90,
      15,
      15,
    )
  })

  test('a dead machine is silent: scrape_timeout comes on top', () => {
    const monitor = 'scrape_interval: 15s, evaluation_interval: 15s, for: 1min'
    for (const kind of ['crash', 'hang'])
      expectUniformSum(
        detections(site({ ...quiet, monitor, faults: fault(kind, 'server', '100s') })),
        100,
        15,
        15,
      )
    const soon = `${monitor}, scrape_timeout: 2s`
    expectUniformSum(
      detections(site({ ...quiet, monitor: soon, faults: fault('crash', 'server', '100s') })),
      92,
      15,
      15,
    )
  })

  test('for is rounded up to evaluations: 70 s at 15 s each are 75 s', () => {
    const monitor = 'scrape_interval: 15s, evaluation_interval: 15s, for: 70s, group_wait: 0s'
    expectUniformSum(
      detections(site({ ...quiet, monitor, faults: fault('crash', 'web', '100s') })),
      75,
      15,
      15,
    )
  })
})

describe('what is noticed', () => {
  const monitor = 'scrape_interval: 15s, evaluation_interval: 15s, for: 1min'

  test('an outage is noticed once, whoever is down', () => {
    const faults = [fault('crash', 'web', '100s', '200s'), fault('crash', 'data', '250s', '200s')].join(', ')
    expect(see(site({ monitor, faults }))).toMatchObject({ outages: 2, noticed: 2, false_alarms: 0 })
  })

  test('30 s of outage again and again never fire with for 1 min: one good evaluation begins anew', () => {
    const flapping = Array.from({ length: 8 }, (_, i) =>
      fault('crash', 'web', `${60 + 60 * i}s`, '30s'),
    ).join(', ')
    expect(see(site({ monitor, faults: flapping }))).toMatchObject({
      outages: 8,
      noticed: 0,
      false_alarms: 0,
    })
    // Without for, what a scrape has seen is told, unless it is over before group_wait is.
    const eager = 'scrape_interval: 5s, evaluation_interval: 5s, group_wait: 5s'
    expect(see(site({ monitor: eager, faults: flapping }))).toMatchObject({ outages: 8, noticed: 8 })
    expect(
      see(site({ monitor: `${eager.replace('group_wait: 5s', 'group_wait: 40s')}`, faults: flapping })),
    ).toMatchObject({ noticed: 0 })
  })

  test('what is over between two scrapes was never there', () => {
    const faults = fault('crash', 'web', '100s', '2s')
    const noticed = Array.from(
      { length: 20 },
      (_, r) =>
        see(
          site({ monitor: 'for: 0s, group_wait: 0s', faults, users: 'arrive: constant(1/h)', lasts: '3min' }),
          r,
        ).noticed!,
    )
    // Seen with probability 2 in 60, and told if it is evaluated before the next scrape.
    expect(noticed.reduce((a, b) => a + b)).toBeLessThan(4)
  })

  test('a process that hangs is noticed though its port is open', () => {
    expect(see(site({ monitor, faults: fault('hang', 'web', '100s', '300s') }))).toMatchObject({
      outages: 1,
      noticed: 1,
    })
  })

  test('an expired certificate is no outage: every process is up', () => {
    const web = 'kind: haproxy, host: server, servers: [db], default_server: { check: on }, tls: {}'
    const result = see(site({ monitor, web, faults: fault('certificate', 'web', '100s', '300s') }))
    expect(result).toMatchObject({ outages: 0, noticed: 0, false_alarms: 0 })
  })

  test('a cut between monitor and target is a false alarm; a cut elsewhere is none', () => {
    const cut = (wire: string) => see(site({ monitor, faults: fault('partition', wire, '100s', '300s') }))
    expect(cut('monitor -> db')).toMatchObject({ outages: 0, noticed: 0, false_alarms: 1 })
    expect(cut('web -> db')).toMatchObject({ outages: 0, noticed: 0, false_alarms: 0 })
  })

  test('scrapes that fail from an outage on tell of it, though it is over when the notice goes out', () => {
    const faults = [
      fault('crash', 'db', '100s', '50s'),
      fault('partition', 'monitor -> db', '140s', '200s'),
    ].join(', ')
    expect(see(site({ monitor, faults }))).toMatchObject({ outages: 1, noticed: 1, false_alarms: 0 })
  })

  test('a host too slow to answer a scrape in time is a false alarm', () => {
    const faults = fault('slow', 'server', '100s', '300s').replace('300s', '300s, factor: 3000')
    expect(see(site({ monitor, faults, users: 'arrive: constant(1/h)' }))).toMatchObject({
      outages: 0,
      noticed: 0,
      false_alarms: 1,
    })
  })

  test('an outage that began in the warm-up is not counted', () => {
    // Random faults run in the warm-up too: 50 s up, then down for good.
    const text = site({
      monitor,
      warmup: '100s',
      faults: '{ kind: crash, target: web, mtbf: 50s, mttr: 1h }',
    })
    expect(see(text)).toMatchObject({ outages: 0, noticed: 0 })
  })
})

describe('the monitor itself', () => {
  const monitor = 'scrape_interval: 15s, evaluation_interval: 15s, for: 1min'
  const both = (own: string) =>
    site({ monitor, faults: [own, fault('crash', 'server', '150s', '120s')].join(', '), lasts: '900s' })

  test.each([
    ['its process is dead', fault('crash', 'monitor', '100s', '300s')],
    ['its machine is dead', fault('crash', 'watch', '100s', '300s')],
    ['it hangs', fault('hang', 'monitor', '100s', '300s')],
  ])(
    'while %s a server dies, and comes back: nobody is told, unless it was only for a moment',
    (why, own) => {
      const { outages, noticed } = see(both(own))
      expect(outages).toBe(1)
      expect(noticed).toBe(why === 'it is cut off' ? 1 : 0)
    },
  )

  test('back before the server is, it begins anew: 115 s in the mean from its return', () => {
    const text = site({
      monitor,
      users: 'arrive: constant(1/h)',
      faults: [fault('crash', 'watch', '100s', '300s'), fault('crash', 'server', '150s')].join(', '),
      lasts: '900s',
    })
    // Down at 150 s, watched from 400 s on: 250 s more than the usual 100 s to 130 s.
    expectUniformSum(detections(text, 60), 350, 15, 15)
  })

  test('that hangs when a notice is due sends it when it runs again', () => {
    const faults = [fault('crash', 'web', '100s'), fault('hang', 'monitor', '190s', '200s')].join(', ')
    const late = detections(
      site({
        monitor: `${monitor}, group_wait: 1min`,
        faults,
        users: 'arrive: constant(1/h)',
        lasts: '900s',
      }),
      40,
    )
    // Firing at 160 s to 190 s, due at 220 s to 250 s, sent at 390 s.
    expect([...new Set(late.map((t) => +t.toFixed(6)))]).toEqual([290])
  })

  test('that dies when a notice is due has forgotten it', () => {
    const faults = [fault('crash', 'web', '100s'), fault('crash', 'monitor', '190s', '200s')].join(', ')
    const text = site({
      monitor: `${monitor}, group_wait: 1min`,
      faults,
      users: 'arrive: constant(1/h)',
      lasts: '900s',
    })
    // From its return at 390 s: a scrape, an evaluation, for, group_wait.
    expectUniformSum(detections(text, 60), 290 + 120, 15, 15)
  })
})

describe('what it costs', () => {
  test('CPU on the host of each target: one scrape in scrape_interval, and a share of a core for the collector', () => {
    const busy = (monitor: string, host = 'server') => {
      const { model } = play(site({ monitor, users: 'arrive: constant(1/h)', lasts: '1h' }))
      return model.hosts.get(host)!.processor.busy.mean(model.kernel.now)
    }
    expect(busy('agent_load: 0%, agent_service: 30ms, scrape_interval: 15s')).toBeCloseTo(0.03 / 15, 5)
    expect(busy('agent_load: 5%, agent_service: 0ms')).toBeCloseTo(0.05, 3)
    // 5 ms in a minute, and 2 % of a core.
    expect(busy('')).toBeCloseTo(0.02 + 0.005 / 60, 4)
    expect(busy('', 'watch')).toBe(0)
  })

  test('two targets on one host: two scrapes, one collector', () => {
    const { model } = play(
      site({
        monitor: 'agent_service: 60ms, agent_load: 5%',
        users: 'arrive: constant(1/h)',
        lasts: '1h',
        more: '  db-2: { kind: service, host: data, servers: unlimited, service: 10ms }',
        targets: '[web, db, db-2]',
      }),
    )
    expect(model.hosts.get('data')!.processor.busy.mean(model.kernel.now)).toBeCloseTo(0.05 + 2 * 0.001, 3)
  })

  test('what visitors do is slowed by it, as by anything on their host', () => {
    const latency = (monitor: string) => {
      const { ended } = play(
        site({ monitor, users: 'arrive: poisson(20/s)', lasts: '1h' }).replace(
          'data: { cores: 4 }',
          'data: { cores: 1 }',
        ),
      )
      return ended.reduce((sum, r) => sum + r.ended - r.arrived, 0) / ended.length
    }
    // Of one core the collector takes 30 % in pieces of 0.6 s: work beside them takes twice as long.
    expect(latency('agent_load: 30%') / latency('agent_load: 0%')).toBeGreaterThan(1.2)
  })
})

describe('QPS as the access log shows it', () => {
  const logged = (text: string) => {
    const { qps_logged, qps_real } = see(text)
    return [qps_logged!, qps_real!] as const
  }

  test('is what visitors ask, as long as all goes well', () => {
    const [log, real] = logged(site({ lasts: '1h' }))
    expect(real).toBeCloseTo(10, 2)
    // One scrape interval may be missing at the end.
    expect(log).toBeGreaterThan(9.8)
    expect(log).toBeLessThanOrEqual(10)
  })

  test('lacks what never came so far: the web server was down for half of the time', () => {
    // Of the half hour that it was up, an interval may be missing before the crash, and before the end.
    const monitor = 'scrape_interval: 5s'
    const [log, real] = logged(
      site({ monitor, lasts: '1h', faults: fault('crash', 'web', '10min', '30min') }),
    )
    expect(real).toBeCloseTo(10, 2)
    expect(log).toBeCloseTo(5, 1)
  })

  test('holds more than visitors asked: retries, and what attackers asked', () => {
    const [log, real] = logged(
      site({
        lasts: '1h',
        web: 'kind: nginx, host: server, upstream: [db], proxy_next_upstream: [error]',
        users: 'arrive: constant(10/s), retries: 2, backoff: 10ms',
        faults: fault('errors', 'db', '0s').replace(' }', ', share: 50% }'),
      }),
    )
    expect(real).toBeCloseTo(10, 2)
    // Tries in the mean: (1 - 0.5^3) / 0.5.
    expect(log / 10).toBeCloseTo(1.75, 1)
  })

  test('a log read late is not lost: the monitor down, or its way cut, catches up', () => {
    const [log] = logged(site({ lasts: '1h', faults: fault('crash', 'watch', '10min', '30min') }))
    expect(log).toBeGreaterThan(9.8)
    const [never] = logged(site({ lasts: '1h', faults: fault('crash', 'watch', '30min') }))
    expect(never).toBeCloseTo(5, 0)
  })

  test('is left out where no target has a log', () => {
    expect(see(site({ targets: '[db]' }))).not.toHaveProperty('qps_logged')
  })
})

test('the scrapes of one target do not move those of another', () => {
  const first = (targets: string) => {
    const { model } = world(site({ targets, users: 'arrive: constant(1/h)' }))
    const wire = model.wires.find((w) => w.from === 'monitor' && w.towards === 'db')!
    const times: number[] = []
    const send = wire.send.bind(wire)
    wire.send = (request) => {
      times.push(model.kernel.now)
      send(request)
    }
    model.run()
    return times
  }
  const alone = first('[db]')
  expect(alone).toHaveLength(10)
  for (const [i, t] of alone.entries()) expect(t).toBeCloseTo(alone[0]! + 60 * i, 9)
  expect(first('[web, db]')).toEqual(alone)
})

test('nothing is left behind: silent hosts, cuts, deaths of the monitor in the middle of a scrape', () => {
  const faults = [
    fault('crash', 'server', '50s', '100s'),
    fault('partition', 'monitor -> db', '100s', '100s'),
    fault('crash', 'monitor', '120s', '7s'),
    fault('hang', 'monitor', '180s', '60s'),
    fault('hang', 'data', '300s', '60s'),
  ].join(', ')
  const { model } = world(
    site({
      monitor: 'scrape_interval: 11s, scrape_timeout: 10s',
      faults,
      users: 'arrive: poisson(5/s), timeout: 2s',
    }),
  )
  const inUse = looks(model, [599], () => model.context.requests.inUse)
  model.run()
  for (const users of model.users) users.surge.bend(0)
  // Between two rounds of scrapes nothing is on its way.
  const later = looks(
    model,
    Array.from({ length: 40 }, (_, i) => 650 + i - 600),
    () => model.context.requests.inUse,
  )
  model.kernel.run(model.kernel.now + 120)
  expect(inUse[0]).toBeGreaterThanOrEqual(0)
  expect(Math.min(...later)).toBe(0)
})

test('misuse is explained, with its place', () => {
  const said = (monitor: string) => problemsOf(site({ monitor }))[0]
  expect(said('scrape_timeout: 2min')).toMatch(
    /^9:62: components\.monitor\.scrape_timeout: expected no more than the scrape_interval/,
  )
  // Prometheus shortens its default by itself.
  expect(problemsOf(site({ monitor: 'scrape_interval: 5s' }))).toEqual([])
  expect(said('scrape_interval: 0s')).toMatch(/scrape_interval: expected a duration of 1ms or more/)
  expect(said('agent_load: 200%')).toMatch(/agent_load: expected a share/)
  expect(said('scrape_intervall: 5s')).toMatch(
    /there is no option "scrape_intervall"; did you mean "scrape_interval"\?/,
  )
  expect(problemsOf(site({ targets: '[]' }))[0]).toMatch(/targets: expected at least one component/)
  expect(problemsOf(site({ targets: '[web, bd]' }))[0]).toMatch(
    /there is no component "bd"; did you mean "db"\?/,
  )
})
