import Table from 'cli-table3'
import { labelsOf } from '../sim/experiments/compare.js'
import type { AccountResult, Report, Result } from '../sim/experiments/result.js'
import { counting } from '../sim/options/spell.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { lossesText } from './losses-table.js'
import { outcomesText } from './outcomes-table.js'
import { causesOfClasses, groupOf, isExplained, symptom, worthTelling } from './words/causal-chains.js'
import { classRows } from './words/class-rows.js'
import { costs } from './words/costs.js'
import { countLines, newsLines } from './words/counts.js'
import { latencyText, marksExplained } from './words/latency-cell.js'
import { limits, shortly } from './words/limits.js'
import { type Look, PLAIN_LOOK, tinted } from './words/look.js'
import { bereft, lossesHow, lossesInWords, lossesLine } from './words/losses-words.js'
import { diskUse, memoryUse } from './words/memory-use.js'
import {
  available,
  counted,
  digits,
  milliseconds,
  moment,
  nines,
  plusMinus,
  replicationsIn,
  whole,
} from './words/numbers.js'
import { judgement, precision } from './words/objectives.js'
import { pagesOf } from './words/page-rows.js'
import { remarks } from './words/remarks.js'
import { comparisonLine, isBad, verdictLine } from './words/verdict.js'
import { isAlike, verdict, winners } from './words/verdicts.js'
import { noticeTable } from './words/who-noticed.js'

/** Columns of a terminal of which nothing is known. */
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

/**
 * What a terminal shows: what happened in the first line; the comparison if there is one, then each scenario. What the
 * figures mean is said once, at the end.
 */
export function toText(report: Report, scenarios: readonly Scenario[], look: Look = PLAIN_LOOK): string {
  const compared = report.comparisons !== undefined
  const one = look.verbose ? verbose : brief
  // With machines lost, one table has it all; what is besides is told with the rest.
  const table = report.losses === undefined ? [] : [withLosses(report, look)]
  const whole = table.length === 0 || look.verbose
  const parts = [
    ...table,
    ...(compared && whole ? [comparison(report, look)] : []),
    // Beside a comparison, its verdict tells of each scenario what there is to tell.
    ...(whole ? report.results.map((result, i) => one(result, scenarios[i]!, compared, look)) : []),
    legend(report, look),
  ]
  return `${parts.join('\n\n')}\n`
}

/** Under load, and when each loses the machine that it can spare least. */
function withLosses({ results, losses = [] }: Report, look: Look): string {
  const told = (text: string) => wrap(text, look.width)
  const all = bereft(results, losses, labelsOf(results))
  return [
    tinted(told(lossesLine(all)), 'head', look),
    '',
    lossesText(all, look.width),
    '',
    ...all.map((one) => told(lossesInWords(one))),
    '',
    told(lossesHow(losses)),
  ].join('\n')
}

/** What p50, p99 and ± mean, how long was measured, and where the rest is. */
function legend({ results }: Report, look: Look): string {
  const { replications, simulated_s, seed, good_within_ms } = results[0]!
  const same = results.every(
    (r) => r.replications === replications && r.simulated_s === simulated_s && r.seed === seed,
  )
  const good = results.every((r) => r.good_within_ms === good_within_ms)
    ? `Good: answered within ${milliseconds(good_within_ms)}, of all who asked. `
    : 'Good: answered as soon as the file says, of all who asked. '
  const how = same ? ` ${replicationsIn(replications)} of ${moment(simulated_s)} s, seed ${seed}.` : ''
  const words = `${good}Latency in ms, of the requests answered ok: half of them are faster than p50, 99% faster than p99; ± is half of the 95% interval.${marksExplained(results)}${how}`
  const more = look.verbose ? '' : ' --verbose shows all, --out DIR writes it.'
  return tinted(wrap(`${words}${more}`, look.width), 'faint', look)
}

/** The name of a scenario, and what happened in it. */
function headline(result: Result, scenario: Scenario, look: Look): string {
  const words = wrap(`${result.scenario}. ${verdictLine(result, scenario)}`, look.width)
  return tinted(words, isBad(result, scenario) ? 'bad' : 'good', look)
}

const TINTS = { met: 'good', 'not met': 'bad', undecided: 'unsure' } as const

function objectives({ expectations = [] }: Result, look: Look): string[] {
  return expectations.map((one) =>
    tinted(wrap(`Expected ${judgement(one)}.`, look.width), TINTS[one.verdict], look),
  )
}

