import { labelsOf } from '../sim/experiments/compare.js'
import type { Judgement, Report, Result } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import type { Estimate } from '../sim/stats/estimate.js'
import { html } from './drawing/markup.js'
import { block, code, literal, tableOf } from './markdown.js'
import { causesOfClasses, symptom } from './words/causal-chains.js'
import { classRows } from './words/class-rows.js'
import { costs, gravest } from './words/costs.js'
import { latencyText, marksExplained } from './words/latency-cell.js'
import { limits } from './words/limits.js'
import { bereft, lossesInWords, lossesLine } from './words/losses-words.js'
import {
  digits,
  errorOfNines,
  milliseconds,
  moment,
  nines,
  plusMinus,
  replicationsIn,
} from './words/numbers.js'
import { measured, precision } from './words/objectives.js'
import { pagesOf } from './words/page-rows.js'
import { comparisonLine, isBad, verdictLine } from './words/verdict.js'
import { verdict, winners } from './words/verdicts.js'

/**
 * What a pull request shows: the verdict, objectives, figures with their intervals, what differs, what faults cost; the
 * rest folded up.
 * @param command what gives the same again
 */
export function toMarkdown(report: Report, scenarios: readonly Scenario[], command: string): string {
  const { results, comparisons } = report
  const names = labelsOf(results)
  const parts =
    comparisons === undefined
      ? results.flatMap((result, i) => alone(result, scenarios[i]!, names[i]!))
      : compared(report, scenarios, names)
  return `${[...parts, folded('How to run it again', block(command, 'sh')), explained(results)].join('\n\n')}\n`
}

/** One scenario: what is not folded up fits a screen. */
function alone(result: Result, scenario: Scenario, name: string): string[] {
  return [
    `### ${signOf(result, scenario)} ${literal(name)}`,
    `**${literal(verdictLine(result, scenario))}**`,
    ...objectives([result], [name]),
    figures([result], [name], scenario),
    ...faultsOf(result),
    ...cautionsOf(result),
    folded('Limits and causes', details(result, scenario)),
  ]
}

function compared(report: Report, scenarios: readonly Scenario[], names: readonly string[]): string[] {
  const { results, comparisons = [], losses, notes = [] } = report
  const [first, ...others] = names as [string, ...string[]]
  const bereaved = losses === undefined ? null : bereft(results, losses, names)
  return [
    `### ${names.length} scenarios compared`,
    `**${literal(comparisonLine(results, names, comparisons))}**`,
    figures(results, names),
    ...list(others.map((other) => verdict(first, other, comparisons))),
    ...(names.length > 2 ? [literal(winners(comparisons))] : []),
    ...objectives(results, names),
    ...(bereaved === null ? [] : [literal(lossesLine(bereaved)), ...list(bereaved.map(lossesInWords))]),
    ...list(notes.map((note) => `Note: ${note}.`)),
    ...results.map((result, i) =>
      folded(
        `${signOf(result, scenarios[i]!)} ${names[i]}`,
        [
          literal(verdictLine(result, scenarios[i]!)),
          ...list(costs(result)),
          ...cautionsOf(result),
          details(result, scenarios[i]!),
        ].join('\n\n'),
      ),
    ),
  ]
}

/** Faults that are told one by one. */
const MOST = 3

/** What those cost after which most was lost or late; the others are folded up. */
function faultsOf(result: Result): string[] {
  const { faults } = result
  const told = costs(result)
  const shown = new Set(gravest(faults, MOST).map((fault) => faults.indexOf(fault)))
  const isOpen = (i: number) => shown.has(i) || i >= faults.length
  const rest = told.filter((_, i) => !isOpen(i))
  return [
    ...list(told.filter((_, i) => isOpen(i))),
    ...(rest.length > 0
      ? [folded(`${rest.length} more fault${rest.length > 1 ? 's' : ''}`, list(rest).join(''))]
      : []),
  ]
}

function signOf(result: Result, scenario: Scenario): string {
  if (isBad(result, scenario)) return '❌'
  return result.expectations?.some(({ verdict }) => verdict === 'undecided') ? '❔' : '✅'
}

const SIGNS: Readonly<Record<Judgement['verdict'], string>> = {
  met: '✅ met',
  'not met': '❌ not met',
  undecided: '❔ undecided',
}

