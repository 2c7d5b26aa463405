import { describe, expect, it } from 'vitest'
import { componentsCsv, summaryCsv, table } from '../../reports/csv.js'
import { componentsTable, countsTable, hostsTable, outcomesTable } from '../../reports/html/tables.js'
import { rows, toText } from '../../reports/text.js'
import { latencyText } from '../../reports/words/latency-cell.js'
import { limits } from '../../reports/words/limits.js'
import { counted, digits, whole } from '../../reports/words/numbers.js'
import type { Result } from '../../sim/experiments/result.js'
import { outcomeMeanings, outcomeNames } from '../../sim/parts/outcome.js'
import { resultOf } from '../support/results.js'

/** Two hosts that are not used alike, a queue in which some wait, and some who are refused. */
const { scenario, result } = resultOf(`
name: Site
lasts: 600s
warmup: 0s
hosts: { front: {}, back: { cores: 2 } }
users: { u: { arrive: poisson(40/s), to: web } }
components:
  web: { kind: nginx, host: front, upstream: [{ name: app, max_fails: 0 }, { name: spare, max_fails: 0 }] }
  app: { kind: app, host: back, workers: 1, backlog: 4, listen: unix, service: exponential(30ms) }
  spare: { kind: app, host: back, workers: 1, backlog: 4, listen: unix, service: exponential(30ms) }
`)
const report = { version: 1 as const, results: [result] }

