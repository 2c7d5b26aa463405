import { describe, expect, it } from 'vitest'
import { recordOf, replicate } from '../../sim/experiments/replicate.js'
import { Model } from '../../sim/model/model.js'
import { Session } from '../../sim/model/session.js'
import { outcomeNames } from '../../sim/parts/outcome.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { resultOf } from '../support/results.js'

const sessionOf = (text: string) => new Session(new Model(parseScenario(text, 'test.yaml'), 0))
const outcomesOf = (text: string) => {
  const { all } = replicate(parseScenario(text, 'test.yaml'), 0)
  const ended = outcomeNames.map((name, i) => [name, all.outcomes[i]!] as const).filter(([, n]) => n > 0)
  return { offered: all.offered, underWay: all.underWay, ...Object.fromEntries(ended) }
}

const machine = (more: string, users = '') => `
lasts: 3min
warmup: 0s
hosts: { h: {} }
users: { v: { arrive: constant(10/s), to: n${users} } }
components: { n: { kind: nginx, host: h, service: 1ms } }
${more}`

describe('who arrived in the measured span is accounted for', () => {
  it('on a machine that is dead for the last of three minutes, whoever waits, with and without a timeout', () => {
    const dead = 'faults: [{ kind: crash, target: h, at: 120.05s }]'
    // Linux gives up after 127 s of SYNs; all of it lies after the end.
    expect(outcomesOf(machine(dead))).toEqual({ offered: 1800, underWay: 0, ok: 1200, connect_timeout: 600 })
    expect(outcomesOf(machine(dead, ', timeout: 8s'))).toEqual({
      offered: 1800,
      underWay: 0,
      ok: 1200,
      timeout: 600,
    })
    const { availability, requests } = resultOf(machine(dead)).result
    expect(availability.value).toBeCloseTo(2 / 3, 12)
    expect(requests).toMatchObject({ offered: 5400, ok: 3600, failed: 1800, in_flight: 0 })
  })

  it('on one that is dead for the middle of three minutes: without a timeout all are answered, late', () => {
    const { availability, users, classes } = resultOf(
      machine('faults: [{ kind: crash, target: h, at: 60.05s, for: 60s }]'),
    ).result
    for (const { value, low } of [
      availability,
      users.v!.availability,
      Object.values(classes)[0]!.availability,
    ]) {
      expect(value).toBe(1)
      expect(low).toBeLessThan(1)
    }
  })

  it('in overload: half of those who wait are answered while the run goes on for as long again', () => {
    const overload = `
lasts: 400s
warmup: 0s
replications: 2
users: { v: { arrive: constant(50/s), to: q } }
components: { q: { kind: service, service: 50ms } }
expect: { availability: ">= 99%" }
`
    // 20/s are answered, in the order in which they came, for 800 s: of 20,000 who came, 16,000.
    const { requests, availability, qps, components, expectations } = resultOf(overload, 2).result
    expect(requests.offered).toBe(40_000)
    expect(requests.ok).toBeCloseTo(32_000, -1)
    expect(requests.in_flight).toBe(40_000 - requests.ok)
    expect(availability.value).toBeCloseTo(0.8, 3)
    // What is counted by the time at which it happens ends with the span.
    expect(qps.ok.value).toBeCloseTo(20, 1)
    expect(components.q!.throughput.value).toBeCloseTo(20, 1)
    expect(expectations![0]!.verdict).toBe('not met')
  })

  it('a request that waits to be tried again is under way', () => {
    const refused = machine(
      'faults: [{ kind: crash, target: n, at: 90.05s }]',
      ', retries: 1, backoff: 1000s',
    )
    expect(outcomesOf(refused)).toEqual({ offered: 1800, underWay: 900, ok: 900 })
  })

  it('one that is lost on the way and has no timeout is under way for ever, an attacker who waits keeps nobody', () => {
    const cut = (users: string, faults = '') => `
lasts: 20.05s
warmup: 0s
users:
  v: { arrive: constant(10/s), to: n }
  ${users}
components:
  n: { kind: nginx, service: 1ms }
  f: { kind: firewall, to: n }
  q: { kind: service, servers: unlimited, service: 1s }
${faults}`
    const session = sessionOf(cut('bot: { arrive: constant(10/s), to: f, malicious: true }'))
    expect(session.drain()).toBe(true)
    expect(session.time).toBe(20.05)
    expect(recordOf(session).users.bot).toMatchObject({ offered: 200, underWay: 200 })
    // What is in service when the machine dies is never answered.
    const patient = sessionOf(
      cut(
        'w: { arrive: constant(10/s), to: q }',
        'hosts: { h: { cores: 100 } }\nfaults: [{ kind: crash, target: h, at: 10.05s, for: 5s }]',
      ).replace('{ kind: service,', '{ kind: service, host: h,'),
    )
    patient.drain()
    expect(patient.time).toBeCloseTo(20.05 + 127, 9)
    expect(recordOf(patient).all).toMatchObject({ offered: 400, underWay: 10 })
  })
})

