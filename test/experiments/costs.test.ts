import { expect, test } from 'vitest'
import { together } from '../../reports/words/costs.js'
import { verdictLine } from '../../reports/words/verdict.js'
import { inline } from '../../sim/experiments/jobs.js'
import { jobsOf, run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

/** A service that is away for a second, again and again. */
const site = (faults: number) =>
  parseScenario(
    `lasts: 40s
warmup: 0s
replications: 3
users: { u: { arrive: constant(10/s), to: q } }
components: { q: { kind: service, servers: unlimited, service: 1ms } }
faults: [${Array.from({ length: faults }, (_, i) => `{ kind: crash, target: q, at: ${2 * i + 1}s, for: 1s }`)}]
`,
    'test.yaml',
  )

test('what a fault cost is the difference to the same replications without it', async () => {
  const scenario = site(2)
  expect(jobsOf(scenario).map(({ without }) => without)).toEqual([
    ...[null, null, null, 0, 0, 0, 1, 1, 1],
    ...['all', 'all', 'all'],
  ])
  const [{ result }] = (await run([scenario], inline)) as [Awaited<ReturnType<typeof run>>[number]]
  // Ten requests a second are refused for a second.
  for (const { cost } of result.faults) expect(cost).toEqual({ value: 10, low: 10, high: 10 })
})

test('with more than sixteen faults none is left out in turn, and the result says so', async () => {
  expect(jobsOf(site(16))).toHaveLength(3 + 16 * 3 + 3)
  const scenario = site(17)
  expect(jobsOf(scenario)).toHaveLength(3 + 3)
  const [{ result }] = (await run([scenario], inline)) as [Awaited<ReturnType<typeof run>>[number]]
  expect(result.faults.map(({ cost }) => cost)).toEqual(new Array(17).fill(null))
  expect(result.recovery!.cost!.value).toBe(result.requests.failed / 3)
  expect(result.notes.join('\n')).toContain('what each of the faults cost is not told')
})

test('of two faults that are not alike each has its own cost', async () => {
  const scenario = parseScenario(
    `lasts: 40s
warmup: 0s
replications: 2
users: { u: { arrive: constant(10/s), to: q } }
components: { q: { kind: service, servers: unlimited, service: 1ms } }
faults: [{ kind: crash, target: q, at: 1.05s, for: 1s }, { kind: crash, target: q, at: 11.05s, for: 5s }]
`,
    'test.yaml',
  )
  const [ran] = await run([scenario], inline)
  expect(ran!.result.faults.map(({ cost }) => cost!.value)).toEqual([10, 50])
})

test('of two that strike at once each costs nothing alone, and both together all', async () => {
  const scenario = parseScenario(
    `lasts: 40s
warmup: 0s
replications: 2
users: { u: { arrive: constant(10/s), to: q } }
components: { q: { kind: service, servers: unlimited, service: 1ms } }
faults: [{ kind: crash, target: q, at: 1.05s, for: 1s }, { kind: crash, target: q, at: 1.05s, for: 1s }]
`,
    'test.yaml',
  )
  const [{ result }] = (await run([scenario], inline)) as [Awaited<ReturnType<typeof run>>[number]]
  expect(result.faults.map(({ cost }) => cost!.value)).toEqual([0, 0])
  expect(result.recovery!.cost!.value).toBe(10)
  expect(together(result)).toMatch(
    /^All faults together cost 10 requests a run: where several strike at once/,
  )
  const one = { ...result, timeline: [] }
  expect(verdictLine(one, scenario)).toMatch(
    /^Hurt: the faults together cost 10 requests a run, 2\.51% of all\./,
  )
})
