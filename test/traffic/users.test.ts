import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Model } from '../../sim/model/model.js'
import { outcomeNames } from '../../sim/parts/outcome.js'
import { type Ended, looks, play, problemsOf, tally, world } from '../support/world.js'

const site = (
  users: string,
  app = 'service: 1ms, servers: unlimited',
  { lasts = '100s', faults = '', more = '' } = {},
) => `
lasts: ${lasts}
warmup: 0s
users: { u: { to: app, ${users} } }
components:
  app: { kind: service, ${app} }
${more}
faults: [${faults}]
`
const crash = '{ kind: crash, target: app, at: 0s }'

/** When the tries of each visitor reach the box, by key. */
function tries(model: Model, box = 'app'): Map<number, number[]> {
  const seen = new Map<number, number[]>()
  const component = model.components.get(box)!.process
  const enter = component.enter.bind(component)
  component.enter = (request) => {
    seen.set(request.key, [...(seen.get(request.key) ?? []), model.kernel.now])
    enter(request)
  }
  return seen
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const gaps = (times: readonly number[]) => times.slice(1).map((t, i) => +(t - times[i]!).toFixed(6))
const responses = (ended: readonly Ended[]) => ended.map((r) => r.ended - r.arrived)

/** Objects that are still somewhere when nobody asks any more. */
function leftOver(text: string, asking: number): number {
  const { model } = world(text)
  model.run()
  const { kernel, context } = model
  for (const users of model.users) users.surge.bend(0)
  kernel.run(kernel.now + asking)
  return context.requests.inUse
}

describe('retries', () => {
  test('a visitor who fails tries `retries` times more, and is one failure', () => {
    const { model, ended } = world(
      site('arrive: constant(1/s), retries: 3, backoff: 10ms', undefined, { faults: crash }),
    )
    const seen = tries(model)
    model.run()
    expect(tally(ended)).toEqual({ refused: 99 })
    for (const { key, tries } of ended) {
      expect(tries).toBe(3)
      expect(seen.get(key)).toHaveLength(4)
    }
    expect(model.wires[0]!.sent).toBe(4 * 99 + 1)
  })

  test('backoff grows: the k-th pause is growth^(k-1) times the first', () => {
    const { model, ended } = world(
      site('arrive: constant(1/min), retries: 4, backoff: 100ms, growth: 3', undefined, {
        lasts: '150s',
        faults: crash,
      }),
    )
    const seen = tries(model)
    model.run()
    for (const { key } of ended) expect(gaps(seen.get(key)!)).toEqual([0.1, 0.3, 0.9, 2.7])
    // Latency of a failure counts from the arrival: 4 s of pauses.
    for (const response of responses(ended)) expect(response).toBeCloseTo(4, 9)
  })

  test('full jitter: uniform(0, v) with growth 2 is uniform over [0, 8 v] before the fourth retry', () => {
    const { model } = world(
      site('arrive: constant(10/s), retries: 4, backoff: "uniform(0s, 100ms)", growth: 2', undefined, {
        lasts: '200s',
        faults: crash,
      }),
    )
    const seen = tries(model)
    model.run()
    const last = [...seen.values()]
      .filter((times) => times.length === 5)
      .map((times) => times[4]! - times[3]!)
    expect(last.length).toBeGreaterThan(1950)
    expect(Math.max(...last)).toBeLessThan(0.8)
    expect(Math.abs(mean(last) - 0.4)).toBeLessThan((4 * 0.8) / Math.sqrt(12 * last.length))
    // Each pause is a draw of its own.
    expect(new Set(last).size).toBe(last.length)
  })

  test.each([
    [0.5, 3, 1.875],
    [0.9, 3, 3.439],
  ])(
    'independent failures of probability %d, %d retries: %d tries in the mean, (1 - p^(n+1)) / (1 - p)',
    (p, n, expected) => {
      const faults = `{ kind: errors, target: app, share: ${p * 100}%, at: 0s }`
      const { model, ended } = play(
        site(`arrive: constant(100/s), retries: ${n}, backoff: 1ms`, undefined, { faults }),
      )
      const counts = ended.map((r) => r.tries + 1)
      const deviation = Math.sqrt(mean(counts.map((c) => (c - expected) ** 2)) / counts.length)
      expect(Math.abs(mean(counts) - expected)).toBeLessThan(4 * deviation)
      const failed = ended.filter((r) => r.outcome === '500').length / ended.length
      expect(Math.abs(failed - p ** (n + 1))).toBeLessThan(
        4 * Math.sqrt((p ** (n + 1) * (1 - p ** (n + 1))) / ended.length),
      )
      expect(model.components.get('app')!.probe.outcomes[0]).toBe(tally(ended).ok)
    },
  )

  test('who is forbidden does not ask again', () => {
    const firewall = 'fw: { kind: firewall, mode: waf, to: app, false_positives: 100% }'
    const text = site('arrive: constant(1/s), retries: 3', undefined, { more: `  ${firewall}` }).replace(
      'to: app,',
      'to: fw,',
    )
    const { ended } = play(text)
    expect(ended.map((r) => [r.outcome, r.tries])).toEqual(ended.map(() => ['403', 0]))
  })

  test('a retry succeeds as soon as the fault is over; its latency counts from the arrival', () => {
    const faults = '{ kind: crash, target: app, at: 9.5s, for: 1s }'
    const { ended } = play(
      site('arrive: constant(1/s), retries: 10, backoff: 200ms', undefined, { faults, lasts: '20s' }),
    )
    const late = ended.filter((r) => r.tries > 0)
    expect(late.map((r) => [r.arrived, r.outcome, r.tries])).toEqual([[10, 'ok', 3]])
    expect(late[0]!.ended).toBeCloseTo(10.6 + 0.001, 9)
  })
})

describe('timeout', () => {
  test('is of one try: with two retries and a pause of 1 s a hung service costs 3 x 2 s + 2 x 1 s', () => {
    const { ended } = play(
      site('arrive: constant(1/s), timeout: 2s, retries: 2, backoff: 1s', undefined, {
        faults: '{ kind: hang, target: app, at: 0s }',
      }),
    )
    expect(tally(ended)).toEqual({ timeout: ended.length })
    for (const response of responses(ended)) expect(response).toBeCloseTo(8, 9)
  })

  test('the orphan goes on: a service of 2 s spends 2 s on a visitor who left after 1 s', () => {
    const { model, ended } = play(
      site('arrive: constant(6/min), timeout: 1s', 'service: 2s, servers: 1', {
        lasts: '105s',
      }),
    )
    expect(tally(ended)).toEqual({ timeout: 10 })
    const { probe } = model.components.get('app')!
    expect(probe.outcomes[0]).toBe(10)
    expect(model.components.get('app')!.utilization(model.kernel.now)).toBeCloseTo(20 / 105, 9)
  })

  test('retries on a service that is too slow multiply its load', () => {
    const { model } = play(
      site('arrive: constant(6/min), timeout: 1s, retries: 2', 'service: 2s, servers: 1', { lasts: '109s' }),
    )
    expect(model.components.get('app')!.probe.outcomes[0]).toBe(30)
  })
})

describe('mix', () => {
  test('classes have their shares, and each its own service', () => {
    const { model } = play(
      site(
        'arrive: poisson(500/s), mix: { a: 50%, b: 30%, c: 20% }',
        'service: { a: 1ms, b: 2ms, default: 4ms }, servers: unlimited',
      ),
    )
    const { accounts } = model.users[0]!
    const offered = accounts.map((account) => account.offered)
    const n = offered.reduce((a, b) => a + b)
    for (const [i, share] of [0.5, 0.3, 0.2].entries()) {
      expect(Math.abs(offered[i]! - share * n)).toBeLessThan(4 * Math.sqrt(n * share * (1 - share)))
      const { latencySum, outcomes } = accounts[i]!
      expect(latencySum / outcomes[0]!).toBeCloseTo([0.001, 0.002, 0.004][i]!, 9)
    }
  })

  test('a visitor asks for the same whatever the architecture', () => {
    const classes = (app: string) => {
      const { model } = world(site('arrive: poisson(20/s), mix: { a: 60%, b: 40% }', app))
      const seen: string[] = []
      model.context.observe({ asked: (request) => seen.push(`${request.key}:${request.class}`) < 0 })
      model.run()
      return seen
    }
    expect(classes('service: 1ms')).toEqual(classes('service: exponential(40ms), servers: 3'))
  })
})

describe('closed users', () => {
  test('the interactive response time law, N = X (R + Z), to the request: ten users, 200 ms, 300 ms of thought', () => {
    const { ended } = play(
      site('arrive: "closed(users=10, think=300ms)"', 'service: 200ms, servers: unlimited', {
        lasts: '100.1s',
      }),
    )
    // Each asks once in 0.5 s, first at 0.3 s.
    expect(ended).toHaveLength(10 * 200)
    for (const response of responses(ended)) expect(response).toBeCloseTo(0.2, 9)
  })

  test('N = X (R + Z) at a bottleneck too: one server of 100 ms, ten users who think 300 ms', () => {
    const { ended } = play(site('arrive: "closed(users=10, think=300ms)"', 'service: 100ms, servers: 1'))
    const settled = ended.filter((r) => r.arrived > 20.05 && r.arrived < 90.05)
    // The server is never idle: X = 10/s, so R = N / X - Z = 0.7 s.
    expect(settled).toHaveLength(700)
    for (const response of responses(settled)) expect(response).toBeCloseTo(0.7, 6)
  })

  test.each([
    [1, 1, 0.0909],
    [10, 2.7321, 0.7854],
    [20, 10.0375, 0.9981],
  ])(
    '%d users, exponential thought of 10 s and service of 1 s: R = %d s, X = %d/s (mean value analysis)',
    (n, r, x) => {
      const lasts = 200_000
      const { ended } = play(
        site(`arrive: "closed(users=${n}, think=exponential(10s))"`, 'service: exponential(1s)', {
          lasts: `${lasts}s`,
        }),
      )
      const settled = ended.filter((e) => e.arrived > 1000)
      const span = lasts - 1000
      expect(Math.abs(settled.length / span / x - 1)).toBeLessThan(0.02)
      expect(Math.abs(mean(responses(settled)) / r - 1)).toBeLessThan(0.03)
      // The law itself needs no distribution: think times are 10 s in the mean.
      const thought = n / (settled.length / span) - mean(responses(settled))
      expect(Math.abs(thought / 10 - 1)).toBeLessThan(0.03)
    },
  )

  test('all are inside and no more, however slow it is', () => {
    const { model } = world(site('arrive: "closed(users=7, think=10ms)"', 'service: 5s, servers: 1'))
    const { inside } = model.components.get('app')!.probe
    const times = Array.from({ length: 99 }, (_, i) => i + 0.5)
    const seen = looks(model, times, () => inside.value)
    model.run()
    expect(new Set(seen)).toEqual(new Set([7]))
  })

  test('thought begins with the final answer, be it a failure, after all retries', () => {
    const { model, ended } = world(
      site('arrive: "closed(users=1, think=1s)", retries: 2, backoff: 250ms', undefined, {
        lasts: '10s',
        faults: crash,
      }),
    )
    const seen = tries(model)
    model.run()
    expect(ended.map((r) => +r.arrived.toFixed(6))).toEqual([1, 2.5, 4, 5.5, 7, 8.5])
    for (const { key } of ended) expect(gaps(seen.get(key)!)).toEqual([0.25, 0.25])
  })

  test('a timeout sets the user free while the orphan burns on', () => {
    const { ended } = play(
      site('arrive: "closed(users=1, think=1s)", timeout: 2s', 'service: 3s, servers: unlimited', {
        lasts: '12.5s',
      }),
    )
    expect(ended.map((r) => [r.arrived, r.outcome])).toEqual([
      [1, 'timeout'],
      [4, 'timeout'],
      [7, 'timeout'],
      [10, 'timeout'],
    ])
  })

  test('without thought a refusal does not stop the clock', () => {
    const { ended } = play(site('arrive: "closed(users=1)"', undefined, { lasts: '1s', faults: crash }))
    expect(ended.length).toBeGreaterThan(900)
    expect(ended.length).toBeLessThan(1002)
  })
})

describe('trace', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nines-'))
  const file = path.join(folder, 'times.csv')
  writeFileSync(file, 'arrived\n1s\n1s\n2500ms\n40\n')
  const text = `arrive: "trace(${file})"`

  test('visitors come at the times of the file, and then nobody', () => {
    const { ended } = play(site(text, 'service: 10ms, servers: unlimited'))
    expect(ended.map((r) => +r.arrived.toFixed(9))).toEqual([1, 1, 2.5, 40])
    expect(ended.map((r) => +r.ended.toFixed(9))).toEqual([1.01, 1.01, 2.51, 40.01])
  })

  test('a surge that begins in a gap plays the rest of it faster', () => {
    const faults = '{ kind: surge, target: u, factor: 5, at: 22.5s, for: 100s }'
    const { ended } = play(site(text, undefined, { faults }))
    // 17.5 s are left at 22.5 s: 3.5 s at five times the speed.
    expect(+ended.at(-1)!.arrived.toFixed(9)).toBe(26)
  })

  test('a file that is not there is a problem with its place', () => {
    expect(problemsOf(site('arrive: "trace(/nowhere/times.csv)"'))[0]).toMatch(
      /^4:\d+: users\.u\.arrive: expected a file that can be read: \/nowhere\/times\.csv: there is no such file/,
    )
  })
})

