import { describe, expect, test } from 'vitest'
import { OwnWrites } from '../../../sim/components/mysql/own-writes.js'
import type { Addresses } from '../../../sim/parts/addresses.js'
import type { Request } from '../../../sim/parts/request.js'
import { play } from '../../support/world.js'

const { exp } = Math

/** Visitors who each write and read, a replica that has every write after 0.5 s, and nothing else that takes time. */
const site = (users: string, app = '', { lasts = '200.05s', primary = '', app2 = '', faults = '' } = {}) => `
lasts: ${lasts}
warmup: 0s
users:
  u:
    ${users}
    to: app
    mix: { read: 75%, write: 25% }
components:
  app: { kind: app, workers: 1000, service: 0s, database: [p, a], ${app} }
  ${app2}
  p: { kind: mysql, service: 0s, max_connections: 10000, replicas: [a], promotion: { mode: none }${primary} }
  a: { kind: mysql, service: 0s, max_connections: 10000 }
wires: { p -> a: { latency: 0.5s } }
faults: [${faults}]
`
function run(text: string) {
  const { model } = play(text)
  const own = (name: string) => model.components.get(name)!.extra(model.kernel.now)
  const sent = (to: string) => model.wires.find(({ from, towards }) => from === 'app' && towards === to)!.sent
  return { p: own('p'), a: own('a'), app: own('app'), toPrimary: sent('p'), toReplica: sent('a') }
}
/** What visitors of these numbers write and read. */
function alone() {
  let [head, least] = [0, 0]
  const addresses = { again: () => true, of: ({ key }: { key: number }) => key }
  const own = new OwnWrites(
    addresses as unknown as Addresses,
    () => head,
    () => least,
  )
  const by = (key: number) => ({ key }) as Request
  return {
    own,
    wrote(visitor: number, position: number) {
      head = position
      own.written(by(visitor), null, position)
    },
    missed(visitor: number, { applied, sent }: { applied: number; sent: number }) {
      const before = own.extra.missed_own_writes
      own.read(by(visitor), null, applied, sent)
      return own.extra.missed_own_writes > before
    },
    everywhere(position: number) {
      least = position
    },
  }
}

/** Of those who ask once a second in the mean, at any time: they write every four seconds, at random. */
const visitors = 'arrive: closed(users=100, think=exponential(1s))'
const missed = 1 - exp(-0.25 * 0.5)

