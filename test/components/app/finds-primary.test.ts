import { describe, expect, test } from 'vitest'
import type { Mysql } from '../../../sim/components/mysql/mysql.js'
import { fault, problemsOf, world } from '../../support/world.js'

interface Site {
  /** How the application finds the primary. */
  app?: string
  /** Who promotes: of the primary. */
  promotion?: string
  faults?: string
  rest?: string
  lasts?: string
}

/** Writers, 20 a second, at an application before a primary p and its replica r. */
const site = ({
  app = '',
  promotion = '{ mode: automatic, detect: 8s, promote: 2s }',
  faults = fault('crash', 'p', '20.005s'),
  rest = '',
  lasts = '120s',
}: Site) => `
lasts: ${lasts}
warmup: 0s
users: { u: { arrive: constant(20/s), to: app, mix: { write: 100% } } }
components:
  app: { kind: app, workers: 10000, service: 0s, connect_timeout: 1s, read_timeout: 1s, database: [p, r]${app} }
  p: { kind: mysql, service: 0s, apply: 0s, replicas: [r], promotion: ${promotion} }
  r: { kind: mysql, service: 0s, apply: 0s }
${rest}
faults: [${faults}]
`

/** Seconds from the promotion, 30.005 s after the start, to the first write that is ok then; in each of some replications. */
function late(text: string, promoted = 30.005, replications = 20): number[] {
  return Array.from({ length: replications }, (_, replication) => {
    const { model, ended } = world(text, replication)
    model.run()
    expect((model.components.get('p') as Mysql).replication.promotions).toBe(1)
    const after = ended.filter(({ ended: at, outcome }) => at >= promoted && outcome === 'ok')
    return Math.min(...after.map(({ arrived }) => arrived)) - promoted
  })
}

/** Between two writes of each other there are 50 ms. */
const STEP = 0.05
const mean = (times: readonly number[]) => times.reduce((sum, time) => sum + time, 0) / times.length

describe('a new primary is known', () => {
  test('at once, where an address moves to it (VIP): the default', () => {
    for (const app of ['', ', finds_primary: { by: vip }'])
      for (const time of late(site({ app }), 30.005, 3)) expect(time).toBeLessThan(STEP)
  })

  test('by DNS when the answer that the application has is as old as its ttl: at any time of it', () => {
    const times = late(site({ app: ', finds_primary: { by: dns, ttl: 40s }' }))
    expect(Math.max(...times)).toBeLessThan(40 + STEP)
    expect(Math.max(...times)).toBeGreaterThan(30)
    expect(Math.min(...times)).toBeLessThan(10)
    // Of 20, uniform: a standard error of 2.6 s.
    expect(Math.abs(mean(times) - 20)).toBeLessThan(8)
  })

  test('by a proxy when that looks next, once a second (ProxySQL: mysql-monitor_read_only_interval)', () => {
    const times = late(site({ app: ', finds_primary: { by: proxy }' }))
    expect(Math.max(...times)).toBeLessThan(1 + STEP)
    expect(Math.max(...times)).toBeGreaterThan(0.6)
    expect(Math.min(...times)).toBeLessThan(0.4)
    const slow = late(site({ app: ', finds_primary: { by: proxy, interval: 10s }' }))
    expect(Math.max(...slow)).toBeGreaterThan(6)
  })

  test('the same when a tool has promoted it', () => {
    const rest = '  tool: { kind: mha, servers: [p, r], promote: 1s }'
    const app = ', finds_primary: { by: dns, ttl: 30s }'
    const { model, ended } = world(site({ app, rest, promotion: '{ mode: none }' }))
    model.run()
    const { replication } = model.components.get('p') as Mysql
    const promoted = model.context.detections.find(({ says }) => says.includes('promoted'))!.at
    const first = ended.find(({ arrived, outcome }) => arrived > promoted && outcome === 'ok')!.arrived
    expect(replication.promotions).toBe(1)
    expect(first - promoted).toBeGreaterThan(1)
    expect(first - promoted).toBeLessThan(30 + STEP)
  })
})

test('until then it writes at an old primary that lives, and nobody else ever has that', () => {
  const rest = '  tool: { kind: mha, servers: [p, r], promote: 1s }\n'
  const faults = fault('partition', 'tool -> p', '20.005s', '90s')
  const lost = (app: string) => {
    const { model } = world(site({ app, rest, faults, promotion: '{ mode: none }' }))
    model.run()
    return model.components.get('p')!.extra(model.kernel.now)
  }
  expect(lost('').diverged_writes).toBe(0)
  const { diverged_writes, lost_writes } = lost(', finds_primary: { by: dns, ttl: 40s }')
  expect(diverged_writes).toBeGreaterThan(0)
  expect(diverged_writes).toBeLessThanOrEqual(40 * 20)
  expect(lost_writes).toBe(diverged_writes)
})

test('an old primary that is back as a replica takes none of its writes (error 1290)', () => {
  const faults = fault('crash', 'p', '20.005s', '15s')
  const { model, ended } = world(site({ app: ', finds_primary: { by: dns, ttl: 60s }', faults }), 2)
  model.run()
  const back = ended.filter(({ arrived }) => arrived > 36)
  const first = back.find(({ outcome }) => outcome === 'ok')!
  expect(first.arrived).toBeGreaterThan(40)
  expect(
    back.filter(({ arrived }) => arrived < first.arrived).every(({ outcome }) => outcome === '500'),
  ).toBe(true)
})

test('what is wrong is told', () => {
  const finds = ', finds_primary: { by: dns, ttl: 40s }'
  expect(problemsOf(site({ app: finds, promotion: '{ mode: none }' }))[0]).toContain(
    'finds_primary: is about another primary',
  )
  expect(problemsOf(site({ app: ', finds_primary: { by: dns }' }))[0]).toContain('ttl')
  expect(problemsOf(site({ app: ', finds_primary: { by: luck }' }))[0]).toContain('{ by: dns, ttl: 60s }')
  const rest = '  tool: { kind: mha, servers: [p, r], tells: [app] }'
  expect(problemsOf(site({ app: finds, rest, promotion: '{ mode: none }' }))[0]).toContain(
    'finds it by itself',
  )
})
