import { beforeAll, describe, expect, it, test } from 'vitest'
import { assets } from '../../../cli/assets.js'
import { summaryCsv } from '../../../reports/csv.js'
import { toHtml } from '../../../reports/html.js'
import { sweepCsv, sweepText } from '../../../reports/sweep-table.js'
import { toText } from '../../../reports/text.js'
import { latencyCell, latencyText } from '../../../reports/words/latency-cell.js'
import { percentAmiss } from '../../../reports/words/numbers.js'
import type { Ran } from '../../../sim/experiments/run.js'
import { ran } from '../../support/ran.js'

/** One of two machines is dead for a quarter of the time, and half of the visitors give up. */
const half = (timeout: string, more = '') => `
name: Half
lasts: 120s
warmup: 0s
replications: 2
hosts: { a: {}, b: {} }
users: { v: { arrive: constant(50/s), to: lb${timeout} } }
components:
  lb: { kind: haproxy, servers: [x, y] }
  x: { kind: app, host: a, service: 10ms }
  y: { kind: app, host: b, service: 10ms }
faults: [{ kind: crash, target: b, at: 30s, for: 30s }]
${more}`

const look = { width: 100, colour: false, verbose: false }

describe('where many are not answered', () => {
  let one: Ran
  const report = () => ({ version: 1 as const, results: [one.result] })
  beforeAll(async () => {
    one = (await ran(half(', timeout: 10s')))[0]!
  })

  it('a percentile that lies among them is beyond what they wait for; others are marked as survivors', () => {
    const { requests, latency_ms } = one.result
    expect(requests.ok / requests.offered).toBeLessThan(0.99)
    expect(requests.ok / requests.offered).toBeGreaterThan(0.5)
    expect(latencyText(one.result, 'p99', one.result)).toBe('beyond 10 s')
    expect(latencyText(one.result, 'p50', one.result)).toMatch(/^[\d.]+ of (8|9)\d\.\d%$/)
    expect(latencyCell(one.result, 'mean', one.result)).toMatchObject({
      estimate: latency_ms.mean,
      beyond: null,
    })
  })

  it('the cells of the text say so, brief and verbose', () => {
    const brief = toText(report(), [one.scenario], look)
    expect(brief).toMatch(/^all .* [\d.]+ of \d\d\.\d% +beyond 10 s /m)
    const verbose = toText(report(), [one.scenario])
    expect(verbose).toMatch(/^all +[\d.]+ of \d\d\.\d% .*beyond 10 s +beyond 10 s +[\d,]+$/m)
    for (const text of [brief, verbose]) {
      expect(text.replace(/\n {2}/g, ' ')).toContain('“beyond 10 s”: it lies among those who were not.')
      for (const line of text.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(100)
    }
  })

  it('so do those of the page, of the tables of its charts, and of the CSV', () => {
    const page = toHtml(report(), [one.scenario], assets()).replace(/<script.*?<\/script>/gs, '')
    expect(page).toMatch(/<dt>slowest 1% \(p99\)<\/dt><dd><span class="beyond"[^>]*>beyond 10 s</)
    expect(page).toMatch(/<dt>median \(p50\)<\/dt><dd>.*?>of \d\d\.\d%</)
    expect(page).toMatch(/<tr><th scope="row">answers<\/th>.*beyond 10 s/)
    // Windows in which half of all who asked had no answer.
    expect(page).toMatch(/<tr><th scope="row">40 s<\/th>.*<td>beyond 10 s<\/td>/)
    const [head, row] = summaryCsv(report())
      .split('\n')
      .map((line) => line.split(','))
    const cell = (name: string) => row![head!.indexOf(name)]
    expect(cell('latency_all_p99_ms')).toBe('beyond 10 s')
    expect(Number(cell('latency_all_p50_ms'))).toBe(one.result.latency_all_ms.p50.value)
    expect(Number(cell('latency_p50_ms'))).toBe(one.result.latency_ms.p50.value)
  })

  it('a sweep says so at its points', () => {
    const sweep = {
      version: 1 as const,
      settings: ['seed={x}'],
      dimensions: [{ name: 'x', values: ['1'] }],
      points: [{ point: { x: '1' }, result: one.result }],
    }
    expect(sweepText(sweep)).toMatch(/^1 .* [\d.]+ of \d\d\.\d% .*beyond 10 s/m)
    expect(sweepCsv(sweep)).toContain('beyond 10 s')
  })
})

test('who waits without end has no answer, and all tries count', async () => {
  const [endless, retrying] = await ran(
    half('').replace('at: 30s, for: 30s', 'at: 30s'),
    half(', timeout: 2s, retries: 2, backoff: 0s'),
  )
  expect(endless!.result.patience_s).toBeNull()
  expect(latencyText(endless!.result, 'p99', endless!.result)).toBe('no answer')
  expect(retrying!.result.patience_s).toBe(6)
})

test('who has an error at once does not wait until his patience ends', async () => {
  const errors = '{ kind: errors, target: [x, y], share: 5%, at: 0s }'
  const [one] = await ran(half(', timeout: 10s').replace('faults: [', `faults: [${errors}, `))
  const { requests, notes } = one!.result
  expect(Object.keys(requests.by_outcome).sort()).toEqual(['500', 'ok', 'timeout'])
  expect(latencyText(one!.result, 'p99', one!.result)).toBe('no answer')
  expect(notes.join()).toMatch(/% were not: p90, p95, p99, p99\.9 of all requests lie among those$/)
  const missing = 1 - requests.ok / requests.offered
  expect(notes.join()).toContain(`; ${percentAmiss(missing).replace('%', ' %')} were not`)
})

test('nobody answered is beyond at every percentile, and nobody asked is nothing', async () => {
  const [dead] = await ran(
    half(', timeout: 1s').replace('target: b, at: 30s, for: 30s', 'target: [a, b], at: 0s'),
  )
  expect(dead!.result.requests.ok).toBe(0)
  expect(latencyText(dead!.result, 'p50', dead!.result)).toBe('beyond 1 s')
  expect(latencyText(dead!.result, 'mean', dead!.result)).toBe('–')
  const nobody = { ...dead!.result, requests: { ...dead!.result.requests, offered: 0, failed: 0 } }
  expect(latencyText(nobody, 'p50', nobody)).toBe('–')
})

test('all answered: no mark', async () => {
  const [well] = await ran(half(', timeout: 10s').replace('at: 30s, for: 30s', 'at: 119s, for: 1s'))
  expect(latencyText(well!.result, 'p50', well!.result)).toMatch(/^[\d.]+( ±[\d.]+)?$/)
  expect(toText({ version: 1, results: [well!.result] }, [well!.scenario])).not.toContain('lies among')
})
