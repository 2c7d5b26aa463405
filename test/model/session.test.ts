import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ReplicationRecord, recordOf, replicate } from '../../sim/experiments/replicate.js'
import { Model } from '../../sim/model/model.js'
import { Session } from '../../sim/model/session.js'
import { Trace } from '../../sim/model/tracing.js'
import type { Observer } from '../../sim/parts/context.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** A small stack with everything that waits, times out, is tried again and is checked. */
const stack = (faults = '', warmup = '7s') => `
lasts: 60s
warmup: ${warmup}
hosts: { h: { cores: 1 } }
users: { web: { arrive: poisson(40/s), to: lb, timeout: 2s, retries: 1, backoff: exponential(300ms) } }
components:
  lb: { kind: haproxy, servers: [nginx-1, nginx-2], default_server: { check: on } }
  nginx-1: { kind: nginx, host: h, upstream: [app] }
  nginx-2: { kind: nginx, upstream: [app] }
  app: { kind: app, host: h, workers: 4, service: exponential(15ms), database: db }
  db: { kind: mysql, service: exponential(2ms) }
wires: { lb -> nginx-1: { latency: 1ms, loss: 1% } }
${faults}
`
const scenarioOf = (text: string) => parseScenario(text, 'test.yaml')
const sessionOf = (text: string) => new Session(new Model(scenarioOf(text), 0, true))
const bytes = (record: ReplicationRecord) => JSON.stringify(record)

describe('a session', () => {
  const whole = bytes(replicate(scenarioOf(stack()), 0))

  it('in pieces gives the same bytes as in one go, however small and wherever they end', () => {
    const ends = fc.array(
      fc.oneof(fc.double({ min: -7, max: 60, noNaN: true }), fc.integer({ min: -7, max: 60 })),
    )
    fc.assert(
      fc.property(ends, (times) => {
        const session = sessionOf(stack())
        for (const time of times.sort((a, b) => a - b)) {
          expect(session.advance(time)).toBe(true)
          expect(session.time).toBeCloseTo(time, 9)
        }
        session.drain()
        expect(bytes(recordOf(session))).toBe(whole)
      }),
      { numRuns: 15 },
    )
  })

  it('without a warm-up, too; a warm-up of no whole bin is none of the bins', () => {
    for (const warmup of ['0s', '0.01s']) {
      const session = sessionOf(stack('', warmup))
      for (let time = -1; time < 60; time += 0.37) session.advance(time)
      session.drain()
      const record = recordOf(session)
      expect(bytes(record)).toBe(bytes(replicate(scenarioOf(stack('', warmup)), 0)))
      expect(record.warmBins).toBe(0)
      expect(record.inside.app).toHaveLength(960)
    }
  })

  it('is the sum of its parts: windows, bins of the warm-up and of the span', () => {
    const session = sessionOf(stack())
    session.advance(30)
    const half = recordOf(session)
    expect(half.timeline).toHaveLength(60)
    // 7 s of bins of 62.5 ms each, and half of the 960 of the span.
    expect(half.warmBins).toBe(112)
    expect(half.inside.app).toHaveLength(112 + 480)
    expect(half.used.app).toHaveLength(60)
    session.drain()
    const all = recordOf(session)
    expect(all.timeline.slice(0, 60)).toEqual(half.timeline)
    expect(all.timeline.reduce((sum, { offered }) => sum + offered, 0)).toBe(all.all.offered)
    expect(bytes(all)).toBe(whole)
  })

  it('goes to its end and no further, and back never', () => {
    const session = sessionOf(stack())
    session.advance(1e9)
    expect(session.time).toBe(60)
    const { events } = session
    session.advance(10)
    session.advance(70)
    expect([session.time, session.events]).toEqual([60, events])
  })

  it('stops at any event, says where it is, and goes on as if nothing had been', () => {
    const session = sessionOf(stack())
    const stops: [time: number, events: number][] = []
    session.observe({
      ended: (request) => {
        if (request.key % 7 === 0) session.stop()
      },
    })
    while (!session.drain()) stops.push([session.time, session.events])
    expect(stops.length).toBeGreaterThan(200)
    for (const [i, [time, events]] of stops.slice(1).entries()) {
      expect(time).toBeGreaterThanOrEqual(stops[i]![0])
      expect(events).toBeGreaterThan(stops[i]![1])
    }
    expect(bytes(recordOf(session))).toBe(whole)
  })
})

