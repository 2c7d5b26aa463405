import type { Losses } from '../../sim/experiments/losses.js'
import { html, type Markup } from '../drawing/markup.js'
import { NO_ANSWER } from '../words/latency-cell.js'
import { type Bereft, isBeyond, lossesHow, lossesInWords, lossesLine, nobody } from '../words/losses-words.js'
import { availability, quantity } from './figures.js'
import { table } from './tables.js'

/** What is answered without each machine of each scenario, the worst loss first. */
export function lossesSection(all: readonly Bereft[], losses: readonly Losses[]): Markup {
  return html`<section id="losses">
<h2>When a machine is lost</h2>
<p class="verdict">${lossesLine(all)}</p>
<ul>${all.map((one) => html`<li>${lossesInWords(one)}</li>\n`)}</ul>
${table(
  'Without each machine',
  [
    { head: 'scenario', words: true },
    { head: 'without', words: true },
    { head: 'carries', words: true },
    { head: 'answered well' },
    { head: 'answered' },
    { head: 'p99 ms' },
    { head: 'nobody for' },
  ],
  all.flatMap(({ name, lost }) =>
    lost.map((one) => [
      name,
      one.host,
      one.components.join(', '),
      availability(one.good),
      availability(one.availability),
      isBeyond(one) ? NO_ANSWER : quantity(one.latency_p99_ms),
      nobody(one),
    ]),
  ),
)}
<p class="aside">${lossesHow(losses)}</p>
</section>`
}
