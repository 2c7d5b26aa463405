import { describe, expect, test } from 'vitest'
import { everyOf } from '../../../sim/components/logsearch/logsearch-options.js'
import { fault, looks, play, problemsOf, world } from '../../support/world.js'

/** A web server before an application; its access log is shipped and searched. */
const site = ({
  rules = '',
  faults = '',
  logs = '',
  web = 'kind: nginx, upstream: [app]',
  front = 'web',
  more = '',
  wires = '',
  lasts = '600s',
  users = 'timeout: 20s',
}: Partial<
  Record<'rules' | 'faults' | 'logs' | 'web' | 'front' | 'more' | 'wires' | 'lasts' | 'users', string>
>) => `
lasts: ${lasts}
warmup: 0s
hosts: { one: { cores: 4 } }
users: { u: { to: ${front}, arrive: constant(5/s), ${users} } }
components:
  web: { host: one, ${web} }
  app: { kind: service, servers: unlimited, service: 10ms }
${more}
  logs: { kind: logsearch, targets: [web], ingest_delay: 10s, rules: [${rules}]${logs} }
wires: {${wires}}
faults: [${faults}]
`
const errors = (share: string, at = '200s', lasts = '200s') =>
  fault('errors', 'app', at, lasts).replace(' }', `, share: ${share} }`)
const high = '{ alert: Errors, expr: error_rate > 10%, range: 1min }'

function seen(text: string, replication = 0) {
  const { model, ended } = play(text, replication)
  const of = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  return { counts: of('logs'), of, told: model.context.detections.map(({ says }) => says), ended }
}
const runs = (text: string, n = 4) => Array.from({ length: n }, (_, r) => seen(text, r).counts)

/** Requests a second in the logs, of ten seconds before each of `times`, as they were written by then. */
function written(text: string, times: readonly number[]): number[] {
  const { model } = world(text)
  const logs = model.components.get('logs')!
  const lines = looks(model, [...times.flatMap((t) => [t - 10, t])], () => {
    const now = model.kernel.now
    return logs.extra(now).qps_logged! * now
  })
  model.run()
  return times.map((_, i) => Math.round((lines[2 * i + 1]! - lines[2 * i]!) / 10))
}

