import { describe, expect, it } from 'vitest'
import { inline } from '../../../sim/experiments/jobs.js'
import { plan } from '../../../sim/experiments/nines/nines.js'
import type { NinesResult } from '../../../sim/experiments/nines/nines-result.js'
import { parseScenario } from '../../../sim/scenario/parse.js'

const DECADE = 10 * 365 * 86_400

/** What is found out about a scenario. @param effort requests; 0: by the wiring alone */
const found = (text: string, effort = 0, joint = false): Promise<NinesResult> =>
  plan(parseScenario(text, 'stack.yaml'), { over: DECADE, effort, joint }).run(inline)

const alone = (fault: string, more = '', rate = '50/s') => `
users: { web: { arrive: poisson(${rate}), to: server, timeout: 1s } }
components: { server: { kind: service, servers: 1, service: exponential(10ms) } }
faults: [{ kind: crash, target: server, ${fault} }]
${more}`

/** A balancer that is never away before servers that are all alike. */
const farm = (servers: number, fault: string, more = '') => {
  const names = Array.from({ length: servers }, (_, i) => `s${i + 1}`)
  return `
users: { web: { arrive: poisson(10/s), to: lb } }
components:
  lb: { kind: balancer, policy: roundrobin, servers: [${names.join(', ')}] }
${names.map((name) => `  ${name}: { kind: service, service: 1ms, host: h-${name} }`).join('\n')}
hosts: { ${names.map((name) => `h-${name}: { cores: 1, zone: z }`).join(', ')} }
faults:
  - { kind: crash, target: [lb, ${names.map((name) => `h-${name}`).join(', ')}], mtbf: 1y, mttr: 0s }
  - { kind: crash, target: [${names.join(', ')}], ${fault} }
${more}`
}

