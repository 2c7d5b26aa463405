import { expect, test } from 'vitest'
import { effortOf } from '../../sim/scenario/effort.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const effort = (text: string) => effortOf(parseScenario(`lasts: 100s\nwarmup: 20s\n${text}`, 'test.yaml'))

test('requests are those of the peak of open users, and of closed ones what a millisecond leaves of their time', () => {
  const components = 'components: { q: { kind: service, servers: unlimited, service: 1ms } }'
  expect(effort(`users: { u: { arrive: poisson(50/s), to: q } }\n${components}`).requests).toBe(6000)
  const profile = 'profile: { 0s: 100%, 10s: 300% }'
  expect(effort(`users: { u: { arrive: poisson(50/s), to: q, ${profile} } }\n${components}`).requests).toBe(
    18_000,
  )
  const closed = (think: string) =>
    effort(`users: { u: { arrive: "closed(users=10, think=${think})", to: q } }\n${components}`)
  expect(closed('999ms')).toMatchObject({ requests: 1200, closed: 10 })
  expect(closed('0s').requests).toBeCloseTo(1_200_000, 3)
})

test('a surge counts for as long as it lasts, at set times and at random ones', () => {
  const of = (fault: string) =>
    effort(`users: { u: { arrive: poisson(50/s), to: q } }
components: { q: { kind: service, servers: unlimited, service: 1ms } }
faults: [{ kind: surge, target: u, factor: 11, ${fault} }]`).requests
  // Ten more for 60 of 120 s; and for one second of every four.
  expect(of('at: 10s, for: 60s')).toBeCloseTo(6000 * 6, 6)
  expect(of('mtbf: 3s, mttr: 1s')).toBeCloseTo(6000 * 3.5, 6)
})

test('calls are one to one of those that serve, or as many as the kind says, all the way down', () => {
  const { calls, mostCalls } = effort(`
users: { u: { arrive: poisson(50/s), to: h } }
components:
  h: { kind: haproxy, servers: [a, b] }
  a: { kind: fanout, to: [{ name: q, times: 3 }] }
  b: { kind: service, service: 1ms }
  q: { kind: service, service: 1ms }`)
  // h, then a with its three calls or b.
  expect(calls).toBe(1 + (1 + 3) / 2 + 1 / 2)
  expect(mostCalls).toEqual({ name: 'h', calls })
})

test('what comes whoever asks is counted by the second: checks, adverts, scripts, scrapes, rules, probes of names', () => {
  const { periodic, mostPeriodic } = effort(`
users: { u: { arrive: poisson(1/s), to: d } }
components:
  d: { kind: dns, addresses: [v], health_check: { interval: 10s } }
  v: { kind: vip, servers: [h, g], advert_int: 1s, track_script: { interval: 4s, weight: -60 } }
  h: { kind: haproxy, servers: [{ name: q, check: on, inter: 500ms }, { name: r, check: on, fastinter: 1s }, s] }
  g: { kind: haproxy, servers: [q] }
  q: { kind: service, service: 1ms }
  r: { kind: service, service: 1ms }
  s: { kind: service, service: 1ms }
  m: { kind: monitor, targets: [q, r], scrape_interval: 10s, evaluation_interval: 5s }`)
  expect(periodic / 120).toBeCloseTo(1 / 10 + 2 * (1 + 1 / 4) + (2 + 1) + (2 / 10 + 1 / 5), 9)
  expect(mostPeriodic!.name).toBe('h')
})
