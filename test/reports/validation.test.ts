import { describe, expect, it } from 'vitest'
import { readSuite } from '../../cli/files.js'
import {
  type Validation,
  validationCsv,
  validationJson,
  validationMarkdown,
  validationText,
} from '../../reports/validation.js'
import { judgeMetric, spreadOf } from '../../sim/experiments/validate.js'
import { studentT } from '../../sim/stats/estimate.js'

const suite = readSuite('validation', ['mm1-rho050'])
const [one] = suite.cases
/** All of the case's metrics 1 % high with a standard error of 0.5 %, but for the first `wrong`, 5 % high. */
function validation(wrong: number): Validation {
  const verdicts = one!.exact.map((exact, i) => {
    const value = exact.value * (i < wrong ? 1.05 : 1.01)
    const half = exact.value * 0.005 * studentT(29)
    return judgeMetric(exact, { value, low: value - half, high: value + half }, 30)
  })
  const validated = [{ case: one!, verdicts }]
  return { seed: '1', suite, validated, spread: spreadOf(validated) }
}

describe('a validation', () => {
  it('as text says for each metric what is exact, what was simulated, how far off it is, and whether that passes', () => {
    const text = validationText(validation(1))
    expect(text).toMatch(/^mm1-rho050: M\/M\/1 at 0\.5$/m)
    expect(text).toMatch(/^components\.q\.utilization +0\.5 +0\.525 .* \+5\.00% +\+10\.00 +FAILS$/m)
    expect(text).toMatch(/^latency_ms\.mean \(ms\) +20 +20\.2 +19\.995 to 20\.405 +\+1\.00% +\+2\.00 +ok$/m)
    expect(text).toContain('12 metrics of 1 case, seed 1: 1 fail (mm1-rho050).')
    expect(text).toContain('|z| > 1.96 in 100% of them (0% to 23.9% allowed): too many.')
  })

  it('as JSON has versions, cases and the summary', () => {
    const { version, seed, cases, summary } = JSON.parse(validationJson(validation(0)))
    expect([version, seed, summary.metrics, summary.failed]).toEqual([1, '1', 12, 0])
    expect(cases[0]).toMatchObject({ name: 'mm1-rho050', replications: 30, simulated_s: 2240 })
    expect(cases[0].metrics[5]).toMatchObject({
      metric: 'latency_ms.mean',
      exact: 20,
      passes: true,
      unit: 'ms',
    })
    expect(cases[0].metrics[5].z).toBeCloseTo(2, 9)
  })

  it('as CSV has a row for each metric', () => {
    const [head, ...rows] = validationCsv(validation(1)).trim().split('\n')
    expect(head).toBe('case,metric,unit,formula,exact,simulated,low,high,standard_error,z,passes,source')
    expect(rows).toHaveLength(12)
    expect(rows[0]).toMatch(
      /^mm1-rho050,components\.q\.utilization,,rho = lambda \/ mu,0\.5,0\.525,.*,false,/,
    )
  })

  it('as a page says how it was made, what is left out and why, and leads to the scenarios and the coverage', () => {
    const page = validationMarkdown(validation(0))
    expect(page).toContain('npx nines validate --seed 1 --format markdown > docs/validation.md')
    expect(page).toContain('](../validation/mm1-rho050.yaml)')
    expect(page).toContain('(coverage.md)')
    for (const [system, why] of Object.entries(suite.leftOut))
      expect(page).toContain(`| ${system} | ${why} |`)
    expect(page).toMatch(/^\| latency_ms\.mean \(ms\) \| 20 \| 20\.2 \| .* \| 1 \/ \(mu - lambda\) \|$/m)
  })
})
