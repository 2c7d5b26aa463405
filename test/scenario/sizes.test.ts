import { describe, expect, it } from 'vitest'
import { remarksOn } from '../../sim/scenario/oddities.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { problemsOf } from '../support/world.js'

const site = ({ sizes = '', wire = '', host = '', users = '', app = '' } = {}) => `
${sizes}
hosts: { a: { ${host} }, b: {} }
users: { v: { arrive: poisson(1/s), to: n, mix: { home: 50%, search: 50% }${users} } }
components:
  n: { kind: nginx, host: a, upstream: [m] }
  m: { kind: app, host: b, service: 1ms${app} }
  db: { kind: mysql, service: 1ms }
wires: { v -> n: { ${wire} } }
`
const parsed = (options: Parameters<typeof site>[0]) => parseScenario(site(options), 'x.yaml')
const means = (sizes: string) => {
  const { request, answer } = parsed({ sizes: `sizes: { ${sizes} }` }).sizes!
  return [request.map((law) => law.mean), answer.map((law) => law.mean)]
}

describe('sizes', () => {
  it('are null where nothing is said of them', () => {
    expect(parsed({}).sizes).toBeNull()
    expect(parsed({ sizes: 'sizes: {}' }).sizes).toBeNull()
    expect(parsed({ sizes: 'sizes:' }).sizes).toBeNull()
  })

  it('are those of a class, else of `default`, else nothing: the request and the answer each', () => {
    expect(means('home: { request: 500B, answer: 100kB }')).toEqual([
      [500, 0],
      [100e3, 0],
    ])
    expect(means('home: { answer: 1.5MB }, default: { request: 0.5 kB, answer: 2e3B }')).toEqual([
      [500, 500],
      [1.5e6, 2000],
    ])
    expect(means('default: { answer: 0 }')).toEqual([
      [0, 0],
      [0, 0],
    ])
  })

  it('are drawn from the laws that durations have', () => {
    const of = (law: string) =>
      parsed({ sizes: `sizes: { default: { answer: "${law}" } }` }).sizes!.answer[0]!
    expect(of('exponential(20kB)')).toMatchObject({ mean: 20e3, variance: 4e8 })
    expect(of('lognormal(mean=20kB, cv=1)').mean).toBeCloseTo(20e3, 6)
    expect(of('lognormal(p50=20kB, p99=1MB)').mean).toBeGreaterThan(20e3)
    expect(of('uniform(0, 1GB)').mean).toBe(5e8)
    expect(of('pareto(2, 10kB)').mean).toBeCloseTo(10e3, 6)
    const table = 'bytes\n1000\n3kB\n'
    const text = site({ sizes: 'sizes: { default: { answer: empirical(sizes.csv) } }' })
    expect(parseScenario(text, 'x.yaml', {}, () => table).sizes!.answer[0]!.mean).toBe(2000)
  })
})

describe('a bandwidth', () => {
  it.each([
    ['16Mbit/s', 2e6],
    ['1Gbit/s', 1.25e8],
    ['64 kbit/s', 8000],
    ['8bit/s', 1],
    ['2MB/s', 2e6],
    ['20kB/s', 2e4],
    ['100B/s', 100],
    ['0.5GB/s', 5e8],
  ])('%s is %d bytes a second', (text, expected) => {
    const { wires, hosts, users } = parsed({
      wire: `bandwidth: ${text}`,
      host: `bandwidth: ${text}`,
      users: `, bandwidth: ${text}`,
    })
    expect([wires[0]!.bandwidth, hosts[0]!.bandwidth, users[0]!.bandwidth]).toEqual([
      expected,
      expected,
      expected,
    ])
    expect(hosts[1]!.bandwidth).toBeUndefined()
  })
})

