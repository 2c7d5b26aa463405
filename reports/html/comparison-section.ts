import { isShare, standingOf } from '../../sim/experiments/compare.js'
import type { Comparison, Result } from '../../sim/experiments/result.js'
import { swatch } from '../charts/plot.js'
import { html, type Part } from '../drawing/markup.js'
import { digits } from '../words/numbers.js'
import { isAlike, winners } from '../words/verdicts.js'
import { distribution, together, toneOf } from './figure.js'
import { availability, difference, latencyIn, quantity, time } from './figures.js'
import type { Section } from './page.js'

const METRICS = [
  {
    title: 'Good answers',
    says: 'share of the requests answered soon enough',
    metric: 'good',
    show: (r: Result) => availability(r.good),
  },
  {
    title: 'Answered per second',
    says: 'throughput (QPS)',
    metric: 'qps_ok',
    show: (r: Result) => quantity(r.qps.ok),
  },
  {
    title: 'Mean latency, ms',
    says: 'average time to the answer',
    metric: 'latency_mean_ms',
    show: (r: Result) => latencyIn(r, 'mean', r),
  },
  {
    title: 'Median (p50), ms',
    says: 'half of the answers are faster',
    metric: 'latency_p50_ms',
    show: (r: Result) => latencyIn(r, 'p50', r),
  },
  {
    title: 'Slowest 1% (p99), ms',
    says: '99 in 100 answers are faster',
    metric: 'latency_p99_ms',
    show: (r: Result) => latencyIn(r, 'p99', r),
  },
  {
    title: 'Availability',
    says: 'share of the requests that succeed',
    metric: 'availability',
    show: (r: Result) => availability(r.availability),
  },
] as const

/** All scenarios side by side: a table with verdicts in words, and charts with all of them in. */
export function comparisonSection(
  results: readonly Result[],
  names: readonly string[],
  comparisons: readonly Comparison[],
  notes: readonly string[],
): Section {
  const { replications, simulated_s, seed } = results[0]!
  const body = html`<table class="cards">
<thead><tr><th scope="col">Architecture</th>${METRICS.map(({ title, says }) => html`<th scope="col">${title}<small>${says}</small></th>`)}</tr></thead>
<tbody>
${results.map(
  (result, i) =>
    html`<tr><th scope="row">${swatch(toneOf(i))}<a href="#scenario-${i + 1}">${names[i]}</a></th>${METRICS.map(
      ({ title, metric, show }) =>
        html`<td data-title="${title}">${show(result)}${i > 0 && verdict(comparisons.find((c) => c.metric === metric && c.a === names[0] && c.b === names[i]))}</td>`,
    )}</tr>\n`,
)}</tbody></table>
<p class="aside">“Better”, “worse” and “no significant difference” compare with ${html`<b>${names[0]}</b>`}: all were asked by the same visitors at the same times and met the same bad luck, ${replications} times over ${time(simulated_s)} (seed ${seed}). The number after ± is half of the 95% confidence interval: of intervals that are made like this, 19 in 20 contain the true value. “No significant difference” means that luck alone may explain what is seen.</p>
${results.length > 2 && comparisons.length > 0 && html`<p>${winners(comparisons)}</p>`}
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
${distribution(results, names)}
${together(results, names)}`
  return { id: 'comparison', title: 'Side by side', body }
}

const SIGNS = { better: '▲', worse: '▼', 'no significant difference': '≈' } as const

function verdict(comparison: Comparison | undefined): Part {
  if (comparison === undefined) return null
  const { verdict, difference: by, metric, relative, reason } = comparison
  if (reason !== undefined) return html`<span class="chip same" title="${reason}">? cannot tell yet</span>`
  if (isAlike(comparison))
    return html`<span class="chip same" title="no difference in any replication">${SIGNS[verdict]} the same</span>`
  const standing = standingOf(comparison)
  if (standing === 'same' || verdict === 'no significant difference')
    return html`<span class="chip same">≈ no significant difference</span>`
  // Points of availability are percent already.
  const much = isShare(metric) || relative === null ? null : ` (${signedPercent(relative)})`
  const size = html`<span class="by">${difference(by, metric)}${much}</span>`
  if (standing === 'fewer') {
    const who = comparison[comparison.answers_fewer!]
    return html`<span class="chip same" title="${who} answers fewer requests, and the latency is of those that it answers">of fewer answered</span>${size}`
  }
  if (standing === 'small')
    return html`<span class="chip same" title="certain, and too small to matter">≈ next to no difference</span>${size}`
  return html`<span class="chip ${verdict}">${SIGNS[verdict]} ${verdict}</span>${size}`
}

const signedPercent = (share: number): string => `${share > 0 ? '+' : '−'}${digits(Math.abs(share) * 100)}%`
