import type { Capacity, CapacityReport } from '../sim/experiments/capacity/answer.js'
import { labelsOf } from '../sim/experiments/compare.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { estimate, type Row, table } from './csv.js'
import type { Assets } from './html/assets.js'
import { capacityHtml } from './html/capacity-page.js'
import { capacityJson } from './json.js'
import { rows, wrap } from './text.js'
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
  perHost,
  perSecond,
  rateCell,
  stepLine,
  USUAL,
  whyNothing,
  worstOf,
} from './words/capacity-words.js'
import { type Look, PLAIN_LOOK, tinted } from './words/look.js'
import { available, digits, nines } from './words/numbers.js'
import { judgement } from './words/objectives.js'

/** The answer of each in a sentence, then what it is made of; of several one table first. */
export function capacityText(report: CapacityReport, look: Look = PLAIN_LOOK): string {
  const { capacities, steps = [], interrupted } = report
  const told = (text: string) => wrap(text, look.width)
  const parts = capacities.map((one) => ofOne(one, look))
  if (capacities.length > 1)
    parts.splice(
      0,
      0,
      [...capacities.map((one) => headline(one, look)), '', together(report, look)].join('\n'),
    )
  if (steps.length > 0) parts.push(steps.map((step) => told(stepLine(step))).join('\n'))
  if (interrupted) parts.push(told(cutWords(report)))
  return `${parts.join('\n\n')}\n`
}

const headline = (capacity: Capacity, look: Look): string =>
  tinted(wrap(capacityLine(capacity), look.width), capacity.qps.value === 0 ? 'bad' : 'head', look)

function ofOne(capacity: Capacity, look: Look): string {
  const told = (text: string) => wrap(text, look.width)
  const { expectations = [], notes, without } = capacity
  const lines = [headline(capacity, look)]
  if (capacity.assumed) lines.push(told(USUAL))
  for (const line of [limitsLine(capacity), costLine(capacity)]) if (line !== null) lines.push(told(line))
  lines.push('', breaksTable(capacity, look.width))
  if (without !== undefined && without.length > 0) lines.push('', withoutTable(capacity, look.width))
  if (look.verbose) lines.push('', pointsTable(capacity, look.width))
  lines.push('')
  for (const one of expectations)
    lines.push(tinted(told(`Expected ${judgement(one)}.`), TINTS[one.verdict], look))
  for (const note of notes) lines.push(told(`Note: ${note}.`))
  lines.push(tinted(told(howLine(capacity)), 'faint', look))
  return lines.join('\n')
}

const TINTS = { met: 'good', 'not met': 'bad', undecided: 'unsure' } as const

const breaksTable = ({ breaks }: Capacity, width: number): string =>
  rows(
    ['objective', 'breaks at'],
    breaks.map(({ objective, qps }) => [objective, breakCell(qps)]),
    [60],
    width,
  )

const withoutTable = ({ without = [], qps, hosts }: Capacity, width: number): string =>
  rows(
    [hosts > 0 ? 'without host' : 'without', 'carries', 'of all', 'breaks first', 'runs there'],
    without.map((one) => [
      one.part,
      rateCell(one.qps),
      leftOf(one, qps),
      one.qps.value === 0 ? whyNothing(one) : (one.binding ?? '–'),
      hosts > 0 ? one.components.join(', ') : '',
    ]),
    [20, 22, 8, 40],
    width,
  )

const pointsTable = ({ points }: Capacity, width: number): string =>
  rows(
    ['rate', 'p99 ms', 'availability', 'good', 'busiest', 'replications', 'objectives'],
    points.map((point) => [
      perSecond(point.qps),
      point.latency_all_ms.p99.value === null ? '–' : digits(point.latency_all_ms.p99.value),
      available(point),
      nines(point.good),
      point.bottleneck === null
        ? '–'
        : `${limitShortly(point.bottleneck)} ${Math.round(point.bottleneck.utilization * 100)}%`,
      String(point.replications),
      point.met,
    ]),
    [],
    width,
  )

/** Several scenarios, one line each. */
function together({ capacities }: CapacityReport, look: Look): string {
  const columns = besideColumns(capacities, labelsOf(capacities))
  return rows(
    columns.map(({ head }) => head),
    capacities.map((one, i) => columns.map(({ cell }) => cell(one, i))),
    [30],
    look.width,
  )
}

/** A row for each scenario. */
export function capacityCsv({ capacities }: CapacityReport): string {
  return table(
    capacities.map((one): Row => {
      const worst = worstOf(one)
      return {
        scenario: one.scenario,
        file: one.file,
        seed: one.seed,
        objectives: one.objectives.join('; '),
        ...estimate('qps', one.qps),
        within: one.within.reached,
        binding: one.binding,
        limit: one.bottleneck?.part ?? null,
        limit_place: one.bottleneck?.place ?? null,
        limit_utilization: one.bottleneck?.utilization ?? null,
        next: one.next?.part ?? null,
        next_place: one.next?.place ?? null,
        bound_qps: one.bound_qps,
        worst_without: worst?.part ?? null,
        worst_without_qps: worst?.qps.value ?? null,
        hosts: one.hosts,
        qps_per_host: perHost(one),
        cost: one.cost?.month ?? null,
        qps_per_cost: one.cost?.qps_per_cost ?? null,
      }
    }),
  )
}

/** A row for each rate that was tried. */
function pointsCsv({ capacities }: CapacityReport): string {
  return table(
    capacities.flatMap(({ scenario, file, points }) =>
      points.map(
        (point): Row => ({
          scenario,
          file,
          qps: point.qps,
          met: point.met,
          replications: point.replications,
          simulated_s: point.simulated_s,
          ...estimate('latency_mean_ms', point.latency_ms.mean),
          ...estimate('latency_p50_ms', point.latency_ms.p50),
          ...estimate('latency_p99_ms', point.latency_ms.p99),
          ...estimate('latency_all_p99_ms', point.latency_all_ms.p99),
          ...estimate('availability', point.availability),
          ...estimate('good', point.good),
          not_met: point.objectives
            .filter(({ verdict }) => verdict === 'not met')
            .map(({ text }) => text)
            .join('; '),
          busiest: point.bottleneck?.part ?? null,
          busiest_utilization: point.bottleneck?.utilization ?? null,
          overloaded: point.overloaded?.component ?? null,
        }),
      ),
    ),
  )
}

/** A row for each part that was lost. */
function withoutCsv({ capacities }: CapacityReport): string {
  return table(
    capacities.flatMap(({ scenario, file, without = [] }) =>
      without.map(
        ({ part, components, qps, binding }): Row => ({
          scenario,
          file,
          part,
          components: components.join(' '),
          ...estimate('qps', qps),
          binding,
        }),
      ),
    ),
    ['scenario', 'file', 'part', 'components', 'qps', 'qps_low', 'qps_high', 'binding'],
  )
}

/** What `--out` gets: the text of each file by its name. */
export const capacityFiles = (
  report: CapacityReport,
  scenarios: readonly Scenario[],
  assets: Assets,
): Record<string, string> => ({
  'capacity.json': capacityJson(report),
  'capacity.csv': capacityCsv(report),
  'points.csv': pointsCsv(report),
  ...(report.capacities.some(({ without }) => without !== undefined) && {
    'without.csv': withoutCsv(report),
  }),
  'capacity.html': capacityHtml(report, scenarios, assets),
})