describe('by the wiring alone', () => {
  it('one server is away for mttr of mtbf + mttr, as often as it fails', async () => {
    const { availability, downtime_min_per_year, outages, nines, parts } = await found(
      alone('mtbf: exponential(2000h), mttr: exponential(4h)'),
    )
    expect((1 - availability.structural.value!) / 0.001996007984031936).toBeCloseTo(1, 6)
    expect(downtime_min_per_year.value).toBeCloseTo(1049.1017964071857, 3)
    expect(nines).toBeCloseTo(2.699837725867246, 6)
    expect(outages.per_year).toBeCloseTo(4.37125748502994, 8)
    expect(outages.mean_s).toBeCloseTo(4 * 3600, 3)
    expect(outages.first_after_s! / 3600).toBeCloseTo(2000, 8)
    expect(parts).toMatchObject([{ part: 'server', assumed: null, share: 1 }])
  })

  it('laws do not matter where nothing waits for a crew', async () => {
    const { availability, method } = await found(alone('mtbf: "weibull(shape=3, mean=96h)", mttr: 4h'))
    expect(method.failures).toBe('product')
    expect(availability.structural.value).toBeCloseTo(0.96, 9)
  })

  it('two in parallel that wait for one crew', async () => {
    const { method, availability, outages, crews } = await found(
      farm(2, 'mtbf: exponential(200h), mttr: exponential(10h)', 'repair: { crews: 1 }'),
    )
    expect([method.failures, crews]).toEqual(['chain', 1])
    expect((1 - availability.structural.value!) / 0.004524886877828055).toBeCloseTo(1, 6)
    expect(outages.per_year).toBeCloseTo(3.9638009049773757, 8)
    expect(outages.first_after_s! / 3600).toBeCloseTo(2300, 6)
  })

  it('nobody repairs before he knows: visitors complain, a monitor sees', async () => {
    const fault = 'mtbf: 100h, mttr: 1h'
    const away = async (notice: string, more = '') => {
      const { availability } = await found(alone(fault, `repair: { notice: ${notice} }\n${more}`))
      return (1 / availability.structural.value! - 1) * 100
    }
    expect(await away('{ by: visitors, after: 1h }')).toBeCloseTo(2, 6)
    const watched = alone(fault, 'repair: { notice: { by: monitor, after: 30min } }').replace(
      'components: {',
      'components: { eye: { kind: monitor, targets: [server], scrape_interval: 1min, evaluation_interval: 1min, for: 90s, group_wait: 30s }, ',
    )
    // Half a scrape, half an evaluation, two evaluations, and the wait of the group.
    const { parts, availability } = await found(watched)
    expect(parts.map(({ part }) => part).sort()).toEqual(['eye', 'server'])
    expect((1 / availability.structural.value! - 1) * 100).toBeCloseTo(1 + 33.5 / 60, 6)
  })

  it('what falls with a zone falls together', async () => {
    const zone = farm(2, 'mtbf: 1y, mttr: 0s').replace(
      'faults:',
      'faults:\n  - { kind: crash, target: z, mtbf: 99h, mttr: 1h }',
    )
    const { availability, parts } = await found(zone)
    expect(availability.structural.value).toBeCloseTo(0.99, 9)
    expect(parts).toMatchObject([{ part: 'z', what: 'zone', failures_per_year: expect.closeTo(87.6, 9) }])
  })

  it('users who come in elsewhere lose only what they ask', async () => {
    const { availability, parts } = await found(`
users: { web: { arrive: poisson(50/s), to: a }, api: { arrive: poisson(10/s), to: b } }
components: { a: { kind: service, service: 1ms }, b: { kind: service, service: 1ms } }
faults: [{ kind: crash, target: [a, b], mtbf: 9h, mttr: 1h }]`)
    expect(availability.structural.value).toBeCloseTo(0.9, 9)
    const [first, second] = parts.map(({ downtime_min_per_year: { value } }) => value!) as [number, number]
    expect(first / second).toBeCloseTo(5, 9)
  })

  it('months are as often good enough as Takács says', async () => {
    const { objective_met, budget, objective } = await found(
      alone('mtbf: exponential(500h), mttr: exponential(1h)', 'expect: { availability_year: ">= 99.9%" }'),
    )
    expect(objective).toBe('availability_year >= 99.9%')
    expect(Math.abs(objective_met.month.value! - 0.4570101186670173)).toBeLessThan(0.01)
    expect(objective_met.year.value).toBeLessThan(0.1)
    expect(budget!.allowed_min).toBeCloseTo(525.6, 6)
    expect(budget!.left_min.value).toBeLessThan(0)
  })
})

