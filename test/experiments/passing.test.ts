import { describe, expect, it } from 'vitest'
import { inline } from '../../sim/experiments/jobs.js'
import { run } from '../../sim/experiments/run.js'
import { passingIn } from '../../sim/experiments/summarize/passing.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** Four windows of 5 s, and a strike between two times. */
const record = (from: number, to: number) => ({
  strikes: [{ fault: 0, from, to }] as never,
  flows: { sent: { 'users -> web': [50, 10, 20, 50] }, answered: { web: [50, 0, 5, 60] } },
  hosts: { machine: {} as never },
  used: { web: [0.5, 0, 0.2, 0.9], machine: [0.4, 0, 0.1, 0.8], 'web: workers': [1, 1, 1, 1] },
  timeline: Array.from({ length: 4 }) as never,
})
const passing = (from: number, to: number) => passingIn(record(from, to), 0, 20)

describe('what passes while a fault lasts', () => {
  it('is the mean over the windows that lie in it', () => {
    expect(passing(5, 15)).toEqual({
      from_s: 5,
      to_s: 15,
      sent_per_s: { 'users -> web': 3 },
      answered_per_s: { web: 0.5 },
      utilization: { web: 0.1, machine: 0.05 },
    })
    expect(passing(4, 15.1)).toMatchObject({ from_s: 5, to_s: 15 })
  })

  it('lasts to the end where nothing heals it, and begins where counting begins', () => {
    expect(passing(10, Number.POSITIVE_INFINITY)).toMatchObject({ from_s: 10, to_s: 20 })
    expect(passing(-8, 7)).toMatchObject({ from_s: 0, to_s: 5 })
  })

  it('is over the windows that it touches where it is shorter than one', () => {
    expect(passing(6, 7)).toMatchObject({ from_s: 5, to_s: 10 })
    expect(passing(9.5, 10.5)).toMatchObject({ from_s: 5, to_s: 15 })
    expect(passing(6, 6)).toMatchObject({ from_s: 5, to_s: 10 })
  })

  it('is nothing where it did not strike in the measured span', () => {
    expect(passingIn(record(5, 10), 1, 20)).toBeNull()
    expect([passing(-5, -1), passing(20, 30)]).toEqual([null, null])
  })
})

/** Two servers behind a balancer, of which one dies for a while. */
const text = `
name: two servers
lasts: 60s
warmup: 0s
replications: 2
users: { people: { arrive: constant(20/s), to: lb } }
components:
  lb: { kind: balancer, policy: roundrobin, servers: [a, b] }
  a: { kind: service, service: 5ms }
  b: { kind: service, service: 5ms }
faults:
  - { kind: crash, target: b, at: 20s, for: 20s }
`

it('shows where requests went, and who answered, in the first replication', async () => {
  const [ran] = await run([parseScenario(text, 'two.yaml')], inline)
  const { during } = ran!.result.faults[0]!
  expect(during).toMatchObject({ from_s: 20, to_s: 40 })
  expect(during!.sent_per_s['people -> lb']).toBeCloseTo(20, 0)
  expect(during!.sent_per_s['lb -> a']).toBeCloseTo(10, 0)
  expect(during!.sent_per_s['lb -> b']).toBeCloseTo(10, 0)
  expect(during!.answered_per_s.a).toBeCloseTo(10, 0)
  expect(during!.answered_per_s.b).toBe(0)
  expect(during!.utilization.a).toBeCloseTo(0.05, 2)
})

it('is counted in the first replication alone', async () => {
  const [ran] = await run([parseScenario(text, 'two.yaml')], inline)
  expect(ran!.records.map(({ flows }) => flows !== undefined)).toEqual([true, false])
})
