import { expect, it } from 'vitest'
import { replicate } from '../../sim/experiments/replicate.js'
import { instabilityOf } from '../../sim/experiments/stability.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** A station that serves 100 requests a second, and users who ask `rate` times a second. */
const station = (rate: number, options = '', users = '') =>
  `users:\n  u: { arrive: poisson(${rate}/s), to: q${users} }\ncomponents:\n  q: { kind: service, service: exponential(10ms)${options} }\n`
const fault = (text: string) => `faults:\n  - { target: q, ${text} }\n`
const closed = (users: number, think: string) =>
  `users:\n  c: { arrive: "closed(users=${users}, think=exponential(${think}))", to: q }\n`
const both = (open: number) => station(open).replace('users:\n', closed(100, '10ms'))

function verdict(lasts: string, text: string, replications = 20) {
  const scenario = parseScenario(`lasts: ${lasts}\n${text}`, 'test.yaml')
  return instabilityOf(
    scenario,
    Array.from({ length: replications }, (_, i) => replicate(scenario, i)),
  )
}

it.each([
  ['a load of 1', '60s', station(100), 'q', 'at'],
  ['a load of 1.05', '60s', station(105), 'q', 'above'],
  ['a load of 2', '10s', station(200), 'q', 'above'],
  ['a load of 2, in a short run', '2s', station(200), 'q', 'above'],
  ['processor sharing at 1.1', '30s', station(110, ', discipline: ps'), 'q', 'above'],
  // Who gave up is served all the same: each visitor makes three requests.
  [
    'half as much again, and users who retry',
    '30s',
    station(150, '', ', timeout: 1s, retries: 2'),
    'q',
    'above',
  ],
  [
    'the second of two in a row',
    '30s',
    'users: { u: { arrive: poisson(110/s), to: a } }\ncomponents:\n  a: { kind: service, service: exponential(5ms), next: [q] }\n  q: { kind: service, service: exponential(10ms) }\n',
    'q',
    'above',
  ],
  [
    'one of two behind round robin',
    '30s',
    'users: { u: { arrive: poisson(220/s), to: b } }\ncomponents:\n  b: { kind: balancer, policy: roundrobin, servers: [a, q] }\n  a: { kind: service, service: exponential(5ms) }\n  q: { kind: service, service: exponential(10ms) }\n',
    'q',
    'above',
  ],
  // Ten workers that wait for q are all taken: the backlog stands at app, the limit is q.
  [
    'a database that holds up the workers before it',
    '30s',
    'users: { u: { arrive: poisson(110/s), to: app } }\nhosts: { h: { cores: 4 }, d: { cores: 1 } }\ncomponents:\n  app: { kind: app, host: h, workers: 10, backlog: 1M, database: db, service: 1ms, after: 0ms }\n  db: { kind: service, host: d, service: exponential(10ms) }\n',
    'db',
    'above',
  ],
  // The load balancer lets one in at a time: the backlog stands there. That others are refused elsewhere is no relief.
  [
    'a server that is full, and a queue before it that grows, while others fail',
    '30s',
    'users:\n  u: { arrive: poisson(150/s), to: lb }\n  v: { arrive: poisson(50/s), to: r }\ncomponents:\n  lb: { kind: haproxy, timeout_queue: 1h, servers: [{ name: q, maxconn: 1 }] }\n  q: { kind: service, service: exponential(10ms) }\n  r: { kind: service, queue: 0, service: exponential(100ms) }\n',
    'q',
    'above',
  ],
  ['open users beside closed ones', '30s', both(120), 'q', 'above'],
  [
    'too much, and crashes',
    '30s',
    station(130) + fault('kind: crash, mtbf: 50s, mttr: exponential(1s)'),
    'q',
    'above',
  ],
  // Up 3 s, hung 2 s: 60 of 80 requests a second are served.
  [
    'too much for a server that hangs two seconds in five',
    '60s',
    station(80) + fault('kind: hang, mtbf: exponential(3s), mttr: exponential(2s)'),
    'q',
    'above',
  ],
])('%s is unstable, and what it is that cannot keep up is named', (_, lasts, text, component, what) => {
  const unstable = verdict(lasts, text)
  expect(unstable?.component).toBe(component)
  expect(unstable?.reason).toMatch(new RegExp(`^offered load ${what}( or above)? capacity`))
  expect(unstable!.growth_per_s).toBeGreaterThan(0)
})