function comparison({ results, comparisons = [], notes = [] }: Report, look: Look): string {
  const labels = labelsOf(results)
  const table = narrowed(
    ['', 'answered/s', 'good', 'mean ms', 'p50 ms', 'p99 ms', 'availability', 'busiest'],
    results.map((r, i) => [
      labels[i]!,
      r.qps.ok.value === null ? '–' : digits(r.qps.ok.value),
      nines(r.good),
      ...(['mean', 'p50', 'p99'] as const).map((key) => latencyText(r, key, r)),
      available(r),
      r.bottleneck ? `${shortly(r.bottleneck)} ${percentRound(r.bottleneck.utilization)}` : '–',
    ]),
    ['p50 ms', 'mean ms'],
    [30],
    look.width,
  )
  const told = (text: string) => wrap(text, look.width)
  const pages = pagesTable(results, labels, look)
  const words = labels.slice(1).map((label) => told(verdict(labels[0]!, label, comparisons)))
  if (results.length > 2) {
    words.push(told(winners(comparisons)))
    words.push(
      told('The intervals of differences are wide enough for those of all pairs to hold together at 95%.'),
    )
  }
  if (
    comparisons.some(
      (c) => c.verdict === 'no significant difference' && c.reason === undefined && !isAlike(c),
    )
  )
    words.push(
      told('No significant difference: luck alone may explain it; more replications would see finer.'),
    )
  for (const note of notes) words.push(told(`Note: ${note}.`))
  return [
    tinted(told(comparisonLine(results, labels, comparisons)), 'head', look),
    '',
    table,
    '',
    ...(pages === '' ? [] : [pages, '']),
    ...words,
  ].join('\n')
}

/** How long pages take, beside one another; empty where nobody loads any. */
function pagesTable(results: readonly Result[], labels: readonly string[], look: Look): string {
  const body = results.flatMap((result, i) =>
    pagesOf(result).map(({ users, pages, scope }) => [
      `${users}: ${labels[i]!}`,
      plusMinus(pages.qps),
      available(pages),
      ...(['mean', 'p50', 'p95', 'p99'] as const).map((key) => latencyText(pages, key, scope)),
    ]),
  )
  if (body.length === 0) return ''
  const head = ['pages', 'loaded/s', 'complete', 'mean ms', 'p50 ms', 'p95 ms', 'p99 ms']
  return narrowed(head, body, ['p50 ms', 'mean ms'], [30], look.width)
}

/** A dozen lines: what happened, a row for each class, what limits, what faults cost, what is not met. */
function brief(result: Result, scenario: Scenario, compared: boolean, look: Look): string {
  const told = (text: string) => wrap(text, look.width)
  const lines = [headline(result, scenario, look)]
  if (!compared) lines.push(classesTable(result, scenario, look))
  // Where all is well, the first line has told of the next limit; where the cause is told, what was full is a symptom.
  const limit = isBad(result, scenario) && !isExplained(result) ? limits(result, scenario, true) : ''
  if (limit !== '') lines.push(told(limit))
  const faults = costs(result)
  // One of each fault, then what is said of them all.
  const others = result.faults.length - MOST_FAULTS
  lines.push(...faults.slice(0, MOST_FAULTS).map(told))
  if (others > 0) lines.push(`And ${counting(others, 'other fault')}.`)
  lines.push(...faults.slice(Math.max(MOST_FAULTS, result.faults.length)).map(told))
  if (faults.length === 0) lines.push(...causesOfClasses(result).slice(0, MOST_FAULTS).map(told))
  lines.push(...noticesText(result, look))
  lines.push(...newsLines(result, scenario).slice(0, MOST_FAULTS).map(told))
  const open = (result.expectations ?? []).filter(({ verdict }) => verdict !== 'met')
  lines.push(...objectives({ ...result, expectations: open }, look))
  const met = (result.expectations ?? []).length - open.length
  if (met > 0)
    lines.push(tinted(`${met === 1 ? '1 objective is' : `${met} objectives are`} met.`, 'good', look))
  if (result.precision) lines.push(told(precision(result, result.precision)))
  if (result.interrupted) lines.push(told(`Note: ${result.notes.at(-1)}.`))
  return lines.join('\n')
}

/** Who told people of each fault, and how late, where several could; else nothing. */
function noticesText(result: Result, look: Look): string[] {
  const found = noticeTable(result)
  return found === null ? [] : [rows(found.head, found.rows, [30], look.width)]
}

/** Faults that are told one by one. */
const MOST_FAULTS = 3
/** Rows of classes and kinds of users. */
const MOST_ROWS = 5

/** The pages that users load, as rows beside their requests. */
const pageRows = (result: Result) =>
  pagesOf(result).map(({ name, pages, scope }): [string, AccountResult, typeof scope] => [name, pages, scope])

