import type { Result } from '../sim/experiments/result.js'
import type { Dimension, Point } from '../sim/experiments/sweep.js'
import { summaryRow, table } from './csv.js'
import type { Assets } from './html/assets.js'
import { sweepHtml } from './html/sweep-page.js'
import { curvesOf, interruptedWords, judgedAs, missed, overloads } from './knee.js'
import { isMissed, sweepLine } from './sweep-verdict.js'
import { isWithin, rows, wrap } from './text.js'
import { latencyText, marksExplained } from './words/latency-cell.js'
import { shortly } from './words/limits.js'
import { type Look, PLAIN_LOOK, tinted } from './words/look.js'
import { available, milliseconds, moment, nines, plusMinus, replicationsIn } from './words/numbers.js'

export interface SweepPoint {
  point: Point
  result: Result
}

export interface Sweep {
  version: 1
  /** As `--set` says, with {x} for what varies. */
  settings: readonly string[]
  dimensions: readonly Dimension[]
  /** If the sweep was interrupted: the points that it was to have. */
  interrupted?: { planned: number }
  points: readonly SweepPoint[]
}

/** What was found out, one line a point, and where each curve has its knee. */
export function sweepText(sweep: Sweep, look: Look = PLAIN_LOOK): string {
  const { dimensions, points, interrupted } = sweep
  const { replications, simulated_s, seed } = points[0]!.result
  const told = (text: string) => wrap(text, look.width)
  const judged = points.some(({ result }) => result.expectations !== undefined)
  const lines = [
    tinted(told(sweepLine(sweep)), !judged ? 'head' : isMissed(sweep) ? 'bad' : 'good', look),
    '',
    tableOf(dimensions, points, look.width),
    told(
      `Good: answered within ${milliseconds(points[0]!.result.good_within_ms)}. Latency in ms, ± half of the 95% interval.${marksExplained(points.map(({ result }) => result))} ${replicationsIn(replications)} of ${moment(simulated_s)} s at each point, seed ${seed}, the same random numbers at all.`,
    ),
    '',
    ...curvesOf(dimensions, points).flatMap((curve) => [overloads(curve), ...missed(curve)].map(told)),
  ]
  for (const { point, result } of points) {
    if (result.interrupted) lines.push(told(`Note: ${sayPoint(point)}: ${result.notes.at(-1)}.`))
  }
  if (interrupted) lines.push(told(interruptedWords(points, interrupted.planned)))
  return `${lines.join('\n')}\n`
}

const sayPoint = (point: Point): string =>
  Object.entries(point)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')

/** The fullest table that fits a terminal. */
function tableOf(dimensions: readonly Dimension[], points: readonly SweepPoint[], width: number): string {
  const forms = [
    ['offered/s', 'ok/s', 'mean', 'p50', 'p99', 'availability', 'good', 'busiest'],
    ['offered/s', 'ok/s', 'mean', 'p99', 'availability', 'good', 'busiest'],
    ['ok/s', 'mean', 'p99', 'availability', 'good'],
  ] as const
  const tables = forms.map((columns) =>
    rows(
      [...dimensions.map((d) => d.name), ...columns],
      points.map(({ point, result }) => [
        ...dimensions.map((d) => point[d.name]!),
        ...columns.map((column) => CELLS[column](result)),
      ]),
      dimensions.map(() => 16),
      width,
    ),
  )
  return tables.find((text) => isWithin(text, width)) ?? tables.at(-1)!
}

const latency = (key: 'mean' | 'p50' | 'p99') => (r: Result) =>
  r.unstable ? 'grows' : latencyText(r, key, r)

const CELLS = {
  'offered/s': (r: Result) => plusMinus(r.qps.offered),
  'ok/s': (r: Result) => plusMinus(r.qps.ok),
  mean: latency('mean'),
  p50: latency('p50'),
  p99: latency('p99'),
  availability: available,
  good: (r: Result) => nines(r.good),
  busiest: ({ bottleneck: b }: Result) => (b ? `${shortly(b)} ${Math.round(b.utilization * 100)}%` : '–'),
}

export function sweepJson(sweep: Sweep): string {
  return `${JSON.stringify(sweep, null, 2)}\n`
}

export function sweepCsv({ points }: Sweep): string {
  const judged = points.some(({ result }) => result.expectations !== undefined)
  return table(
    points.map(({ point, result }) => {
      const { overloaded, ...row } = summaryRow(result)
      return {
        ...point,
        ...row,
        ...(judged
          ? {
              not_met: judgedAs('not met', result).join('; '),
              undecided: judgedAs('undecided', result).join('; '),
            }
          : {}),
        overloaded: overloaded!,
      }
    }),
  )
}

/** What `--out` gets: the text of each file by its name. */
export const sweepFiles = (sweep: Sweep, assets: Assets): Record<string, string> => ({
  'sweep.json': sweepJson(sweep),
  'sweep.csv': sweepCsv(sweep),
  'sweep.html': sweepHtml(sweep, assets),
})
