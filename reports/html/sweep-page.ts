import type { Result } from '../../sim/experiments/result.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import type { Band, Chart, Line, Panel, Tone } from '../charts/chart.js'
import { html, type Markup } from '../drawing/markup.js'
import {
  type Curve,
  curvesOf,
  interruptedWords,
  isNumeric,
  missed,
  overloadOf,
  overloads,
  sayOverload,
} from '../knee.js'
import type { Sweep } from '../sweep-table.js'
import { sweepLine } from '../sweep-verdict.js'
import { shortly } from '../words/limits.js'
import { replicationsIn } from '../words/numbers.js'
import type { Assets } from './assets.js'
import { figure, lowestOf, panel, sharePanel, shortShare, toneOf } from './figure.js'
import { availability, latencyIn, quantity, share, time } from './figures.js'
import { page } from './page.js'
import { table } from './tables.js'

/** A sweep as a page: curves with their intervals, then all points as a table. */
export function sweepHtml(sweep: Sweep, assets: Assets): string {
  const { settings, dimensions, points, interrupted } = sweep
  const { scenario, replications, simulated_s, seed } = points[0]!.result
  const varied = settings.filter((setting) => /\{[a-z]\}/.test(setting))
  const fixed = settings.filter((setting) => !varied.includes(setting))
  const curves = curvesOf(dimensions, points)
  return page(
    `${scenario}: a sweep`,
    html`<p class="lead">${sweepLine(sweep)}</p>`,
    [
      {
        id: 'curves',
        title: 'Throughput, latency and availability',
        body: html`${interrupted && html`<p class="alarm"><b>Interrupted.</b> ${interruptedWords(points, interrupted.planned)}</p>`}
<ul>${curves.map((curve) => html`<li>${[overloads(curve), ...missed(curve)].join(' ')}</li>`)}</ul>
${charts(sweep, curves)}
<p class="aside">Shaded: 95% confidence intervals. Every point met the same visitors and the same bad luck: ${replicationsIn(replications)} of ${time(simulated_s)} (seed ${seed}).${fixed.length > 0 && html` At all points: ${fixed.join(', ')}.`} Crossed out: overloaded, so that requests fail, or the backlog grows for as long as one looks and there is no steady latency to show.</p>`,
      },
      { id: 'points', title: 'All points', body: pointsTable(sweep) },
    ],
    assets,
  )
}

/** One chart; with three dimensions one for each value of the last. */
function charts({ dimensions, settings, points }: Sweep, curves: readonly Curve[]): Markup[] {
  const [x, y, z] = dimensions
  const setting = settings.find((s) => s.includes(`{${x!.name}}`))!
  const at = isNumeric(x!) ? Number : (value: string) => x!.values.indexOf(value)
  const all = points.map(({ point }) => at(point[x!.name]!))
  const [least, most] = [Math.min(...all), Math.max(...all)]
  // A single point stands in the middle.
  const room = least === most ? Math.abs(least) || 1 : 0
  const axis: Chart['x'] = {
    unit: 'value',
    log: false,
    from: least - room,
    to: most + room,
    title: `${x!.name} in ${setting}`,
    ...(isNumeric(x!) ? {} : { labels: x!.values }),
  }
  return (z?.values ?? [null]).flatMap((value) => {
    const own = curves.filter(({ points }) => value === null || points[0]!.point[z!.name] === value)
    if (own.length === 0) return []
    const drawn = own.map(
      (curve, i): Drawn => ({
        name: y === undefined ? '' : `${y.name}=${curve.points[0]!.point[y.name]}`,
        tone: toneOf(i),
        points: curve.points.map(({ point, result }) => ({ x: at(point[x!.name]!), result })),
      }),
    )
    const title = value === null ? `Over ${x!.name}` : `Over ${x!.name}, with ${z!.name}=${value}`
    return [chart(title, axis, drawn)]
  })
}

interface Drawn {
  readonly name: string
  readonly tone: Tone
  readonly points: readonly { readonly x: number; readonly result: Result }[]
}

