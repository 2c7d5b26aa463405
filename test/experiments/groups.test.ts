import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALONE,
  type Group,
  groupSizeOf,
  groupsOf,
  paired,
  regrouped,
  replicationsIn,
  weightOf,
  weightOfAll,
} from '../../sim/experiments/groups.js'
import { runJob } from '../../sim/experiments/jobs.js'
import { jobsOf } from '../../sim/experiments/run.js'
import { Exponential } from '../../sim/random/distributions.js'
import { Stream } from '../../sim/random/stream.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { weightedMeanOf } from '../../sim/stats/estimate.js'
import { queueOf } from '../support/nines.js'

const inAll = (replications: number, most: number): Group[] =>
  groupsOf(0, replications, groupSizeOf(replications, most))
const endsOf = (groups: readonly Group[]) => groups.map(({ replication, count = 1 }) => replication + count)
const many = fc.integer({ min: 1, max: 100_000 })
const most = fc.integer({ min: 2 * ALONE, max: 600 })

describe('replications in groups', () => {
  it('are all there, once, in their order, and no more records than are kept', () => {
    fc.assert(
      fc.property(many, most, (replications, most) => {
        const groups = inAll(replications, most)
        expect(groups.length).toBeLessThanOrEqual(most)
        expect(groups.map(({ replication }) => replication)).toEqual([0, ...endsOf(groups)].slice(0, -1))
        expect(endsOf(groups).at(-1)).toBe(replications)
        expect(replicationsIn(groups)).toBe(replications)
      }),
    )
  })

  it('are each by itself where that is no more than are kept, and the first ten anyway', () => {
    expect(inAll(500, 500).every(({ count }) => count === undefined)).toBe(true)
    const groups = inAll(501, 500)
    expect(groups.filter(({ count }) => count === undefined)).toHaveLength(ALONE + 1)
    expect(groups.slice(0, ALONE + 2)).toEqual([
      ...Array.from({ length: ALONE }, (_, replication) => ({ replication })),
      { replication: 10, count: 2 },
      { replication: 12, count: 2 },
    ])
  })

  it('of one size but for the last one, and at least half as many as are kept', () => {
    fc.assert(
      fc.property(most, fc.integer({ min: 601, max: 100_000 }), (most, replications) => {
        const groups = inAll(replications, most).slice(ALONE)
        const counts = groups.map(({ count = 1 }) => count)
        expect(new Set(counts.slice(0, -1)).size).toBe(1)
        expect(counts.at(-1)!).toBeLessThanOrEqual(counts[0]!)
        expect(groups.length).toBeGreaterThanOrEqual((most - ALONE) / 2)
      }),
    )
  })

  it('of a longer run end where groups of a shorter one end', () => {
    fc.assert(
      fc.property(many, many, most, (one, other, most) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)]
        const shorter = new Set(endsOf(inAll(less, most)))
        for (const end of endsOf(inAll(more, most))) if (end < less) expect(shorter.has(end)).toBe(true)
      }),
    )
  })

  it('are what a scenario of more than 500 takes; none without a fault is in a group', () => {
    const text = `replications: 4000\nfaults: [{ kind: crash, target: q, at: 1s, for: 1s }]\n${queueOf(5)}`
    const jobs = jobsOf(parseScenario(text, 'test.yaml'))
    const own = jobs.filter(({ without }) => without === null)
    expect(own).toHaveLength(ALONE + Math.ceil((4000 - ALONE) / 16))
    expect(replicationsIn(own)).toBe(4000)
    const others = jobs.filter(({ without }) => without !== null)
    expect(others).toHaveLength(10)
    expect(others.every(({ count }) => count === undefined)).toBe(true)
  })
})

describe('records', () => {
  const { source } = parseScenario(queueOf(1), 'test.yaml')
  const records = Array.from({ length: 41 }, (_, replication) =>
    runJob({ source, without: null, warmup: 0, replication }),
  )
  const layout = (own: typeof records) => own.map((r) => [r.replication, weightOf(r)])

  it('of a group become one, those that are groups already too', () => {
    expect(regrouped(records, 1)).toEqual(records)
    const four = regrouped(records, 4)
    expect(layout(four)).toEqual(groupsOf(0, 41, 4).map(({ replication, count = 1 }) => [replication, count]))
    expect(layout(regrouped(regrouped(records, 2), 4))).toEqual(layout(four))
    expect(weightOfAll(four)).toBe(41)
  })

  it('of two runs are paired where both have the same replications', () => {
    const [a, b] = paired(regrouped(records.slice(0, 30), 2), regrouped(records, 8))
    expect(layout(a)).toEqual(layout(b))
    expect(layout(a)).toEqual([...Array.from({ length: 10 }, (_, i) => [i, 1]), [10, 8], [18, 8]])
    expect(a.map((r) => r.all)).toEqual(b.map((r) => r.all))
    expect(paired(records, records.slice(0, 7))).toEqual([records.slice(0, 7), records.slice(0, 7)])
    expect(paired(records, [])).toEqual([[], []])
  })
})

it('an interval from groups covers as often as it says', () => {
  const stream = new Stream('1/0/test/groups')
  const law = new Exponential(1)
  const groups = inAll(600, 60)
  const RUNS = 2000
  let covered = 0
  for (let run = 0; run < RUNS; run++) {
    const weights = groups.map(({ count = 1 }) => count)
    const means = weights.map(
      (n) => Array.from({ length: n }, () => law.sample(stream)).reduce((a, b) => a + b) / n,
    )
    const { low, high } = weightedMeanOf(means, weights)
    if (low! <= 1 && high! >= 1) covered++
  }
  expect(covered / RUNS).toBeGreaterThan(0.93)
  expect(covered / RUNS).toBeLessThan(0.965)
})
