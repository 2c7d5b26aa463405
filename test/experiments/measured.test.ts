import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readMeasured } from '../../cli/files.js'
import { inline } from '../../sim/experiments/jobs.js'
import { compareMeasured, judgeMeasured } from '../../sim/experiments/measured.js'

const measured = { metric: 'x', unit: 'ms', mean: 100, least: 99, most: 102, sd: 4, n: 3, add: 0 }

describe('a simulated value beside a measured one', () => {
  it.each<[number | null, number, string]>([
    [99, 0, 'between least and most'],
    [102, 0, 'between least and most'],
    [97.1, 0, 'within 3 %'],
    [102.9, 0, 'within 3 %'],
    [107.9, 0, 'within 2 sd'],
    [91.9, 0, 'differs'],
    [98, 1, 'between least and most'],
    [110, -10, 'between least and most'],
    [null, 0, 'differs'],
  ])('%s, with %d added: %s', (value, add, nearness) => {
    expect(judgeMeasured({ ...measured, add }, value)).toMatchObject({
      nearness,
      simulated: value === null ? null : value + add,
    })
  })
})

describe('the measured cases', () => {
  const { cases, leftOut } = readMeasured('validation')

  it('are the scenarios of validation/measured, whose heads say what was done', () => {
    const files = readdirSync('validation/measured').filter(
      (name) => name !== 'suite.yaml' && name.endsWith('.yaml'),
    )
    expect(files.sort()).toEqual(cases.map(({ name }) => `${name.replace('measured/', '')}.yaml`).sort())
    for (const { scenario, conditions, program } of cases) {
      const head = scenario.preface.replaceAll(/\s+/g, ' ')
      expect(head).toContain(conditions)
      expect(head).toContain(program)
    }
    expect(Object.keys(leftOut).length).toBeGreaterThan(5)
  })

  it('are simulated: a server of two is dead for 20 s, unchecked, and nearly all requests meet it first', async () => {
    const one = readMeasured('validation', ['haproxy-dead-unchecked'], '1', 4).cases
    const [compared] = await compareMeasured(one, inline)
    const redispatches = compared!.verdicts.find(({ metric }) => metric.endsWith('redispatches'))!
    expect(redispatches).toMatchObject({ mean: 1854, n: 3 })
    expect(Math.abs(redispatches.simulated! - 1854)).toBeLessThan(0.03 * 1854)
  })
})
