import { describe, expect, test } from 'vitest'
import { fault, play, problemsOf } from '../../support/world.js'

/** A web server before an application, and a monitor that watches both. */
const site = ({
  rules = '',
  faults = '',
  monitor = '',
  more = '',
  web = 'kind: nginx, upstream: [app]',
  targets = '[web, app]',
  lasts = '300s',
  rate = '5/s',
}: Partial<
  Record<'rules' | 'faults' | 'monitor' | 'more' | 'web' | 'targets' | 'lasts' | 'rate', string>
>) => `
lasts: ${lasts}
warmup: 0s
users: { u: { to: web, arrive: constant(${rate}), timeout: 20s } }
components:
  web: { ${web} }
  app: { kind: service, servers: unlimited, service: 10ms }
${more}
  m: { kind: monitor, targets: ${targets}, scrape_interval: 15s, evaluation_interval: 15s, group_wait: 0s, rules: [${rules}]${monitor} }
faults: [${faults}]
`
const rule = (alert: string, expr: string, more = '') =>
  `{ alert: ${alert}, expr: ${expr}, range: 1min, targets: web${more && `, ${more}`} }`
const errors = (share: string, lasts = '150s') =>
  fault('errors', 'app', '100s', lasts).replace(' }', `, share: ${share} }`)
const slow = fault('slow', 'app', '100s', '150s').replace(' }', ', factor: 100 }')

function seen(text: string, replication = 0) {
  const { model, ended } = play(text, replication)
  const of = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  return { counts: of('m'), of, told: model.context.detections.map(({ says }) => says), ended }
}
const runs = (text: string, n = 3) => Array.from({ length: n }, (_, r) => seen(text, r).counts)
const times = (text: string, signal: string, n = 3) =>
  runs(text, n).map((counts) => counts[`on_${signal}_time_to_detect_s`]!)

describe('a rule on the error rate', () => {
  const high = rule('Errors', 'error_rate > 10%')

  test('tells of errors that the probes of up do not see, and is silent before and without', () => {
    for (const counts of runs(site({ rules: high, faults: errors('50%') }), 4))
      expect(counts).toMatchObject({ outages: 0, on_error_rate_alerts: 1, on_error_rate_false_alerts: 0 })
    expect(seen(site({ rules: high, faults: errors('50%') })).told).toEqual(['told people of Errors at web'])
    expect(seen(site({ rules: high })).counts).toMatchObject({ on_error_rate_alerts: 0, outages: 0 })
    expect(seen(site({ rules: high, faults: errors('5%') })).counts.on_error_rate_alerts).toBe(0)
  })

  test('in time: to the next scrape and evaluation where one sample is enough; the share of the range that it takes', () => {
    // Samples in a range of 60 s are 45 s apart, from the first to the last: a tenth of that is enough.
    for (const time of times(site({ rules: high, faults: errors('100%') }), 'error_rate')) {
      expect(time).toBeGreaterThan(4)
      expect(time).toBeLessThan(4.5 + 15 + 15)
    }
    // Or nine tenths of it have to lie in the trouble.
    const most = rule('Errors', 'error_rate > 90%')
    for (const time of times(site({ rules: most, faults: errors('100%') }), 'error_rate')) {
      expect(time).toBeGreaterThan(40)
      expect(time).toBeLessThan(45 + 15 + 15)
    }
  })

  test('for: it must hold at every evaluation, which adds as much, and one that does not begins anew', () => {
    const text = (more = '') =>
      site({ rules: rule('Errors', 'error_rate > 10%', more), faults: errors('50%') })
    const [now, later] = [times(text(), 'error_rate', 3), times(text('for: 31s'), 'error_rate', 3)]
    for (const [i, time] of later.entries()) expect(time).toBeCloseTo(now[i]! + 45, 6)
    // Errors of 30 s are in a range of a minute for 90 s at most.
    expect(
      seen(site({ rules: rule('Errors', 'error_rate > 10%', 'for: 2min'), faults: errors('50%', '30s') }))
        .counts.on_error_rate_alerts,
    ).toBe(0)
  })

  test('is false where no visitor failed: another server answered', () => {
    const web = 'kind: nginx, upstream: [app, other], proxy_next_upstream: [error, http_500]'
    const more = '  other: { kind: service, servers: unlimited, service: 10ms }'
    const rules = '{ alert: Errors, expr: error_rate > 10%, range: 1min, targets: app }'
    // Those who failed long before do not make it true.
    const before = fault('errors', 'web', '10s', '5s').replace(' }', ', share: 100% }')
    const faults = [before, errors('50%')].join(', ')
    expect(seen(site({ web, more, rules, faults })).counts).toMatchObject({
      on_error_rate_alerts: 1,
      on_error_rate_false_alerts: 1,
      on_error_rate_time_to_detect_s: Number.NaN,
    })
  })

  test('does not count what clients do wrong', () => {
    const web = 'kind: nginx, upstream: [app], location: { request: return 404 }'
    expect(seen(site({ web, rules: high })).counts.on_error_rate_alerts).toBe(0)
    expect(seen(site({ web: web.replace('404', '503'), rules: high })).counts.on_error_rate_alerts).toBe(1)
  })
})

