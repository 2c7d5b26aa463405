import { describe, expect, it } from 'vitest'
import { assets } from '../../cli/assets.js'
import { outcomesTable } from '../../reports/html/tables.js'
import { outcomesCsv, outcomesText } from '../../reports/outcomes-table.js'
import { reportFiles } from '../../reports/report.js'
import { toText } from '../../reports/text.js'
import { digits, percent, percentAmiss, plusMinus, whole } from '../../reports/words/numbers.js'
import { resultOf } from '../support/results.js'

/** Some are answered, some refused at once, some give up after 2 s, and some wait for an hour. */
const { scenario, result } = resultOf(`
name: Endings
lasts: 100s
warmup: 0s
users:
  a: { arrive: constant(3/s), to: dead }
  b: { arrive: constant(4/s), to: slow, timeout: 2s }
  c: { arrive: poisson(10/s), to: quick }
  d: { arrive: constant(1/min), to: stuck }
components:
  dead: { kind: service, service: 10ms }
  slow: { kind: service, servers: unlimited, service: 5s }
  quick: { kind: service, servers: unlimited, service: exponential(10ms) }
  stuck: { kind: service, servers: unlimited, service: 1h }
faults: [{ kind: crash, target: dead, at: 0s }]
`)
const report = { version: 1 as const, results: [result] }
const { requests, latency_by_outcome_ms: spent } = result
const order = ['ok', 'timeout', 'refused', 'in flight']
const counts: Record<string, number> = { ...requests.by_outcome, 'in flight': requests.in_flight }

it('those that are answered stand first, then what was most, then who has no end', () => {
  expect(Object.keys(counts).sort()).toEqual([...order].sort())
  expect(counts['in flight']).toBe(3)
  expect(Object.keys(spent)).toEqual(['ok', 'refused', 'timeout'])
  expect(spent.timeout!.mean.value).toBeCloseTo(2000, 6)
})

describe('the table of how requests ended', () => {
  it('has each number in its column of the text', () => {
    const [head, ...lines] = outcomesText(result, 'ended', 100).split('\n')
    expect(head!.split(/ {2,}/)).toEqual(['ended', 'requests', 'share', 'mean ms', 'p50 ms', 'max ms'])
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual(
      order.map((name) => [
        name,
        whole(counts[name]!),
        (name === 'ok' ? percent : percentAmiss)(counts[name]! / requests.offered),
        ...(name === 'in flight'
          ? ['–', '–', '–']
          : [
              plusMinus(spent[name]!.mean, digits),
              plusMinus(spent[name]!.p50, digits),
              digits(spent[name]!.max),
            ]),
      ]),
    )
  })

  it('stands in the text that shows all, where not all were answered', () => {
    const table = outcomesText(result, 'ended in 3 runs', 100)
    const look = { width: 100, verbose: true, colour: false }
    expect(toText(report, [scenario], look)).toContain(`\n\n${table}\n`)
    expect(toText(report, [scenario], { ...look, verbose: false })).not.toContain('ended in 3 runs')
    const answered = { ...result, requests: { ...requests, in_flight: 0, by_outcome: { ok: 1000 } } }
    expect(outcomesText(answered, 'ended', 100)).toBe('')
    expect(toText({ ...report, results: [answered] }, [scenario], look)).not.toContain('ended in 3 runs')
  })

  it('has each number in its column of outcomes.csv, which --out writes', () => {
    const csv = outcomesCsv(report)
    const exact = (x: number | null) => (x === null ? '' : String(x))
    const bounds = ['value', 'low', 'high'] as const
    expect(csv.trim().split('\n')).toEqual([
      'scenario,outcome,requests,share,latency_mean_ms,latency_mean_ms_low,latency_mean_ms_high,latency_p50_ms,latency_p50_ms_low,latency_p50_ms_high,latency_max_ms',
      ...order.map((name) => {
        const { mean, p50, max } = spent[name] ?? {}
        const latencies = [...bounds.map((key) => mean?.[key]), ...bounds.map((key) => p50?.[key]), max]
        const [n, share] = [counts[name]!, counts[name]! / requests.offered]
        return ['Endings', name, n, share, ...latencies.map((x) => exact(x ?? null))].join(',')
      }),
    ])
    expect(reportFiles(report, [scenario], assets())['outcomes.csv']).toBe(csv)
    expect(outcomesCsv({ ...report, results: [] })).toBe('scenario,outcome\n')
  })

  it('shows each number on the page, in the unit of its column', () => {
    const page = String(outcomesTable(result))
    expect([...page.matchAll(/<th scope="col"[^>]*>([^<]*)/g)].map(([, head]) => head).slice(3, 6)).toEqual([
      'mean ms',
      'p50 ms',
      'max ms',
    ])
    const cells = [...page.matchAll(/<tr><th scope="row">([\s\S]*?)<\/tr>/g)].map(([, row]) =>
      row!.split(/<t[dh][^>]*>/).map((cell) => cell.replace(/<[^>]*>/g, '').trim()),
    )
    expect(cells.map(([name, n]) => [name, n])).toEqual(order.map((name) => [name, whole(counts[name]!)]))
    const [ok, timeout, refused, open] = cells
    expect(ok![3]).toMatch(/^9\.\d+|^10(\.\d+)? /)
    expect(Number.parseFloat(ok![4]!)).toBeCloseTo(spent.ok!.p50.value!, 1)
    expect(Number.parseFloat(ok![5]!)).toBeCloseTo(spent.ok!.max, 0)
    expect(timeout!.slice(3, 6).map((cell) => Math.round(Number.parseFloat(cell.replace(',', ''))))).toEqual([
      2000, 2000, 2000,
    ])
    expect(refused!.slice(3, 6)).toEqual(['0', '0', '0'])
    expect(open!.slice(3, 6)).toEqual(['–', '–', '–'])
  })
})