/** All, and each class where there are several: what they asked, what they got; as many columns as there is room for. */
function classesTable(result: Result, scenario: Scenario, look: Look): string {
  const { replications, simulated_s, requests } = result
  type Account = Pick<Result, 'requests' | 'availability' | 'good' | 'latency_ms'>
  type Scope = Parameters<typeof latencyText>[2]
  const columns: Record<string, (account: Account, scope: Scope) => string> = {
    'offered/s': (account) => digits(account.requests.offered / replications / simulated_s),
    answered: available,
    good: ({ good }) => nines(good),
    'p50 ms': (account, scope) => latencyText(account, 'p50', scope),
    'p99 ms': (account, scope) => latencyText(account, 'p99', scope),
    [replications > 1 ? 'failed a run' : 'failed']: (account) =>
      counted(account.requests.failed / replications),
  }
  if (requests.in_flight > 0)
    columns['never answered'] = (account) => counted(account.requests.in_flight / replications)
  const shown: [string, Account, Scope?][] = [
    ['all', result],
    ...classRows(result, scenario).slice(0, MOST_ROWS),
    ...pageRows(result).slice(0, MOST_ROWS),
  ]
  const body = shown.map(([name, account, scope = result]) => [
    name,
    ...Object.values(columns).map((of) => of(account, scope)),
  ])
  return narrowed(
    ['', ...Object.keys(columns)],
    body,
    ['never answered', 'p50 ms', 'answered'],
    [20],
    look.width,
  )
}

function verbose(result: Result, scenario: Scenario, compared: boolean, look: Look): string {
  const { replications } = result
  const told = (text: string) => wrap(text, look.width)
  const lines = [headline(result, scenario, look), told(`${limits(result, scenario)}${symptom(result)}`)]
  for (const sentence of [...costs(result), ...causesOfClasses(result), ...remarks(result, scenario)])
    lines.push(told(sentence))
  for (const table of noticesText(result, look)) lines.push('', table)
  if (!compared)
    lines.push('', requestsTable(result, scenario, look), '', latencyTable(result, scenario, look))
  const ended = outcomesText(result, `ended${inRuns(replications)}`, look.width)
  if (ended !== '') lines.push('', ended)
  lines.push(
    '',
    rows(
      [
        'component',
        'kind',
        'host',
        'used',
        'waiting',
        'wait ms',
        'ok/s',
        replications > 1 ? 'refused a run' : 'refused',
      ],
      Object.entries(result.components).map(([name, c]) => [
        name,
        c.kind,
        c.host ?? '',
        c.utilization.value === null ? '–' : percentRound(c.utilization.value),
        c.wait_ms.value === null ? '' : digits(c.queue.value ?? 0),
        c.wait_ms.value === null ? '' : digits(c.wait_ms.value),
        c.throughput.value === null ? '–' : digits(c.throughput.value),
        c.refused > 0 ? counted(c.refused / replications) : '',
      ]),
      [24, 10, 14],
      look.width,
    ),
  )
  const hosts = Object.entries(result.hosts)
  if (hosts.length > 0) {
    lines.push(
      told(
        `CPU: ${hosts.map(([name, h]) => `${name} ${percentRound(h.utilization.value ?? 0)}`).join(', ')}.`,
      ),
    )
  }
  const memory = hosts.filter(([, h]) => h.memory)
  if (memory.length > 0) lines.push(told(`Memory: ${memory.map(memoryUse).join(', ')}.`))
  const disks = hosts.filter(([, h]) => h.disk_used)
  if (disks.length > 0) lines.push(told(`Disk: ${disks.map(diskUse).join(', ')}.`))
  const times = worthTelling(result)
  if (times.length > 0) lines.push('', timesTable(times, replications, look))
  const counts = countLines(result, scenario)
  if (counts.length > 0 && replications > 1) lines.push('Counted in a run, in the mean:')
  for (const line of counts) lines.push(told(line))
  lines.push(...objectives(result, look))
  if (result.precision) lines.push(told(precision(result, result.precision)))
  for (const note of result.notes) lines.push(told(`Note: ${note}.`))
  return lines.join('\n')
}

/** How many asked, and how that ended; all figures but the rate are sums over the replications. */
function requestsTable(result: Result, scenario: Scenario, look: Look): string {
  const { requests, replications } = result
  const all = [
    'all',
    whole(requests.offered),
    whole(requests.ok),
    whole(requests.failed),
    whole(requests.in_flight),
    plusMinus(result.qps.ok),
    available(result),
    nines(result.good),
  ]
  return rows(
    [
      `requests${inRuns(replications)}`,
      'offered',
      'ok',
      'failed',
      'in flight',
      'QPS',
      'availability',
      'good',
    ],
    [all, ...accounts(result, scenario)],
    [],
    look.width,
  )
}

