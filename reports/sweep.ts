import type { Result } from '../sim/experiments/result.js'
import type { Dimension, Point } from '../sim/experiments/sweep.js'
import { summaryRow, table } from './csv.js'
import { writeAll } from './files.js'
import { available, digits, plusMinus } from './numbers.js'
import { rows } from './text.js'

export interface SweepPoint {
  point: Point
  result: Result
}

/** One line a point. */
export function sweepText(points: readonly SweepPoint[]): string {
  const names = Object.keys(points[0]!.point)
  const body = points.map(({ point, result: r }) => [
    ...names.map((name) => point[name]!),
    plusMinus(r.qps.offered, digits),
    plusMinus(r.qps.ok, digits),
    ...(['mean', 'p50', 'p99'] as const).map((key) =>
      r.unstable ? 'grows' : plusMinus(r.latency_ms[key], digits),
    ),
    available(r),
    r.bottleneck ? `${r.bottleneck.name} ${Math.round(r.bottleneck.utilization * 100)}%` : '–',
  ])
  const { replications, simulated_s } = points[0]!.result
  return `${rows([...names, 'offered/s', 'ok/s', 'mean ms', 'p50 ms', 'p99 ms', 'availability', 'busiest'], body)}
± half of the 95% interval; ${replications} replications of ${digits(simulated_s)} s at each point, the same random numbers.
`
}

export function sweepJson(dimensions: readonly Dimension[], points: readonly SweepPoint[]): string {
  return `${JSON.stringify({ version: 1, dimensions, points }, null, 2)}\n`
}

export function sweepCsv(points: readonly SweepPoint[]): string {
  return table(points.map(({ point, result }) => ({ ...point, ...summaryRow(result) })))
}

/** Writes the points as files; each appears whole or not at all. */
export function writeSweep(
  folder: string,
  dimensions: readonly Dimension[],
  points: readonly SweepPoint[],
): void {
  writeAll(folder, { 'sweep.json': sweepJson(dimensions, points), 'sweep.csv': sweepCsv(points) })
}