describe('what is wrong is told where it stands', () => {
  it.each([
    ['home: { answer: 100 }', '2:18', 'expected a size such as 500B, 20kB or 2MB, not "100" without a unit'],
    ['home: { answer: big }', '2:18', 'expected a size or a law such as constant(mean), not "big"'],
    ['home: { answer: 20KB }', '2:18', 'expected a size: is "20KB" meant as 20kB?'],
    ['home: { answer: 20KiB }', '2:18', 'expected a size: is "20KiB" meant as 20kB?'],
    ['home: { answer: 2m }', '2:18', 'expected a size: is "2m" meant as 2MB?'],
    ['home: { answer: 5ms }', '2:18', 'expected a size with one of the units B kB MB GB, not "ms"'],
    ['home: { answer: -1kB }', '2:18', 'expected a size of 0 or more, not a negative one'],
    ['home: { answer: 2000GB }', '2:18', 'expected a size of at most 1000GB, not 2000GB'],
    [
      'home: { answer: exponential(20ms) }',
      '2:18',
      'expected a size with one of the units B kB MB GB, not "ms", for mean in exponential(mean)',
    ],
    ['home: { answer: exponential(0B) }', '2:18', 'expected a size above 0, for mean in exponential(mean)'],
    ['home: { body: 1kB }', '2:18', 'there is no option "body"'],
    ['hom: { answer: 1kB }', '2:10', 'no users ask for the request class "hom"; did you mean "home"?'],
    ['home: 1kB', '2:10', 'expected a map, not "1kB"'],
  ])('%s', (sizes, place, message) => {
    const [problem] = problemsOf(site({ sizes: `sizes: { ${sizes} }` }))
    expect(problem).toMatch(new RegExp(`^${place}: sizes\\.`))
    expect(problem).toContain(message)
  })

  it.each([
    ['16Mbps', 'expected a bandwidth such as 16Mbit/s, 1Gbit/s or 2MB/s, not "16Mbps"'],
    ['16', 'expected a bandwidth such as 16Mbit/s, 1Gbit/s or 2MB/s, not "16"'],
    ['16Mbit', 'expected a bandwidth such as 16Mbit/s, 1Gbit/s or 2MB/s, not "16Mbit"'],
    ['0Mbit/s', 'expected a bandwidth from 1bit/s to 1000000Gbit/s, not 0Mbit/s'],
    ['-1Mbit/s', 'expected a bandwidth of 0 or more, not a negative one'],
    ['1e9GB/s', 'expected a bandwidth from 1bit/s to 1000000Gbit/s, not 1e9GB/s'],
  ])('bandwidth: %s', (text, message) => {
    const all = problemsOf(
      site({ wire: `bandwidth: ${text}`, host: `bandwidth: ${text}`, users: `, bandwidth: ${text}` }),
    )
    expect(all.map((one) => one.replace(/^\d+:\d+: /, ''))).toEqual([
      `hosts.a.bandwidth: ${message}`,
      `users.v.bandwidth: ${message}`,
      `wires.v -> n.bandwidth: ${message}`,
    ])
  })
})

describe('a remark', () => {
  const told = (options: Parameters<typeof site>[0]) =>
    remarksOn(parsed(options)).filter((one) => /size|limits/.test(one))

  it('is made on a bandwidth where nothing has a size', () => {
    expect(
      told({ wire: 'bandwidth: 1Mbit/s', host: 'bandwidth: 1Gbit/s', users: ', bandwidth: 1MB/s' }),
    ).toEqual(['the bandwidth of a, v and v -> n limits nothing: nothing has a size (sizes:)'])
  })

  it('is made on a receive buffer where nothing has a size', () => {
    expect(told({ users: ', receive_buffer: 64kB' })).toEqual([
      'the receive_buffer of v holds nothing: nothing has a size (sizes:)',
    ])
  })

  it('is made on sizes that no wire takes time for', () => {
    const sizes = 'sizes: { default: { answer: 1kB } }'
    expect(told({ sizes })).toEqual(['the sizes make no difference: no wire has a bandwidth or a latency'])
    expect(told({ sizes, wire: 'latency: 1ms' })).toEqual([])
    expect(told({ sizes, host: 'bandwidth: 1Mbit/s' })).toEqual([])
  })

  it('is made on a line for queries, which have none', () => {
    const text = site({ sizes: 'sizes: { default: { answer: 1kB } }', app: ', database: db' })
    const wires = 'wires: { m -> db: { bandwidth: 1Mbit/s }, n -> m: { bandwidth: 1Mbit/s } }'
    const remarks = remarksOn(parseScenario(text.replace(/wires: .*/, wires), 'x.yaml'))
    expect(remarks.filter((one) => /size|limits/.test(one))).toEqual([
      'the bandwidth of m -> db limits nothing: what m asks there has no size',
    ])
  })
})
