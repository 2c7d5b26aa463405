import { describe, expect, it } from 'vitest'
import { drawing } from '../../reports/drawing/drawing.js'
import { underLoad } from '../../reports/drawing/under-load.js'
import { overloads } from '../../reports/knee.js'
import { limits } from '../../reports/words/limits.js'
import { verdictLine } from '../../reports/words/verdict.js'
import { replicateFollowed } from '../../sim/experiments/causes/replicate-followed.js'
import { replicate } from '../../sim/experiments/replicate.js'
import { summarize } from '../../sim/experiments/summarize.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { resultOf } from '../support/results.js'

/** Pages over 16 Mbit/s: 19.3 of 100 kB a second with their headers. */
const pages = (rate: number, size = '100kB', { wire = '', users = '', lasts = '120s' } = {}) => `
lasts: ${lasts}
sizes: { default: { request: 500B, answer: ${size} } }
users: { v: { arrive: poisson(${rate}/s), to: n${users} } }
components: { n: { kind: nginx, service: 0.1ms } }
wires: { v -> n: { bandwidth: 16Mbit/s, latency: 1ms${wire} } }
`
const followed = (text: string) => {
  const scenario = parseScenario(text, 'x.yaml')
  return summarize(scenario, [replicateFollowed(scenario, 0)])
}
const full = (size: number) => (2e6 * (1448 / 1500)) / size

describe('a line is a place that can fill', () => {
  it.each([
    ['100kB', 10, full(100e3)],
    ['50kB', 30, full(50e3)],
  ])('with pages of %s, %d a second: full at so many as fit', (size, rate, expected) => {
    const { result, scenario } = resultOf(pages(rate, size))
    expect(result.overloaded).toBeUndefined()
    const { bottleneck } = result
    expect(bottleneck).toMatchObject({ name: 'v -> n', type: 'wire', place: 'line' })
    expect(bottleneck!.utilization).toBeCloseTo((result.qps.offered.value! / expected) * 1, 1)
    expect(bottleneck!.full_at_per_s! / expected).toBeCloseTo(1, 1)
    expect(bottleneck!.next).toMatchObject({ name: 'n' })
    expect(limits(result, scenario)).toMatch(
      /^The (next limit|first limit) would be the line of v -> n \(bandwidth\): \d\d% used, so full at about (19|38)\.\d requests\/s/,
    )
    expect(verdictLine(result, scenario)).toContain('is the line of v -> n (bandwidth), full at about')
  })

  it.each([
    ['100kB', 30, full(100e3)],
    ['50kB', 60, full(50e3)],
  ])('with pages of %s, %d a second: it cannot keep up', (size, rate, expected) => {
    const { result, scenario } = resultOf(pages(rate, size))
    expect(result.unstable).toMatchObject({
      component: 'n',
      reason: expect.stringMatching(/capacity of the line of v -> n$/),
    })
    const { overloaded, bottleneck } = result
    expect(overloaded).toMatchObject({ component: 'v -> n', type: 'wire', place: 'line' })
    expect(overloaded!.capacity_per_s / expected).toBeCloseTo(1, 1)
    expect(overloaded!.growth_per_s).toBeGreaterThan(rate - expected)
    expect(bottleneck).toMatchObject({ name: 'v -> n', full_at_per_s: overloaded!.capacity_per_s })
    expect(verdictLine(result, scenario)).toMatch(
      /^Overloaded: the line of v -> n \(bandwidth\) cannot keep up: it carries about (19|38)\.\d of \d\d(\.\d)? requests\/s, 1\.5\d times what it can do; the backlog grows by/,
    )
    // Whose time it was: on the wire, which was full.
    expect(followed(pages(rate, size)).causes[0]).toMatchObject({
      says: expect.stringMatching(/^the wire v -> n was full: (99|100)%/),
      chain: [{ component: 'v -> n', what: 'line full' }],
    })
    const svg = String(drawing(scenario, underLoad(result)))
    expect(svg).toMatch(/class="arrow full"[^>]*><title>v → n, [\d.]+ requests\/s, overloaded</)
  })

  it('and those who lose their patience are what it cannot carry', () => {
    const { result } = resultOf(pages(30, '100kB', { users: ', timeout: 3s' }))
    expect(result.unstable).toBeUndefined()
    expect(result.overloaded).toMatchObject({ component: 'v -> n', type: 'wire', growth_per_s: 0 })
    expect(result.overloaded!.capacity_per_s / full(100e3)).toBeCloseTo(1, 1)
  })

  it('a sweep names it as a run does', () => {
    const points = [10, 30].map((rate) => ({
      point: { x: String(rate) },
      result: resultOf(pages(rate)).result,
    }))
    expect(overloads({ name: '', x: 'x', points: points as never })).toBe(
      'Carries the load up to x=10; from x=30 on the line of v -> n cannot keep up.',
    )
  })

  it('in a surge it is full for a while', () => {
    const text = `${pages(10, '100kB')}
warmup: 0s
faults: [{ kind: surge, target: v, factor: 4, at: 30s, for: 20s }]`
    const { bottleneck } = resultOf(text).result
    expect(bottleneck).toMatchObject({ name: 'v -> n', type: 'wire' })
    expect(bottleneck!.full!.from_s).toBeGreaterThanOrEqual(30)
    expect(bottleneck!.full!.from_s).toBeLessThan(33)
    // 20 s of 40/s take 41 s, and what comes meanwhile.
    expect(bottleneck!.full!.seconds).toBeGreaterThan(50)
  })

  it('one that is long, and not full, is told as that', () => {
    const result = followed(
      pages(1, '5MB', { wire: '', users: ', bandwidth: 1MB/s' }).replace('16M', '1000M'),
    )
    expect(result.causes[0]!.says).toMatch(/^the wire v -> n took long/)
    const far = followed(pages(10, '100kB').replace('latency: 1ms', 'latency: 200ms'))
    expect(far.causes[0]!.says).toMatch(/^the wire v -> n took long/)
  })
})