it('the backlog grows by what is too much', () => {
  expect(verdict('60s', station(150))!.growth_per_s).toBeCloseTo(50, -1)
})

it.each([
  ['a load of 0.95', '60s', station(95)],
  ['a load of 0.95, from empty', '10s', station(95)],
  ['a load of 0.95, a hundred requests a replication', '1s', station(95)],
  ['a load of 0.99, long enough', '480s', station(99)],
  ['heavy tails at 0.9', '60s', station(90).replace('exponential(10ms)', '"lognormal(mean=10ms, cv=3)"')],
  ['processor sharing at 0.95', '30s', station(95, ', discipline: ps')],
  ['twice too much, and a bounded queue', '20s', station(200, ', queue: 50')],
  ['a load of 0.99, and a bounded queue', '60s', station(99, ', queue: 10')],
  ['too much, and a queue that fills for a third of the run', '20s', station(130, ', queue: 200')],
  ['too much, and patience that ends after a third of the run', '20s', station(130, ', patience: 2s')],
  ['twice too much, and patience', '20s', station(200, ', patience: exponential(1s)')],
  ['a bounded queue, and users who retry', '30s', station(150, ', queue: 50', ', timeout: 1s, retries: 2')],
  ['closed users, all of whom wait', '20s', closed(200, '1s') + station(1).replace(/.*\n.*\n/, '')],
  ['closed users who come one by one', '20s', closed(5000, '100s') + station(1).replace(/.*\n.*\n/, '')],
  ['closed users who take what open ones leave', '30s', both(50)],
  ['crashes at 0.8', '60s', station(80) + fault('kind: crash, mtbf: 20s, mttr: exponential(2s)')],
  [
    'a long hang in half of the replications',
    '60s',
    station(50) + fault('kind: hang, mtbf: 120s, mttr: exponential(60s)'),
  ],
  ['seldom a long hang', '60s', station(50) + fault('kind: hang, mtbf: 200s, mttr: exponential(60s)')],
  ['often a short hang', '60s', station(50) + fault('kind: hang, mtbf: 10s, mttr: exponential(1s)')],
  [
    'a fault at a set time: no steady state',
    '20s',
    station(150) + fault('kind: slow, factor: 2, at: 1s, for: 5s'),
  ],
])('%s is not called unstable', (_, lasts, text) => {
  expect(verdict(lasts, text)).toBeNull()
})

it.each([
  ['a load of 1.3', '20s', station(130)],
  ['a load of 2', '5s', station(200)],
  ['eight servers at 1.1', '20s', station(880, ', servers: 8')],
  ['processor sharing at 1.3', '20s', station(130, ', discipline: ps')],
])('one replication and two are enough to see %s', (_, lasts, text) => {
  for (const replications of [1, 2])
    expect(verdict(lasts, text, replications)).toMatchObject({
      component: 'q',
      reason: expect.stringMatching(/^offered load (at or )?above capacity$/),
    })
})

it.each([
  ['a load of 0.95', '20s', station(95)],
  ['a load of 0.97, from empty', '5s', station(97)],
  ['bursts at 0.86', '20s', station(1).replace('poisson(1/s)', '"mmpp(40/s, 260/s, 1.5s, 400ms)"')],
  ['short hangs at 0.8', '20s', station(80) + fault('kind: hang, mtbf: exponential(20s), mttr: 2s')],
  ['too much, and a bounded queue', '20s', station(130, ', queue: 50')],
  ['too much, and patience', '20s', station(130, ', patience: 2s')],
  ['closed users, all of whom wait', '20s', closed(200, '1s') + station(1).replace(/.*\n.*\n/, '')],
])('few replications do not make %s unstable', (_, lasts, text) => {
  for (const replications of [1, 2])
    for (const seed of [1, 2, 3]) expect(verdict(lasts, `seed: ${seed}\n${text}`, replications)).toBeNull()
})
