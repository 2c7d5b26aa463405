import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSuite } from '../../cli/files.js'
import { inline } from '../../sim/experiments/jobs.js'
import type { Result } from '../../sim/experiments/result.js'
import {
  estimateAt,
  judgeMetric,
  spreadOf,
  type Validated,
  validate,
} from '../../sim/experiments/validate.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { type Estimate, meanOf, studentT } from '../../sim/stats/estimate.js'

const exact = (value: number, metric = 'availability') => ({ metric, value, unit: '', formula: '' })
const within = (value: number, half: number): Estimate => ({ value, low: value - half, high: value + half })

describe('the judgement of a metric', () => {
  it('takes the standard error that the interval is made of', () => {
    const values = [9.1, 10.4, 10.2, 9.7, 11.3, 9.9, 10.8, 10.1]
    const mean = values.reduce((a, b) => a + b) / 8
    const deviation = Math.sqrt(values.reduce((a, x) => a + (x - mean) ** 2, 0) / 7)
    const verdict = judgeMetric(exact(10), meanOf(values), 8)
    expect(verdict.standardError).toBeCloseTo(deviation / Math.sqrt(8), 12)
    expect(verdict.z).toBeCloseTo((mean - 10) / (deviation / Math.sqrt(8)), 10)
  })

  it('passes within 3.5 standard errors, or within 0.2 % where these are less', () => {
    const half = studentT(19)
    expect(judgeMetric(exact(100), within(103.4, half), 20).passes).toBe(true)
    expect(judgeMetric(exact(100), within(96.6, half), 20).passes).toBe(true)
    expect(judgeMetric(exact(100), within(103.6, half), 20).passes).toBe(false)
    expect(judgeMetric(exact(100), within(96.4, half), 20).passes).toBe(false)
    const sure = half / 1000
    expect(judgeMetric(exact(100), within(100.19, sure), 20).passes).toBe(true)
    expect(judgeMetric(exact(100), within(100.21, sure), 20).passes).toBe(false)
  })

  it('is not misled by an interval that was cut off at 0 or 1', () => {
    const half = studentT(19)
    const high = { value: 0.9, low: 0.9 - half, high: 1 }
    expect(judgeMetric(exact(0.95), high, 20).standardError).toBeCloseTo(1, 12)
    const low = { value: 0.1, low: 0, high: 0.1 + half }
    expect(judgeMetric(exact(0.05), low, 20).standardError).toBeCloseTo(1, 12)
  })

  it('takes the side of a lopsided interval where the exact value lies', () => {
    const t = studentT(19)
    const lopsided = { value: 10, low: 9, high: 13 }
    expect(judgeMetric(exact(9.5), lopsided, 20).z).toBeCloseTo(0.5 * t, 12)
    expect(judgeMetric(exact(11.5), lopsided, 20).z).toBeCloseTo(-0.5 * t, 12)
  })

  it('fails what could not be told', () => {
    const none = { value: null, low: null, high: null }
    expect(judgeMetric(exact(1), none, 20)).toMatchObject({ passes: false, z: null })
    expect(judgeMetric(exact(1), { value: 1, low: null, high: null }, 1).passes).toBe(false)
  })
})

describe('where a metric is', () => {
  const result = {
    availability: { value: 0.9, low: 0.8, high: 0.95 },
    components: { q: { extra: { hit_ratio: { value: 0.5, low: 0.4, high: 0.6 } } } },
  } as unknown as Result

  it('is its way in the result, or one minus that', () => {
    expect(estimateAt(result, 'components.q.extra.hit_ratio').value).toBe(0.5)
    const { value, low, high } = estimateAt(result, '1 - availability')
    expect([value, low, high].map((x) => +x!.toFixed(12))).toEqual([0.1, 0.05, 0.2])
  })

  it('must lead to an estimate', () => {
    for (const metric of ['availabilty', 'components.q', 'components.x.queue'])
      expect(() => estimateAt(result, metric)).toThrow(`no estimate is at ${metric}`)
  })
})