it('the interface of a host is one, whatever wires lead there', () => {
  const site = (rate: number) => `
lasts: 120s
sizes: { default: { answer: 50kB } }
hosts: { front: { cores: 2 }, back: { cores: 2, bandwidth: 100Mbit/s } }
users: { v: { arrive: poisson(${rate}/s), to: lb } }
components:
  lb: { kind: haproxy, host: front, servers: [one, two] }
  one: { kind: nginx, host: back }
  two: { kind: nginx, host: back }`
  const most = (12.5e6 * (1448 / 1500)) / 50e3
  const { result, scenario } = resultOf(site(150))
  expect(result.bottleneck).toMatchObject({ name: 'back', type: 'host', place: 'network interface' })
  expect(result.bottleneck!.full_at_per_s! / most).toBeCloseTo(1, 1)
  expect(limits(result, scenario)).toContain('would be the network interface of back (bandwidth)')
  const over = resultOf(site(300))
  expect(over.result.overloaded).toMatchObject({
    component: 'back',
    type: 'host',
    place: 'network interface',
  })
  expect(verdictLine(over.result, over.scenario)).toMatch(
    /^Overloaded: the network interface of back \(bandwidth\) cannot keep up: it carries about 24\d of/,
  )
  expect(String(drawing(over.scenario, underLoad(over.result)))).toContain('class="frame host full')
})

describe('the interface of a host that is full is no wire that is', () => {
  const causesOf = (text: string) => followed(text).causes.map(({ says, chain }) => ({ says, chain }))

  it('whatever wires lead there: what waits on each of them waits for one thing', () => {
    const groups = ['u', 'v', 'w']
    const found = causesOf(`
lasts: 60s
sizes: { default: { answer: 20kB } }
users: { ${groups.map((name) => `${name}: { arrive: poisson(20/s), to: n, timeout: 10s }`).join(', ')} }
hosts: { h: { bandwidth: 8Mbit/s } }
components: { n: { kind: nginx, host: h } }
wires: { ${groups.map((name, i) => `${name} -> n: { latency: ${10 * (i + 1)}ms }`).join(', ')} }`)
    expect(found).toEqual([
      {
        says: expect.stringMatching(/^the network interface of h was full: (9[5-9]|100)% of the time/),
        chain: [{ component: 'h', what: 'interface full' }],
      },
    ])
  })

  it('who is full of those that wait there is named, and twins are told together', () => {
    const [found] = causesOf(`
lasts: 60s
sizes: { default: { answer: 100kB } }
hosts: { front: {}, one: { bandwidth: 8Mbit/s }, two: { bandwidth: 8Mbit/s } }
users: { v: { arrive: poisson(30/s), to: lb, timeout: 10s } }
components:
  lb: { kind: haproxy, host: front, maxconn: 50, servers: [a, b] }
  a: { kind: nginx, host: one }
  b: { kind: nginx, host: two }`)
    expect(found!.chain).toEqual([
      { component: 'lb', what: 'full' },
      { component: 'one', what: 'interface full', twins: ['two'] },
    ])
    expect(found!.says).toMatch(
      /^lb was full because those in it waited for the network interfaces of one and two, which were full: \d/,
    )
  })

  it('and who reads a request waits for it too', () => {
    const [found] = causesOf(`
lasts: 60s
sizes: { default: { request: 100kB } }
hosts: { h: { bandwidth: 8Mbit/s } }
users: { v: { arrive: poisson(12/s), to: n, timeout: 10s } }
components: { n: { kind: nginx, host: h, upstream: [a] }, a: { kind: app, host: h, service: 1ms } }
wires: { v -> n: { latency: 20ms } }`)
    expect(found!.chain).toEqual([{ component: 'h', what: 'interface full' }])
  })
})

describe('without sizes', () => {
  it('a bandwidth changes nothing, not a byte', () => {
    const site = (bandwidth: string) => `
lasts: 30s
hosts: { a: { cores: 2${bandwidth} }, b: { cores: 2 } }
users: { v: { arrive: poisson(100/s), to: n, timeout: 1s, retries: 1${bandwidth} } }
components:
  n: { kind: nginx, host: a, upstream: [m], keepalive: 8, proxy_http_version: '1.1' }
  m: { kind: app, host: b, workers: 8, service: exponential(20ms) }
wires: { v -> n: { latency: 10ms, loss: 1%${bandwidth} }, n -> m: { latency: 1ms${bandwidth} } }
faults: [{ kind: crash, target: m, at: 10s, for: 2s }]`
    const record = (bandwidth: string) =>
      JSON.stringify(replicate(parseScenario(site(bandwidth), 'x.yaml'), 0))
    expect(record(', bandwidth: 1kbit/s')).toBe(record(''))
  })

  it('nothing is told of lines, and sizes without any change neither what comes nor what is served', () => {
    const site = (sizes: string) => `
lasts: 30s
${sizes}
users: { v: { arrive: poisson(100/s), to: n } }
components: { n: { kind: nginx, upstream: [m] }, m: { kind: app, workers: 8, service: exponential(20ms) } }`
    const record = (sizes: string) => JSON.stringify(replicate(parseScenario(site(sizes), 'x.yaml'), 0))
    expect(record('')).not.toContain('"lines"')
    expect(record('sizes: { default: { answer: 1MB } }')).toBe(record(''))
  })
})
