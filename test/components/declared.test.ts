import { readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../cli/files.js'
import { componentsCsv } from '../../reports/csv.js'
import { kinds } from '../../sim/components/registry.js'
import { Model } from '../../sim/model/model.js'
import { refsIn } from '../../sim/options/walk.js'
import { type Count, measureOf } from '../../sim/parts/count.js'
import { everyCounts } from '../../sim/parts/every-component.js'
import { countsOf, neighbourOf, withOwnCounts } from '../../sim/parts/kind.js'
import { catalog } from '../../sim/scenario/catalog.js'
import { METRICS } from '../../sim/scenario/expect.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { comesAgain } from '../../sim/scenario/scenario.js'
import { ran } from '../support/ran.js'

const root = path.resolve(import.meta.dirname, '../..')
const shipped = readdirSync(path.join(root, 'scenarios'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readScenario(path.join(root, 'scenarios', file)))

const stack = (components: string, to = 'first') =>
  parseScenario(`users: { u: { arrive: poisson(1/s), to: ${to} } }\ncomponents:\n${components}`, 'test.yaml')

/** What the shipped scenarios do not set up. */
const others = [
  stack(`
  first: { kind: cache, hit_ratio: 50%, origin: name }
  name: { kind: dns, addresses: [lb] }
  lb: { kind: haproxy, maxconn: 10, servers: [all], default_server: { check: on, on_marked_down: shutdown-sessions }, stick_table: { conn_rate: 1s, gt: 9 } }
  all: { kind: fanout, to: [balancer] }
  balancer: { kind: balancer, servers: [box] }
  box: { kind: service, service: 1ms }
  monitor: { kind: monitor, targets: [box], cluster_peer: [another] }
  another: { kind: monitor, targets: [box] }`),
  stack(`
  first: { kind: mysql, service: 1ms, replicas: [second] }
  second: { kind: mysql, service: 1ms, apply: 1ms }
  monitor:
    kind: monitor
    targets: [first, second]
    rules:
      - { alert: Gone, expr: up == 0 }
      - { alert: Errors, expr: error_rate > 1% }
      - { alert: Slow, expr: latency_p99 > 1s }
      - { alert: Quiet, expr: qps < 1/s }
      - { alert: Behind, expr: lag > 1s }
    receivers: [{ name: Mail of Ops }, { name: pager, delay: 1min }]
    route: { receiver: pager, routes: [{ receiver: Mail of Ops }] }`),
  stack(
    '  first: { kind: nginx, tls: {} }\n  m: { kind: monitor, targets: [first], watchdog: {}, rules: [{ alert: C, expr: certificate_expiry < 14d, page: request }] }',
  ),
  stack('  first: { kind: mysql, service: 1ms }'),
  stack(`
  first: { kind: nginx }
  logs:
    kind: logsearch
    targets: [first]
    rotate: { every: 1d, keep: 14 }
    rules:
      - { alert: Errors, expr: error_rate > 1% }
      - { alert: Slow, expr: latency_p99 > 1s }
      - { alert: Quiet, expr: qps < 1/s }`),
  stack('  first: { kind: mysql, service: 1ms, fsync: 1ms, rows: 9, innodb_lock_wait_timeout: 50s }'),
  stack(
    '  first: { kind: mysql, service: 1ms, flavour: mysql, rpl_semi_sync_master_enabled: on, replicas: [b] }\n  b: { kind: mysql, service: 1ms }',
  ),
  stack(
    '  first: { kind: cache, keys: 9, ttl: 1s, use_stale: [error], origin: s }\n  s: { kind: service, service: 1ms }',
  ),
  stack(
    '  first: { kind: cache, keys: 9, size: 3, maxmemory_policy: noeviction, origin: s }\n  s: { kind: service, service: 1ms }',
  ),
  stack(
    '  first: { kind: haproxy, tls: {}, redirect: scheme https, servers: [web] }\n  web: { kind: nginx }',
  ),
  stack(
    '  first: { kind: nginx, tls: {}, return: "301 https://$host$request_uri", limit_conn: { $server_name: 9 }, error_page: { 500: =200 /x } }',
  ),
  stack('  first: { kind: app, service: 1ms, pm: ondemand }'),
  stack('  first: { kind: app, service: 1ms, codel: {} }'),
  stack('  first: { kind: redis, appendonly: on }'),
  ...['app', 'apache'].map((kind) =>
    stack(
      `  first: { kind: ${kind}, service: 1ms, cache: r, cache_leases: on }\n  r: { kind: redis, keys: 9 }`,
    ),
  ),
  ...['app', 'apache'].map((kind) =>
    stack(`
  first: { kind: ${kind}, service: 1ms, cache: c, database: [p, r] }
  c: { kind: redis, keys: 9 }
  p: { kind: mysql, service: 1ms, replicas: [r] }
  r: { kind: mysql, service: 1ms }`),
  ),
  stack('  first: { kind: firewall, connlimit_above: 9, to: s }\n  s: { kind: service, service: 1ms }'),
  stack('  first: { kind: app, service: 1ms, gc: { every: 9, pause: 1ms } }'),
  stack('  first: { kind: app, service: 1ms, worker_class: async }'),
  stack('  first: { kind: apache, service: 1ms, start_servers: 5 }'),
  stack('  first: { kind: apache, mpm: event, service: 1ms }'),
  stack(`
  first: { kind: apache, service: 1ms, database: [p, r], database_selector: {} }
  p: { kind: mysql, service: 1ms, replicas: [r] }
  r: { kind: mysql, service: 1ms }`),
  stack(
    '  first: { kind: app, service: 1ms, database: [p, r], database_selector: {} }\n  p: { kind: mysql, service: 1ms, replicas: [r] }\n  r: { kind: mysql, service: 1ms }',
  ),
  ...['app', 'apache'].map((kind) =>
    stack(`
  first: { kind: ${kind}, service: 1ms, calls: [{ name: s, retries: 1, retry_budget: {}, circuit_breaker: {}, fallback: on },
    { name: t, hedging_delay: 1ms, retry_budget: {} }] }
  s: { kind: service, service: 1ms }
  t: { kind: service, service: 1ms }`),
  ),
  ...['app', 'apache'].map((kind) =>
    stack(`
  first: { kind: ${kind}, service: 1ms, database: db, transaction_attempts: 2 }
  db: { kind: mysql, service: 1ms, rows: 9, innodb_lock_wait_timeout: 50s }`),
  ),
  // A kind that no shipped scenario has.
  ...kinds.map(({ kind, example }) => stack(`  ${example}`, kind)),
]

/** What all components have a column for. */
let columns: string[] = []
beforeAll(async () => {
  const text =
    'lasts: 10s\nusers: { u: { arrive: poisson(1/s), to: a } }\ncomponents: { a: { kind: service, service: 1ms } }'
  const results = (await ran(text)).map(({ result }) => result)
  columns = componentsCsv({ version: 1, results }).split('\n')[0]!.split(',')
})

const seen = [...shipped, ...others].flatMap((scenario) => {
  const model = new Model(scenario, 0)
  const all = scenario.components.map(neighbourOf)
  return scenario.components.map((spec, i) => ({
    spec,
    declared: Object.keys(countsOf(spec.kind, all[i]!, all, scenario.users.some(comesAgain))),
    logs: model.components.get(spec.name)!.logLines !== null,
    reported: [
      ...Object.keys(model.components.get(spec.name)!.extra(0)),
      ...Object.keys(model.components.get(spec.name)!.everyCount(0)),
    ],
  }))
})

/** Not one of those that any component may have. */
const isOwn = (name: string): boolean => everyCounts[name] === undefined

it('what any component may report is reported of some', () => {
  const reported = new Set(seen.flatMap((one) => one.reported))
  for (const name of Object.keys(everyCounts)) expect(reported, name).toContain(name)
})

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s declares', (_, kind) => {
  const own = seen.filter(({ spec }) => spec.kind.kind === kind.kind)
  const named = own.map(({ spec }) => withOwnCounts(kind, spec.options).counts ?? {})
  const counts = Object.entries<Count>(Object.assign({}, kind.counts, ...named))

  it('each count that its components report, and no other', () => {
    expect(own.length).toBeGreaterThan(0)
    for (const { spec, declared, reported } of own)
      expect([...declared].sort(), spec.name).toEqual([...reported].sort())
    const reported = new Set(own.flatMap((one) => one.reported))
    expect([...reported].filter(isOwn).sort()).toEqual(
      counts
        .map(([name]) => name)
        .filter(isOwn)
        .sort(),
    )
  })

  it('whether it keeps a log', () => {
    for (const { logs } of own) expect(logs).toBe(kind.keepsLog === true)
  })

  it('what its counts are, in words and in the unit that a name says', () => {
    for (const [name, { unit, says, zeroBeside }] of counts) {
      expect(name, name).toMatch(/^[a-z][a-z0-9_]*$/)
      // Commas stand between the counts of a component.
      expect(says, name).toMatch(/^[A-Za-z][^,.;]*$/)
      expect(/_(ms|s)$/.exec(name)?.[1] ?? null, name).toBe(unit === 'ms' || unit === 's' ? unit : null)
      if (/_qps$|^qps_/.test(name)) expect(unit, name).toBe('/s')
      if (/_share$|_ratio$/.test(name)) expect(unit, name).toBe('share')
      if (zeroBeside !== undefined) expect(Object.keys(kind.counts!)).toContain(zeroBeside)
      expect(Object.keys(METRICS.components), name).not.toContain(name)
      expect(Object.keys(METRICS.components), name).not.toContain(measureOf(name, { unit }))
      expect(columns, name).not.toContain(name)
    }
    expect(new Set(counts.map(([, { says }]) => says)).size).toBe(counts.length)
  })

  it('an icon of lines on 18 by 18, if it has one', () => {
    const { icon } = kind
    if (icon === undefined) return
    expect(icon).toMatch(/^M[\d .MLHVCSQTAZmlhvcsqtaz-]+$/)
    for (const [, number] of icon.matchAll(/(-?\d*\.?\d+)/g)) expect(Math.abs(+number!)).toBeLessThan(18.01)
  })

  it('names that people use for it, in small letters', () => {
    for (const alias of kind.aliases ?? []) expect(alias).toBe(alias.toLowerCase())
  })

  it('what its references are for, as they are listed', () => {
    const { options } = catalog().components.find(({ name }) => name === kind.kind)!
    for (const { spec } of own) {
      for (const [option, value] of Object.entries(spec.options)) {
        for (const { role } of refsIn(value))
          expect(options.find((o) => o.name === option)!.role, `${kind.kind}.${option}`).toBe(role)
      }
    }
  })
})