describe('with requests', () => {
  it('those of one server go unanswered while it is away, and are no more', async () => {
    const { availability, method, parts } = await found(
      alone('mtbf: exponential(10h), mttr: exponential(10min)'),
      60_000,
    )
    expect(method).toMatchObject({ failures: 'product', requests: 'decomposed' })
    expect(method.unsettled).toBeLessThan(0.01)
    const { value, low, high } = availability.requests
    expect(value).toBeCloseTo(60 / 61, 3)
    expect([low! < 60 / 61, high! > 60 / 61 - 1e-4]).toEqual([true, true])
    expect(parts[0]!.share).toBeGreaterThan(0.9)
  })

  it('where nothing settles between failures both are simulated together', async () => {
    // M/M/1 with crashes that lose all who wait: Chao 1995, Kumar & Arivudainambi 2000.
    const { availability, method, notes } = await found(
      alone('mtbf: exponential(2s), mttr: exponential(0.5s)', '', '90/s').replace(', timeout: 1s', ''),
      300_000,
    )
    expect(method.requests).toBe('joint')
    const { value, low, high } = availability.requests
    // Within 3.5 standard errors, of 16 simulations.
    expect(Math.abs(value! - 0.7709478887226631)).toBeLessThan((3.5 * (high! - low!)) / 2 / 2.13)
    expect(high! - low!).toBeLessThan(0.04)
    expect(notes.join()).toContain('simulated together')
  })

  it('where they would have to be, and too few failures come for that, nothing is claimed', async () => {
    const { availability, notes, expectations } = await found(
      `
users: { web: { arrive: poisson(20/s), to: lb, timeout: 5s } }
hosts: { one: {}, two: {} }
components:
  lb: { kind: haproxy, timeout_connect: 200ms, timeout_server: 5s, redispatch: on, default_server: { check: on }, servers: [a, b] }
  a: { kind: service, host: one, service: 2ms }
  b: { kind: service, host: two, service: 2ms }
faults: [{ kind: crash, target: [one, two], mtbf: exponential(30s), mttr: exponential(10s) }]
expect: { availability_year: ">= 50%" }`,
      5_000,
    )
    expect(availability.requests).toMatchObject({ low: 0, high: 1 })
    expect(expectations).toMatchObject([{ verdict: 'undecided' }])
    expect(notes.join()).toContain('what is told is a guess, and the interval is open')
  })

  it('at failures that come often, both together say the same as both apart, and as it is', async () => {
    // A balancer that checks nobody sends half of all to each of two: who meets a dead one is refused at once.
    const exact = 200 / 220
    const { availability, method } = await found(
      `
users: { web: { arrive: poisson(20/s), to: lb, timeout: 5s } }
components:
  lb: { kind: balancer, servers: [a, b] }
  a: { kind: service, service: 2ms }
  b: { kind: service, service: 2ms }
faults:
  - { kind: crash, target: lb, mtbf: 1000y, mttr: 0s }
  - { kind: crash, target: [a, b], mtbf: exponential(200s), mttr: exponential(20s) }`,
      400_000,
      true,
    )
    const { decomposed } = method
    expect(method.requests).toBe('joint')
    expect(Math.abs(decomposed!.value! / exact - 1)).toBeLessThan(0.0005)
    const { low, high } = availability.requests
    expect([low! < exact, high! > exact]).toEqual([true, true])
    expect(high! - low!).toBeLessThan(0.05)
  })

  it('a part that is not missed costs the requests that were in it, and what is expected still holds', async () => {
    const { situations, availability, parts } = await found(
      farm(2, 'mtbf: 30d, mttr: 1h', 'expect: { good: ">= 99%" }'),
      20_000,
    )
    const single = situations.find(({ lost }) => lost.join() === 's1')!
    expect(single).toMatchObject({ by: 'simulation', probability: expect.closeTo(1 / 721, 4) })
    expect(parts.map(({ part }) => part).sort()).toEqual(['s1', 's2'])
    expect(availability.objective.value).toBeLessThan(1)
  })

  it('of parts that were not tried together what nobody answers in order counts once', async () => {
    const { situations } = await found(
      `
users:
  web: { arrive: poisson(4/s), to: lb, timeout: 1s }
  other: { arrive: poisson(4/s), to: full, timeout: 1s }
components:
  lb: { kind: haproxy, servers: [a, b, c], default_server: { check: on, inter: 1s, fall: 1 } }
  a: { kind: service, service: 1ms }
  b: { kind: service, service: 1ms }
  c: { kind: service, service: 1ms }
  full: { kind: service, servers: 1, service: 1h }
faults:
  - { kind: crash, target: [lb, full], mtbf: 1000y, mttr: 0s }
  - { kind: crash, target: [a, b, c], mtbf: 30d, mttr: 1h }`,
      1,
    )
    const of = (lost: string) => situations.find((one) => one.lost.join() === lost)!
    expect(of('').answered.value).toBeCloseTo(0.5, 1)
    expect(of('a,b').by).toBe('guess')
    // Each alone costs nobody an answer.
    expect(of('a,b').answered.value).toBeCloseTo(0.5, 1)
  })

  it('is the same to the byte each time', async () => {
    const text = alone('mtbf: 10d, mttr: 1h')
    expect(JSON.stringify(await found(text, 10_000))).toBe(JSON.stringify(await found(text, 10_000)))
  })
})