describe('the spread of the errors', () => {
  const suite = (...z: number[]): Validated[] => [
    {
      case: { name: 'one' } as Validated['case'],
      verdicts: z.map((one) => ({ ...judgeMetric(exact(0), within(one, studentT(29)), 30) })),
    },
  ]
  const many = (z: number, n: number) => new Array<number>(n).fill(z)

  it('has one in twenty beyond 1.96, give or take three standard deviations', () => {
    const { metrics, beyond, least, most, passes } = spreadOf(suite(...many(1, 380), ...many(-2, 20)))
    expect({ metrics, beyond, passes }).toEqual({ metrics: 400, beyond: 0.05, passes: true })
    // sqrt(0.05 * 0.95 / 400) = 0.0109
    expect(least).toBeCloseTo(0.0173, 4)
    expect(most).toBeCloseTo(0.0827, 4)
  })

  it('says how many intervals hold the exact value: those within t(29) standard errors', () => {
    const edge = studentT(29)
    expect(spreadOf(suite(...many(edge - 0.01, 3), edge + 0.01, -3)).covered).toBe(0.6)
  })

  it('fails when too many are far off, when too few are, and when one is too far off', () => {
    expect(spreadOf(suite(...many(1, 366), ...many(2, 34))).passes).toBe(false)
    expect(spreadOf(suite(...many(1, 394), ...many(2, 6))).passes).toBe(false)
    expect(spreadOf(suite(...many(1, 380), ...many(2, 19), 3.6))).toMatchObject({ failed: 1, passes: false })
  })
})

describe('the suite', () => {
  const { cases } = readSuite('validation')

  it('has a scenario for each case, and a case for each scenario', () => {
    const files = readdirSync('validation').filter((name) => name.endsWith('.yaml') && name !== 'suite.yaml')
    expect(files.sort()).toEqual(cases.map(({ name }) => `${name}.yaml`).sort())
  })

  it('says at the top of each what it is and where it comes from', () => {
    for (const { scenario, source } of cases) {
      expect(scenario.preface, scenario.file).toContain(scenario.name)
      expect(scenario.preface.replaceAll('\n', ' '), scenario.file).toContain(source)
    }
  })

  it('runs each case at least twenty times, with random numbers of its own', () => {
    for (const { scenario } of cases) expect(scenario.replications, scenario.file).toBeGreaterThanOrEqual(20)
    expect(new Set(cases.map((c) => c.scenario.seed)).size).toBe(cases.length)
  })

  it('can be read in part', () => {
    const some = readSuite('validation', ['lru', 'mm1-rho'], '7', 5)
    expect(some.cases.map((c) => c.name)).toEqual([
      'mm1-rho050',
      'mm1-rho090',
      'lru-n10-c3-zipf0.8',
      'lru-n16-c8-zipf0.6',
    ])
    expect(some.cases[0]!.scenario).toMatchObject({ seed: '7/mm1-rho050', replications: 5 })
  })

  it('finds out a model that is 3 % too slow', async () => {
    const wrong = parseScenario(
      'lasts: 500s\nusers: { u: { arrive: poisson(50/s), to: q } }\ncomponents: { q: { kind: service, service: exponential(10.3ms) } }\n',
      'wrong.yaml',
    )
    const one = { ...cases[0]!, scenario: wrong }
    const pool = inline
    const [validated] = await validate([one], pool)
    const failed = validated!.verdicts.filter((v) => !v.passes).map((v) => v.metric)
    expect(failed).toContain('components.q.utilization')
    expect(failed).toContain('latency_ms.mean')
  })
})

it('a few replications are judged by their own law of errors, as strictly as many by the normal one', () => {
  const exact = { metric: 'm', value: 0, unit: '', formula: '' }
  // Standard error 1, so that the estimate is its error.
  const judged = (error: number, replications: number) => {
    const half = studentT(replications - 1)
    return judgeMetric(exact, { value: error, low: error - half, high: error + half }, replications)
  }
  expect(judged(3.6, 20).passes).toBe(false)
  expect(judged(3.6, 2).passes).toBe(true)
  expect(judged(8, 5).passes).toBe(true)
  expect(judged(14, 5).passes).toBe(false)
  for (const replications of [2, 5, 10]) {
    const edge = studentT(replications - 1)
    const validated = (error: number) =>
      spreadOf([{ verdicts: [judged(error, replications)] } as unknown as Validated]).beyond
    expect([validated(edge * 1.01), validated(edge * 0.99)]).toEqual([1, 0])
  }
})

it('how many are beyond is not judged of a few replications, whose metrics err together', () => {
  const exact = { metric: 'm', value: 0, unit: '', formula: '' }
  const spread = (replications: number) => {
    const half = studentT(replications - 1)
    const error = half * 1.1
    const verdict = judgeMetric(exact, { value: error, low: error - half, high: error + half }, replications)
    return spreadOf([{ verdicts: Array.from({ length: 100 }, () => verdict) } as unknown as Validated])
  }
  expect(spread(2)).toMatchObject({ beyond: 1, judged: false, failed: 0, passes: true })
  expect(spread(20)).toMatchObject({ beyond: 1, judged: true, failed: 0, passes: false })
})
