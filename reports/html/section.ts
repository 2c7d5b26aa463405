import type { Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { drawing } from '../drawing/drawing.js'
import { html, type Markup } from '../drawing/markup.js'
import { underLoad } from '../drawing/under-load.js'
import { causesOfClasses, symptom } from '../words/causal-chains.js'
import { costs } from '../words/costs.js'
import { limits, overload } from '../words/limits.js'
import { milliseconds, replicationsIn, whole } from '../words/numbers.js'
import { precision as reached } from '../words/objectives.js'
import { remarks } from '../words/remarks.js'
import { verdictLine } from '../words/verdict.js'
import { scrolling } from './architecture.js'
import { distribution, timeline } from './figure.js'
import { availability, latencyAlone, quantity, time } from './figures.js'
import { speedOf } from './phrases.js'
import { readPreface } from './preface.js'
import {
  accountsTable,
  componentsTable,
  countsTable,
  expectationsTable,
  faultsTable,
  hostsTable,
  outcomesTable,
  timesTable,
} from './tables.js'

/** All about one scenario. */
export function scenarioSection(result: Result, scenario: Scenario, name: string, number: number): Markup {
  const { words, question, drawing: sketch } = readPreface(scenario.preface)
  const { requests, unstable, overloaded, notes, precision } = result
  return html`<section id="scenario-${number}" class="scenario">
<h2>${name}</h2>
${words.map((paragraph) => html`<p>${paragraph}</p>`)}
${question !== '' && html`<p class="question">${question}</p>`}
<p class="verdict">${verdictLine(result, scenario)} ${speedOf(result)}</p>
${overloaded && html`<p class="alarm">${overload(overloaded, result, scenario)}${unstable && ' What has no steady state has no steady latency: these numbers are left out.'}</p>`}
<dl class="tiles">
<div><dt>answered per second</dt><dd>${quantity(result.qps.ok)}</dd></div>
<div><dt>median (p50)</dt><dd>${latencyAlone(result, 'p50', result)}</dd></div>
<div><dt>slowest 1% (p99)</dt><dd>${latencyAlone(result, 'p99', result)}</dd></div>
<div><dt>availability</dt><dd>${availability(result.availability)}</dd></div>
<div><dt>good (within ${milliseconds(result.good_within_ms)})</dt><dd>${availability(result.good)}</dd></div>
<div><dt>failed${result.replications > 1 && ` in ${result.replications} runs`}</dt><dd>${whole(requests.failed)} <span class="error">of ${whole(requests.offered)}</span></dd></div>
</dl>
<figure class="architecture">
<figcaption>The architecture under load</figcaption>
${scrolling(drawing(scenario, underLoad(result)), `Drawing of ${name}`)}
<p class="aside">The wider an arrow, the more requests go along it; bars show how much of a box is in use. Dashed: no requests came this way; dotted: replication.</p>
${sketch !== '' && html`<details><summary>The drawing in the scenario file</summary><pre class="scroll" tabindex="0">${sketch}</pre></details>`}
</figure>
<p>${limits(result, scenario)}${symptom(result)}</p>
${[...costs(result), ...causesOfClasses(result), ...remarks(result, scenario)].map((sentence) => html`<p>${sentence}</p>`)}
${timeline(result)}
${requests.ok > 0 && distribution([result], ['answers'])}
${componentsTable(result)}
${countsTable(result, scenario)}
${hostsTable(result, scenario)}
${outcomesTable(result)}
${timesTable(result)}
${accountsTable(result)}
${faultsTable(result)}
${expectationsTable(result)}
${notes.length > 0 && html`<h3>Notes</h3><ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<p class="aside">${replicationsIn(result.replications)} of ${time(result.simulated_s)} each, after ${time(result.warmup_s)} of warm-up; seed ${result.seed}; from ${result.file}.${precision && ` ${reached(result, precision)}`}</p>
</section>`
}
