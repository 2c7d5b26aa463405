import { beforeAll, describe, expect, test } from 'vitest'
import { assets } from '../../cli/assets.js'
import { reportFiles } from '../../reports/report.js'
import { toText } from '../../reports/text.js'
import { compare } from '../../sim/experiments/compare.js'
import { inline } from '../../sim/experiments/jobs.js'
import { lose, lossesOf } from '../../sim/experiments/losses.js'
import type { Report } from '../../sim/experiments/result.js'
import { run } from '../../sim/experiments/run.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const users = 'users: { web: { arrive: constant(10/s), to: front, timeout: 5s } }'

/** One machine; and a balancer that asks two, one after the other, and knows nothing of dead ones, beside an idle one. */
const alone = parseScenario(
  `name: Alone
lasts: 20s
warmup: 0s
replications: 2
hosts: { only: {} }
${users}
components: { front: { kind: service, host: only, service: 1ms } }
expect: { availability: ">= 99%" }`,
  'alone.yaml',
)
const pair = parseScenario(
  `name: Pair
lasts: 20s
warmup: 0s
replications: 2
hosts: { a: {}, b: {}, idle: {} }
${users}
components:
  front: { kind: balancer, servers: [one, two] }
  one: { kind: service, host: a, service: 1ms }
  two: { kind: service, host: b, service: 1ms }
  spare: { kind: service, host: idle, service: 1ms }
faults: [{ kind: crash, target: a, at: 5s, for: 5s }]`,
  'pair.yaml',
)

describe('each machine lost in turn', () => {
  const scenarios = [alone, pair]
  let report: Report

  beforeAll(async () => {
    const ran = await run(scenarios, inline)
    const variants = scenarios.map((one) => lossesOf(one, 2))
    report = {
      version: 1,
      results: ran.map(({ result }) => result),
      comparisons: compare(ran),
      losses: await lose(scenarios, variants, inline),
    }
  })

  test('is dead for two minutes, alone: the faults and objectives of the file are left out', () => {
    for (const { scenario, host } of [...lossesOf(alone, 2), ...lossesOf(pair, 2)]) {
      expect(scenario).toMatchObject({ lasts: 120, warmup: 30, replications: 2, expect: [] })
      expect(scenario.faults).toMatchObject([{ targets: [host], timed: { at: 0, lasts: Infinity } }])
    }
  })

  test('what is answered without it, by its number', () => {
    const [first, second] = report.losses!
    expect(first).toMatchObject({ scenario: 'Alone', lost_s: 120, replications: 2 })
    expect(first!.lost).toMatchObject([
      { host: 'only', components: ['front'], good: { value: 0 }, no_answer_s: { value: 120 } },
    ])
    // Every other visitor is sent to the dead one, and gives up.
    const shares = second!.lost.map(({ host, good }) => [host, +good.value!.toFixed(2)])
    expect(shares).toEqual([
      ['a', 0.5],
      ['b', 0.5],
      ['idle', 1],
    ])
  })

  test('is told in the first line, a table and a sentence a scenario', () => {
    const text = toText(report, scenarios, { width: 100, colour: false, verbose: false })
    expect(text).toMatch(
      /^Pair answers (49|50)\.\d+% well without the machine that it can spare least; Alone \(only\) answers nobody\.\n/,
    )
    expect(text).toMatch(/^Alone .* only +0% +120 s +0 of 1$/m)
    expect(text).toMatch(/^Pair .* (a|b) +(49|50)[.\d]*% +– +1 of 3$/m)
    expect(text).toContain('Alone: nothing works without only.')
    expect(text).toMatch(
      /^Pair: it answers (49|50)\.\d% well without b, (49|50)\.\d% well without a; nobody misses idle\.$/m,
    )
    expect(text.split('\n').every((line) => [...line].length <= 100)).toBe(true)
  })

  test('has a table of its own and a section of the page', () => {
    const files = reportFiles(report, scenarios, assets())
    const rows = files['losses.csv']!.trim().split('\n')
    expect(rows).toHaveLength(1 + 4)
    expect(rows[1]).toMatch(/^Alone,only,front,0,0,0,0,0,0,/)
    expect(files['report.html']).toContain('When a machine is lost')
    expect(files['report.html']).toContain('nothing works without only')
    expect(reportFiles({ ...report, losses: undefined }, scenarios, assets())['losses.csv']).toBeUndefined()
  })
})
