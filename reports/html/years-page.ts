import type { NinesResult } from '../../sim/experiments/nines/nines-result.js'
import { YEAR } from '../../sim/reliability/history.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { across } from '../charts/scales.js'
import { byDowntime, GRAVE, NOTABLE } from '../drawing/by-downtime.js'
import { drawn } from '../drawing/drawing.js'
import { html, type Markup } from '../drawing/markup.js'
import { digits, percent } from '../words/numbers.js'
import { lasting, minutes } from '../words/years.js'
import { assumptions, yearsHow, yearsInWords, yearsLine } from '../words/years-verdict.js'
import { askedIn, scrolling } from './architecture.js'
import type { Assets } from './assets.js'
import { availability, quantity } from './figures.js'
import { page, type Section } from './page.js'
import { table } from './tables.js'

/**
 * Nines over years as a page: what costs what, also as a drawing, and the years as strips with their outages.
 * @param scenarios all that were asked about
 */
export function yearsHtml(
  results: readonly NinesResult[],
  scenarios: readonly Scenario[],
  assets: Assets,
): string {
  const title = results.length === 1 ? `${results[0]!.scenario}: nines over years` : 'Nines over years'
  return page(
    title,
    results.map((result) => html`<p class="lead">${yearsLine(result)}</p>\n`),
    results.map((result, i) => section(result, askedIn(result, scenarios), i)),
    assets,
  )
}

function section(result: NinesResult, scenario: Scenario, place: number): Section {
  const assumed = assumptions(result)
  const body = html`${result.interrupted && html`<p class="alarm"><b>Interrupted.</b> This is of what was simulated by then.</p>`}
<ul>${yearsInWords(result).map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
<figure class="architecture">
<figcaption>What fails, and what that costs</figcaption>
${scrolling(drawn(scenario, byDowntime(result)), `Drawing of ${result.scenario}`)}
<p class="aside">Downtime a year that the failures of a part cost. Red: ${digits(GRAVE * 100)}% of all of it, or more; orange: ${digits(NOTABLE * 100)}%, or more.</p>
</figure>
${bars(result)}
${strips(result)}
${partsTable(result)}
${situationsTable(result)}
${assumed.length > 0 && html`<h3>Assumed, since the file does not say so</h3><ul>${assumed.map((one) => html`<li>${one}</li>\n`)}</ul>`}
<p class="aside">${yearsHow(result)} From ${result.file}.</p>`
  return { id: `scenario-${place + 1}`, title: result.scenario, body }
}

/** Pixels of a bar with its name, and of a year. */
const BAR = 34
const STRIP = 24
/** Years that are drawn at most. */
const MOST_YEARS = 10
/** Share of the width that the longest bar has, beside which nothing stands. */
const LONGEST = 0.98

/** What each part costs, as bars. */
function bars({ parts }: NinesResult): Markup {
  const shown = parts.filter(({ downtime_min_per_year }) => downtime_min_per_year.value! > 0).slice(0, 12)
  if (shown.length === 0) return html``
  const most = shown[0]!.downtime_min_per_year.value!
  const title = 'Downtime a year, by what fails'
  return html`<figure>
<figcaption>${title}</figcaption>
<svg class="plot bars" width="100%" height="${shown.length * BAR}" role="img">
<title>${title}</title>
<desc>${shown.map(({ part, downtime_min_per_year: own }) => `${part}: ${minutes(own.value!)}`).join('; ')}.</desc>
${shown.map(({ part, downtime_min_per_year: own }, i) => html`<text y="${i * BAR + 14}" font-size="13">${part}: ${minutes(own.value!)}</text><rect class="tone-failed" fill="currentColor" stroke="currentColor" y="${i * BAR + 20}" width="${across((LONGEST * own.value!) / most)}" height="6"/>\n`)}</svg>
</figure>`
}

/** Years, one below the other, with what was out of reach in each: a simulated course of events, one of many. */
function strips({ timeline, timeline_s }: NinesResult): Markup {
  const years = Math.min(MOST_YEARS, Math.ceil(timeline_s / YEAR))
  const shown = timeline.filter(({ from_s }) => from_s < years * YEAR)
  const span =
    timeline_s < YEAR ? `The first ${lasting(timeline_s)}` : years === 1 ? 'A year' : `${years} years`
  const many = shown.length === 0 ? 'no outage' : `${shown.length} outage${shown.length === 1 ? '' : 's'}`
  const title = `${span} as they may come: ${many}`
  const lines = Array.from({ length: years }, (_, year) => {
    const own = shown.filter(({ from_s }) => Math.floor(from_s / YEAR) === year)
    return html`<text class="tick" x="-8" y="${year * STRIP + 16}" text-anchor="end">year ${year + 1}</text><rect class="tone-ok" fill="currentColor" fill-opacity="0.25" y="${year * STRIP + 5}" width="100%" height="${STRIP - 10}"/>${own.map((outage) => outageIn(outage, year * STRIP + 3))}\n`
  })
  return html`<figure>
<figcaption>${title}</figcaption>
<div class="canvas"><svg class="plot" width="100%" height="${years * STRIP + 16}" overflow="visible" font-size="11" role="img">
<title>${title}</title>
${lines}${[0, 3, 6, 9, 12].map((month) => html`<text class="tick" x="${across(month / 12)}" y="${years * STRIP + 12}" text-anchor="middle">${month === 6 ? '6 months' : month}</text>`)}</svg></div>
<p class="aside">One course of events of many, drawn with the seed. Pale: until others took over; full: for want of parts. No outage is drawn thinner than can be seen.</p>
</figure>`
}

/** Its edges have the same colour: what is short is as wide as they are. */
function outageIn({ from_s, to_s, lost, gap }: NinesResult['timeline'][number], y: number): Markup {
  const [at, length] = [(from_s % YEAR) / YEAR, (to_s - from_s) / YEAR]
  const says = `day ${digits((from_s % YEAR) / 86_400)}: ${lost.join(', ')}, ${lasting(to_s - from_s)}`
  return html`<rect class="tone-failed" fill="currentColor" stroke="currentColor" stroke-width="${gap ? 1 : 2}" opacity="${gap ? 0.45 : 1}" x="${across(at)}" y="${y}" width="${across(Math.min(length, 1 - at))}" height="${STRIP - 6}"><title>${says}</title></rect>`
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
