import { describe, expect, test } from 'vitest'
import type { Strike } from '../../sim/scenario/calamities.js'
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
    const { strikes } = model.calamities
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
    expect(model.calamities.strikes).toEqual([
      { fault: 0, from: 30, to: 35 },
      { fault: 0, from: 65, to: 70 },
      { fault: 0, from: 100, to: 105 },
    ])
  })

  const bad =
    '  - { kind: crash, target: [app, db], mtbf: exponential(1h), mttr: "lognormal(mean=5min, cv=2)" }'
  const strikes = (text: string, replication = 0) => play(text, replication).model.calamities.strikes
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
})
