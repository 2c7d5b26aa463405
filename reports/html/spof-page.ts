import type { SpofPair, SpofPart, Spofs } from '../../sim/experiments/spof/spof-result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { bySeverity } from '../drawing/by-severity.js'
import { drawn } from '../drawing/drawing.js'
import { html, type Markup, type Part } from '../drawing/markup.js'
import { labelOf, spofLine } from '../spof-verdict.js'
import { digits } from '../words/numbers.js'
import { unseenIn } from '../words/spof-who.js'
import { lossOf, outageIn, whyOf } from '../words/spof-why.js'
import { cutSetsIn, fixFirst, howTried, tiersIn } from '../words/spof-words.js'
import { scrolling } from './architecture.js'
import type { Assets } from './assets.js'
import { availability, quantity } from './figures.js'
import { page, type Section } from './page.js'
import { table } from './tables.js'

/** Losses of one scenario, and what it looks like. */
export interface Drawn {
  readonly spofs: Spofs
  readonly scenario: Scenario
}

/** Each scenario with its parts in the colour of what visitors lose with them, and all losses as a table. */
export function spofHtml(all: readonly Drawn[], assets: Assets): string {
  const names = all.map(({ spofs }) => spofs.scenario).join(', ')
  return page(
    `${names}: single points of failure`,
    all.map(({ spofs }) => html`<p class="lead">${spofLine(spofs)}</p>\n`),
    all.map(section),
    assets,
  )
}

function section({ spofs, scenario }: Drawn, place: number): Section {
  const { parts, pairs, importance, interrupted, untold } = spofs
  const body = html`${interrupted && html`<p class="alarm"><b>Interrupted.</b> ${interrupted.there} of ${interrupted.planned} losses are here.</p>`}
<figure class="architecture">
<figcaption>What is lost with each part</figcaption>
${scrolling(drawn(scenario, bySeverity(spofs)), `Drawing of ${spofs.scenario}`)}
<p class="aside">Red: without it nobody is answered, or nobody of some class or of some users. Orange: it can be lost, and this load does not fit, or some are not answered for longer than ${digits(spofs.gap_s)} s, or it is undecided. Dotted: what watches the others. Hidden: the wiring has another way, and with traffic on it does not serve.</p>
</figure>
${lossesTable('Each part lost, the worst first', parts, (one) => labelOf(one))}
<h3>Why</h3>
<ul>${parts.filter(({ severity }) => severity !== 'none').map((one) => html`<li>${one.hidden && html`<b>Hidden.</b> `}${lossOf([one.part], one)}: ${whyOf(one, spofs)}</li>\n`)}</ul>
${pairs.length > 0 && lossesTable('Two at once', pairs, ({ parts: both }) => both.join(' and '))}
<p>${[cutSetsIn(spofs), ...tiersIn(spofs)].join(' ')}</p>
${importance && importanceTable(spofs)}
${fixFirst(spofs).map((sentence) => html`<p>${sentence}</p>`)}
${untold.length > 0 && html`<ul class="notes">${untold.map(({ part, reason }) => html`<li>Nothing can be told of ${part}: ${reason}.</li>`)}</ul>`}
<p class="aside">${[howTried(spofs), ...unseenIn(spofs)].join(' ')} From ${spofs.file}.</p>`
  return { id: `scenario-${place + 1}`, title: spofs.scenario, body }
}

function lossesTable<T extends SpofPart | SpofPair>(
  title: string,
  all: readonly T[],
  name: (one: T) => string,
): Markup {
  return table(
    title,
    [
      { head: 'without', words: true },
      { head: 'severity', words: true },
      { head: 'answered' },
      { head: 'good' },
      { head: 'outage' },
      { head: 'lost /s' },
      { head: 'late /s' },
      { head: 'p99 ms' },
      { head: 'p99 ms added' },
      { head: 'lost writes' },
      { head: 'stale reads' },
    ],
    all.map((one) => [
      name(one),
      `${one.severity}${one.hidden ? ', hidden' : ''}`,
      availability(one.availability),
      availability(one.good),
      outageIn(one),
      quantity(one.lost_per_s),
      one.delayed_per_s === null ? '–' : quantity(one.delayed_per_s),
      figure(one.p99_ms),
      figure(one.added_p99_ms),
      figure(one.lost_writes),
      figure(one.stale_reads),
    ]),
  )
}

const figure = (estimate: Estimate): Part => (estimate.value === null ? '–' : quantity(estimate))

function importanceTable({ importance }: Spofs): Markup {
  return table(
    'What each part that fails costs in the long run',
    [
      { head: 'part', words: true },
      { head: 'away' },
      { head: 'Birnbaum' },
      { head: 'criticality' },
      { head: 'Fussell-Vesely' },
      { head: 'min a year less, if it never failed' },
      { head: 'how often it fails', words: true },
    ],
    importance!.parts.map((one) => [
      one.part,
      `${digits(one.unavailability * 100)}%`,
      digits(one.birnbaum),
      digits(one.criticality),
      one.fussell_vesely === null ? '–' : digits(one.fussell_vesely),
      digits(one.removed_min_per_year),
      one.assumed === null ? 'as the file says' : 'assumed',
    ]),
  )
}
