import { describe, expect, it } from 'vitest'
import { capacityLine } from '../../../reports/words/capacity-words.js'
import type { Capacity } from '../../../sim/experiments/capacity/answer.js'
import { asksOf, type Objectives } from '../../../sim/experiments/capacity/ask.js'
import { capacities } from '../../../sim/experiments/capacity/capacity.js'
import { stepsOf } from '../../../sim/experiments/capacity/money.js'
import { inline } from '../../../sim/experiments/jobs.js'
import { parseScenario } from '../../../sim/scenario/parse.js'
import { ScenarioError } from '../../../sim/scenario/problem.js'

/** Short: what is to be told by a percent is in test/theory. */
const short = { lasts: '60s' }
const queue = (rest: string, arrive = 'poisson(50/s)', service = 'exponential(10ms)') =>
  `name: Queue
users: { web: { arrive: "${arrive}", to: q, timeout: 5s } }
components: { q: { kind: service, service: ${service} } }
${rest}`

async function capacityOf(
  text: string,
  { slo = null as Objectives | null, lose = false, overrides = short as object } = {},
): Promise<Capacity> {
  const [found] = await capacities(
    asksOf([parseScenario(text, 'x.yaml', overrides)], slo, lose),
    { within: 0.05, most: 8 },
    inline,
  )
  return found!
}