/** Nothing where nothing was expected. */
function objectives(results: readonly Result[], names: readonly string[]): string[] {
  const several = results.length > 1
  const rows = results.flatMap(({ expectations = [] }, i) =>
    expectations.map(({ text, verdict, value, unit, reason }) => [
      ...(several ? [literal(names[i]!)] : []),
      code(text),
      SIGNS[verdict],
      literal([measured(value, unit), reason].filter(Boolean).join(': ')),
    ]),
  )
  const head = [...(several ? ['scenario'] : []), 'objective', 'verdict', 'was']
  return rows.length === 0 ? [] : [tableOf(head, rows)]
}

/** Of one scenario all and each class and page, of several each. */
function figures(results: readonly Result[], names: readonly string[], own?: Scenario): string {
  const only = results.length === 1 ? results[0]! : null
  type Row = [name: string, account: Parameters<typeof rowOf>[0], scope: Parameters<typeof latencyText>[2]]
  const rows: Row[] =
    only === null
      ? results.map((result, i): Row => [names[i]!, result, result])
      : [
          ['all', only, only],
          ...(own ? classRows(only, own) : []).map(([name, account]): Row => [name, account, only]),
          ...pagesOf(only).map(({ name, pages, scope }): Row => [name, pages, scope]),
        ]
  return tableOf(
    ['', 'answered/s', 'availability', 'good', 'mean ms', 'p50 ms', 'p99 ms'],
    rows.map(([name, account, scope]) => [literal(name), ...rowOf(account, scope)]),
  )
}

function rowOf(
  account: Pick<Result, 'requests' | 'availability' | 'good' | 'latency_ms'> & {
    qps: Estimate | Result['qps']
  },
  scope: Parameters<typeof latencyText>[2],
): string[] {
  const { qps, availability, good } = account
  return [
    plusMinus('ok' in qps ? qps.ok : qps),
    ninesWithError(availability),
    ninesWithError(good),
    ...(['mean', 'p50', 'p99'] as const).map((key) => latencyText(account, key, scope)),
  ]
}

const ninesWithError = (estimate: Estimate): string =>
  [nines(estimate), errorOfNines(estimate)].filter(Boolean).join(' ')

/** What a reader must know before he believes it. */
const cautionsOf = ({ interrupted, notes, precision: asked, ...result }: Result): string[] => [
  ...(interrupted ? [`Note: ${literal(notes.at(-1)!)}.`] : []),
  ...(asked ? [literal(precision({ ...result, notes }, asked))] : []),
]

function details(result: Result, scenario: Scenario): string {
  const { components, interrupted, notes } = result
  const used = Object.entries(components).map(([name, { kind, host, utilization, throughput, wait_ms }]) => [
    literal(name),
    kind,
    literal(host ?? ''),
    utilization.value === null ? '–' : `${digits(utilization.value * 100)}%`,
    plusMinus(throughput),
    wait_ms.value === null ? '' : plusMinus(wait_ms),
  ])
  return [
    literal(`${limits(result, scenario)}${symptom(result)}`),
    ...list(causesOfClasses(result)),
    tableOf(['component', 'kind', 'host', 'in use', 'answered/s', 'wait ms'], used),
    ...list((interrupted ? notes.slice(0, -1) : notes).map((note) => `Note: ${note}.`)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const list = (sentences: readonly string[]): string[] =>
  sentences.length === 0 ? [] : [sentences.map((sentence) => `- ${literal(sentence)}`).join('\n')]

/** Its title is HTML, in which Markdown means nothing. */
const folded = (title: string, text: string): string =>
  `${html`<details><summary>${title}</summary>`}\n\n${text}\n\n</details>`

/** What the figures mean, how long was measured. */
function explained(results: readonly Result[]): string {
  const { replications, simulated_s, seed, good_within_ms } = results[0]!
  const same = results.every(
    (r) => r.replications === replications && r.simulated_s === simulated_s && r.seed === seed,
  )
  const good = results.every((r) => r.good_within_ms === good_within_ms)
    ? `within ${milliseconds(good_within_ms)}`
    : 'as soon as the file says'
  const how = same ? ` ${replicationsIn(replications)} of ${moment(simulated_s)} s, seed ${seed}.` : ''
  return `<sub>${literal(`Good: answered ${good}, of all who asked. Latency of the requests answered ok; ± is half of the 95% interval.${marksExplained(results)}${how}`)}</sub>`
}