describe('a fault by hand', () => {
  const crash = (more: string) => stack(`faults: [{ kind: crash, target: nginx-1, at: 30.017s${more} }]`)

  it('gives what the same line of the scenario gives, to the bit', () => {
    const session = sessionOf(stack())
    session.advance(30.017)
    session.strike({ kind: 'crash', target: 'nginx-1' }, 10)
    expect(session.snapshot().components['nginx-1']!.state).toBe('gone')
    session.drain()
    const struck = recordOf(session)
    expect(bytes(struck)).toBe(bytes(replicate(scenarioOf(crash(', for: 10s')), 0)))
    expect(struck.strikes[0]).toMatchObject({ fault: 0, restored: [true] })
    expect(struck.all.outcomes).not.toEqual(replicate(scenarioOf(stack()), 0).all.outcomes)
  })

  it('that is healed by hand gives what one gives that lasts so long', () => {
    const session = sessionOf(stack())
    session.advance(30.017)
    const { heal } = session.strike({ kind: 'crash', target: 'nginx-1' })
    session.advance(40.017)
    expect(session.snapshot().strikes).toHaveLength(1)
    heal()
    heal()
    expect(session.snapshot().strikes).toEqual([])
    session.drain()
    const { strikes, events, ...same } = recordOf(session)
    const { strikes: _, events: more, ...scenario } = replicate(scenarioOf(crash(', for: 10s')), 0)
    expect(JSON.stringify(same)).toBe(JSON.stringify(scenario))
    expect(strikes[0]!.to).toBeCloseTo(40.017, 9)
    // The second heal is an event too.
    expect(events).toBe(more + 1)
  })

  it.each([
    ['in between', 30.017, 10.466, '7s'],
    ['at whole seconds', 30, 10, '7s'],
    ['at the beginning of the run', 0.001, 12.3, '0s'],
    ['where sums are rounded', 29.9, 12.7, '7.1s'],
  ])('at a time of its own gives the bytes of the line in the scenario: %s', (_, at, lasts, warmup) => {
    const faults = `faults:
  - { kind: slow, target: app, factor: 2, at: 5s, for: 50s }
  - { kind: crash, target: nginx-1, at: ${at}s, for: ${lasts}s }
  - { kind: surge, target: web, factor: 2, at: ${at + 14}s, for: 1s }
  - { kind: surge, target: web, factor: 3, at: ${at + 15}s }`
    const session = sessionOf(
      stack('faults: [{ kind: slow, target: app, factor: 2, at: 5s, for: 50s }]', warmup),
    )
    const crash = session.strikeAt({ kind: 'crash', target: 'nginx-1' }, at)
    session.advance(at)
    expect(session.snapshot().components['nginx-1']!.state).toBe('gone')
    crash.endAfter(lasts)
    session.advance(at + 13)
    expect(session.snapshot().components['nginx-1']!.state).toBe('serving')
    crash.endAfter(lasts)
    const surge = session.strikeAt({ kind: 'surge', target: 'web', factor: 2 }, at + 14)
    session.advance(at + 14.5)
    session.strikeAt({ kind: 'surge', target: 'web', factor: 3 }, at + 15)
    surge.endAfter(1)
    session.advance(at + 15.001)
    expect(session.snapshot().users.web!.factor).toBe(3)
    session.drain()
    expect(bytes(recordOf(session))).toBe(bytes(replicate(scenarioOf(stack(faults, warmup)), 0)))
    expect(() => session.strikeAt({ kind: 'crash', target: 'app' }, 5)).toThrow(/it is .* by now/)
  })

  it('at the instant of something else comes in the order of the line, and so does its end', () => {
    // By its clock, something fails at 10 s and 21 s; somebody comes every second.
    const seconds = (more = '') => `
lasts: 30s
warmup: 0s
users: { web: { arrive: constant(1/s), to: app } }
components: { app: { kind: service, servers: 4, service: 3s } }
faults:
  - { kind: slow, target: app, factor: 2, mtbf: 10s, mttr: 1s }
${more}`
    const session = sessionOf(seconds())
    session.advance(20.5)
    const crash = session.strikeAt({ kind: 'crash', target: 'app' }, 21)
    session.advance(25.5)
    crash.endAfter(5)
    session.drain()
    const line = '  - { kind: crash, target: app, at: 21s, for: 5s }'
    expect(bytes(recordOf(session))).toBe(bytes(replicate(scenarioOf(seconds(line)), 0)))
    expect(session.blows.strikes.map(({ fault }) => fault)).toEqual([0, 1, 0])
  })

  it.each(['', ', for: 3s'])('crashes what is started again as the line does: %s', (lasts) => {
    const again = (line = '') => `
lasts: 30s
warmup: 0s
users: { web: { arrive: constant(10/s), to: app } }
components: { app: { kind: service, servers: 4, service: 3ms, restart: { restart_sec: 2s } } }
faults:
  - { kind: slow, target: app, factor: 2, at: 1s }
${line}`
    const session = sessionOf(again())
    const crash = session.strikeAt({ kind: 'crash', target: 'app' }, 11, lasts === '' ? undefined : 3)
    session.advance(11.5)
    expect(crash.state).toBe(lasts === '' ? 'over' : 'there')
    session.drain()
    const line = `  - { kind: crash, target: app, at: 11s${lasts} }`
    expect(bytes(recordOf(session))).toBe(bytes(replicate(scenarioOf(again(line)), 0)))
  })

  it('has no place any more beside the ten thousand that are kept for such, however the last ones were struck', () => {
    const model = new Model(scenarioOf(stack()), 0, true)
    const session = new Session(model)
    ;(model.faultCalendar as unknown as { byHand: number }).byHand = 9_999
    for (let i = 0; i < 2; i++) session.strike({ kind: 'surge', target: 'web', factor: 2 }, 1)
    expect(() => session.strikeAt({ kind: 'crash', target: 'app' }, 21)).toThrow('more than 10000 faults')
  })

  it('in the middle of its steps heals all of it, and what was to come does not come', () => {
    const session = sessionOf(stack())
    const { heal } = session.strike(
      { kind: 'maintenance', target: ['nginx-1', 'nginx-2'], rolling: 'on', drain: '5s' },
      5,
    )
    const states = () =>
      ['nginx-1', 'nginx-2'].map((name) => {
        const { state, rotation } = session.snapshot().components[name]!
        return `${state} ${rotation}`
      })
    session.advance(session.time + 6)
    expect(states()).toEqual(['gone false', 'serving true'])
    heal()
    expect(states()).toEqual(['serving true', 'serving true'])
    session.advance(session.time + 8)
    expect(states()).toEqual(['serving true', 'serving true'])
  })

  it.each([
    [{ kind: 'crush', target: 'app' }, /no fault is named "crush", but crash, hang/],
    [{ kind: 'crash', target: 'apt' }, /there is nothing named "apt"/],
    [{ kind: 'surge', target: 'app', factor: 2 }, /surge strikes users, and "app" is none of these/],
    [{ kind: 'slow', target: 'app' }, /factor: .*\none of it in a scenario: \{ kind: slow, .*factor: 5/],
    [{ kind: 'slow', target: 'app', factor: 3, of: 4 }, /of/],
    [{ kind: 'slow', target: 'app', factor: 3, class: 'raed' }, /class: no users ask for .*"raed"/],
    [{ kind: 'certificate', target: 'app' }, /target: app ends no TLS/],
  ])('that makes no sense is told: %o', (fault, message) => {
    expect(() => sessionOf(stack()).strike(fault as never)).toThrow(message)
  })
})

it('rates of users are turned by hand, and back', () => {
  const session = sessionOf(stack('', '0s').replace('poisson(40/s)', 'constant(10/s)'))
  const asked: number[] = []
  session.observe({ asked: (request) => asked.push(request.arrived) < 0 })
  session.advance(10.05)
  session.rate('web', 3)
  session.advance(20.05)
  session.rate('web', 0)
  session.advance(30.05)
  expect(session.snapshot().users.web!.factor).toBe(0)
  session.rate('web', 1)
  session.advance(40.05)
  const between = (from: number, to: number) => asked.filter((at) => at > from && at < to).length
  expect([between(0, 10.05), between(20.05, 30.05)]).toEqual([100, 0])
  expect(between(10.05, 20.05)).toBeCloseTo(300, -1)
  expect(between(30.05, 40.05)).toBeCloseTo(100, -1)
  expect(() => session.rate('webb', 2)).toThrow('no open users are named "webb"')
  expect(() => session.rate('web', -1)).toThrow('a factor is a number from 0, not -1')
})

describe('a snapshot', () => {
  it('says what everything does now, as plain data', () => {
    const session = sessionOf(`
lasts: 60s
warmup: 0s
hosts: { h: { cores: 2, speed: 3 }, idle: { cores: 1 } }
users: { web: { arrive: constant(1/s), to: app, requests_per_connection: unlimited } }
components: { app: { kind: service, host: h, discipline: fifo, servers: 4, service: 100s } }
wires: { web -> app: { latency: 1ms, loss: 25% } }
`)
    session.advance(6.5)
    session.strike({ kind: 'latency', target: 'web -> app', add: '1ms' })
    const snapshot = session.snapshot()
    expect(
      JSON.parse(JSON.stringify(snapshot, (_, value) => (value === Infinity ? 'never' : value))),
    ).toEqual({
      time: 6.5,
      events: session.events,
      components: {
        app: {
          state: 'serving',
          inside: 6,
          waiting: 2,
          serving: 4,
          used: 1,
          rotation: true,
          speed: 1,
          soundness: 1,
        },
      },
      hosts: {
        h: { up: true, jobs: expect.any(Number), used: expect.any(Number), speed: 3 },
        idle: { up: true, jobs: 0, used: 0, speed: 1 },
      },
      wires: [{ from: 'web', to: 'app', open: true, latency: 0.002, loss: 0.25, sent: 6 }],
      users: { web: { factor: 1, offered: 6, ended: 0, ok: 0 } },
      strikes: [{ fault: 0, from: 6.5, to: 'never' }],
    })
  })

  it('tells gone, hanging and starting apart', () => {
    const session = sessionOf(`
lasts: 60s
warmup: 0s
users: { web: { arrive: constant(1/s), to: app } }
components: { app: { kind: mysql, service: 1ms, recovery: 4s } }
`)
    const state = () => session.snapshot().components.app!.state
    session.advance(5)
    expect(state()).toBe('serving')
    session.strike({ kind: 'hang', target: 'app' }, 2)
    expect(state()).toBe('hanging')
    session.advance(8)
    expect(state()).toBe('serving')
    session.strike({ kind: 'crash', target: 'app' }, 2)
    expect(state()).toBe('gone')
    session.advance(11)
    expect(state()).toBe('starting')
    session.advance(15)
    expect(state()).toBe('serving')
  })
})

describe('observers', () => {
  /** Writes down all that it is shown of the visitors whom it follows. */
  const witness = (session: Session, follows: (key: number) => boolean) => {
    const seen: string[] = []
    const note = (what: string) => (request: { key: number; attempt: number }) => {
      if (follows(request.key)) seen.push(`${session.time} ${what} ${request.key}/${request.attempt}`)
    }
    const observer: Observer = {
      asked: (request) => {
        note('asked')(request)
        return follows(request.key)
      },
      entered: note('entered'),
      began: note('began'),
      left: note('left'),
      connecting: note('connecting'),
      failed: note('failed'),
      ended: note('ended'),
    }
    return { seen, observer }
  }
  const faults =
    'faults: [{ kind: crash, target: nginx-1, at: 10s, for: 5s }, { kind: partition, target: app -> db, at: 20s, for: 5s }]'

  it('see the same, two at once, as each alone', () => {
    const alone = (follows: (key: number) => boolean) => {
      const session = sessionOf(stack(faults))
      const { seen, observer } = witness(session, follows)
      session.observe(observer)
      session.advance()
      return seen
    }
    const session = sessionOf(stack(faults))
    const all = witness(session, () => true)
    const again = witness(session, () => true)
    const some = witness(session, (key) => key % 5 === 0)
    for (const { observer } of [all, some, again]) session.observe(observer)
    session.advance()
    expect(all.seen.length).toBeGreaterThan(10_000)
    for (const what of ['connecting', 'failed', 'began']) expect(all.seen.join()).toContain(what)
    expect(again.seen).toEqual(all.seen)
    expect(all.seen).toEqual(alone(() => true))
    expect(some.seen).toEqual(alone((key) => key % 5 === 0))
  })

  it('change nothing', () => {
    const session = sessionOf(stack(faults))
    session.observe(witness(session, () => true).observer)
    session.observe(new Trace(session, { count: 50 }))
    session.drain()
    expect(bytes(recordOf(session))).toBe(bytes(replicate(scenarioOf(stack(faults)), 0)))
  })

  it('leave a trace what it is, beside one who follows all and one who goes', () => {
    const traced = (others: boolean) => {
      const session = sessionOf(stack(faults))
      if (others) session.observe(witness(session, () => true).observer)
      const trace = new Trace(session, { count: 100 })
      session.observe(trace)
      const gone = witness(session, () => true)
      const leave = session.observe(gone.observer)
      session.advance(30)
      leave()
      const { length } = gone.seen
      session.advance()
      expect(gone.seen).toHaveLength(length)
      return trace.requests
    }
    expect(traced(true)).toEqual(traced(false))
    expect(traced(true)).toHaveLength(100)
  })

  it('when the last has gone, nobody is asked any more', () => {
    const session = sessionOf(stack())
    const leave = session.observe({})
    session.advance(5)
    leave()
    leave()
    expect(session.model.context.tap).toBeNull()
  })
})
