// biome-ignore-all lint/correctness/noPrecisionLoss: exact values as computed
import { expect, it } from 'vitest'
import { replicate } from '../../sim/experiments/replicate.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { type Estimate, meanOf, ratioOf } from '../../sim/stats/estimate.js'

interface Case {
  name: string
  /** Arrivals, and the component `q` (others may follow after `;`). */
  arrive: string
  components: string
  lasts: number
  /** Mean time in the system of the requests answered, seconds. */
  sojourn?: number
  /** Share of the requests that find no place or leave the queue. */
  loss?: number
  utilization?: number
}

const q = (options: string) => `q: { kind: service, ${options} }`
const two = (policy: string) =>
  `q: { kind: balancer, policy: ${policy}, servers: [a, b] }\n  a: { kind: service, service: exponential(10ms) }\n  b: { kind: service, service: exponential(10ms) }`

/** Exact results; the formula or its name beside each. */
const cases: Case[] = [
  // M/M/1: W = 1 / (mu - lambda).
  {
    name: 'M/M/1 at 0.5',
    arrive: 'poisson(50/s)',
    components: q('service: exponential(10ms)'),
    lasts: 1000,
    sojourn: 0.02,
    utilization: 0.5,
  },
  {
    name: 'M/M/1 at 0.8',
    arrive: 'poisson(80/s)',
    components: q('service: exponential(10ms)'),
    lasts: 2000,
    sojourn: 0.05,
    utilization: 0.8,
  },
  // M/M/c: Erlang C, W = 1 / mu + C(4, 3.2) / (c mu - lambda).
  {
    name: 'M/M/4 at 0.8',
    arrive: 'poisson(320/s)',
    components: q('servers: 4, service: exponential(10ms)'),
    lasts: 400,
    sojourn: 0.017455405897342555,
    utilization: 0.8,
  },
  // M/M/1/10: K = 10 in the system, of them 9 waiting.
  {
    name: 'M/M/1/10',
    arrive: 'poisson(90/s)',
    components: q('queue: 9, service: exponential(10ms)'),
    lasts: 1000,
    sojourn: 0.04646600672123705,
    loss: 0.05081373132741239,
    utilization: 0.8542676418053289,
  },
  // Erlang B (20, 15), insensitive to the law of the service.
  {
    name: 'Erlang loss',
    arrive: 'poisson(150/s)',
    components: q('servers: 20, queue: 0, service: "lognormal(mean=100ms, cv=2)"'),
    lasts: 1000,
    loss: 0.04559321558981184,
    utilization: 0.7158050883076411,
  },
  // Erlang A: exponential patience.
  {
    name: 'Erlang A',
    arrive: 'poisson(500/s)',
    components: q('servers: 4, service: exponential(10ms), patience: exponential(50ms)'),
    lasts: 200,
    sojourn: 0.021976884722502803,
    loss: 0.2273598811591369,
    utilization: 0.9658001485510789,
  },
  // Pollaczek-Khinchine: W = S + rho S (1 + cv^2) / 2 / (1 - rho).
  {
    name: 'M/D/1 at 0.9',
    arrive: 'poisson(90/s)',
    components: q('service: 10ms'),
    lasts: 1500,
    sojourn: 0.055,
    utilization: 0.9,
  },
  {
    name: 'M/G/1, lognormal cv 2',
    arrive: 'poisson(50/s)',
    components: q('service: "lognormal(mean=10ms, cv=2)"'),
    lasts: 3000,
    sojourn: 0.035,
    utilization: 0.5,
  },
  {
    name: 'M/G/1, hyperexponential',
    arrive: 'poisson(70/s)',
    components: q('service: "hyperexponential(mean=10ms, cv=2)"'),
    lasts: 2500,
    sojourn: 0.06833333333333335,
    utilization: 0.7,
  },
  {
    name: 'M/G/1, erlang',
    arrive: 'poisson(85/s)',
    components: q('service: "erlang(4, 10ms)"'),
    lasts: 1500,
    sojourn: 0.04541666666666667,
    utilization: 0.85,
  },
  {
    name: 'M/G/1, uniform',
    arrive: 'poisson(90/s)',
    components: q('service: "uniform(2ms, 18ms)"'),
    lasts: 1500,
    sojourn: 0.0646,
    utilization: 0.9,
  },
  // Processor sharing: W = S / (1 - rho), whatever the law.
  {
    name: 'M/M/1-PS',
    arrive: 'poisson(70/s)',
    components: q('discipline: ps, service: exponential(10ms)'),
    lasts: 1000,
    sojourn: 0.03333333333333333,
    utilization: 0.7,
  },
  {
    name: 'M/G/1-PS, lognormal',
    arrive: 'poisson(60/s)',
    components: q('discipline: ps, service: "lognormal(mean=10ms, cv=2)"'),
    lasts: 2000,
    sojourn: 0.025,
    utilization: 0.6,
  },
  {
    name: 'M/D/1-PS',
    arrive: 'poisson(85/s)',
    components: q('discipline: ps, service: 10ms'),
    lasts: 2000,
    sojourn: 0.06666666666666667,
    utilization: 0.85,
  },
  // Round robin over two: E2/M/1 each (Takacs); random: two M/M/1.
  {
    name: 'round robin over two',
    arrive: 'poisson(160/s)',
    components: two('roundrobin'),
    lasts: 1000,
    sojourn: 0.03843979766989913,
  },
  {
    name: 'random over two',
    arrive: 'poisson(160/s)',
    components: two('random'),
    lasts: 1000,
    sojourn: 0.05,
  },
  // Jackson: each station as if alone.
  {
    name: 'tandem',
    arrive: 'poisson(80/s)',
    components: `${q('service: exponential(5ms), next: [s]')}\n  s: { kind: service, service: exponential(10ms) }`,
    lasts: 2000,
    sojourn: 0.058333333333333334,
  },
]

