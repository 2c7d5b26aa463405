import { labelsOf } from '../sim/experiments/compare.js'
import type { Report } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { html, type Markup } from './drawing/markup.js'
import type { Assets } from './html/assets.js'
import { comparisonOf } from './html/comparison-section.js'
import { swatch, toneOf } from './html/figure.js'
import { lossesSection } from './html/losses-section.js'
import { page } from './html/page.js'
import { scenarioSection } from './html/section.js'
import { bereft } from './words/losses-words.js'
import { comparisonLine, verdictLine } from './words/verdict.js'

/** One page that needs nothing but itself: what was found out, in words, drawings, charts and tables. */
export function toHtml(report: Report, scenarios: readonly Scenario[], assets: Assets): string {
  const { results, comparisons, losses, notes = [] } = report
  const names = labelsOf(results)
  const title =
    results.length === 1 ? names[0]! : `${results.length} scenarios${comparisons ? ' compared' : ''}`
  return page(
    results.length === 1 ? title : names.join(', '),
    html`<h1>${title}</h1>
${verdicts(report, scenarios, names)}`,
    html`${comparisons && results.length > 1 && comparisonOf(results, names, comparisons, notes)}
${losses && lossesSection(bereft(results, losses, names), losses)}
${results.map((result, i) => html`${scenarioSection(result, scenarios[i]!, names[i]!, i + 1)}\n`)}`,
    assets,
  )
}

function verdicts(
  { results, comparisons }: Report,
  scenarios: readonly Scenario[],
  names: readonly string[],
): Markup {
  if (results.length === 1) return html`<p class="lead">${verdictLine(results[0]!, scenarios[0]!)}</p>`
  return html`${comparisons && html`<p class="lead">${comparisonLine(results, names, comparisons)}</p>\n`}<ol class="verdicts">
${results.map((result, i) => html`<li>${swatch(toneOf(i))}<div><a href="#scenario-${i + 1}">${names[i]}</a><p>${verdictLine(result, scenarios[i]!)}</p></div></li>\n`)}</ol>`
}
