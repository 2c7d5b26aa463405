import { drawn } from '../../reports/drawing/drawing.js'
import { html, type Markup } from '../../reports/drawing/markup.js'
import { underLoad } from '../../reports/drawing/under-load.js'
import { originOf } from '../../reports/html/origin-of.js'
import { outcomesTable, table } from '../../reports/html/tables.js'
import { toHtml } from '../../reports/html.js'
import { toJson } from '../../reports/json.js'
import { causesOfClasses } from '../../reports/words/causal-chains.js'
import { costs } from '../../reports/words/costs.js'
import { limits } from '../../reports/words/limits.js'
import { digits, halfWidth, nines, percent, shown, whole } from '../../reports/words/numbers.js'
import { judgement } from '../../reports/words/objectives.js'
import { remarks } from '../../reports/words/remarks.js'
import { comparisonLine, verdictLine } from '../../reports/words/verdict.js'
import { verdict, winners } from '../../reports/words/verdicts.js'
import { labelsOf, reportOf } from '../../sim/experiments/compare.js'
import type { Result } from '../../sim/experiments/result.js'
import type { Ran } from '../../sim/experiments/run.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import type { ToAnswers } from '../messages.js'
import { type Told, Unanswerable } from './asked.js'

/** What `nines run` tells of one scenario. */
export function toldRun(ran: Ran): Told {
  const { result, scenario } = ran
  return {
    sentence: verdictLine(result, scenario),
    rows: rowsOf(result),
    section: String(
      html`${paragraphs([
        limits(result, scenario),
        ...costs(result),
        ...causesOfClasses(result),
        ...remarks(result, scenario),
        ...(result.expectations ?? []).map((one) => `Expected ${judgement(one)}.`),
        ...result.notes.map((note) => `Note: ${note}.`),
      ])}${outcomesTable(result)}`,
    ),
    drawing: String(drawn(scenario, underLoad(result)).svg),
  }
}

/** What its faults cost: the same runs, of which those without each fault tell it. */
export function toldCosts(ran: Ran): Told {
  const { result } = ran
  const [first = 'No fault strikes: there is nothing that one could have cost.', ...more] = costs(result)
  return {
    ...toldRun(ran),
    sentence: first,
    rows: result.faults.map(({ fault, cost, recovery_s }) => [
      fault,
      ...(cost === null ? ['–', ''] : figureOf(cost)),
      ...figureOf(recovery_s)
        .slice(0, 1)
        .map((value) => (value === '–' ? '' : `${value} s away`)),
    ]),
    section: String(paragraphs(more)),
  }
}

/** What `nines compare` tells of several. */
export function toldComparison(ran: readonly Ran[]): Told {
  const results = ran.map(({ result }) => result)
  const labels = labelsOf(results)
  const report = reportOf(ran, true)
  const { comparisons = [], notes = [] } = report
  const columns = [{ head: '' }, ...labels.map((head) => ({ head }))]
  const all = results.map(metricsOf)
  return {
    sentence: comparisonLine(results, labels, comparisons),
    // In a table with heads, to tell whose they are.
    rows: [],
    section: String(
      html`${paragraphs([
        ...labels.slice(1).map((label) => verdict(labels[0]!, label, comparisons)),
        ...(labels.length > 2 ? [winners(comparisons)] : []),
        ...notes.map((note) => `Note: ${note}.`),
      ])}${table('What they give', columns, [
        ...all[0]!.map(([metric], i) => [metric!, ...all.map((rows) => rows[i]!.slice(1).join(' ').trim())]),
        ['used most', ...results.map(mostUsed)],
      ])}`,
    ),
    drawing: null,
  }
}

/** The page of `--out`: of one scenario, or of several compared. */
export function toldReport(ran: readonly Ran[], assets: ToAnswers['assets']): Told {
  if (assets === undefined)
    throw new Unanswerable('a report needs the script and the style sheet that it carries')
  const scenarios = ran.map(({ scenario }) => scenario)
  const origin = originOf(scenarios, null)
  return { ...toldAll(ran), saved: toHtml(reportOf(ran, ran.length > 1), scenarios, { ...assets, origin }) }
}

/** What `--format json` prints: of one scenario, or of several compared. */
export const toldJson = (ran: readonly Ran[]): Told => ({
  ...toldAll(ran),
  saved: toJson(reportOf(ran, ran.length > 1)),
})

const toldAll = (ran: readonly Ran[]): Told => (ran.length > 1 ? toldComparison(ran) : toldRun(ran[0]!))

/** Metric, value, and half of its interval. */
function rowsOf(result: Result): string[][] {
  const { bottleneck } = result
  return [
    ...metricsOf(result),
    ...(bottleneck === null ? [] : [[`used most: ${bottleneck.name}`, percent(bottleneck.utilization), '']]),
  ]
}

const mostUsed = ({ bottleneck }: Result): string =>
  bottleneck === null ? '–' : `${bottleneck.name}, ${percent(bottleneck.utilization)}`

/** Those that every result has. */
function metricsOf({ qps, latency_ms, good, availability, requests, replications }: Result): string[][] {
  return [
    ['answered a second', ...figureOf(qps.ok)],
    ['good', ...shareOf(good)],
    ['availability', ...shareOf(availability)],
    ...(['p50', 'p99'] as const).map((key) => [`latency ${key}, ms`, ...figureOf(latency_ms[key])]),
    [replications > 1 ? 'failed in a run' : 'failed', whole(requests.failed / replications), ''],
  ]
}

function figureOf(estimate: Estimate): [value: string, error: string] {
  const told = shown(estimate)
  return told === null ? ['–', ''] : [told.value, told.error ?? '']
}

/** In points of a hundred. */
function shareOf(estimate: Estimate): [value: string, error: string] {
  const half = halfWidth(estimate)
  return [nines(estimate), half === null || half === 0 ? '' : `±${digits(half * 100)}`]
}

export const paragraphs = (sentences: readonly string[]): Markup =>
  html`${sentences.filter((sentence) => sentence !== '').map((sentence) => html`<p>${sentence}</p>\n`)}`