describe('a capacity', () => {
  it('is the largest rate that keeps what the file expects, and says what breaks, and where else', async () => {
    const { qps, binding, breaks, bound_qps, bottleneck, points, objectives, within } = await capacityOf(
      queue('expect: { latency_mean: "<= 40ms", components.q.utilization: "<= 90%" }'),
    )
    // 1 / (mu - lambda) is 40 ms at 75 a second.
    expect(qps.value).toBeGreaterThan(71)
    expect(qps.value).toBeLessThan(79)
    expect(qps.low).toBeLessThan(75)
    expect(qps.high).toBeGreaterThan(75)
    expect(within.reached).toBeLessThan(0.06)
    expect(objectives).toEqual(['latency_mean <= 40ms', 'components.q.utilization <= 90%'])
    expect(binding).toBe('latency_mean')
    expect(breaks[0]!.qps).toEqual(qps)
    expect(breaks[1]!.qps.value).toBeGreaterThan(86)
    expect(breaks[1]!.qps.value).toBeLessThan(94)
    expect(bound_qps).toBeGreaterThan(97)
    expect(bound_qps).toBeLessThan(103)
    expect(bottleneck).toMatchObject({ part: 'q', type: 'component' })
    expect(points.map((one) => one.qps)).toEqual(points.map((one) => one.qps).sort((a, b) => a - b))
    for (const point of points.filter((one) => one.met !== 'undecided'))
      expect(point.met).toBe(point.qps < qps.value! ? 'met' : 'not met')
  })

  it.each([0.5, 0.2])('is not beyond what is full, however loosely it is asked (%s)', async (within) => {
    const text = queue('expect: { latency_mean: "<= 50ms" }', 'constant(50/s)', '10ms')
    const asks = asksOf([parseScenario(text, 'x.yaml', short)], null, false)
    const [found] = await capacities(asks, { within, most: 4 }, inline)
    const { qps, bound_qps, breaks } = found!
    expect(qps.value).toBeLessThanOrEqual(bound_qps!)
    expect(qps.value).toBeGreaterThan(94)
    expect(qps.low).toBeLessThanOrEqual(qps.value!)
    expect(qps.high).toBeGreaterThanOrEqual(100)
    expect(qps.high! / qps.low!).toBeLessThan(1.15)
    expect(breaks[0]!.qps).toEqual(qps)
  })

  it('is beyond what is full where so much may fail', async () => {
    const text = `
users: { web: { arrive: poisson(50/s), to: q } }
components: { q: { kind: service, queue: 2, service: 10ms } }
expect: { availability: ">= 60%" }`
    const { qps, bound_qps } = await capacityOf(text)
    expect(qps.low).toBeGreaterThan(1.3 * bound_qps!)
  })

  it('of closed users who break an objective by themselves says nothing of the open ones, and that', async () => {
    const text = (users: number) => `
users:
  web: { arrive: poisson(10/s), to: q, timeout: 5s }
  staff: { arrive: "closed(users=${users}, think=exponential(1s))", to: q, timeout: 5s }
components: { q: { kind: service, service: exponential(10ms) } }
expect: { latency_mean: "<= 50ms" }`
    const crowd = await capacityOf(text(200))
    expect(crowd.qps.value).toBe(0)
    expect(crowd.closed!.users).toEqual(['staff'])
    // At the lowest rate that was tried, a fiftieth of what is full, they have all that is left.
    expect(Math.abs(crowd.closed!.qps + crowd.points[0]!.qps - 100)).toBeLessThan(2)
    expect(capacityLine(crowd)).toMatch(
      /where staff asks \d+(\.\d)?\/s: closed users are there at any rate of the open ones/,
    )
    expect(capacityLine(await capacityOf(text(20)))).not.toContain('closed')
  })

  it('is bound by the objective that breaks first', async () => {
    const { qps, binding } = await capacityOf(
      queue('expect: { latency_mean: "<= 40ms", components.q.utilization: "<= 50%" }'),
    )
    expect(binding).toBe('components.q.utilization')
    expect(Math.abs(qps.value! - 50)).toBeLessThan(2)
  })

  it('is 0 where an objective is broken at every rate, and says what it is there', async () => {
    const { qps, binding, points, breaks } = await capacityOf(queue('expect: { latency_mean: "<= 5ms" }'))
    expect(qps).toEqual({ value: 0, low: 0, high: 0 })
    expect(binding).toBe('latency_mean')
    expect(breaks[0]!.qps.value).toBe(0)
    // Until a fiftieth of what the bottleneck carries, and no further.
    expect(points[0]!.qps).toBeLessThan(2.1)
    expect(points.every(({ met }) => met === 'not met')).toBe(true)
  })

  it('is found below a rate at which nobody is answered, for want of capacity', async () => {
    const { qps } = await capacityOf(queue('', 'poisson(400/s)').replace('timeout: 5s', 'timeout: 2s'))
    expect(qps.value).toBeGreaterThan(80)
    expect(qps.value).toBeLessThan(100)
  })

  it('has no end where nothing breaks, and says up to where it was asked', async () => {
    // Without a queue nobody waits, who is let in; and whether he is let in is not asked.
    const { qps, binding, breaks } = await capacityOf(
      queue('expect: { latency_mean: "<= 50ms" }').replace('service: exp', 'queue: 0, service: exp'),
    )
    expect(qps.value).toBeNull()
    expect(qps.low).toBeGreaterThan(100)
    expect(qps.high).toBeNull()
    expect(binding).toBeNull()
    expect(breaks[0]!.qps.value).toBeNull()
  })

  it('goes by usual objectives where the file has none, and says so', async () => {
    const { assumed, objectives } = await capacityOf(queue(''))
    expect(assumed).toBe(true)
    expect(objectives).toEqual(['availability >= 99.9%', 'good >= 99%'])
  })

  it('takes other objectives in place of the file’s', async () => {
    const slo = { latency_mean: '<= 20ms' }
    const { objectives, qps } = await capacityOf(queue('expect: { latency_mean: "<= 40ms" }'), { slo })
    expect(objectives).toEqual(['latency_mean <= 20ms'])
    expect(Math.abs(qps.value! - 50)).toBeLessThan(4)
  })

  it('leaves out what no rate keeps or breaks, and what is about faults, which do not strike', async () => {
    const { objectives, notes } = await capacityOf(
      queue(`faults: [{ kind: crash, target: q, at: 10s, for: 5s }]
expect: { latency_mean: "<= 40ms", rto: "<= 1s", failed: "<= 5", qps: ">= 10/s", availability: ">= 100%" }`),
    )
    expect(objectives).toEqual(['latency_mean <= 40ms'])
    const told = notes.join('\n')
    for (const one of ['rto', 'failed <= 5', 'qps >= 10/s', 'availability >= 100%'])
      expect(told).toContain(`${one} is left out`)
    expect(told).toContain('faults of the file do not strike')
  })

  it('is the mean rate of a load that comes and goes', async () => {
    const steps = queue('expect: { components.q.utilization: "<= 50%" }').replace(
      'timeout: 5s',
      'timeout: 5s, profile: { 0s: 50%, 30s: 150% }',
    )
    const { qps, points } = await capacityOf(steps)
    // Half of the time half of it, half of the time half as much again: in the mean all of it.
    expect(Math.abs(qps.value! - 50)).toBeLessThan(2)
    expect(points.every(({ simulated_s }) => simulated_s === 60)).toBe(true)
  })

  it('is judged by what the file demands of it', async () => {
    const demand = async (bound: number) => {
      const { expectations } = await capacityOf(
        queue(`expect: { components.q.utilization: "<= 50%", capacity: ">= ${bound}/s" }`),
      )
      return expectations![0]
    }
    expect(await demand(40)).toMatchObject({ text: 'capacity >= 40/s', verdict: 'met' })
    expect(await demand(60)).toMatchObject({ verdict: 'not met' })
  })
})