describe('attackers', () => {
  const text = `
lasts: 100s
warmup: 0s
users:
  web: { arrive: constant(10/s), to: app }
  evil: { arrive: constant(30/s), to: app, malicious: on, retries: 1 }
components:
  app: { kind: service, service: 1ms, servers: unlimited }
faults: [{ kind: crash, target: app, at: 50.01s }]
`
  const { model } = play(text)
  const offered = (name: string) =>
    model.users.find((u) => u.name === name)!.accounts.reduce((sum, account) => sum + account.offered, 0)

  test('are counted by themselves, and the timeline shows visitors only', () => {
    expect(Math.abs(offered('web') - 1000)).toBeLessThanOrEqual(1)
    expect(Math.abs(offered('evil') - 3000)).toBeLessThanOrEqual(1)
    const shown = model.ledger.timeline.windows
    expect(shown.reduce((sum, w) => sum + w.offered, 0)).toBe(offered('web'))
    expect(shown.reduce((sum, w) => sum + w.ok + w.failed, 0)).toBe(offered('web'))
    expect(model.context.asked).toBe(offered('web'))
  })

  test('load the boxes like anybody else, and every try of theirs carries the mark', () => {
    const { probe } = model.components.get('app')!
    expect(probe.outcomes[outcomeNames.indexOf('ok')]).toBe(500 + 1500)
    // After the crash every attacker comes twice.
    expect(probe.refused).toBe(offered('web') - 500 + 2 * (offered('evil') - 1500))
    const marked = world(text)
    const marks = new Set<string>()
    const app = marked.model.components.get('app')!.process
    const enter = app.enter.bind(app)
    app.enter = (request) => {
      marks.add(`${request.wire!.from} ${request.malicious}`)
      enter(request)
    }
    marked.model.run()
    expect(marks).toEqual(new Set(['web false', 'evil true']))
  })
})