describe('a rule on lines', () => {
  test('tells of errors once a search finds them: after scan, ingest and its next run; never without', () => {
    for (const counts of runs(site({ rules: high, faults: errors('100%') }))) {
      expect(counts).toMatchObject({ on_error_rate_alerts: 1, on_error_rate_false_alerts: 0 })
      // Of the lines of 50 s a tenth: 5 s of them, 10 s of ingest, 2 s to the scan, a minute to the run.
      expect(counts.on_error_rate_time_to_detect_s).toBeGreaterThan(10 + 5 - 1)
      expect(counts.on_error_rate_time_to_detect_s).toBeLessThan(10 + 6 + 2 + 60)
    }
    expect(seen(site({ rules: high, faults: errors('100%') })).told).toEqual(['told people of Errors'])
    expect(seen(site({ rules: high })).counts.on_error_rate_alerts).toBe(0)
    expect(seen(site({ rules: high, faults: errors('4%') })).counts.on_error_rate_alerts).toBe(0)
  })

  test('later by a longer ingest delay, and by what it takes until somebody reads it', () => {
    const text = site({ rules: high.replace('1min', '1min, every: 1s'), faults: errors('100%') })
    const time = (text: string) => seen(text).counts.on_error_rate_time_to_detect_s!
    expect(time(text.replace('ingest_delay: 10s', 'ingest_delay: 30s')) - time(text)).toBeCloseTo(17, -1)
    const read = text.replace('ingest_delay: 10s', 'ingest_delay: 10s, delay: 100s')
    expect(time(read) - time(text)).toBeCloseTo(100, 6)
  })

  test('on latencies, of each line: a quantile by its definition', () => {
    // Every fifth takes 2 s: p90 is 2 s, p50 10 ms, the mean 0.4 s.
    const slow = (text: string) =>
      text
        .replace('service: 10ms', 'service: { rare: 2s, default: 10ms }')
        .replace('timeout: 20s', 'timeout: 20s, mix: { rare: 20%, usual: 80% }')
    const rules = [
      'latency_p50 > 11ms',
      'latency_p90 > 1999ms',
      'latency_p90 > 2001ms',
      'latency_mean > 300ms',
      'latency_mean > 500ms',
    ]
      .map((expr) => `{ alert: "${expr}", expr: ${expr} }`)
      .join(', ')
    expect(seen(slow(site({ rules }))).told.sort()).toEqual([
      'told people of latency_mean > 300ms',
      'told people of latency_p90 > 1999ms',
    ])
  })

  // Sumo Logic, Create a Monitor, Trigger Evaluation Frequency.
  test('is run each minute for ranges up to 30 min, 2 min up to 3 h, 10 min up to 12 h, else 20 min; or as it says', () => {
    const [min, hour] = [60, 3600]
    const ranges = [5 * min, 30 * min, 31 * min, 3 * hour, 3.1 * hour, 12 * hour, 13 * hour]
    const every = ranges.map((range) => everyOf({ range, every: undefined }) / min)
    expect(every).toEqual([1, 1, 2, 2, 10, 10, 20])
    expect(everyOf({ range: 300, every: 900 })).toBe(900)
  })

  // The same, Evaluation Delay: "it's possible for Monitors to evaluate against incomplete data ... false positives".
  test('QPS lacks the lines that are on their way: a false alarm, which an evaluation delay spares', () => {
    const rules = '{ alert: Few, expr: qps < 4.5/s, range: 1min }'
    expect(seen(site({ rules })).counts).toMatchObject({ on_qps_alerts: 1, on_qps_false_alerts: 1 })
    expect(seen(site({ rules, logs: ', evaluation_delay: 15s' })).counts.on_qps_alerts).toBe(0)
  })

  test('of no line at all QPS tells, and nothing else does', () => {
    const rules = `${high}, { alert: Few, expr: qps < 1/s, range: 1min }, { alert: Slow, expr: latency_mean > 1s, range: 1min }`
    const { told } = seen(site({ rules, faults: fault('crash', 'web', '200s', '200s') }))
    expect(told).toEqual(['told people of Few'])
  })

  test('of one trouble after the other it tells twice', () => {
    const faults = `${errors('100%', '100s', '60s')}, ${errors('100%', '400s', '60s')}`
    expect(seen(site({ rules: high, faults })).counts.on_error_rate_alerts).toBe(2)
  })

  test('of its targets together, or of those that it names', () => {
    const more =
      '  other: { kind: nginx, upstream: [app] }\n  front: { kind: balancer, policy: roundrobin, servers: [web, other] }'
    const rules = '{ alert: All, expr: qps > 4/s }, { alert: Web, expr: qps > 4/s, targets: web }'
    const text = site({ more, rules, front: 'front' }).replace('targets: [web],', 'targets: [web, other],')
    expect(seen(text).told).toEqual([])
    expect(seen(text).counts.on_qps_alerts).toBe(1)
    expect(
      seen(text.replace('alert: Web, expr: qps > 4/s', 'alert: Web, expr: qps > 2/s')).counts.on_qps_alerts,
    ).toBe(2)
  })
})

