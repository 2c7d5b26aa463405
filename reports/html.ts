import { labelsOf } from '../sim/experiments/compare.js'
import type { Report } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { assets } from './html/assets.js'
import { comparisonOf } from './html/comparison.js'
import { swatch, toneOf } from './html/figure.js'
import { html, type Markup, raw } from './html/markup.js'
import { scenarioSection } from './html/scenario.js'
import { verdictOf } from './html/words.js'

/** One page that needs nothing but itself: what was found out, in words, drawings, charts and tables. */
export function toHtml(report: Report, scenarios: readonly Scenario[]): string {
  const { results, comparisons, notes = [] } = report
  const { script, style, hash } = assets()
  const names = labelsOf(results)
  const title =
    results.length === 1 ? names[0]! : `${results.length} scenarios${comparisons ? ' compared' : ''}`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${raw(hash)}'">
<title>nines: ${results.length === 1 ? title : names.join(', ')}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
<p class="brand">nines</p>
<h1>${title}</h1>
${verdicts(report, names)}
</header>
<main>
${comparisons && results.length > 1 && comparisonOf(results, names, comparisons, notes)}
${results.map((result, i) => html`${scenarioSection(result, scenarios[i]!, names[i]!, i + 1)}\n`)}</main>
<footer>Simulated with nines, request by request. Numbers after ± are half of a 95% confidence interval; – stands where nothing can be told.</footer>
<script>${raw(script)}</script>
</body>
</html>
`
  return page.toString()
}

function verdicts({ results }: Report, names: readonly string[]): Markup {
  if (results.length === 1) return html`<p class="lead">${verdictOf(results[0]!)}</p>`
  return html`<ol class="verdicts">
${results.map((result, i) => html`<li>${swatch(toneOf(i))}<div><a href="#scenario-${i + 1}">${names[i]}</a><p>${verdictOf(result)}</p></div></li>\n`)}</ol>`
}
