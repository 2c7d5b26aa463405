import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mysql } from '../../sim/components/mysql/mysql.js'
import { world } from '../support/world.js'

const fault = fc
  .record({
    kind: fc.constantFrom('crash', 'hang', 'slow', 'partition', 'loss', 'errors'),
    server: fc.constantFrom('p', 'a', 'b', 'host-p', 'host-a', 'host-b', 'cache', 'app'),
    wire: fc.constantFrom('p -> a', 'p -> b', 'app -> p', 'app -> a', 'cache -> store'),
    at: fc.integer({ min: 0, max: 600 }),
    lasts: fc.integer({ min: 1, max: 300 }),
  })
  .map(({ kind, server, wire, at, lasts }) => {
    const target = kind === 'loss' ? wire : kind === 'partition' && at % 2 === 0 ? wire : server
    const process = kind === 'hang' || kind === 'errors' ? target.replace('host-', '') : target
    const more = { slow: ', factor: 20', loss: ', share: 30%', errors: ', share: 50%' }[kind as 'slow'] ?? ''
    return `{ kind: ${kind}, target: ${process}${more}, at: ${at / 10}s, for: ${lasts / 10}s }`
  })

/** What a scenario may be like; the users have gone after 90 s, the last fault is over by then too. */
const options = fc.record({
  faults: fc.array(fault, { minLength: 1, maxLength: 8 }),
  promotion: fc.constantFrom(
    '{ mode: none }',
    '{ mode: manual, after: 15s }',
    '{ mode: automatic, detect: 3s, promote: exponential(1s) }',
    ...['orchestrator, recovery_period_block_seconds: 20s', 'mha, ping_interval: 1s'].map(
      (tool) => `kind: ${tool}`,
    ),
    'kind: mariadbmon, monitor_interval: 1s, auto_failover: on, auto_rejoin: on, verify_master_failure: off',
  ),
  semi: fc.constantFrom('on', 'off'),
  threads: fc.constantFrom(0, 4),
  coalesce: fc.constantFrom('on', 'off'),
  limit: fc.constantFrom('none', '2s'),
})

test('whatever strikes: once all is over nobody is inside, every replica has every write, and counts add up', () => {
  fc.assert(
    fc.property(options, ({ faults, promotion, semi, threads, coalesce, limit }) => {
      const tool = promotion.startsWith('kind')
        ? `tool: { ${promotion}, servers: [p, a, b], promote: 1s, tells: app }`
        : ''
      const { model, ended } = world(`
lasts: 250s
warmup: 0s
hosts: { host-p: { cores: 2 }, host-a: { cores: 2 }, host-b: { cores: 2 }, front: { cores: 8 } }
users:
  u: { arrive: poisson(60/s), timeout: 2s, retries: 1, profile: { 0s: 100%, 90s: 0% }, to: app, mix: { read: 60%, write: 40% } }
  v: { arrive: poisson(30/s), timeout: 2s, profile: { 0s: 100%, 90s: 0% }, to: cache }
components:
  app: { kind: app, host: front, workers: 20, backlog: 10, service: 1ms, queries: 2, connect_timeout: 1s, read_timeout: 3s,
    request_terminate_timeout: ${limit}, database: [p, a, b] }
  cache: { kind: cache, host: front, origin: store, keys: 100, size: 20, ttl: 1s, coalesce: ${coalesce}, read_timeout: 4s }
  store: { kind: service, host: host-b, service: 20ms, servers: 5, queue: 50 }
  p: &m { kind: mysql, host: host-p, service: exponential(2ms), io: { write: 1ms }, max_connections: 30, slave_net_timeout: 3s,
    master_connect_retry: 2s, slave_parallel_threads: ${threads}, rpl_semi_sync_master_enabled: ${semi},
    rpl_semi_sync_master_timeout: 2s, replicas: [a, b], promotion: ${tool ? '{ mode: none }' : promotion} }
  a: &r { kind: mysql, host: host-a, service: exponential(2ms), io: { write: 1ms }, max_connections: 30, slave_net_timeout: 3s,
    master_connect_retry: 2s, slave_parallel_threads: ${threads}, rpl_semi_sync_master_enabled: ${semi},
    rpl_semi_sync_master_timeout: 2s }
  b: { <<: *r, host: host-b }
  ${tool}
wires: { p -> a: { latency: 2ms }, p -> b: { latency: 1ms }, app -> p: { latency: 0.5ms }, cache -> store: { latency: 0.5ms } }
faults: [${faults.join(', ')}]
`)
      model.run()
      expect(model.context.requests.inUse).toBe(0)
      for (const { name, station, probe } of model.components.values())
        expect([name, station?.taken ?? 0, station?.waiting ?? 0, probe.inside.value]).toEqual([
          name,
          0,
          0,
          0,
        ])
      const { primary, log, links, lost, errant, promotions } = (model.components.get('p') as Mysql)
        .replication
      expect(primary.serves).toBe(true)
      for (const { replica } of links)
        expect([replica.name, replica.applier.received, replica.applier.applied]).toEqual([
          replica.name,
          log.head,
          log.head,
        ])
      expect(lost).toBeLessThanOrEqual(errant)
      if (promotions === 0) expect(errant).toBe(0)
      expect(ended.length).toBeGreaterThan(7000)
    }),
    { numRuns: 25, seed: 1 },
  )
}, 120_000)