describe('what stands in the log', () => {
  test('a line when a request is completed: none while all wait, and those who waited when it is over', () => {
    const web = 'kind: nginx, upstream: [app], proxy_read_timeout: 200s, worker_connections: 4000'
    const text = site({ web, faults: fault('hang', 'app', '200s', '60s'), users: 'timeout: none' })
    expect(written(text, [190, 250, 270, 290])).toEqual([5, 0, 35, 5])
    const { counts } = seen(text)
    // 200 s to 260 s are not whole minutes: 60 s by the clock from 180 s and from 240 s.
    expect(counts).toMatchObject({ qps_logged: expect.closeTo(5, 1), qps_real: expect.closeTo(5, 1) })
    expect(counts.least_qps_logged).toBeCloseTo((20 / 60) * 5, 0)
    expect(counts.most_qps_logged).toBeCloseTo(5 + (40 / 60) * 5 - (20 / 60) * 0 + 0, -1)
    expect(counts.least_qps_real).toBeCloseTo(5, 1)
  })

  test('none of who is refused, of who is inside when the process dies, of who gets no handshake', () => {
    const crash = written(site({ faults: fault('crash', 'web', '200s', '60s') }), [190, 250, 300])
    expect(crash).toEqual([5, 0, 5])
    const web = 'kind: nginx, upstream: [app], tls: {}'
    expect(
      written(site({ web, faults: fault('certificate', 'web', '200s', '60s') }), [190, 250, 300]),
    ).toEqual([5, 0, 5])
  })

  test('none of who finds no place', () => {
    // One place, taken for 0.3 s, and who comes each 0.2 s: every other one is refused.
    const [logged] = written(site({ web: 'kind: service, servers: 1, queue: 0, service: 300ms' }), [200])
    expect(logged).toBeGreaterThanOrEqual(2)
    expect(logged).toBeLessThanOrEqual(3)
  })

  test('logged_qps of nginx says the same', () => {
    const faults = `${fault('crash', 'web', '100s', '50s')}, ${fault('certificate', 'web', '200s', '60s')}, ${fault('hang', 'app', '300s', '60s')}`
    const { of } = seen(site({ web: 'kind: nginx, upstream: [app], tls: {}', faults }))
    expect(of('web').logged_qps).toBeCloseTo(of('logs').qps_logged!, 6)
    expect(of('web').logged_qps).toBeLessThan(4.5)
  })

  test('none of what a box in front answers itself: QPS drops, though as many ask as before', () => {
    const more = '  lb: { kind: haproxy, servers: [web], default_server: { check: on, rise: 2, fall: 3 } }'
    const faults = fault('hang', 'web', '200s', '100s')
    const { of, counts } = seen(site({ more, front: 'lb', faults, users: 'timeout: 1s' }))
    expect(counts.qps_real).toBeCloseTo(5, 1)
    expect(counts.least_qps_logged).toBeLessThan(1)
    expect(of('logs').least_qps_real).toBeCloseTo(5, 1)
  })

  // reference: two balancers with httpchk inter 2 s write one line a second more.
  test('health checks that ask for an answer do, and mere connections do not', () => {
    const lb = (name: string, http: string) =>
      `  ${name}: { kind: haproxy, servers: [web], option_httpchk: ${http}, default_server: { check: on, inter: 2s } }`
    const text = (http: string) =>
      site({
        more: `${lb('lb-1', http)}\n${lb('lb-2', http)}\n  all: { kind: balancer, servers: [lb-1, lb-2] }`,
        front: 'all',
      })
    expect(seen(text('on')).counts.qps_logged).toBeCloseTo(5 + 1, 1)
    expect(seen(text('off')).counts.qps_logged).toBeCloseTo(5, 1)
  })

  // HAProxy's httplog has the status that it answers with itself; Apache's access log that of the page.
  test('of HAProxy what it answers itself is one too, and of Apache what PHP answers', () => {
    const rules = '{ alert: Errors, expr: error_rate > 90%, range: 1min }'
    const lb = 'kind: haproxy, servers: [app], default_server: { check: on }'
    const down = seen(site({ web: lb, rules, faults: fault('crash', 'app', '200s', '200s') }))
    expect(down.counts).toMatchObject({ qps_logged: expect.closeTo(5, 1), on_error_rate_alerts: 1 })
    const apache = 'kind: apache, database: app, service: 1ms'
    const failed = seen(site({ web: apache, rules, faults: errors('100%') }))
    expect(failed.counts).toMatchObject({ qps_logged: expect.closeTo(5, 1), on_error_rate_alerts: 1 })
  })

  test('a retry of a proxy before it is a line more', () => {
    const more =
      '  lb: { kind: nginx, upstream: [{ name: web, max_fails: 0 }, { name: other, max_fails: 0 }], proxy_next_upstream: [error, http_500] }\n  other: { kind: nginx, upstream: [app] }'
    const text = site({ more, front: 'lb', faults: errors('100%', '0s', '600s') })
    expect(seen(text.replace('targets: [web]', 'targets: [web, other]')).counts.qps_logged).toBeCloseTo(10, 0)
  })

  test('499 of a client who went is a line, and no error', () => {
    const rules = '{ alert: Errors, expr: error_rate > 1%, range: 1min }'
    const text = site({ rules, faults: fault('hang', 'app', '200s', '100s'), users: 'timeout: 1s' })
    expect(written(text, [190, 250])).toEqual([5, 5])
    expect(seen(text).counts.on_error_rate_alerts).toBe(0)
  })

  test('two who read the same log read the same', () => {
    const more = '  again: { kind: logsearch, targets: [web] }'
    const { of } = seen(site({ more }))
    expect(of('again').qps_logged).toBe(of('logs').qps_logged)
    expect(of('logs').qps_logged).toBeCloseTo(5, 1)
  })
})