test('a surge heals to the instant, and overlapping surges multiply', () => {
  const surge = (factor: string, at: number, lasts: number) =>
    `{ kind: surge, target: u, factor: ${factor}, at: ${at}s, for: ${lasts}s }`
  const { model, ended } = world(
    site('arrive: constant(8/s)', undefined, {
      faults: [surge('3', 20, 40), surge('200%', 40, 40), surge('25%', 90, 5)].join(', '),
    }),
  )
  const factors = looks(model, [19, 21, 41, 61, 81, 91, 96], () => model.users[0]!.surge.value)
  model.run()
  expect(factors).toEqual([1, 3, 6, 2, 1, 0.25, 1])
  // But for rounding.
  const came = (from: number, to: number) =>
    ended.filter((r) => r.arrived > from + 1e-6 && r.arrived <= to + 1e-6).length
  expect([came(0, 20), came(20, 40), came(40, 60), came(60, 80), came(80, 90), came(90, 95)]).toEqual([
    160, 480, 960, 320, 80, 10,
  ])
})

test('nothing is left behind when nobody asks any more: timeouts, retries, losses, crashes and all', () => {
  const text = `
lasts: 60s
warmup: 0s
users:
  one: { arrive: poisson(50/s), to: front, timeout: 300ms, retries: 2, backoff: exponential(100ms) }
  two: { arrive: poisson(50/s), to: front, timeout: 2s }
components:
  front: { kind: balancer, servers: [a, b] }
  a: { kind: service, service: exponential(50ms), servers: 3, queue: 20 }
  b: { kind: service, service: exponential(50ms), servers: 3, queue: 20, patience: exponential(200ms) }
wires:
  front -> a: { latency: 5ms, loss: 5% }
faults:
  - { kind: crash, target: a, at: 10s, for: 5s }
  - { kind: hang, target: b, at: 20s, for: 5s }
  - { kind: partition, target: front -> b, at: 30s, for: 5s }
  - { kind: slow, target: a, factor: 10, at: 40s, for: 5s }
  - { kind: crash, target: front, at: 50s, for: 2s }
`
  expect(leftOver(text, 300)).toBe(0)
})

