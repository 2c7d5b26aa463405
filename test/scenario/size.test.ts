import { expect, it } from 'vitest'
import { parseScenario } from '../../sim/scenario/parse.js'
import type { ScenarioError } from '../../sim/scenario/problem.js'
import { mostRecordsOf } from '../../sim/scenario/size.js'

const site = (replications: number, components: number) =>
  `lasts: 1s
replications: ${replications}
users: { u: { arrive: poisson(1/s), to: q0 } }
components: { ${Array.from({ length: components }, (_, i) => `q${i}: { kind: service, service: 1ms }`).join(', ')} }`
const of = (components: number) =>
  mostRecordsOf({ components: Array.from({ length: components }) } as unknown as Parameters<
    typeof mostRecordsOf
  >[0])

it('keeps at most 500 records, less of large scenarios, and no fewer than 30', () => {
  // 120 kB and 20 kB of each component, 2 GB in all.
  expect([1, 194, 195, 994].map(of)).toEqual([500, 500, 497, 100])
  expect([3327, 3328, 10_000].map(of)).toEqual([30, 30, 30])
})

it('takes as many replications as may be asked for', () => {
  expect(parseScenario(site(100_000, 1), 'test.yaml').replications).toBe(100_000)
})

it('refuses more records than fit where so few are needed anyway', () => {
  const problems = (replications: number) => {
    try {
      parseScenario(site(replications, 4000), 'test.yaml')
      return []
    } catch (error) {
      return (error as ScenarioError).problems.map(({ message }) => message)
    }
  }
  expect(problems(24)).toEqual([])
  expect(problems(25)).toEqual([expect.stringMatching(/25 are too many to keep: at most 24 of so many/)])
})