describe('shipping', () => {
  test('a search finds a line when it was read, shipped and ingested', () => {
    // On the mean half a scan of 2 s, and the delay.
    expect(seen(site({})).counts.found_after_s).toBeCloseTo(11, 0)
    expect(seen(site({ wires: ' logs -> web: { latency: 5s } ' })).counts.found_after_s).toBeCloseTo(16, 0)
  })

  /** Alerts of errors: of 100 s of errors, while and before `more`. */
  const told = (faults: string, logs = '', lasts = '600s') => {
    const { model } = play(
      site({
        rules: high.replace('1min', '1min, every: 5s'),
        faults: `${errors('100%', '200s', '100s')}, ${faults}`,
        logs,
        lasts,
      }),
    )
    return model.context.detections.map(({ at }) => Math.round(at))
  }

  test('while the way is cut nothing is shipped, and all of it when it is mended', () => {
    const [at] = told(fault('partition', 'logs -> web', '190s', '60s'))
    // 250 s, a scan, 10 s, a run.
    expect(at).toBeGreaterThan(250 + 10)
    expect(at).toBeLessThan(250 + 10 + 2 + 5 + 1)
  })

  test('the same while who takes them is away', () => {
    const [at] = told(fault('crash', 'logs', '190s', '60s'))
    expect(at).toBeGreaterThan(250 + 10)
    expect(at).toBeLessThan(250 + 10 + 2 + 5 + 1)
  })

  test('what stands on the disk outlives a crash of the host', () => {
    const cut = fault('partition', 'logs -> web', '190s', '200s')
    const text = site({ faults: `${cut}, ${fault('crash', 'one', '300s', '20s')}` })
    const counts = seen(text).counts
    // Nothing of 580 s is lost; those of 200 s are late.
    expect(counts.found_after_s).toBeGreaterThan(30)
    expect(seen(site({ faults: fault('crash', 'one', '300s', '20s') })).counts.qps_logged).toBe(
      counts.qps_logged,
    )
    const found = (counts: Record<string, number>) => counts.found_after_s! * counts.qps_logged!
    expect(found(counts)).toBeGreaterThan(3 * found(seen(site({})).counts))
  })

  test('but for what is gone with its file: rotated away before it was read', () => {
    const cut = fault('partition', 'logs -> web', '190s', '200s')
    const lost = (rotate: string) =>
      seen(site({ faults: cut, logs: `, rotate: ${rotate}` })).counts.lost_lines
    // At 390 s the files of 360 s and 300 s are there: what is from 190 s to 300 s is gone.
    expect(lost('{ every: 1min, keep: 1 }')).toBeCloseTo(110 * 5, -1.5)
    // With none kept, from 190 s to 360 s, and at each turn of a minute what came since the last scan.
    expect(lost('{ every: 1min, keep: 0 }')).toBeGreaterThan(170 * 5 - 11)
    expect(lost('{ every: 1min, keep: 0 }')).toBeLessThan(170 * 5 + 10 * 10)
    expect(lost('{ every: 1d, keep: 14 }')).toBe(0)
    expect(seen(site({ faults: cut })).counts.lost_lines).toBeUndefined()
  })

  test('what it has read when the way is cut it reads again', () => {
    // It works on lines for 1.8 s of each 2 s: ten lines are lost or not, of 600.
    const rules = '{ alert: Lost, expr: qps < 4.97/s, range: 2min }'
    const logs = ', line_service: 180ms, evaluation_delay: 60s'
    for (const strike of [
      fault('partition', 'logs -> web', '300s', '10s'),
      fault('crash', 'logs', '300s', '10s'),
    ])
      for (const counts of runs(site({ rules, faults: strike, logs }))) expect(counts.on_qps_alerts).toBe(0)
  })

  test('a second that comes in two parts is whole', () => {
    const rules = '{ alert: All, expr: error_rate > 95%, range: 1min }'
    for (const counts of runs(site({ rules, faults: errors('100%') })))
      expect(counts.on_error_rate_alerts).toBe(1)
  })

  test('it takes CPU time by the line, on the host of the target', () => {
    const use = (logs: string) => {
      const { model } = play(site({ logs }))
      return model.hosts.get('one')!.processor.busy.mean(model.kernel.now)
    }
    // 5 lines a second of 20 ms each.
    expect(use(', line_service: 20ms') - use(', line_service: 0s')).toBeCloseTo(0.1, 2)
    expect(use('') - use(', line_service: 0s')).toBeCloseTo(5 * 20e-6, 5)
  })
})

test('what makes no sense is told where it stands', () => {
  const rules =
    '{ alert: A, expr: up == 0 }, { alert: A, expr: lag > 1s }, { alert: B, expr: qps < 1/s, targets: app }'
  const text = site({ rules })
  expect(problemsOf(text).map((line) => line.replace(/^\d+:\d+: /, ''))).toEqual([
    'components.logs.rules.0.expr: no line of an access log says up',
    'components.logs.rules.1.alert: is the name of another rule',
    'components.logs.rules.1.expr: no line of an access log says lag',
    'components.logs.rules.2.targets: app is none of the targets whose logs it reads',
  ])
})
