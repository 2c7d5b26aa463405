import type { NinesResult } from '../../sim/experiments/nines/nines-result.js'
import { YEAR } from '../../sim/reliability/history.js'
import { html, type Markup } from '../drawing/markup.js'
import { digits, percent } from '../words/numbers.js'
import { lasting, minutes } from '../words/years.js'
import { assumptions, yearsHow, yearsInWords, yearsLine } from '../words/years-verdict.js'
import type { Assets } from './assets.js'
import { availability, quantity } from './figures.js'
import { page } from './page.js'
import { table } from './tables.js'

/** Nines over years as a page: what costs what, and the years as strips with their outages. */
export function yearsHtml(results: readonly NinesResult[], assets: Assets): string {
  const title = results.length === 1 ? `${results[0]!.scenario}: nines over years` : 'Nines over years'
  return page(
    title,
    html`<h1>${title}</h1>
${results.map((result) => html`<p class="lead">${yearsLine(result)}</p>\n`)}`,
    html`${results.map(section)}`,
    assets,
  )
}

function section(result: NinesResult): Markup {
  const assumed = assumptions(result)
  return html`<section>
<h2>${result.scenario}</h2>
${result.interrupted && html`<p class="alarm"><b>Interrupted.</b> This is of what was simulated by then.</p>`}
<ul>${yearsInWords(result).map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
${bars(result)}
${strips(result)}
${partsTable(result)}
${situationsTable(result)}
${assumed.length > 0 && html`<h3>Assumed, since the file does not say so</h3><ul>${assumed.map((one) => html`<li>${one}</li>\n`)}</ul>`}
<p class="aside">${yearsHow(result)} From ${result.file}.</p>
</section>
`
}

/** Pixels of a drawing, of one bar and of one year. */
const WIDTH = 900
const BAR = 24
const NAMES = 160
/** Years that are drawn at most. */
const MOST_YEARS = 10

/** What each part costs, as bars. */
function bars({ parts }: NinesResult): Markup {
  const shown = parts.filter(({ downtime_min_per_year }) => downtime_min_per_year.value! > 0).slice(0, 12)
  if (shown.length === 0) return html``
  const most = shown[0]!.downtime_min_per_year.value!
  const width = (min: number) => Math.max(1, ((WIDTH - NAMES - 120) * min) / most).toFixed(1)
  return html`<figure>
<figcaption>Minutes of downtime a year, by what fails</figcaption>
<svg viewBox="0 0 ${WIDTH} ${shown.length * BAR}" role="img" aria-label="Minutes of downtime a year, by what fails">
${shown.map(({ part, downtime_min_per_year: own }, i) => html`<text x="${NAMES - 8}" y="${i * BAR + 16}" text-anchor="end" font-size="13" fill="currentColor">${part}</text><rect x="${NAMES}" y="${i * BAR + 4}" width="${width(own.value!)}" height="${BAR - 8}" style="fill:var(--failed)"/><text x="${NAMES + Number(width(own.value!)) + 6}" y="${i * BAR + 16}" font-size="13" fill="currentColor">${minutes(own.value!)}</text>\n`)}</svg>
</figure>`
}

/** Years, one below the other, with what was out of reach in each: a simulated course of events, one of many. */
function strips({ timeline, timeline_s }: NinesResult): Markup {
  const years = Math.min(MOST_YEARS, Math.ceil(timeline_s / YEAR))
  const shown = timeline.filter(({ from_s }) => from_s < years * YEAR)
  const x = (seconds: number) => NAMES / 2 + ((WIDTH - NAMES / 2) * (seconds % YEAR)) / YEAR
  const lines = Array.from({ length: years }, (_, year) => {
    const y = year * BAR
    const own = shown.filter(({ from_s }) => Math.floor(from_s / YEAR) === year)
    return html`<text x="${NAMES / 2 - 8}" y="${y + 16}" text-anchor="end" font-size="13" fill="currentColor">year ${year + 1}</text><rect x="${NAMES / 2}" y="${y + 5}" width="${WIDTH - NAMES / 2}" height="${BAR - 10}" style="fill:var(--ok)" fill-opacity="0.25"/>${own.map(({ from_s, to_s, lost, gap }) => html`<rect x="${x(from_s).toFixed(1)}" y="${y + 3}" width="${Math.max(gap ? 1 : 2, ((WIDTH - NAMES / 2) * (to_s - from_s)) / YEAR).toFixed(1)}" height="${BAR - 6}" style="fill:var(--failed)" fill-opacity="${gap ? 0.45 : 1}"><title>day ${digits((from_s % YEAR) / 86_400)}: ${lost.join(', ')}, ${lasting(to_s - from_s)}</title></rect>`)}\n`
  })
  return html`<figure>
<figcaption>${timeline_s < YEAR ? `The first ${lasting(timeline_s)}` : years === 1 ? 'A year' : `${years} years`} as they may come: ${shown.length === 0 ? 'no outage' : `${shown.length} outage${shown.length === 1 ? '' : 's'}`}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${years * BAR}" role="img" aria-label="Years with their outages">
${lines}</svg>
<p class="aside">One course of events of many, drawn with the seed. Pale: until others took over; full: for want of parts. No outage is drawn thinner than can be seen.</p>
</figure>`
}

const partsTable = ({ parts }: NinesResult): Markup =>
  table(
    'What fails, and what it costs',
    [
      { head: 'part', words: true },
      { head: 'fails a year' },
      { head: 'every' },
      { head: 'for' },
      { head: 'min a year' },
      { head: 'share' },
      { head: 'requests more each time' },
      { head: 'until others take over, s' },
    ],
    parts.map((one) => [
      one.part,
      digits(one.failures_per_year),
      lasting(one.mtbf_s),
      lasting(one.mttr_s),
      quantity(one.downtime_min_per_year),
      one.share === null ? '–' : percent(one.share),
      quantity(one.lost_per_failure),
      quantity(one.outage_s),
    ]),
  )

const situationsTable = ({ situations }: NinesResult): Markup =>
  table(
    'With what lost, for how long, and what is answered then',
    [
      { head: 'without', words: true },
      { head: 'a year' },
      { head: 'answered' },
      { head: 'known by', words: true },
      { head: 'expect:', words: true },
    ],
    situations.map(({ lost, probability, answered, by, objective }) => [
      lost.length === 0 ? '(everything in order)' : lost.join(', '),
      minutes((probability * YEAR) / 60),
      availability(answered),
      by,
      objective ?? '–',
    ]),
  )