describe('without a part', () => {
  const pair = (expect: string) => `name: Pair
hosts: { front: {}, a: {}, b: {}, idle: {} }
users: { web: { arrive: poisson(50/s), to: door, timeout: 2s } }
components:
  door: { kind: haproxy, host: front, timeout_connect: 100ms, redispatch: on, default_server: { check: on }, servers: [one, two] }
  one: { kind: service, host: a, service: exponential(10ms) }
  two: { kind: service, host: b, service: exponential(10ms) }
expect: ${expect}`

  it('is half of it for one of two, nothing for what all goes through; a host with nothing on it is none', async () => {
    const { qps, without } = await capacityOf(pair('{ latency_mean: "<= 50ms", availability: ">= 99%" }'), {
      lose: true,
      overrides: { lasts: '20s' },
    })
    const [front, a, b] = without!
    expect(without!.map(({ part }) => part)).toEqual(['front', 'a', 'b'])
    expect(front).toMatchObject({ qps: { value: 0, low: 0, high: 0 }, binding: 'availability' })
    expect(front!.at_lowest).toMatchObject({ metric: 'availability', value: { value: 0 } })
    for (const one of [a!, b!]) {
      expect(one.qps.value! / qps.value!).toBeGreaterThan(0.4)
      expect(one.qps.value! / qps.value!).toBeLessThan(0.6)
      expect(one.binding).toBe('latency_mean')
    }
    expect(a!.components).toEqual(['one'])
  })

  it('means each component where there are no hosts', async () => {
    const { without } = await capacityOf(queue('expect: { latency_mean: "<= 40ms" }'), { lose: true })
    expect(without).toMatchObject([{ part: 'q', qps: { value: 0 } }])
  })
})

describe('what cannot be asked', () => {
  const asking =
    (text: string, slo: Objectives | null = null) =>
    () =>
      asksOf([parseScenario(text, 'x.yaml', {}, () => '0\n1\n2\n')], slo, true)

  it.each([
    ['closed users', queue('', 'closed(users=5, think=exponential(1s))'), /there are no open users/],
    ['a recording', queue('', 'trace(r.csv)'), /is a recording/],
    ['attackers alone', queue('').replace('timeout: 5s', 'malicious: true'), /there are no open users/],
    [
      'nobody in the span',
      queue('').replace('timeout: 5s', 'profile: { 0s: 0% }'),
      /nobody comes in the measured span/,
    ],
  ])('%s', (_, text, says) => {
    expect(asking(text)).toThrow(ScenarioError)
    expect(asking(text)).toThrow(says)
  })

  it('objectives that no rate can keep or break', () => {
    expect(asking(queue(''), { failed: '<= 3' })).toThrow(/nothing is left to keep/)
    expect(asking(queue(''), { latenc_p99: '<= 3ms' })).toThrow(/did you mean "latency_p99"/)
  })

  it('tells what is wrong with all files at once', () => {
    const closed = parseScenario(queue('', 'closed(users=5, think=exponential(1s))'), 'x.yaml')
    const bad = () => asksOf([closed, { ...closed, file: 'y.yaml' }], null, true)
    expect(bad).toThrow(ScenarioError)
    try {
      bad()
    } catch (error) {
      expect((error as ScenarioError).problems.map(({ file }) => file)).toEqual(['x.yaml', 'y.yaml'])
    }
  })
})

describe('what it costs', () => {
  const priced = (value: number, month: number): Capacity =>
    ({
      qps: { value, low: value - 10, high: value + 10 },
      cost: { month, unknown: [], qps_per_cost: value / month },
    }) as unknown as Capacity

  it('is what the next unit of money buys, from the cheapest on', () => {
    const unpriced = { qps: { value: 1, low: 1, high: 1 } } as unknown as Capacity
    const steps = stepsOf([priced(900, 300), unpriced, priced(400, 100)], ['large', 'free', 'small'])
    expect(steps).toEqual([
      { from: 'small', to: 'large', cost: 200, qps: { value: 500, low: 480, high: 520 }, qps_per_cost: 2.5 },
    ])
  })

  it('is told of one file alone', async () => {
    const text = queue(
      'hosts: { h: { cost: 20 }, spare: {} }\nexpect: { hosts.h.utilization: "<= 50%" }',
    ).replace('kind: service', 'kind: service, host: h, discipline: ps')
    const { cost, qps, hosts } = await capacityOf(text)
    expect(cost).toMatchObject({ month: 20, unknown: ['spare'] })
    expect(cost!.qps_per_cost).toBeCloseTo(qps.value! / 20)
    expect(hosts).toBe(2)
  })
})
