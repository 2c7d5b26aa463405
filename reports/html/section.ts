import type { Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { drawn } from '../drawing/drawing.js'
import { html, type Markup, type Part } from '../drawing/markup.js'
import { underLoad } from '../drawing/under-load.js'
import { causesOfClasses, symptom } from '../words/causal-chains.js'
import { limits, overload } from '../words/limits.js'
import { milliseconds, replicationsIn, whole } from '../words/numbers.js'
import { precision as reached } from '../words/objectives.js'
import { remarks } from '../words/remarks.js'
import { verdictLine } from '../words/verdict.js'
import { scrolling } from './architecture.js'
import { duringFaults } from './during.js'
import { distribution, timeline } from './figure.js'
import { availability, latencyAlone, quantity, time } from './figures.js'
import { objectivesList } from './objectives-list.js'
import type { Section } from './page.js'
import { speedOf } from './phrases.js'
import { readPreface } from './preface.js'
import {
  accountsTable,
  componentsTable,
  countsTable,
  hostsTable,
  outcomesTable,
  timesTable,
} from './tables.js'

/** One scenario beside others: all about it in one section. */
export function scenarioSection(result: Result, scenario: Scenario, name: string, number: number): Section {
  const id = `scenario-${number}`
  return {
    id,
    title: name,
    body: html`<p class="verdict">${verdictLine(result, scenario)}</p>
${objectivesList(result.expectations)}
${atGlance(result, scenario)}
${partsOf(result, scenario, name, 4).map(({ id: part, title, body }) => html`<section id="${id}-${part}">\n<h3>${title}</h3>\n${body}\n</section>\n`)}`,
  }
}

/** The figures that everybody asks for, and how long it was looked at. */
export function atGlance(result: Result, scenario: Scenario): Markup {
  const { requests, unstable, overloaded, precision } = result
  return html`<p>${speedOf(result)}</p>
${overloaded && html`<p class="alarm">${overload(overloaded, result, scenario)}${unstable && ' What has no steady state has no steady latency: these numbers are left out.'}</p>`}
<dl class="tiles">
<div><dt>answered per second</dt><dd>${quantity(result.qps.ok)}</dd></div>
<div><dt>median (p50)</dt><dd>${latencyAlone(result, 'p50', result)}</dd></div>
<div><dt>slowest 1% (p99)</dt><dd>${latencyAlone(result, 'p99', result)}</dd></div>
<div><dt>availability</dt><dd>${availability(result.availability)}</dd></div>
<div><dt>good (within ${milliseconds(result.good_within_ms)})</dt><dd>${availability(result.good)}</dd></div>
<div><dt>failed${result.replications > 1 && ` in ${result.replications} runs`}</dt><dd>${whole(requests.failed)} <span class="error">of ${whole(requests.offered)}</span></dd></div>
</dl>
<p class="aside">${replicationsIn(result.replications)} of ${time(result.simulated_s)} each, after ${time(result.warmup_s)} of warm-up; seed ${result.seed}; from ${result.file}.${precision && ` ${reached(result, precision)}`}</p>`
}

/**
 * What is told of a scenario, part by part; those that have nothing to tell are left out.
 * @param level of headings within a part
 */
export function partsOf(result: Result, scenario: Scenario, name: string, level: 3 | 4): Section[] {
  const { notes } = result
  const parts: Section[] = [
    { id: 'architecture', title: 'The architecture under load', body: architecture(result, scenario, name) },
    { id: 'faults', title: 'While faults lasted', body: duringFaults(result, scenario, name, level) },
    { id: 'time', title: 'What the users saw over time', body: timeline(result) },
    {
      id: 'distribution',
      title: 'How long they waited',
      body: distribution([result], ['answers']),
    },
    {
      id: 'components',
      title: 'Components and hosts',
      body: html`${componentsTable(result)}\n${hostsTable(result, scenario)}\n${countsTable(result, scenario)}`,
    },
    {
      id: 'requests',
      title: 'What became of the requests',
      body: html`${outcomesTable(result)}\n${accountsTable(result, scenario)}\n${timesTable(result)}`,
    },
    {
      id: 'notes',
      title: 'Notes',
      body: notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`,
    },
  ]
  return parts.filter(({ body }) => body !== null && body !== false)
}

/** The question, the drawing, and what limits. */
function architecture(result: Result, scenario: Scenario, name: string): Part {
  const { words, question, answer, drawing: sketch } = readPreface(scenario.preface)
  const said = (paragraphs: readonly string[]) => paragraphs.map((one) => html`<p>${one}</p>\n`)
  return html`${said(words)}${question !== '' && html`<p class="question">${question}</p>\n`}${said(answer)}<figure class="architecture">
<figcaption>In the whole run</figcaption>
${scrolling(drawn(scenario, underLoad(result)), `Drawing of ${name}`)}
<p class="aside">The wider an arrow, the more requests go along it; bars show how much of a box is in use. Dashed: no requests came this way; dotted: replication.</p>
${sketch !== '' && html`<details><summary>The drawing in the scenario file</summary><pre class="scroll" tabindex="0">${sketch}</pre></details>`}
</figure>
<p>${limits(result, scenario)}${symptom(result)}</p>
${said([...causesOfClasses(result), ...remarks(result, scenario)])}`
}
