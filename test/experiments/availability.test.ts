import { describe, expect, it } from 'vitest'
import { availabilityOf, outages } from '../../sim/experiments/availability.js'
import { replicate } from '../../sim/experiments/replicate.js'
import { summarize } from '../../sim/experiments/summarize.js'
import { parseScenario } from '../../sim/scenario/parse.js'

const scenario = (more = '') =>
  parseScenario(
    `lasts: 100s\nusers: { u: { arrive: poisson(10/s), to: q } }\ncomponents:\n  q: { kind: service, service: 10ms }\n  r: { kind: service, service: 10ms }\n${more}`,
    'test.yaml',
  )
const fault = (target: string, mtbf: string, mttr: string) =>
  `  - { kind: crash, target: ${target}, mtbf: ${mtbf}, mttr: ${mttr} }\n`
const twenty = (n: number) => new Array(20).fill(n)

describe('with no failure seen, availability is a bound', () => {
  it('rule of three, by the failures that come in a row at the utilization of the busiest place', () => {
    const of = (utilization: number) => availabilityOf(scenario(), twenty(1000), twenty(1000), utilization)
    expect(of(0)).toEqual({ value: 1, low: 1 - 2.995732273553991 / 20_000, high: 1 })
    expect(1 - of(0.9).low!).toBeCloseTo(29.95732 / 20_000, 9)
    expect(1 - of(1).low!).toBeCloseTo(299.5732 / 20_000, 7)
    expect(of(1.2).low).toBe(of(1).low)
  })

  it('with random faults, by the time that outages may have taken of which none was seen', () => {
    // 2.996 outages of 10 s, in 2000 s.
    const often = scenario(`faults:\n${fault('q', '100s', 'exponential(10s)')}`)
    expect(outages(often, 2000)).toBeCloseTo((2.9957 * 10) / 2000, 5)
    // Less than that if every fault cost everything: two of them, each 10 s in 30 days.
    const seldom = scenario(`faults:\n${fault('q', '30d', '10s')}${fault('r', '30d', '5s')}`)
    expect(outages(seldom, 2000)).toBeCloseTo(15 / (30 * 86_400), 9)
    const { low } = availabilityOf(seldom, twenty(1000), twenty(1000), 0)
    expect(1 - low!).toBeCloseTo(2.995732 / 20_000 + 15 / (30 * 86_400), 9)
  })

  it('not below 0, and nothing at all of no requests', () => {
    expect(availabilityOf(scenario(), [1], [1], 0.9).low).toBe(0)
    expect(availabilityOf(scenario(), [0], [0], 0)).toEqual({ value: null, low: null, high: null })
  })

  it('is said in the result, for classes and users too', () => {
    const read = scenario(`faults:\n${fault('q', '30d', '1h')}`)
    const result = summarize(
      read,
      Array.from({ length: 20 }, (_, i) => replicate(read, i)),
    )
    expect(result.requests.failed).toBe(0)
    for (const { value, low } of [result.availability, result.users.u!.availability]) {
      expect(value).toBe(1)
      // An hour in a month, and three in as many requests.
      expect(low).toBeLessThan(1 - 1 / 721)
      expect(low).toBeGreaterThan(0.998)
    }
    expect(result.notes.join()).toMatch(/none of [\d,]+ requests failed, so availability is not 100 %/)
  })

  it('is said with as many nines as it has, rounded down, and is never 100 %', () => {
    const said = (replications: number, requests: number) => {
      const records = Array.from({ length: replications }, (_, i) => replicate(scenario(), i))
      for (const { all } of records) {
        all.offered = requests
        all.outcomes[0] = requests
      }
      return summarize(scenario(), records).notes.join()
    }
    // Used to a tenth: 3.329 failures of all.
    expect(said(20, 1e3)).toContain('but at least 99.983 %, at')
    expect(said(20, 1e8)).toContain('but at least 99.99999983 %, at')
  })
})

it('with failures, the interval lies around what was seen, wider towards the worse', () => {
  const oks = [...new Array(15).fill(1000), 990, 950, 900, 980, 995]
  const { value, low, high } = availabilityOf(scenario(), oks, twenty(1000), 0)
  expect(value).toBeCloseTo(19_815 / 20_000, 12)
  expect(high).toBeLessThan(1)
  expect(value! - low!).toBeGreaterThan(high! - value!)
})
