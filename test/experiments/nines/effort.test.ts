import { expect, it } from 'vitest'
import { yearsText } from '../../../reports/years-table.js'
import { inline } from '../../../sim/experiments/jobs.js'
import { plan, plansOf } from '../../../sim/experiments/nines/nines.js'
import type { Judgement } from '../../../sim/experiments/result.js'
import { listed } from '../../../sim/options/spell.js'
import { parseScenario } from '../../../sim/scenario/parse.js'

const ASKING = { over: 86_400 * 365, effort: 1e4, joint: false }

const pair = (arrive: string, name = 'pair.yaml') =>
  parseScenario(
    `
users: { v: { arrive: "${arrive}", to: lb, timeout: 20s } }
hosts: { front: {}, one: { cores: 64 }, two: { cores: 64 } }
components:
  lb: { kind: balancer, host: front, policy: roundrobin, servers: [a, b] }
  a: { kind: service, host: one, servers: 64, service: 5s }
  b: { kind: service, host: two, servers: 64, service: 5s }
faults: [{ kind: crash, target: [front, one, two], mtbf: 30d, mttr: 1h }]
expect: { availability: ">= 99%" }
`,
    name,
  )

it('is refused where it does not go for a look with everything in order, of all files at once', () => {
  const many = ['one.yaml', 'two.yaml'].map((name) => pair('poisson(1000000/s)', name))
  const refused = () => plansOf(many, ASKING)
  expect(refused).toThrow(/one\.yaml: users: so many come that the shortest look takes 225M requests/)
  expect(refused).toThrow(/two\.yaml: users: /)
  expect(() => plan(many[0]!, { ...ASKING, effort: 225e6 })).not.toThrow()
  expect(() => plan(many[0]!, { ...ASKING, effort: 0 })).not.toThrow()
})

it('goes for what is away longest, and what is not tried counts as anything from the wiring to nothing', async () => {
  // Who does not think is counted with a thousand requests a second, and asks one in five seconds.
  const result = await plan(pair('closed(users=20, think=0s)'), ASKING).run(inline)
  const { untried = [] } = result.method
  // Machines are away for longer than processes; not all of them were tried, and no process.
  expect(untried.length).toBeLessThan(6)
  expect(untried).toEqual(expect.arrayContaining(['lb', 'a', 'b']))
  const [note] = result.notes
  expect(note).toContain(`without ${listed(untried, 'or')} was not tried`)
  const wider = Number(/some ([\d.]+) min a year wider/.exec(note!)![1])
  const { value, high } = result.downtime_min_per_year
  expect(wider).toBeGreaterThan(0)
  expect(high! - value!).toBeGreaterThan(0.95 * wider)
  expect(result.objective_met.year.value).toBeNull()
  expect(yearsText({ version: 1, availabilities: [result] })).toContain('not every part was tried')
})

it.each([
  ['exponential(2s)', 'exponential(0.5s)', 60, /^in what 60 requests \(--effort\) take, /],
  ['exponential(2s)', 'empirical(repairs.csv)', 5_000, /^a law of the file comes from a table$/],
])(
  'is named where it is why failures and requests are not simulated together: %s, %s, %i',
  async (mtbf, mttr, effort, because) => {
    const text = `
users: { web: { arrive: poisson(20/s), to: a, timeout: 1s } }
components: { a: { kind: service, service: 2ms } }
faults: [{ kind: crash, target: a, mtbf: ${mtbf}, mttr: ${mttr} }]
expect: { availability_year: ">= 50%" }`
    const scenario = parseScenario(text, 'hurried.yaml', {}, () => '0.4s\n0.6s\n')
    const result = await plan(scenario, { ...ASKING, effort }).run(inline)
    const [{ verdict, reason }] = result.expectations as [Judgement]
    expect(verdict).toBe('undecided')
    expect(reason).toMatch(because)
    expect(result.notes.join()).toContain(`they cannot be simulated together, since ${reason}: `)
  },
)