describe('reads that miss what the same visitor has written', () => {
  test('are those that come sooner after it than the lag: 1 - exp(-w L), w being writes a second of each', () => {
    const { p, a } = run(site(visitors))
    expect(p.missed_own_write_share).toBeCloseTo(missed, 2)
    expect(p.missed_own_writes! / p.missed_own_write_share!).toBeCloseTo(15_000, -3)
    // Somebody has always written within half a second.
    expect(a.stale_read_share).toBeGreaterThan(0.99)
  })

  test('after a pause of one length all or none: P(Z < L)', () => {
    const thinking = (think: string) =>
      run(site(`arrive: closed(users=50, think=${think})`, '', { lasts: '200s' })).p
    // Of the last request alone, and of the last two.
    expect(thinking('0.3s').missed_own_write_share).toBeCloseTo(0.25, 1.7)
    expect(thinking('0.2s').missed_own_write_share).toBeCloseTo(1 - 0.75 ** 2, 1.7)
    expect(thinking('0.6s').missed_own_writes).toBe(0)
  })

  test('are as many fewer as are read at the primary', () => {
    expect(run(site(visitors, 'reads: all')).p.missed_own_write_share).toBeCloseTo(missed / 2, 2)
    expect(run(site(visitors, 'reads: primary')).p.missed_own_write_share).toBe(0)
  })

  test('are known of those who come from an address again, and of nobody else', () => {
    const open = 'arrive: poisson(100/s)'
    const shared = run(site(`${open}\n    addresses: { count: 100 }`)).p
    expect(shared.missed_own_write_share).toBeCloseTo(missed, 1.7)
    expect(Object.keys(run(site(open, '', { lasts: '5s' })).p)).not.toContain('missed_own_writes')
    const attackers = run(
      site(`${open}\n    addresses: { count: 100 }\n    malicious: true`, '', { lasts: '5s' }),
    )
    expect(Object.keys(attackers.p)).not.toContain('missed_own_writes')
  })

  test('are of the row that he wrote, where requests are about rows', () => {
    const { p } = run(site(visitors, '', { primary: ', rows: 2, zipf: 0.000001' }))
    expect(p.missed_own_write_share).toBeCloseTo(1 - exp(-0.25 * 0.5 * 0.5), 2)
  })

  test('are not of a write that is lost, though another has its place in the log since', () => {
    const { own, wrote, missed } = alone()
    wrote(7, 1)
    wrote(7, 2)
    own.truncate(1)
    wrote(8, 2)
    expect(missed(7, { applied: 1, sent: 2 })).toBe(false)
    expect(missed(7, { applied: 0, sent: 2 })).toBe(true)
    expect(missed(8, { applied: 1, sent: 2 })).toBe(true)
  })

  test('are found out of as many visitors as there are; what is everywhere is forgotten', () => {
    const { wrote, missed, everywhere } = alone()
    for (let visitor = 1; visitor <= 4000; visitor++) wrote(visitor, visitor)
    everywhere(3000)
    for (let visitor = 4001; visitor <= 9000; visitor++) wrote(visitor, visitor)
    const sent = 9000
    for (const visitor of [3001, 4096, 4097, 9000])
      expect(missed(visitor, { applied: 3000, sent })).toBe(true)
    expect(missed(3000, { applied: 3000, sent })).toBe(false)
  })
})

describe('database_selector: who has just written reads at the primary (Rails)', () => {
  test('for as long as delay says: 1 - exp(-w D) of the reads, and what is missed is what is later and sooner than the lag', () => {
    const { p, app, toPrimary, toReplica } = run(site(visitors, 'database_selector: { delay: 0.2s }'))
    const sticky = 1 - exp(-0.25 * 0.2)
    expect(app.sticky_read_share).toBeCloseTo(sticky, 2)
    expect(p.missed_own_write_share).toBeCloseTo(missed - sticky, 2)
    // Writes, and a twentieth of the reads.
    expect(toPrimary / (toPrimary + toReplica)).toBeCloseTo(0.25 + 0.75 * sticky, 2)
  })

  test('by default for 2 s, all that a request asks, and where that is longer than the lag nobody misses what he wrote', () => {
    const { p, a, app } = run(site(visitors, 'queries: 2, database_selector: {}'))
    expect(app.sticky_read_share).toBeCloseTo(1 - exp(-0.25 * 2), 1.7)
    expect(p.missed_own_writes).toBe(0)
    expect(a.stale_read_share).toBeGreaterThan(0.99)
  })

  test('whichever server answered: the session is the visitor’s', () => {
    const behind = site(visitors, 'database_selector: { delay: 1s }', {
      app2: 'app-2: { kind: app, workers: 1000, service: 0s, database: [p, a], database_selector: { delay: 1s } }\n  lb: { kind: balancer, policy: roundrobin, servers: [app, app-2] }',
    }).replace('to: app', 'to: lb')
    expect(run(behind).p.missed_own_writes).toBe(0)
  })

  test('of those who ask once nobody knows that they have written', () => {
    expect(
      run(site('arrive: poisson(100/s)', 'database_selector: {}', { lasts: '20s' })).app.sticky_read_share,
    ).toBe(0)
  })

  test('a read that failed there is not asked again at the replica', () => {
    const dead = { lasts: '20s', faults: '{ kind: crash, target: p, at: 10s, for: 1h }' }
    const { toReplica } = run(site(visitors, 'database_selector: { delay: 1h }', dead))
    const without = run(site(visitors, '', dead))
    expect(toReplica).toBeLessThan(without.toReplica / 2)
  })
})