describe('a rule on latencies', () => {
  const both = [rule('Mean', 'latency_mean > 500ms'), rule('P99', 'latency_p99 > 500ms')].join(', ')

  test('tells of what is slow, by the mean and by a quantile', () => {
    const { told, counts } = seen(site({ rules: both, faults: slow }))
    expect(told.sort()).toEqual(['told people of Mean at web', 'told people of P99 at web'])
    expect(counts).toMatchObject({ on_latency_alerts: 2, on_latency_false_alerts: 0 })
    expect(seen(site({ rules: both })).counts.on_latency_alerts).toBe(0)
  })

  test('a quantile sees one in twenty that is slow, the mean does not', () => {
    // Every twentieth waits a second: the mean is 60 ms.
    const text = site({ rules: both }).replace('service: 10ms', 'service: { rare: 1s, default: 10ms }')
    const mixed = text.replace('timeout: 20s', 'timeout: 20s, mix: { rare: 5%, usual: 95% }')
    expect(seen(mixed).told).toEqual(['told people of P99 at web'])
  })

  test('is blind while nothing is answered; when it is over it tells where the range reaches back to before', () => {
    const text = (lasts: string, range = '1min') => {
      const rules = rule('Slow', 'latency_mean > 500ms').replace('web', 'app').replace('1min', range)
      return site({ rules, lasts, faults: fault('hang', 'app', '100s', '90s') })
    }
    expect(seen(text('189s')).told).toEqual(['told people of app'])
    // Those who waited are all answered at once, before the first scrape that comes back.
    expect(seen(text('250s')).counts.on_latency_alerts).toBe(0)
    expect(seen(text('250s', '3min')).counts).toMatchObject({
      on_latency_alerts: 1,
      on_latency_false_alerts: 0,
    })
  })
})

test('a rule on QPS tells when less comes, also of what never came so far', () => {
  const front = '  front: { kind: balancer, policy: roundrobin, servers: [web] }'
  const text = site({ rules: rule('Quiet', 'qps < 3/s'), more: front })
    .replace('to: web', 'to: front')
    .replace('faults: []', `faults: [${fault('partition', 'front -> web', '100s', '150s')}]`)
  expect(seen(text).counts).toMatchObject({ outages: 0, on_qps_alerts: 1, on_qps_false_alerts: 0 })
  const busy = rule('Busy', 'qps > 8/s')
  expect(seen(site({ rules: busy })).counts.on_qps_alerts).toBe(0)
  // Nobody fails since many come: as the visitors have it, that is nothing.
  const surge = fault('surge', 'u', '100s', '150s').replace(' }', ', factor: 2 }')
  expect(seen(site({ rules: busy, faults: surge })).counts).toMatchObject({
    on_qps_alerts: 1,
    on_qps_false_alerts: 1,
  })
})

test('a counter that dies with its process makes no negative rate, and no error of its own', () => {
  const rules = [rule('Errors', 'error_rate > 1%'), rule('Quiet', 'qps < 3/s')].join(', ')
  const faults = fault('crash', 'web', '200s', '1s')
  const { counts } = seen(site({ rules, faults }))
  expect(counts).toMatchObject({ on_error_rate_alerts: 0, on_qps_alerts: 0 })
  // But what came since the last scrape before is lost: a crash of a second looks like more.
  const less = (faults: string) =>
    runs(site({ rules: rule('Less', 'qps < 4.6/s'), faults }), 4).reduce(
      (sum, one) => sum + one.on_qps_alerts!,
      0,
    )
  expect(less('')).toBe(0)
  expect(less(faults)).toBeGreaterThan(1)
})

test('a rule on up has a for of its own', () => {
  const rules = rule('Gone', 'up == 0', 'for: 1min')
  const { counts } = seen(site({ rules, faults: fault('crash', 'web', '100s', '150s') }))
  expect(counts).toMatchObject({ outages: 1, noticed: 1, on_up_alerts: 1, on_up_false_alerts: 0 })
  expect(counts.on_up_time_to_detect_s).toBeCloseTo(counts.time_to_detect_s! + 60, 6)
})

