import { labelsOf } from '../sim/experiments/compare.js'
import type { Report } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { swatch } from './charts/plot.js'
import { html, type Markup } from './drawing/markup.js'
import type { Assets } from './html/assets.js'
import { comparisonSection } from './html/comparison-section.js'
import { toneOf } from './html/figure.js'
import { lossesSection } from './html/losses-section.js'
import { objectivesList } from './html/objectives-list.js'
import { page, type Section } from './html/page.js'
import { atGlance, partsOf, scenarioSection } from './html/section.js'
import { bereft } from './words/losses-words.js'
import { comparisonLine, verdictLine } from './words/verdict.js'

/** One page that needs nothing but itself: what was found out, in words, drawings, charts and tables. */
export function toHtml(report: Report, scenarios: readonly Scenario[], assets: Assets): string {
  const { results, comparisons, losses, notes = [] } = report
  const names = labelsOf(results)
  if (results.length === 1) return alone(report, scenarios[0]!, names[0]!, assets)
  const sections: Section[] = [
    ...(comparisons ? [comparisonSection(results, names, comparisons, notes)] : []),
    ...(losses ? [lossesSection(bereft(results, losses, names), losses)] : []),
    ...results.map((result, i) => scenarioSection(result, scenarios[i]!, names[i]!, i + 1)),
  ]
  const title = comparisons ? `${names.length} scenarios compared` : `${names.length} scenarios`
  return page(title, verdicts(report, scenarios, names), sections, assets)
}

/** Of one scenario, the verdict and the objectives come first. */
function alone({ results }: Report, scenario: Scenario, name: string, assets: Assets): string {
  const result = results[0]!
  const head = html`<p class="lead">${verdictLine(result, scenario)}</p>
${objectivesList(result.expectations)}
${atGlance(result, scenario)}`
  return page(name, head, partsOf(result, scenario, name, 3), assets)
}

function verdicts(
  { results, comparisons }: Report,
  scenarios: readonly Scenario[],
  names: readonly string[],
): Markup {
  return html`${comparisons && html`<p class="lead">${comparisonLine(results, names, comparisons)}</p>\n`}<ol class="verdicts">
${results.map((result, i) => html`<li>${swatch(toneOf(i))}<div><a href="#scenario-${i + 1}">${names[i]}</a><p>${verdictLine(result, scenarios[i]!)}</p>${objectivesList(result.expectations)}</div></li>\n`)}</ol>`
}