const R = 20
const within = (estimate: Estimate, exact: number, what: string): number => {
  const standardError = (estimate.high! - estimate.low!) / 2 / 2.093024054408263
  const off = Math.abs(estimate.value! - exact)
  expect(off, `${what}: ${estimate.value} instead of ${exact}`).toBeLessThanOrEqual(
    Math.max(3.5 * standardError, 0.002 * exact),
  )
  return (estimate.value! - exact) / standardError
}

const z: number[] = []

it.each(cases)('$name', ({ arrive, components, lasts, sojourn, loss, utilization }) => {
  const text = `lasts: ${lasts / 4}s\nusers:\n  u: { arrive: ${arrive}, to: q }\ncomponents:\n  ${components}\n`
  const scenario = parseScenario(text, 'theory.yaml')
  const records = Array.from({ length: R }, (_, i) => replicate(scenario, i))
  const ok = records.map((r) => r.all.outcomes[0]!)
  const ended = records.map((r) => r.all.outcomes.reduce((a, b) => a + b, 0))
  if (sojourn !== undefined)
    z.push(
      within(
        ratioOf(
          records.map((r) => r.all.latencySum),
          ok,
        ),
        sojourn,
        'sojourn',
      ),
    )
  if (loss !== undefined)
    z.push(
      within(
        ratioOf(
          ended.map((n, i) => n - ok[i]!),
          ended,
        ),
        loss,
        'loss',
      ),
    )
  if (utilization !== undefined) {
    z.push(within(meanOf(records.map((r) => r.components.q!.utilization)), utilization, 'utilization'))
  }
})

it('is neither too far off nor too near too often', () => {
  const beyond = z.filter((x) => Math.abs(x) > 1.96).length
  expect(z.length).toBeGreaterThan(25)
  expect(beyond / z.length).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / z.length))
  expect(Math.max(...z.map(Math.abs))).toBeGreaterThan(0.5)
})
