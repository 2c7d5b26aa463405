import type { Losses } from '../../sim/experiments/losses.js'
import { html } from '../drawing/markup.js'
import { NO_ANSWER } from '../words/latency-cell.js'
import { type Bereft, isBeyond, lossesHow, lossesInWords, lossesLine, nobody } from '../words/losses-words.js'
import { availability, quantity } from './figures.js'
import type { Section } from './page.js'
import { table } from './tables.js'

/** What is answered without each machine of each scenario, the worst loss first. */
export function lossesSection(all: readonly Bereft[], losses: readonly Losses[]): Section {
  const body = html`<p class="verdict">${lossesLine(all)}</p>
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
<p class="aside">${lossesHow(losses)}</p>`
  return { id: 'losses', title: 'When a machine is lost', body }
}