describe('a rule on replication lag', () => {
  const stack = (faults: string) => `
lasts: 600s
warmup: 0s
hosts: { one: { cores: 4 }, two: { cores: 1 } }
users: { u: { to: app, arrive: constant(20/s), mix: { write: 100% }, timeout: 5s } }
components:
  app: { kind: app, workers: 50, service: 1ms, database: [db-1, db-2] }
  db-1: { kind: mysql, host: one, service: 1ms, replicas: [db-2] }
  db-2: { kind: mysql, host: two, service: 1ms, apply: 10ms }
  m: { kind: monitor, targets: [db-1, db-2], scrape_interval: 15s, evaluation_interval: 15s, group_wait: 0s, rules: [{ alert: Lag, expr: lag > 10s }] }
faults: [${faults}]
`
  test('tells what the replica says of itself, late from when the oldest write was committed that it lacks', () => {
    const behind = fault('slow', 'db-2', '100s', '300s').replace(' }', ', factor: 50 }')
    const { counts, told } = seen(stack(behind))
    expect(told).toEqual(['told people of Lag at db-2'])
    expect(counts).toMatchObject({ outages: 0, on_lag_alerts: 1 })
    expect(counts).not.toHaveProperty('on_lag_false_alerts')
    expect(counts.on_lag_time_to_detect_s).toBeGreaterThan(10)
    expect(counts.on_lag_time_to_detect_s).toBeLessThan(10 + 15 + 15 + 11)
  })

  test('is silent of a replica that cannot be scraped: up tells', () => {
    const behind = fault('slow', 'db-2', '100s').replace(' }', ', factor: 50 }')
    const rules = (text: string) => text.replace('lag > 10s', 'lag > 10s, for: 100s').replace('600s', '300s')
    expect(seen(rules(stack(behind))).counts.on_lag_alerts).toBe(1)
    const { counts } = seen(rules(stack([behind, fault('crash', 'db-2', '150s')].join(', '))))
    expect(counts).toMatchObject({ on_lag_alerts: 0, noticed: 1 })
  })

  test('is silent where it does not know that nothing comes, and where it knows: it says 0, and NULL', () => {
    const cut = stack(fault('partition', 'db-1 -> db-2', '100s', '300s'))
    const { counts } = seen(cut.replace('lasts: 600s', 'lasts: 400s'))
    expect(counts).toMatchObject({ on_lag_alerts: 0, outages: 0 })
    // It is when it gets what it lacks that it says how much that was.
    expect(seen(cut).counts.on_lag_alerts).toBe(1)
  })
})

test('whoever looks changes nothing for visitors', () => {
  const faults = [
    errors('50%'),
    slow,
    fault('crash', 'web', '60s', '3s'),
    fault('hang', 'app', '80s', '10s'),
    fault('crash', 'm', '180s', '20s'),
    fault('partition', 'm -> web', '220s', '30s'),
  ].join(', ')
  const rules = [
    rule('Errors', 'error_rate > 10%'),
    rule('Slow', 'latency_p95 > 100ms'),
    rule('Gone', 'up == 0'),
  ].join(', ')
  expect(seen(site({ rules, faults })).ended).toEqual(seen(site({ faults })).ended)
})

test('a cluster tells people once of what a rule says, and twice if its members are cut from one another', () => {
  const rules = rule('Errors', 'error_rate > 10%')
  const other = `  n: { kind: monitor, targets: [web, app], scrape_interval: 15s, evaluation_interval: 15s, group_wait: 0s, cluster_peer: [m], rules: [${rules}] }`
  const text = (faults: string) => site({ rules, more: other, faults: [errors('50%'), faults].join(', ') })
  expect(seen(text('')).told).toEqual(['told people of Errors at web'])
  const { of, told } = seen(text(fault('partition', 'n -> m', '50s')))
  expect(told).toHaveLength(2)
  for (const name of ['m', 'n']) expect(of(name)).toMatchObject({ on_error_rate_alerts: 1, notified: 1 })
  expect(of('m').duplicates! + of('n').duplicates!).toBe(1)
})

test('misuse is explained, with its place', () => {
  const said = (rules: string) => problemsOf(site({ rules }))[0]
  const one = (expr: string) => said(rule('A', expr))
  expect(one('errors > 5%')).toMatch(
    /components\.m\.rules\.0\.expr: expected one of up, error_rate, .* before >, not "?errors"?/,
  )
  expect(one('error_rat > 5%')).toMatch(/did you mean "error_rate"\?/)
  expect(one('error_rate')).toMatch(/expected a comparison, such as up == 0 or error_rate > 5%/)
  expect(one('error_rate == 5%')).toMatch(/expected > or < after error_rate, not ==/)
  expect(one('error_rate > 40ms')).toMatch(/expected a share/)
  expect(one('latency_p99 > 5')).toMatch(/expected a duration/)
  expect(one('latency_p99 > 10s')).toMatch(/expected less than 10s after latency_p99: no bucket/)
  expect(one('up == 1')).toMatch(/expected up == 0/)
  expect(one('lag > 5s')).toMatch(/none of its targets is a replica/)
  expect(said(rule('A', 'qps < 1/s').replace('1min', '29s'))).toMatch(/range: expected at least two .*, 30 s/)
  expect(said(rule('A', 'qps < 1/s').replace('targets: web', 'targets: u'))).toMatch(/no component "u"/)
  expect(said([rule('A', 'qps < 1/s'), rule('A', 'up == 0')].join(', '))).toMatch(
    /rules\.1\.alert: is the name of another rule/,
  )
  expect(problemsOf(site({ rules: rule('A', 'qps < 1/s'), targets: '[app]' }))[0]).toMatch(
    /rules\.0\.targets: web is none of the targets of the monitor/,
  )
  expect(problemsOf(site({ rules: 'up' }))[0]).toMatch(/rules/)
})