function latencyTable(result: Result, scenario: Scenario, look: Look): string {
  return narrowed(
    ['latency ms', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'],
    [
      latencyRow('all', result, result),
      ...classRows(result, scenario).map(([name, c]) => latencyRow(name, c, result)),
      ...pageRows(result).map((row) => latencyRow(...row)),
    ],
    ['p95', 'p90', 'p99.9'],
    [],
    look.width,
  )
}

/** Where the time of those that were followed went, in the mean. */
function timesTable(times: Result['time_by_box'], replications: number, look: Look): string {
  return rows(
    [
      'time, ms a request',
      'at',
      'waited',
      'served',
      'on the wire',
      'timed out',
      `followed${inRuns(replications)}`,
    ],
    times.map((row) => [
      groupOf(row),
      row.component,
      ...[row.waited_ms, row.served_ms, row.wire_ms, row.timed_out_ms].map((ms) =>
        ms >= 0.005 ? digits(ms) : '',
      ),
      whole(row.requests),
    ]),
    [24, 20],
    look.width,
  )
}

/** Which figures are sums. */
const inRuns = (replications: number): string => (replications > 1 ? ` in ${replications} runs` : '')

function accounts(result: Result, scenario: Scenario): string[][] {
  const groups = [
    ...classRows(result, scenario),
    ...(Object.keys(result.users).length > 1 ? Object.entries(result.users) : []),
    ...pageRows(result),
  ]
  return groups.map(([name, account]) => [
    name,
    whole(account.requests.offered),
    whole(account.requests.ok),
    whole(account.requests.failed),
    whole(account.requests.in_flight),
    '',
    available(account),
    nines(account.good),
  ])
}

function latencyRow(
  name: string,
  account: Pick<AccountResult, 'requests' | 'latency_ms'>,
  scope: Parameters<typeof latencyText>[2],
): string[] {
  const keys = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999'] as const
  return [
    name,
    ...keys.map((key) => latencyText(account, key, scope)),
    account.latency_ms.max === null ? '–' : digits(account.latency_ms.max),
  ]
}

const percentRound = (share: number): string => `${Math.round(share * 100)}%`

/** A plain table without as many of the columns that it can spare, in their order, as there is no room for. */
function narrowed(
  head: readonly string[],
  body: readonly (readonly string[])[],
  spare: readonly string[],
  most: number[],
  width: number,
): string {
  const without = (n: number) => {
    const kept = head.flatMap((name, i) => (spare.slice(0, n).includes(name) ? [] : [i]))
    const of = (cells: readonly string[]) => kept.map((i) => cells[i]!)
    return rows(of(head), body.map(of), most, width)
  }
  const tables = [0, ...spare.map((_, i) => i + 1)].map(without)
  return tables.find((text) => isWithin(text, width)) ?? tables.at(-1)!
}

/** Whether no line is wider. */
export const isWithin = (text: string, width: number): boolean =>
  text.split('\n').every((line) => [...line].length <= width)

/**
 * A plain table; the columns after the first are right-aligned; `most` bounds the widths of the first ones, of the
 * first even more where the table would be too wide.
 */
export function rows(head: string[], body: string[][], most: number[] = [], width = WIDTH): string {
  const table = new Table({
    ...PLAIN,
    head,
    colAligns: head.map((_, i) => (i === 0 || i < most.length ? 'left' : 'right')),
  })
  const columns = most.map((letters, i) => {
    const cells = body.map((row) => row[i]!)
    return shortened(cells, letters)
  })
  table.push(...body.map((row, place) => row.map((cell, i) => columns[i]?.[place] ?? cell)))
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  const excess = Math.max(...lines.map((line) => [...line].length)) - width
  const [first = 0, ...others] = most
  const longest = Math.max(...body.map(([name]) => [...name!].length))
  return excess > 0 && first > SHORTEST
    ? rows(head, body, [Math.max(SHORTEST, Math.min(first, longest) - excess), ...others], width)
    : lines.join('\n')
}

/** Each cell with so many letters at most; where two that differ would then be alike, it is the middle that goes. */
function shortened(cells: readonly string[], most: number): string[] {
  const cut = cells.map((cell) => shorten(cell, most))
  return cells.map((cell, i) => {
    const alike = cut.some((other, j) => other === cut[i] && cells[j] !== cell)
    const letters = [...cell]
    if (!alike || letters.length <= most) return cut[i]!
    const end = Math.floor(most / 2)
    return `${letters.slice(0, most - 1 - end).join('')}…${letters.slice(-end).join('')}`
  })
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
