import { readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { assets } from '../../cli/assets.js'
import { readScenario } from '../../cli/files.js'
import { summaryCsv } from '../../reports/csv.js'
import { toHtml } from '../../reports/html.js'
import { toJson } from '../../reports/json.js'
import { toText } from '../../reports/text.js'
import { digits, whole } from '../../reports/words/numbers.js'
import { cautions, compare } from '../../sim/experiments/compare.js'
import { inline } from '../../sim/experiments/jobs.js'
import type { Report, Result } from '../../sim/experiments/result.js'
import { run } from '../../sim/experiments/run.js'
import { root } from '../support/built.js'
import { builtThreads } from '../support/threads.js'

describe('every shipped scenario', () => {
  const files = readdirSync(path.join(root, 'scenarios'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.join('scenarios', name))
    .sort()

  /** Short, with its faults brought forward. */
  const scenarios = files.map((name) => {
    const at = path.join(root, name)
    const { faults } = readScenario(at)
    const set = faults.flatMap(({ timed }, i) =>
      timed === null ? [] : [`faults.${i}.at=${2 + i}s`, `faults.${i}.for=5s`],
    )
    return readScenario(at, { lasts: '12s', replications: 2, set })
  })
  let reports: Report[]

  beforeAll(async () => {
    const ran = await run(scenarios, inline)
    reports = ran.map(({ result }) => ({ version: 1, results: [result] }))
  }, 120_000)

  it('gives the same bytes for one job and two, and in whatever order the files come', async () => {
    const pool = await builtThreads(2)
    const turned = await run(scenarios.toReversed(), pool).finally(() => pool.close())
    expect(files.length).toBeGreaterThan(20)
    for (const [i, { result }] of turned.toReversed().entries())
      expect(JSON.stringify(result), files[i]).toBe(JSON.stringify(reports[i]!.results[0]))
  })

  it('has the same numbers in every format', () => {
    for (const [i, report] of reports.entries()) {
      const [result] = (JSON.parse(toJson(report)) as Report).results as [Result]
      const [head, values] = summaryCsv(report)
        .trim()
        .split('\n')
        .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/))
      const row = Object.fromEntries(head!.map((name, j) => [name, values![j]]))
      const { requests, latency_ms, availability, qps } = result
      for (const [name, value] of [
        ['offered', requests.offered],
        ['ok', requests.ok],
        ['failed', requests.failed],
        ['qps_ok', qps.ok.value],
        ['latency_mean_ms', latency_ms.mean.value],
        ['latency_mean_ms_high', latency_ms.mean.high],
        ['latency_p50_ms_low', latency_ms.p50.low],
        ['latency_p99_ms', latency_ms.p99.value],
        ['latency_max_ms', latency_ms.max],
        ['availability_low', availability.low],
      ] as const) {
        expect(row[name], `${files[i]} ${name}`).toBe(value === null ? '' : String(value))
      }
      const text = toText(report, [scenarios[i]!])
      const all = [requests.offered, requests.ok, requests.failed, requests.in_flight].map(whole).join(' +')
      expect(text).toMatch(new RegExp(`^all +${all} +${digits(qps.ok.value!)}`, 'm'))
      const page = toHtml(report, [scenarios[i]!], assets())
      expect(page).toContain(whole(requests.failed))
    }
  })

  it('is reported in at most 100 columns, alone and compared', async () => {
    const results = reports.map(({ results }) => results[0]!)
    const ran = results.map((result, i) => ({ result, scenario: scenarios[i]!, records: [] }))
    const comparisons = compare(ran)
    const texts = [
      ...reports.map((report, i) => toText(report, [scenarios[i]!])),
      toText({ version: 1, results, comparisons, notes: cautions(ran) }, scenarios),
    ]
    const wide = texts.flatMap((text) => text.split('\n')).filter((line) => [...line].length > 100)
    expect(wide).toEqual([])
  })
})
