import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { replicate } from '../../sim/experiments/replicate.js'
import { parseScenario } from '../../sim/scenario/parse.js'
import { type Estimate, meanOf, ratioOf } from '../../sim/stats/estimate.js'
import { Histogram } from '../../sim/stats/histogram.js'

interface Case {
  id: string
  runners: { name: string; command: string[] }[]
}

const root = path.resolve(import.meta.dirname, '../..')
const plan = await import(pathToFileURL(path.join(root, 'bench/plan.mjs')).href)
const cases: Case[] = plan.cases(1)

/** What nines is told to run in a case. */
function order(id: string): { file: string; rate: number; set: string[] } {
  const own = cases.find((one) => one.id === id)!.runners.find(({ name }) => name === 'nines')!
  return JSON.parse(own.command.at(-1)!)
}

const R = 10
/** Student's t, 97.5 %, R - 1 degrees of freedom: what makes an interval of a standard error. */
const T = 2.262157

function near(estimate: Estimate, expected: number): void {
  const standardError = (estimate.high! - estimate.low!) / 2 / T
  // An interval so wide that everything lies in it would say nothing.
  expect(standardError).toBeLessThan(0.02 * expected)
  // Who is still in flight at the end would have raised the mean, by less than a percent in runs of this length.
  expect(Math.abs(estimate.value! - expected)).toBeLessThan(Math.max(4 * standardError, 0.01 * expected))
}

// Milliseconds. M/M/1 at 80 %: the time in the system is exponential, its mean 1 / (1000 - 800) s. The four tiers:
// what bench/peers/four-tier.cpp finds in 1e8 requests (`bench/out/four-tier 100000000 1`, and `... 100`).
it.each([
  { id: 'mm1', requests: 200_000, mean: 5, p99: 5 * Math.log(100) },
  { id: 'four-tier-1', requests: 50_000, mean: 13.7536, p99: 39.043 },
  { id: 'four-tier-100', requests: 300_000, mean: 12.9999, p99: 35.593 },
])('$id: the scenario of the benchmark is the model that the peers have', ({ id, requests, mean, p99 }) => {
  const { file, rate, set } = order(id)
  const text = readFileSync(path.join(root, file), 'utf8')
  const scenario = parseScenario(text, file, { set, warmup: '0s', lasts: `${requests / rate}s` })
  const records = Array.from({ length: R }, (_, i) => replicate(scenario, i).all)
  const answered = records.map(({ outcomes }) => outcomes[0]!)
  near(
    ratioOf(
      records.map(({ latencySum }) => latencySum * 1000),
      answered,
    ),
    mean,
  )
  near(meanOf(records.map(({ latency }) => Histogram.unpack(latency).quantile(0.99) * 1000)), p99)
})

it('every scenario of the benchmark is one that nines accepts', () => {
  const files = cases.filter(({ id }) => !id.startsWith('hold')).map(({ id }) => order(id))
  expect(files.length).toBe(7)
  for (const { file, set } of [...files, { file: 'bench/scenarios/in-flight.yaml', set: [] }])
    parseScenario(readFileSync(path.join(root, file), 'utf8'), file, { set, warmup: '0s' })
})

it('one request in five goes to the primary', () => {
  const { file, set } = order('four-tier-1')
  const scenario = parseScenario(readFileSync(path.join(root, file), 'utf8'), file, { set, lasts: '60s' })
  const { dispatched } = replicate(scenario, 0).components.databases!
  const share = dispatched.primary! / (dispatched.primary! + dispatched.replica!)
  expect(Math.abs(share - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / (60 * 1600)))
})
