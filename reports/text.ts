import Table from 'cli-table3'
import { labelsOf } from '../sim/experiments/compare.js'
import type { AccountResult, Report, Result } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { costs } from './words/costs.js'
import { countLines } from './words/counts.js'
import { limits, shortly } from './words/limits.js'
import {
  available,
  digits,
  milliseconds,
  nines,
  plusMinus,
  replicationsIn,
  whole,
  within,
} from './words/numbers.js'
import { judgement, precision } from './words/objectives.js'
import { remarks } from './words/remarks.js'
import { answeredShare } from './words/survivors.js'
import { isAlike, verdict, winners } from './words/verdicts.js'

/** Columns that a terminal has. */
export const WIDTH = 100
/** Letters of a name that are always shown. */
const SHORTEST = 10

const PLAIN = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  },
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
}

/** What a terminal shows: the comparison if there is one, then each scenario with what limits it. */
export function toText(report: Report, scenarios: readonly Scenario[]): string {
  const parts = report.comparisons ? [comparison(report)] : []
  parts.push(
    ...report.results.map((result, i) => single(result, scenarios[i]!, report.comparisons !== undefined)),
  )
  return `${parts.join('\n\n')}\n`
}

function comparison({ results, comparisons = [], notes = [] }: Report): string {
  const labels = labelsOf(results)
  const table = rows(
    ['', 'QPS', 'mean', 'p50', 'p99', 'availability', 'good', 'busiest'],
    results.map((r, i) => [
      labels[i]!,
      r.qps.ok.value === null ? '–' : digits(r.qps.ok.value),
      ...(['mean', 'p50', 'p99'] as const).map((key) => plusMinus(r.latency_ms[key], digits)),
      available(r),
      nines(r.good),
      r.bottleneck ? `${shortly(r.bottleneck)} ${percentRound(r.bottleneck.utilization)}` : '–',
    ]),
    [30],
  )
  const first = results[0]!
  const words = labels.slice(1).map((label) => wrap(verdict(labels[0]!, label, comparisons)))
  if (results.length > 2) {
    words.push(wrap(winners(comparisons)))
    words.push('The intervals of differences are wide enough for those of all pairs to hold together at 95%.')
  }
  if (
    comparisons.some(
      (c) => c.verdict === 'no significant difference' && c.reason === undefined && !isAlike(c),
    )
  )
    words.push('No significant difference: luck alone may explain it; more replications would see finer.')
  for (const note of notes) words.push(wrap(`Note: ${note}.`))
  const { replications, simulated_s, seed } = first
  const how = `Good: answered within ${within(first.good_within_ms)}. Latency in ms, ± half of the 95% interval; ${replicationsIn(replications)} of ${digits(simulated_s)} s, seed ${seed}, paired.`
  return [table, how, '', ...words].join('\n')
}

function single(result: Result, scenario: Scenario, short: boolean): string {
  const { requests } = result
  const lines = [
    result.scenario,
    '─'.repeat(Math.min(WIDTH, [...result.scenario].length)),
    wrap(limits(result, scenario)),
  ]
  for (const sentence of [...costs(result), ...remarks(result, scenario)]) lines.push(wrap(sentence))
  if (!short) {
    lines.push(
      '',
      rows(
        ['requests', 'offered', 'ok', 'failed', 'in flight', 'QPS', 'availability', 'good'],
        accounts(result),
      ),
      '',
      rows(
        ['latency', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'],
        [
          latencyRow(latencyOf('all', result), result),
          ...(Object.keys(result.classes).length > 1
            ? Object.entries(result.classes).map(([name, c]) => latencyRow(latencyOf(name, c), c))
            : []),
        ],
      ),
    )
  }
  if (requests.failed > 0) lines.push(wrap(`Failed: ${outcomes(result)}.`))
  lines.push(
    '',
    rows(
      ['component', 'kind', 'host', 'used', 'waiting', 'wait ms', 'ok/s', 'refused'],
      Object.entries(result.components).map(([name, c]) => [
        name,
        c.kind,
        c.host ?? '',
        c.utilization.value === null ? '–' : percentRound(c.utilization.value),
        c.wait_ms.value === null ? '' : digits(c.queue.value ?? 0),
        c.wait_ms.value === null ? '' : digits(c.wait_ms.value),
        c.throughput.value === null ? '–' : digits(c.throughput.value),
        c.refused > 0 ? whole(c.refused) : '',
      ]),
      [24, 10, 14],
    ),
  )
  const hosts = Object.entries(result.hosts)
  if (hosts.length > 0) {
    lines.push(
      wrap(
        `CPU: ${hosts.map(([name, h]) => `${name} ${percentRound(h.utilization.value ?? 0)}`).join(', ')}.`,
      ),
    )
  }
  for (const line of countLines(result, scenario)) lines.push(wrap(line))
  for (const one of result.expectations ?? []) lines.push(wrap(`Expected ${judgement(one)}.`))
  if (result.precision) lines.push(wrap(precision(result, result.precision)))
  for (const note of result.notes) lines.push(wrap(`Note: ${note}.`))
  return lines.join('\n')
}

function accounts(result: Result): string[][] {
  const row = (name: string, account: AccountResult | Result, qps: string) => [
    name,
    whole(account.requests.offered),
    whole(account.requests.ok),
    whole(account.requests.failed),
    whole(account.requests.in_flight),
    qps,
    available(account),
    nines(account.good),
  ]
  const groups = [
    ...(Object.keys(result.classes).length > 1 ? Object.entries(result.classes) : []),
    ...(Object.keys(result.users).length > 1 ? Object.entries(result.users) : []),
  ]
  return [
    row('all', result, plusMinus(result.qps.ok, digits)),
    ...groups.map(([name, account]) => row(name, account, '')),
  ]
}

/** Names whose latencies they are: `all (83.1% answered)`. */
function latencyOf(name: string, account: AccountResult | Result): string {
  const share = answeredShare(account)
  return share === null ? name : `${name} (${share} answered)`
}

function latencyRow(name: string, { latency_ms }: Pick<Result, 'latency_ms'>): string[] {
  const keys = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999'] as const
  return [
    name,
    ...keys.map((key) => plusMinus(latency_ms[key], digits)),
    latency_ms.max === null ? '–' : milliseconds(latency_ms.max),
  ]
}

function outcomes(result: Result): string {
  return Object.entries(result.requests.by_outcome)
    .filter(([name]) => name !== 'ok')
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) => `${whole(n)} ${name}`)
    .join(', ')
}

const percentRound = (share: number): string => `${Math.round(share * 100)}%`

/**
 * A plain table; the columns after the first are right-aligned; `most` bounds the widths of the first ones, of the
 * first even more where the table would be too wide.
 */
export function rows(head: string[], body: string[][], most: number[] = []): string {
  const table = new Table({
    ...PLAIN,
    head,
    colAligns: head.map((_, i) => (i === 0 || i < most.length ? 'left' : 'right')),
  })
  table.push(...body.map((row) => row.map((cell, i) => (i < most.length ? shorten(cell, most[i]!) : cell))))
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  const excess = Math.max(...lines.map((line) => [...line].length)) - WIDTH
  const [first = 0, ...others] = most
  const longest = Math.max(...body.map(([name]) => [...name!].length))
  return excess > 0 && first > SHORTEST
    ? rows(head, body, [Math.max(SHORTEST, Math.min(first, longest) - excess), ...others])
    : lines.join('\n')
}

function shorten(text: string, most: number): string {
  const letters = [...text]
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}

/** Breaks a sentence at spaces. */
export function wrap(text: string, width = WIDTH): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = `  ${word}`
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].join('\n')
}
