import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { capacityText } from '../../reports/capacity-table.js'
import { asksOf } from '../../sim/experiments/capacity/ask.js'
import { capacities } from '../../sim/experiments/capacity/capacity.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { builtThreads } from '../support/threads.js'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** Where an increasing function is 0. */
function zero(of: (x: number) => number, low: number, high: number): number {
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2
    if (of(middle) > 0) high = middle
    else low = middle
  }
  return low
}

const queue = (expected: string, q: string, rate = 30) =>
  `users: { web: { arrive: poisson(${rate}/s), to: q } }
components: { ${q} }
expect: { ${expected} }`

const blocking = (rho: number, k: number) => ((1 - rho) * rho ** k) / (1 - rho ** (k + 1))

/** The capacity of each, by its objective: what theory says. */
const cases: [name: string, text: string, exact: number, binding: string][] = [
  [
    'M/M/1, p99',
    queue('latency_p99: "<= 100ms"', 'q: { kind: service, service: exponential(10ms) }'),
    53.948298140119086,
    'latency_p99',
  ],
  [
    'M/M/4, p99',
    queue('latency_p99: "<= 150ms"', 'q: { kind: service, servers: 4, service: exponential(20ms) }'),
    164.46359046221696,
    'latency_p99',
  ],
  [
    // Pollaczek and Khinchine: s + rho s / 2 (1 - rho).
    'M/D/1, mean',
    queue('latency_mean: "<= 30ms"', 'q: { kind: service, service: 10ms }'),
    80,
    'latency_mean',
  ],
  [
    // Kleinrock 1976, section 4.4: s / (1 - rho), whatever the law.
    'M/G/1 with processor sharing, mean',
    queue(
      'latency_mean: "<= 40ms"',
      'q: { kind: service, discipline: ps, service: "lognormal(mean=10ms, cv=2)" }',
    ),
    75,
    'latency_mean',
  ],
  [
    'M/M/1/10, availability',
    queue('availability: ">= 99%"', 'q: { kind: service, queue: 9, service: exponential(10ms) }'),
    100 * zero((rho) => blocking(rho, 10) - 0.01, 0.1, 0.99),
    'availability',
  ],
  [
    // Jackson 1957: each as if it were alone.
    'two queues in a row, mean',
    queue(
      'latency_mean: "<= 60ms"',
      'q: { kind: service, service: exponential(10ms), next: [r] }, r: { kind: service, service: exponential(6ms) }',
    ),
    zero((rate) => 1 / (100 - rate) + 1 / (1000 / 6 - rate) - 0.06, 1, 99.9),
    'latency_mean',
  ],
  [
    'M/M/1, of two objectives the one on use',
    queue(
      'latency_p99: "<= 100ms", components.q.utilization: "<= 40%"',
      'q: { kind: service, service: exponential(10ms) }',
    ),
    40,
    'components.q.utilization',
  ],
]

describe('capacities that are known exactly', async () => {
  const pool = await builtThreads(2)
  afterAll(() => pool.close())
  const ask = async (text: string, file: string, within: number, lose = false) => {
    const [found] = await capacities(
      asksOf([parseScenario(text, file)], null, lose),
      { within, most: 400 },
      pool,
    )
    return found!
  }

  it.each(cases)('%s', async (name, text, exact, binding) => {
    const found = await ask(text, `${name.replaceAll('/', '')}.yaml`, 0.01)
    const { value, low, high } = found.qps
    expect(found.binding).toBe(binding)
    expect(found.within.reached).toBeLessThanOrEqual(0.01)
    expect(Math.abs(value! / exact - 1)).toBeLessThan(0.01)
    // As metrics of the validation suite are: within 3.5 standard errors.
    expect(Math.abs(value! - exact)).toBeLessThan((3.5 * (high! - low!)) / 2 / 1.96)
  })

  it('hold from outside: a little less keeps the objectives, and a little more does not', async () => {
    const file = 'scenarios/01-simple-web-stack.yaml'
    const text = read(file)
    const { qps } = await ask(text, file, 0.01)
    const verdicts = async (share: number) => {
      const rate = `users.visitors.arrive=poisson(${share * qps.value!}/s)`
      const overrides = { lasts: '2min', replications: 8, set: [rate] }
      const [ran] = await run([parseScenario(text, file, overrides)], pool)
      return ran!.result.expectations!.map(({ verdict }) => verdict)
    }
    expect(await verdicts(0.97)).toEqual(['met', 'met', 'met'])
    expect(await verdicts(1.03)).toContain('not met')
  })

  it('docs/capacity.md shows what is printed', async () => {
    const page = read('docs/capacity.md')
    const block = (language: string) =>
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)![1]!
    const found = await ask(block('yaml'), 'shops.yaml', 0.05, true)
    const look = { width: 100, colour: false, verbose: false }
    expect(capacityText({ version: 1, capacities: [found] }, look)).toBe(block('text'))
  })
})
