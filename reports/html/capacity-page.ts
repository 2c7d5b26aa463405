import type { Capacity, CapacityPoint, CapacityReport } from '../../sim/experiments/capacity/answer.js'
import { labelsOf } from '../../sim/experiments/compare.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { type Estimate, scaled } from '../../sim/stats/estimate.js'
import type { Band, Chart, Line, Panel } from '../charts/chart.js'
import { byCapacity } from '../drawing/by-capacity.js'
import { drawn } from '../drawing/drawing.js'
import { html, type Markup } from '../drawing/markup.js'
import {
  besideColumns,
  breakCell,
  capacityLine,
  costLine,
  cutWords,
  howLine,
  leftOf,
  limitShortly,
  limitsLine,
  perSecond,
  rateCell,
  stepLine,
  USUAL,
  whyNothing,
} from '../words/capacity-words.js'
import { judgement } from '../words/objectives.js'
import { askedIn, scrolling } from './architecture.js'
import type { Assets } from './assets.js'
import { figure, gapsIn, LATENCY, lowestOf, panel, sharePanel, shortShare } from './figure.js'
import { availability, quantity, share } from './figures.js'
import { page, type Section } from './page.js'
import { table } from './tables.js'

/**
 * Capacities as a page: what each carries, its drawing, its curves over load, and what is left without each part.
 * @param scenarios all that were asked about
 */
export function capacityHtml(report: CapacityReport, scenarios: readonly Scenario[], assets: Assets): string {
  const { capacities, steps = [], interrupted } = report
  const names = labelsOf(capacities)
  const title = capacities.length === 1 ? `${names[0]}: its capacity` : 'Capacities'
  return page(
    title,
    html`<p class="lead">${capacityLine(capacities[0]!)}</p>
${interrupted && html`<p class="alarm"><b>Interrupted.</b> ${cutWords(report)}</p>`}`,
    [
      ...(capacities.length > 1 ? [together(capacities, names, steps.map(stepLine))] : []),
      ...capacities.map((one, i) =>
        section(one, askedIn(one, scenarios), names[i]!, capacities.length > 1 ? i + 1 : null),
      ),
    ],
    assets,
  )
}

function together(
  capacities: readonly Capacity[],
  names: readonly string[],
  steps: readonly string[],
): Section {
  const columns = besideColumns(capacities, names)
  const body = html`${table(
    'What each carries',
    columns,
    capacities.map((one, i) => columns.map(({ cell }) => cell(one, i))),
  )}
${steps.length > 0 && html`<ul>${steps.map((step) => html`<li>${step}</li>`)}</ul>`}`
  return { id: 'comparison', title: 'Side by side', body }
}

/** @param number of several; null where it is alone, and the page has told its verdict */
function section(capacity: Capacity, scenario: Scenario, name: string, number: number | null): Section {
  const { points, breaks, without = [], qps, expectations = [], notes } = capacity
  const lines = [limitsLine(capacity), costLine(capacity)].filter((line) => line !== null)
  const body = html`${number !== null && html`<p class="verdict">${capacityLine(capacity)}</p>\n`}${capacity.assumed && html`<p>${USUAL}</p>`}
${lines.map((line) => html`<p>${line}</p>`)}
${expectations.map((one) => html`<p>Expected ${judgement(one)}.</p>`)}
${architecture(capacity, scenario, name)}
${chart(capacity)}
${table(
  'Where each objective breaks, if only it mattered',
  [{ head: 'objective', words: true }, { head: 'breaks at' }],
  breaks.map((one) => [one.objective, breakCell(one.qps)]),
)}
${
  without.length > 0 &&
  table(
    'Without each part, dead from the start',
    [
      { head: 'without', words: true },
      { head: 'carries' },
      { head: 'of all' },
      { head: 'breaks first', words: true },
      { head: 'runs there', words: true },
    ],
    without.map((one) => [
      one.part,
      rateCell(one.qps),
      leftOf(one, qps),
      one.qps.value === 0 ? whyNothing(one) : (one.binding ?? '–'),
      one.components.join(', '),
    ]),
  )
}
<details><summary>All rates that were tried</summary>${pointsTable(points)}</details>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<p class="aside">${howLine(capacity)} Shaded: 95% confidence intervals; dotted: what is to be kept. Crossed out: overloaded.</p>`
  return { id: `scenario-${number ?? 1}`, title: name, body }
}

function architecture(capacity: Capacity, scenario: Scenario, name: string): Markup {
  const lost =
    capacity.without === undefined
      ? ''
      : ' Red: without it nothing is carried, or next to nothing. On the others stands what is carried without them.'
  return html`<figure class="architecture">
<figcaption>What is full first${lost !== '' && ', and what is carried without each part'}</figcaption>
${scrolling(drawn(scenario, byCapacity(capacity)), `Drawing of ${name}`)}
<p class="aside">“Full first”: the first limit; bars show how much of it is in use${capacity.qps.value ? ' at the capacity' : ` at ${perSecond(capacity.limits_at_qps)}`}, and of what would be full next.${lost}</p>
</figure>`
}