/** Rows by their first two cells, cells by their column. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head, ...rows] = csv
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  return rows.map((row) => Object.fromEntries(head!.map((name, i) => [name, row[i]!])))
}
const cellsOf = (markup: unknown): string[][] =>
  [...String(markup).matchAll(/<tr><th scope="row">([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    row!.split(/<t[dh][^>]*>/).map((cell) => cell.replace(/<[^>]*>/g, ' ').trim()),
  )

const exact = (x: number | null) => (x === null ? '' : String(x))

describe('components.csv', () => {
  const rows = rowsOf(componentsCsv(report))
  it('has each estimate of the result in the column of its name, with its interval', () => {
    expect(rows.map((row) => row.component)).toEqual(Object.keys(result.components))
    for (const row of rows) {
      const c = result.components[row.component!]!
      const columns = {
        utilization: c.utilization,
        queue: c.queue,
        in_service: c.in_service,
        inside: c.inside,
        throughput_per_s: c.throughput,
        wait_ms: c.wait_ms,
        waited_share: c.waited,
        ...c.extra,
      }
      for (const [name, { value, low, high }] of Object.entries(columns)) {
        const cells = [row[name], row[`${name}_low`], row[`${name}_high`]]
        expect(cells, `${row.component} ${name}`).toEqual([value, low, high].map(exact))
      }
      expect(row.refused).toBe(String(c.refused))
      expect(row.refused_per_run).toBe(String(c.refused / result.replications))
    }
    // None of these can stand for another.
    const { wait_ms, queue, in_service, inside, waited_share } = rows[1]!
    expect(new Set([wait_ms, queue, in_service, inside, waited_share]).size).toBe(5)
  })

  it('says how requests ended, and where they were sent', () => {
    const [web, app] = rows
    const { dispatched, outcomes } = result.components.web!
    expect(web!.dispatched).toBe(`app: ${dispatched!.app}; spare: ${dispatched!.spare}`)
    expect(Number(web!.outcome_502)).toBeGreaterThan(0)
    for (const [name, n] of Object.entries(outcomes)) expect(web![`outcome_${name}`]).toBe(String(n))
    expect(app!.dispatched).toBe('')
    expect(app!.outcome_502).toBe('')
    expect(app!.outcome_refused).toBe(String(result.components.app!.refused))
    expect(app!.logged_qps).toBe('')
  })

  it('keeps the columns that there were in their places', () => {
    const [head] = componentsCsv(report).split('\n')
    expect(head!.split(',').slice(0, 8)).toEqual([
      'scenario',
      'component',
      'kind',
      'host',
      'utilization',
      'utilization_low',
      'utilization_high',
      'queue',
    ])
    expect(head).toContain('wait_ms_high,refused,inside')
  })
})

describe('the text', () => {
  const text = toText(report, [scenario])
  const rowAfter = (head: RegExp) => text.split('\n')[text.split('\n').findIndex((l) => head.test(l)) + 1]!

  it('has each percentile in its column', () => {
    const keys = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999'] as const
    const shown = keys.map((key) => latencyText(result, key, result))
    expect(new Set(shown.slice(0, 5)).size).toBe(5)
    expect(
      rowAfter(/^latency/)
        .split(/ {2,}/)
        .slice(1, 7),
    ).toEqual(shown)
  })

  it('has each number of requests in its column', () => {
    const { offered, ok, failed, in_flight } = result.requests
    expect(
      rowAfter(/^requests/)
        .split(/ {2,}/)
        .slice(1, 5),
    ).toEqual([offered, ok, failed, in_flight].map(whole))
  })

  it('shows what waits and how long in their columns', () => {
    const row = text.split('\n').find((line) => /^app /.test(line))!
    const { utilization, queue, wait_ms, throughput, refused } = result.components.app!
    expect(row.split(/ {2,}/)).toEqual([
      'app',
      'app',
      'back',
      `${Math.round(utilization.value! * 100)}%`,
      digits(queue.value!),
      digits(wait_ms.value!),
      digits(throughput.value!),
      counted(refused / 3),
    ])
  })
})

describe('the tables of a page', () => {
  it('show the use of each host beside its name', () => {
    const rows = cellsOf(hostsTable(result, scenario))
    const [front, back] = ['front', 'back'].map((host) => result.hosts[host]!.utilization.value!)
    expect(Math.abs(front! - back!)).toBeGreaterThan(0.1)
    for (const [i, [host, used]] of [['front', front!] as const, ['back', back!] as const].entries()) {
      expect(rows[i]![0]).toBe(host)
      expect(Number(/([\d.]+)%/.exec(rows[i]![3]!)![1])).toBeCloseTo(used * 100, 0)
    }
  })

  it('show how much memory is in use where that has a bound, as the text does', () => {
    const share = (value: number) => ({ value, low: value, high: value })
    const bound = { memory: share(0.84), swap: share(0.12), oom_kills: 3 }
    const some = { ...result, hosts: { ...result.hosts, back: { ...result.hosts.back!, ...bound } } }
    const rows = cellsOf(hostsTable(some, scenario))
    expect(rows[1]![4]).toContain('84')
    expect(rows[0]![4]).toBe('–')
    const text = toText({ ...report, results: [some] }, [scenario])
    expect(text).toContain('Memory: back 84%, 12% more in swap, OOM kills: 3.')
    expect(toText(report, [scenario])).not.toContain('Memory:')
  })

  it('show how much of a disk is in use where that has a bound, as the text does', () => {
    const of = (value: number) => ({ value, low: value, high: value })
    const bound = { disk_used: of(0.97), disk_full_s: of(180) }
    const some = { ...result, hosts: { ...result.hosts, back: { ...result.hosts.back!, ...bound } } }
    const rows = cellsOf(hostsTable(some, scenario))
    expect(rows[1]![4]).toContain('97')
    expect(rows[0]![4]).toBe('–')
    const text = toText({ ...report, results: [some] }, [scenario])
    expect(text).toContain('Disk: back 97%, full for 3 min.')
    expect(toText(report, [scenario])).not.toContain('Disk:')
  })

  it('show of each component what waits, and how long', () => {
    const { app } = result.components
    const row = cellsOf(componentsTable(result)).find(([name]) => name!.startsWith('app'))!
    const [waiting, wait] = [row[3]!, row[4]!].map((cell) => Number.parseFloat(cell.replace(',', '')))
    expect(waiting).toBeCloseTo(app!.queue.value!, 0)
    expect(wait).toBeCloseTo(app!.wait_ms.value!, 0)
    expect(row[4]).not.toContain(' ms')
  })

  it('show what each component counts, in words and with the unit', () => {
    const rows = cellsOf(countsTable(result, scenario))
    expect(rows.map(([name, what, , as]) => [name, what, as])).toEqual([
      ['web  nginx', 'lines in the access log', 'logged_qps'],
      ['web  nginx', 'turned away for want of worker_connections', 'worker_connections_exceeded'],
    ])
    expect(rows[0]![2]).toMatch(/^[\d.]+\/s/)
    expect(countsTable({ ...result, components: { app: result.components.app! } }, scenario)).toBeNull()
  })

  it('say what every outcome means', () => {
    expect(outcomeNames).toHaveLength(outcomeMeanings.size)
    for (const name of outcomeNames) {
      const ended = {
        requests: { offered: 2, in_flight: 0, by_outcome: { [name]: 2 } },
        latency_by_outcome_ms: { [name]: result.latency_by_outcome_ms.ok },
      } as unknown as Result
      expect(outcomeMeanings.get(name)).toMatch(/\w{4}/)
      const [row] = cellsOf(outcomesTable(ended))
      expect([...row!.slice(0, 3), row!.at(-1)]).toEqual([name, '2', '100%', outcomeMeanings.get(name)])
    }
  })
})

describe('what would fill the bottleneck', () => {
  const of = (faults: string) => {
    const one = resultOf(`
lasts: 100s
warmup: 0s
users: { u: { arrive: constant(30/s), to: box } }
components: { box: { kind: service, service: 10ms } }
faults: [${faults}]`)
    return limits(one.result, one.scenario)
  }

  it('is the load over the use', () => {
    expect(of('')).toBe(
      'The next limit would be the servers of box (service): 30% used, so full at about 100 requests/s.',
    )
  })

  it('is told where faults change the load alone', () => {
    expect(of('{ kind: surge, target: u, factor: 2, at: 10s, for: 50s }')).toContain('so full at about 100')
    expect(of('{ kind: slow, target: box, factor: 2, at: 10s, for: 50s }')).not.toContain('so full at about')
  })
})

it('summary.csv has each latency in its column, and sums beside what they are in a run', () => {
  const [row] = rowsOf(summaryCsv(report))
  for (const key of ['offered', 'ok', 'failed', 'in_flight'] as const) {
    expect(row![key]).toBe(String(result.requests[key]))
    expect(row![`${key}_per_run`]).toBe(String(result.requests[key] / result.replications))
  }
  for (const key of ['mean', 'p50', 'p90', 'p95', 'p99'] as const)
    expect(row![`latency_${key}_ms`]).toBe(exact(result.latency_ms[key].value))
})

it('a name that a spreadsheet would take for a formula stands behind an apostrophe in CSV; numbers are no names', () => {
  expect(
    table([
      { name: '=HYPERLINK("http://127.0.0.1/"&A1,"x")', n: -1.5 },
      { name: '@x', n: 2 },
      { name: '-1+2', n: null },
      { name: 'a-1', n: 3 },
    ]),
  ).toBe(`name,n
"'=HYPERLINK(""http://127.0.0.1/""&A1,""x"")",-1.5
'@x,2
'-1+2,
a-1,3
`)
})

it('names that would be cut to the same keep their ends', () => {
  const names = ['Far pages, HTTP/1.1', 'Far pages, HTTP/2', 'Near pages, HTTP/2', 'Far']
  const table = rows(
    ['', 'x'],
    names.map((name) => [name, '1']),
    [11],
  )
  expect(table.split('\n').map((line) => line.split('  ')[0])).toEqual([
    '',
    'Far p…P/1.1',
    'Far p…TTP/2',
    'Near pages…',
    'Far',
  ])
})