test('misuse is explained, with its place', () => {
  expect(problemsOf(site('arrive: "closed(users=0)"'))[0]).toMatch(
    /users\.u\.arrive: expected a number of users, 1 to 1M/,
  )
  expect(problemsOf(site('arrive: poisson(1/s), growth: 0'))[0]).toMatch(
    /users\.u\.growth: expected a number above 0/,
  )
  expect(problemsOf(site('arrive: poisson(1/s), timeout: 0s'))[0]).toMatch(
    /users\.u\.timeout: expected none, or a timeout above 0/,
  )
  expect(problemsOf(site('arrive: poisson(1/s), retries: -1'))[0]).toMatch(
    /users\.u\.retries: expected a whole number/,
  )
  expect(problemsOf(site('arrive: poisson(1/s), mix: { a: 50%, b: 40% }'))[0]).toMatch(
    /users\.u\.mix: expected shares that add up to 100%, not 90%/,
  )
  expect(problemsOf(site('arrive: poisson(1/s), timout: 1s'))[0]).toMatch(
    /there is no option "timout"; did you mean "timeout"\?/,
  )
})

test('closed users whose pauses are all of one length do not ask in step', () => {
  const { ended } = play(`
lasts: 20s
warmup: 0s
users: { u: { arrive: "closed(users=200, think=2s)", to: a } }
components: { a: { kind: service, servers: unlimited, service: 0s } }
`)
  // 100/s from the first half second on, instead of 200 every two seconds.
  for (const from of [0, 0.5, 1, 1.5, 2]) {
    const came = ended.filter(({ arrived }) => arrived > from && arrived <= from + 0.5).length
    expect(Math.abs(came - 50)).toBeLessThan(4 * Math.sqrt(200 * 0.25 * 0.75))
  }
})