function chart(capacity: Capacity): Markup {
  const { points, qps, objectives } = capacity
  const [least, most] = [points[0]?.qps ?? 0, points.at(-1)?.qps ?? 1]
  const room = least === most ? least || 1 : 0
  const x: Chart['x'] = {
    unit: 'value',
    log: false,
    from: Math.max(0, least - room),
    to: most + room,
    title: 'requests a second of open users',
  }
  const ends = [x.from, x.to] as const
  const panels = [
    sharesOf('Good answers', points, 'good', 'third', 'good', ends),
    latencies(points, ends),
    sharesOf('Answered at all: what is missing fails', points, 'availability', 'ok', 'available', ends),
    ...others(points, ends),
  ].filter((one) => one !== null)
  return figure(
    `Over load, with what is to be kept (${objectives.join(', ')})`,
    { tall: 150, x, panels, bands: beyond(qps, x.to) },
    html`${gapsIn(panels)}`,
    html`<span class="key"><i class="band"></i>beyond the capacity</span>${points.some(({ overloaded }) => overloaded !== null) && html`<span class="key">✕ overloaded</span>`}`,
  )
}

/** The knee: from there on objectives are broken. */
function beyond({ value }: Estimate, to: number): Band[] {
  return value === null || value >= to ? [] : [{ from: value, to, label: `carries ${perSecond(value)}` }]
}

function line(
  points: readonly CapacityPoint[],
  name: string,
  tone: Line['tone'],
  of: (point: CapacityPoint) => Estimate,
): Line {
  return {
    name,
    tone,
    points: points.map((point) => [point.qps, shortShare(of(point).value)]),
    ribbon: points.flatMap((point) => {
      const { value, low, high } = of(point)
      return value === null || low === null || high === null
        ? []
        : [[point.qps, shortShare(low), shortShare(high)] as const]
    }),
    crossed: points.flatMap(({ qps, overloaded }) => (overloaded === null ? [] : [qps])),
  }
}

type Ends = readonly [number, number]
type Objective = CapacityPoint['objectives'][number]

const level = ({ text, bound }: Objective, [from, to]: Ends, factor = 1): Line => ({
  name: text,
  tone: 'offered',
  points: [
    [from, bound * factor],
    [to, bound * factor],
  ],
})

const objectivesOf = (points: readonly CapacityPoint[]): readonly Objective[] => points[0]?.objectives ?? []

/** A share of all who asked, on an axis that begins where the lowest that matters is. */
function sharesOf(
  title: string,
  points: readonly CapacityPoint[],
  metric: 'good' | 'availability',
  tone: Line['tone'],
  name: string,
  ends: Ends,
): Panel {
  const levels = objectivesOf(points)
    .filter((one) => one.metric === metric)
    .map((one) => level(one, ends))
  const lines = [line(points, name, tone, (point) => point[metric]), ...levels]
  return sharePanel(
    title,
    lines.map((one) => within(one, 0, 1)),
    lowestOf(lines),
  )
}

function latencies(points: readonly CapacityPoint[], ends: Ends): Panel {
  const levels = objectivesOf(points)
    .filter(({ metric }) => metric.startsWith('latency_'))
    .map((one) => level(one, ends, 1000))
  const drawn = panel('ms', LATENCY, [
    line(points, 'median (p50)', 'p50', (point) => point.latency_all_ms.p50),
    line(points, 'slowest 1% (p99)', 'p99', (point) => point.latency_all_ms.p99),
    ...levels,
  ])
  return { ...drawn, lines: drawn.lines.map((one) => within(one, drawn.from!, Number.MAX_VALUE)) }
}

/** Ribbons that end where the axis does. */
function within(one: Line, least: number, most: number): Line {
  const to = (y: number) => Math.min(most, Math.max(least, y))
  return one.ribbon === undefined
    ? one
    : { ...one, ribbon: one.ribbon.map(([x, low, high]) => [x, to(low), to(high)] as const) }
}

/** What else is to be kept: a panel each. Counts have no axis here. */
function others(points: readonly CapacityPoint[], ends: Ends): (Panel | null)[] {
  return objectivesOf(points).map((objective, place) => {
    const { metric, unit } = objective
    if (metric === 'good' || metric === 'availability' || metric.startsWith('latency_')) return null
    if (unit !== 's' && unit !== 'share') return null
    const factor = unit === 's' ? 1000 : 1
    const of = ({ objectives }: CapacityPoint) => scaled(objectives[place]!.value, factor)
    const lines = [line(points, metric, 'first', of), level(objective, ends, factor)]
    if (unit === 's') {
      const drawn = panel('ms', metric, lines)
      return { ...drawn, lines: lines.map((one) => within(one, drawn.from!, Number.MAX_VALUE)) }
    }
    return sharePanel(
      metric,
      lines.map((one) => within(one, 0, 1)),
      0,
    )
  })
}

const pointsTable = (points: readonly CapacityPoint[]): Markup =>
  table(
    'Every rate, ± half of the 95% interval',
    [
      { head: 'rate' },
      { head: 'p50 ms' },
      { head: 'p99 ms' },
      { head: 'availability' },
      { head: 'good' },
      { head: 'most used', words: true },
      { head: 'in use' },
      { head: 'replications' },
      { head: 'objectives', words: true },
    ],
    points.map((point) => [
      perSecond(point.qps),
      quantity(point.latency_all_ms.p50),
      quantity(point.latency_all_ms.p99),
      availability(point.availability),
      availability(point.good),
      point.bottleneck === null ? '–' : limitShortly(point.bottleneck),
      point.bottleneck === null ? '–' : share({ value: point.bottleneck.utilization, low: null, high: null }),
      String(point.replications),
      point.met,
    ]),
  )