describe('after the measured span', () => {
  const busy = `
lasts: 30s
warmup: 3s
users: { v: { arrive: poisson(19/s), to: q } }
components: { q: { kind: service, service: exponential(50ms) } }
`

  it('others go on coming, uncounted, and boxes and windows stay as they were', () => {
    const session = sessionOf(busy)
    let late = 0
    session.observe({
      asked: () => {
        if (session.time > 30) late++
        return false
      },
    })
    session.advance()
    const { all, users, classes, events, ...before } = recordOf(session)
    session.drain()
    expect(late).toBeGreaterThan(3)
    const { all: whole, users: _, classes: _kinds, events: more, ...after } = recordOf(session)
    expect(after).toEqual(before)
    expect(more).toBeGreaterThan(events)
    expect([whole.offered, whole.answered]).toEqual([all.offered, all.answered])
    expect(all.underWay).toBeGreaterThan(0)
    expect([whole.underWay, whole.outcomes[0]]).toEqual([0, whole.offered])
    // It is over with the last answer, and once.
    const end = session.time
    session.drain()
    session.advance()
    expect(session.time).toBe(end)
  })

  it('a fault that strikes is none of the run', () => {
    const session = sessionOf(
      `${busy}faults: [{ kind: slow, target: q, factor: 1.1, mtbf: 50ms, mttr: 10ms }]`,
    )
    session.drain()
    const { strikes } = recordOf(session)
    expect(session.model.faultCalendar.strikes.length).toBeGreaterThan(strikes.length)
    for (const { from } of strikes) expect(from).toBeLessThanOrEqual(30)
  })

  it('more requests than can be simulated end it, not the run', () => {
    const session = sessionOf(busy.replace('19/s', '40/s'))
    session.advance()
    const { requests } = session.model.context
    Object.assign(requests, { most: requests.inUse + 100 })
    expect(session.drain()).toBe(true)
    const { all } = recordOf(session)
    expect(all.underWay).toBeGreaterThan(100)
    expect(all.offered).toBe(all.underWay + all.outcomes[0]!)
  })

  it('it waits for the tries of a visitor, with their pauses, and for the timers of proxies', () => {
    const longest = (users: string, proxy = '') => {
      const session = sessionOf(`
lasts: 10s
users: { v: { arrive: constant(10/s), to: n${users} } }
components: { n: { kind: haproxy, servers: [q]${proxy} }, q: { kind: service, service: 1000s } }
`)
      session.drain()
      return session.time
    }
    expect(longest(', timeout: 60s, retries: 2, backoff: 10s, growth: 2')).toBeCloseTo(220, 6)
    expect(longest('', ', timeout_server: 200s')).toBeCloseTo(210, 6)
    expect(longest('', ', timeout_server: none')).toBe(10 + 127)
  })
})

describe('the balance of what was offered', () => {
  const some = machine('')
  it('is that of all that has ended and of a census, and fails where one is lost or counted twice', () => {
    const broken = (breaks: (session: Session) => void) => () => {
      const session = sessionOf(some.replace('service: 1ms', 'service: 70ms'))
      session.advance(30.05)
      recordOf(session)
      breaks(session)
      return recordOf(session)
    }
    expect(broken(() => {})()).toMatchObject({ all: { offered: 300, underWay: 1 } })
    expect(broken(({ model }) => model.users[0]!.accounts[0]!.offered++)).toThrow(
      'the account of "all" does not balance: 301 requests were offered, 299 have ended and 1 are under way',
    )
    expect(broken(({ model }) => model.users[0]!.accounts[0]!.outcomes[0]!++)).toThrow(/does not balance/)
    // One that nobody waits for any more, without an outcome.
    expect(
      broken(({ model }) => {
        model.users[0]!.underWay()[0]!.parent = null
      }),
    ).toThrow(/does not balance/)
  })
})

it('a timeout of a day is not waited for: who is lost without one is not answered', () => {
  const session = sessionOf(`
lasts: 30s
warmup: 0s
users: { u: { arrive: constant(1/s), to: app } }
components:
  app: { kind: app, service: 1ms, database: db, read_timeout: 1d }
  db: { kind: service, service: 1ms }
faults: [{ kind: hang, target: db, at: 10.5s }]`)
  session.drain()
  expect(session.time).toBeLessThanOrEqual(30 + 127)
})