function chart(title: string, x: Chart['x'], curves: readonly Drawn[]): Markup {
  const [first, second] = curves
  const alone = second === undefined ? first! : null
  const each = (of: (r: Result) => Estimate) => curves.map((curve) => line(curve, curve.name, curve.tone, of))
  const panels: Panel[] = [
    panel(
      'rate',
      'Answered per second',
      alone
        ? [
            { ...line(alone, 'asked', 'offered', (r) => r.qps.offered), ribbon: undefined },
            line(alone, 'answered', 'ok', (r) => r.qps.ok),
          ]
        : each((r) => r.qps.ok),
    ),
    ...(alone
      ? [
          panel('ms', 'Latency', [
            line(alone, 'mean', 'p50', (r) => r.latency_ms.mean),
            line(alone, 'slowest 1% (p99)', 'p99', (r) => r.latency_ms.p99),
          ]),
        ]
      : [
          panel(
            'ms',
            'Latency, mean',
            each((r) => r.latency_ms.mean),
          ),
          panel(
            'ms',
            'Latency of the slowest 1% (p99)',
            each((r) => r.latency_ms.p99),
          ),
        ]),
    shares(
      'Availability',
      alone ? [line(alone, 'available', 'ok', (r) => r.availability)] : each((r) => r.availability),
    ),
    shares('Good answers', alone ? [line(alone, 'good', 'third', (r) => r.good)] : each((r) => r.good)),
  ].map(onAxis)
  const bands = alone ? overloaded(alone) : []
  const crossed = panels.some((p) => p.lines.some((l) => l.crossed!.length > 0))
  return figure(
    title,
    { tall: 150, x, panels, bands },
    html``,
    html`${bands.length > 0 && html`<span class="key"><i class="band"></i>overloaded</span>`}${crossed && html`<span class="key">✕ overloaded</span>`}`,
  )
}

function line({ points }: Drawn, name: string, tone: Tone, of: (result: Result) => Estimate): Line {
  return {
    name,
    tone,
    points: points.map(({ x, result }) => [x, shortShare(of(result).value)]),
    ribbon: points.flatMap(({ x, result }) => {
      const { low, high } = of(result)
      return low === null || high === null ? [] : [[x, shortShare(low), shortShare(high)] as const]
    }),
    crossed: points.flatMap(({ x, result }) => (overloadOf(result) === null ? [] : [x])),
  }
}

/** On a logarithmic axis nothing goes down to zero. */
function onAxis(panel: Panel): Panel {
  if (!panel.log) return panel
  const lines = panel.lines.map((line) => ({
    ...line,
    ribbon: line.ribbon?.map(([x, low, high]) => [x, Math.max(low, panel.from!), high] as const),
  }))
  return { ...panel, lines }
}

/** An axis on which the intervals are seen, too. */
function shares(title: string, lines: readonly Line[]): Panel {
  const lows = lines.flatMap(({ ribbon }) => ribbon!.map(([, low]) => low))
  return sharePanel(title, lines, Math.min(lowestOf(lines), ...lows))
}

/** From half way between the last point that carries the load and the first that does not, to the end. */
function overloaded({ points }: Drawn): Band[] {
  const first = points.findIndex(({ result }) => overloadOf(result) !== null)
  if (first < 0 || points.slice(first).some(({ result }) => overloadOf(result) === null)) return []
  const { x, result } = points[first]!
  const before = points[first - 1]?.x ?? x
  return [
    {
      from: (before + x) / 2,
      to: points.at(-1)!.x,
      label: `${sayOverload(result)} cannot keep up`,
    },
  ]
}

function pointsTable({ dimensions, points }: Sweep): Markup {
  return table(
    'Every point, ± half of the 95% interval',
    [
      ...dimensions.map(({ name }) => ({ head: name, words: true })),
      { head: 'asked /s' },
      { head: 'answered /s' },
      { head: 'mean ms' },
      { head: 'p50 ms' },
      { head: 'p99 ms' },
      { head: 'availability' },
      { head: 'good' },
      { head: 'most used', words: true },
      { head: 'in use' },
    ],
    points.map(({ point, result: r }) => [
      ...dimensions.map(({ name }) => point[name]),
      quantity(r.qps.offered),
      quantity(r.qps.ok),
      ...(['mean', 'p50', 'p99'] as const).map((key) =>
        r.unstable ? html`<span class="none">grows</span>` : latencyIn(r, key, r),
      ),
      availability(r.availability),
      availability(r.good),
      r.bottleneck ? shortly(r.bottleneck) : '–',
      r.bottleneck ? share({ value: r.bottleneck.utilization, low: null, high: null }) : '–',
    ]),
  )
}
