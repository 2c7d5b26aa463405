import { describe, expect, it } from 'vitest'
import { readMeasured, readSuite } from '../../cli/files.js'
import {
  type Validation,
  validationCsv,
  validationJson,
  validationMarkdown,
  validationText,
} from '../../reports/validation.js'
import { judgeMeasured } from '../../sim/experiments/measured.js'
import { judgeMetric, spreadOf } from '../../sim/experiments/validate.js'
import { studentT } from '../../sim/stats/estimate.js'

const suite = readSuite('validation', ['mm1-rho050'])
const [one] = suite.cases
const measuredSuite = readMeasured('validation', ['measured/haproxy-overload-3s'])
/** The first metric as measured, the second above the most but near the mean, the third three times what was measured. */
const compared = measuredSuite.cases.map((one) => ({
  case: one,
  verdicts: one.measured.map((m, i) => judgeMeasured(m, [m.mean, m.mean * 1.029][i] ?? m.mean * 3 - m.add)),
}))

/** All of the case's metrics 1 % high with a standard error of 0.5 %, but for the first `wrong`, 5 % high. */
function validation(wrong: number): Validation {
  const verdicts = one!.exact.map((exact, i) => {
    const value = exact.value * (i < wrong ? 1.05 : 1.01)
    const half = exact.value * 0.005 * studentT(29)
    return judgeMetric(exact, { value, low: value - half, high: value + half }, 30)
  })
  const validated = [{ case: one!, verdicts }]
  return {
    seed: '1',
    suite,
    validated,
    spread: spreadOf(validated),
    measured: { suite: measuredSuite, compared },
  }
}

describe('a validation', () => {
  it('of no exact case says so, and gives no shares of nothing', () => {
    const page = validationMarkdown({ ...validation(0), validated: [], spread: spreadOf([]) })
    expect(page).toContain('No exact case was run, seed 1.')
    expect(page).not.toContain('NaN')
  })

  it('as text shortens a long name until no line is wider than 100 columns', () => {
    const long = 'components.a-box-with-quite-a-long-name.utilization'
    const { validated, ...rest } = validation(0)
    const named = validated.map(({ verdicts, ...own }) => ({
      ...own,
      verdicts: verdicts.map((verdict) => ({ ...verdict, metric: long, unit: '' })),
    }))
    const lines = validationText({ ...rest, validated: named }).split('\n')
    const [line] = lines.filter((one) => one.startsWith('components.a-box'))
    expect([...line!]).toHaveLength(100)
    expect(line).toMatch(/^components\.a-box\S*… /)
  })

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

  it('has what was measured beside what was simulated, in every format', () => {
    const text = validationText(validation(0))
    expect(text).toMatch(/^measured\/haproxy-overload-3s: .* \(HAProxy 2\.6\.12\)$/m)
    expect(text).toMatch(/^qps\.ok \(\/s\) +39\.2 +39\.06 +39\.42 +3 +39\.2 +between least and most$/m)
    expect(text).toMatch(/^availability \(share\) .* within 3 %$/m)
    expect(text).toContain('8 measured metrics of 1 case: 1 between least and most, 1 within 3 %, 6 differs.')
    const { measured } = JSON.parse(validationJson(validation(0)))
    expect(measured[0].metrics[2]).toMatchObject({ verdict: 'differs', mean: 3002.77, add: 2.1 })
    expect(measured[0].metrics[2].simulated).toBeCloseTo(3 * 3002.77, 6)
    const page = validationMarkdown(validation(0))
    expect(page).toContain(
      '(../validation/measured/haproxy-overload-3s.yaml), HAProxy 2.6.12 | qps.ok (/s) | 39.2 |',
    )
    for (const [experiment, why] of Object.entries(measuredSuite.leftOut))
      expect(page).toContain(`| ${experiment} | ${why} |`)
  })
})
