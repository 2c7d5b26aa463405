import { describe, expect, test } from 'vitest'
import type { Strike } from '../../sim/model/fault-calendar.js'
import { play } from '../support/world.js'

const site = (faults: string, users = 'arrive: constant(6/min)', lasts = '1000000s', more = '') => `
lasts: ${lasts}
warmup: 0s
users:
  web: { ${users}, to: app }
components:
  app: { kind: service, service: 1ms, servers: unlimited }
  db: { kind: service, service: 1ms }
${more}
faults:
${faults}
`

const downtime = (strikes: readonly Strike[], lasts: number) =>
  strikes.reduce((sum, { from, to }) => sum + Math.min(to, lasts) - from, 0)

describe('faults at random', () => {
  test('availability is mtbf / (mtbf + mttr), for the component and for its visitors', () => {
    const lasts = 1e6
    const { model, ended } = play(
      site('  - { kind: crash, target: app, mtbf: exponential(99s), mttr: exponential(1s) }'),
    )
    const { strikes } = model.faultCalendar
    // About 10 000 cycles of 100 s.
    expect(Math.abs(strikes.length - lasts / 100)).toBeLessThan(4 * Math.sqrt(lasts / 100))
    const unavailable = downtime(strikes, lasts) / lasts
    // Down times are exponential: the sum of n has a standard deviation of sqrt(n), and n varies as much.
    expect(Math.abs(unavailable - 0.01)).toBeLessThan((4 * 0.01 * Math.sqrt(2)) / Math.sqrt(strikes.length))
    const failed = ended.filter((r) => r.outcome === 'refused').length / ended.length
    expect(Math.abs(failed - unavailable)).toBeLessThan(4 * Math.sqrt((0.01 * 0.99) / ended.length))
  })

  test('mtbf counts from the repair: constant times give an exact calendar, from the start of the warm-up', () => {
    const { model } = play(
      site('  - { kind: crash, target: app, mtbf: 30s, mttr: 5s }', 'arrive: constant(1/h)', '120s'),
    )
    expect(model.faultCalendar.strikes).toEqual([
      { fault: 0, from: 30, to: 35, forever: false },
      { fault: 0, from: 65, to: 70, forever: false },
      { fault: 0, from: 100, to: 105, forever: false },
    ])
  })

  const bad =
    '  - { kind: crash, target: [app, db], mtbf: exponential(1h), mttr: "lognormal(mean=5min, cv=2)" }'
  const strikes = (text: string, replication = 0) => play(text, replication).model.faultCalendar.strikes
  const base = site(bad, 'arrive: poisson(1/min)', '200h')

  test('are the same whatever the traffic, and whatever else there is', () => {
    const same = strikes(base)
    expect(same.length).toBeGreaterThan(300)
    expect(strikes(site(bad, 'arrive: poisson(20/min), timeout: 1s, retries: 2', '200h'))).toEqual(same)
    expect(strikes(site(bad, 'arrive: "closed(users=3, think=1min)"', '200h'))).toEqual(same)
    const more = '  cache: { kind: service, service: 1ms, next: [db] }'
    const other = `${bad}\n  - { kind: hang, target: cache, mtbf: exponential(1h), mttr: 1min }`
    expect(strikes(site(other, 'arrive: poisson(1/min)', '200h', more)).filter((s) => s.fault === 0)).toEqual(
      same,
    )
  })

  test('differ from replication to replication, from target to target, and from fault to fault', () => {
    const first = strikes(base).map((s) => s.from)
    const second = strikes(base, 1).map((s) => s.from)
    expect(first.filter((from) => second.includes(from))).toEqual([])
    // Two targets, each with its own calendar, would otherwise strike in pairs.
    expect(new Set(first).size).toBe(first.length)
    const twice = strikes(site(`${bad}\n${bad}`, 'arrive: poisson(1/min)', '200h')).map((s) => s.from)
    expect(new Set(twice).size).toBe(twice.length)
    expect(twice.length).toBeGreaterThan(1.8 * first.length)
  })

  const strikesOf = (fault: string, lasts = '200s') => {
    const hosts = `
lasts: ${lasts}
warmup: 0s
hosts: { h1: { cores: 1, zone: z }, h2: { cores: 1, zone: z } }
users: { web: { arrive: constant(1/s), to: app, timeout: 1s } }
components:
  app: { kind: service, host: h1, service: 1ms, servers: unlimited, next: [db] }
  db: { kind: service, host: h2, service: 1ms, servers: unlimited }
faults:
  - { ${fault} }
`
    return play(hosts)
  }

  test.each([
    ['host', 'kind: crash, target: h1'],
    ['zone', 'kind: crash, target: z'],
    ['wire', 'kind: partition, target: app -> db'],
    ['component', 'kind: hang, target: db'],
    ['users', 'kind: surge, target: web, factor: 3'],
    ['maintenance', 'kind: maintenance, target: app'],
  ])('on a %s, as on anything: 30 s up, 5 s down', (_, fault) => {
    const { model } = strikesOf(`${fault}, mtbf: 30s, mttr: 5s`, '110s')
    expect(model.faultCalendar.strikes).toEqual([
      { fault: 0, from: 30, to: 35, forever: false },
      { fault: 0, from: 65, to: 70, forever: false },
      { fault: 0, from: 100, to: 105, forever: false },
    ])
  })

  test('one that is under way at the end has not healed', () => {
    expect(
      strikesOf('kind: hang, target: db, mtbf: 30s, mttr: 50s', '60s').model.faultCalendar.strikes,
    ).toEqual([{ fault: 0, from: 30, to: Number.POSITIVE_INFINITY, forever: false }])
  })

  test('a maintenance with drain is over when all of it is: the next is not before', () => {
    const { model } = strikesOf('kind: maintenance, target: app, mtbf: 30s, mttr: 5s, drain: 10s', '120s')
    // Drained for 10 s, stopped for 5 s, in rotation again a millisecond later.
    expect(model.faultCalendar.strikes.map((s) => [+s.from.toFixed(3), +s.to.toFixed(3)])).toEqual([
      [30, 45.001],
      [75.001, 90.002],
    ])
  })

  test('a timed and a random fault on one target overlap: it is whole again when both are over', () => {
    const text = site(
      '  - { kind: crash, target: app, mtbf: 30s, mttr: 10s }\n  - { kind: crash, target: app, at: 35s, for: 15s }',
      'arrive: constant(1/s)',
      '60.5s',
    )
    const failed = play(text).ended.filter((r) => r.outcome === 'refused')
    // From 30 s to 40 s the one, from 35 s to 50 s the other; what comes at the very instant of a fault meets it or not.
    expect(failed[0]!.arrived).toBeLessThanOrEqual(31)
    expect(failed.at(-1)!.arrived).toBeGreaterThanOrEqual(49)
    expect(failed.length).toBeGreaterThanOrEqual(19)
    expect(failed.length).toBeLessThanOrEqual(21)
  })
})
