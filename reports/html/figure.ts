import type { Result } from '../../sim/experiments/result.js'
import type { Band, Chart, Line, Panel, Tone } from '../charts/chart.js'
import { plot, swatch } from '../charts/plot.js'
import { niceAbove, niceBelow } from '../charts/scales.js'
import { html, json, type Markup, type Part } from '../drawing/markup.js'
import { beyondWords } from '../words/latency-cell.js'
import { digits, milliseconds } from '../words/numbers.js'
import { latencyIn, time } from './figures.js'

const TONES: readonly Tone[] = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']

/** The colour of a scenario in charts where several are drawn. */
export const toneOf = (scenario: number): Tone => TONES[scenario] ?? 'more'

export const LATENCY = 'Latency of all who asked'

/** Below a chart with that: what a gap in it means, if there is one. */
export const gapsIn = (panels: readonly Panel[]): Part =>
  panels.some(
    ({ unit, lines }) => unit === 'ms' && lines.some((line) => line.points.some(([, y]) => y === null)),
  ) &&
  html`<p class="aside">No latency is drawn where it lies among those who were not answered, or cannot be told.</p>`

/** What the users of one scenario saw over time, with its faults. */
export function timeline(result: Result): Markup {
  const { length, at } = windowsOf(result)
  const rate = (name: 'offered' | 'ok' | 'good' | 'failed', words: string): Line => ({
    name: words,
    tone: name === 'good' ? 'third' : name,
    points: result.timeline.map((w) => [at(w.t_s), short(w[name] / length)]),
    filled: name === 'failed',
  })
  const latency = (name: 'p50' | 'p99', words: string): Line => ({
    name: words,
    tone: name,
    points: result.timeline.map((w) => [at(w.t_s), short(w[`${name}_all_ms`])]),
  })
  const panels = [
    panel('rate', 'Requests per second', [
      rate('offered', 'asked'),
      rate('ok', 'answered'),
      rate('good', `good (within ${milliseconds(result.good_within_ms)})`),
      rate('failed', 'failed'),
    ]),
    panel('ms', LATENCY, [latency('p50', 'median (p50)'), latency('p99', 'slowest 1% (p99)')]),
    ...copies(result),
  ]
  const { rows, gathered } = gather(result)
  return figure(
    `What the users saw, from one window of ${time(length)} to the next (first replication)`,
    {
      tall: 150,
      x: { unit: 'time', log: false, from: 0, to: result.simulated_s },
      panels,
      bands: bandsOf(result),
    },
    html`${gapsIn(panels)}${numbers(
      gathered > 1
        ? `The numbers, in steps of ${time(length * gathered)} (latencies: of all who asked, in the worst window)`
        : 'The numbers (latencies: of all who asked)',
      ['from', 'asked /s', 'answered /s', 'good /s', 'failed /s', 'p50 ms', 'p99 ms'],
      rows.map((w) => [
        time(w.t_s),
        ...[w.offered, w.ok, w.good, w.failed].map((n) => digits(n / length / w.windows)),
        ...[w.p50, w.p99].map((ms) => slowestOf(ms, result)),
      ]),
    )}`,
  )
}

/** Machines that ran of each group of copies that come and go. */
function copies(result: Result): Panel[] {
  const { at } = windowsOf(result)
  const lines = Object.keys(result.timeline[0]?.replicas ?? {}).map(
    (name, i): Line => ({
      name,
      tone: toneOf(i),
      points: result.timeline.map((w) => [at(w.t_s), short(w.replicas![name]!)]),
    }),
  )
  return lines.length > 0 ? [panel('count', 'Copies whose machines ran', lines)] : []
}

/** How many requests are slower than how much, one line a scenario; null where there is none to be drawn. */
export function distribution(results: readonly Result[], names: readonly string[]): Markup | null {
  const lines = results.map((result, i): Line => {
    const points = result.distribution
      .filter(({ ms, share }) => ms > 0 && share < 1)
      .map(({ ms, share }) => [short(ms)!, short(1 - share)!] as const)
    return {
      name: names[i]!,
      tone: results.length === 1 ? 'p99' : toneOf(i),
      points,
      filled: results.length === 1,
    }
  })
  const all = lines.flatMap((line) => line.points)
  if (all.length === 0) return null
  const [from, to] = [Math.min(...all.map(([ms]) => ms)), Math.max(...all.map(([ms]) => ms))]
  const least = Math.min(...all.map(([, share]) => share!))
  const keys = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999'] as const
  return figure(
    results.length === 1
      ? 'How many requests are slower than how much'
      : 'How many requests are slower than how much: further left and lower is better',
    {
      tall: 270,
      x: { unit: 'ms', log: true, from: niceBelow(from), to: niceAbove(to) },
      panels: [
        {
          unit: 'beyond',
          log: true,
          from: 10 ** Math.floor(Math.log10(least)),
          to: 1,
          title: 'Requests that are slower than …',
          lines,
        },
      ],
      bands: [],
    },
    numbers(
      'The numbers',
      ['', ...['mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'slowest'].map((head) => `${head} ms`)],
      results.map((result, i) => [
        names[i]!,
        ...keys.map((key) => latencyIn(result, key, result)),
        result.latency_ms.max === null ? '–' : digits(result.latency_ms.max),
      ]),
    ),
  )
}

/** Several scenarios over the same time. */
export function together(results: readonly Result[], names: readonly string[]): Markup {
  const line = (of: (window: Result['timeline'][number], length: number) => number | null): Line[] =>
    results.map((result, i) => {
      const { length, at } = windowsOf(result)
      return {
        name: names[i]!,
        tone: toneOf(i),
        points: result.timeline.map((w) => [at(w.t_s), short(of(w, length))]),
      }
    })
  const bands = results.map((result) => JSON.stringify(bandsOf(result)))
  const failing = results.some((result) => result.timeline.some((w) => w.failed > 0))
  const panels = [
    panel(
      'rate',
      'Answered per second',
      line((w, length) => w.ok / length),
    ),
    ...(failing
      ? [
          panel(
            'rate',
            'Failed per second',
            line((w, length) => w.failed / length),
          ),
        ]
      : []),
    panel(
      'ms',
      'Latency of the slowest 1% (p99) of all who asked',
      line((w) => w.p99_all_ms),
    ),
  ]
  return figure(
    'The same time in all of them (first replication)',
    {
      tall: 150,
      x: {
        unit: 'time',
        log: false,
        from: 0,
        to: Math.max(...results.map((r) => r.simulated_s)),
      },
      panels,
      // Where each has faults of its own, its own chart shows them.
      bands: bands.every((own) => own === bands[0]) ? bandsOf(results[0]!) : [],
    },
    html`${gapsIn(panels)}<p class="aside">The numbers stand with the chart of each scenario.</p>`,
  )
}

/** @param keys what marks in it mean */
export function figure(
  title: string,
  chart: Chart,
  table: Markup,
  keys: Part = chart.bands.length > 0 && html`<span class="key"><i class="band"></i>fault</span>`,
): Markup {
  const lines = new Map(chart.panels.flatMap((p) => p.lines).map((line) => [line.name, line]))
  return html`<figure class="chart">
<figcaption>${title}</figcaption>
<div class="legend">${[...lines.values()].map(({ name, tone }) => html`<span class="key">${swatch(tone)}${name}</span>`)}${keys}</div>
<div class="canvas">${plot(chart, title)}</div>
<script type="application/json">${json(chart)}</script>
${table}
</figure>`
}

function numbers(title: string, head: readonly string[], rows: readonly (readonly Part[])[]): Markup {
  return html`<details><summary>${title}</summary><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="numbers"><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row.map((cell, i) => (i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>\n`)}</tbody></table></div></details>`
}

/** Latencies that spread far are shown on a logarithmic axis. */
export function panel(unit: 'rate' | 'ms' | 'count', title: string, lines: readonly Line[]): Panel {
  const values = lines.flatMap((line) => line.points.flatMap(([, y]) => (y !== null && y > 0 ? [y] : [])))
  const [least, most] = [Math.min(...values), Math.max(...values)]
  if (unit === 'ms' && values.length > 0 && most / least > 30) {
    return { unit, log: true, from: niceBelow(least), to: niceAbove(most), title, lines }
  }
  return { unit, log: false, from: 0, title, lines }
}

/**
 * Shares close to one: the axis begins where the lowest that matters is.
 * @param least of what is to be seen
 */
export function sharePanel(title: string, lines: readonly Line[], least: number): Panel {
  const from = 1 - Math.min(1, niceAbove(Math.max(1 - Math.min(1, least), 1e-4)))
  return { unit: 'share', log: false, from, to: 1, title, lines }
}

/** The lowest point of all lines; 1 where there are none. */
export const lowestOf = (lines: readonly Line[]): number =>
  Math.min(1, ...lines.flatMap(({ points }) => points.flatMap(([, y]) => (y === null ? [] : [y]))))

function windowsOf({ timeline, simulated_s }: Result) {
  const length = simulated_s / timeline.length
  return { length, at: (start: number) => short(start + length / 2)! }
}

/** Rows for reading: a table of thirty, each of several windows; of latencies the worst. */
function gather({ timeline }: Result) {
  const gathered = Math.max(1, Math.round(timeline.length / 30))
  const rows = []
  for (let i = 0; i < timeline.length; i += gathered) {
    const windows = timeline.slice(i, i + gathered)
    const sum = (of: 'offered' | 'ok' | 'good' | 'failed') => windows.reduce((total, w) => total + w[of], 0)
    const worst = (of: 'p50_all_ms' | 'p99_all_ms') => {
      const ended = windows.filter(({ ok, failed }) => ok + failed > 0)
      // Where it lies among those that failed, nobody knows how long they would have waited.
      return Math.max(...ended.map((w) => w[of] ?? Number.POSITIVE_INFINITY))
    }
    rows.push({
      t_s: timeline[i]!.t_s,
      windows: windows.length,
      offered: sum('offered'),
      ok: sum('ok'),
      good: sum('good'),
      failed: sum('failed'),
      p50: worst('p50_all_ms'),
      p99: worst('p99_all_ms'),
    })
  }
  return { rows, gathered }
}

/** Of windows in which nobody's request ended there is nothing to tell. */
function slowestOf(ms: number, result: Result): string {
  if (ms === Number.NEGATIVE_INFINITY) return '–'
  return Number.isFinite(ms) ? digits(ms) : beyondWords(result)
}

/** Faults as bands. */
const bandsOf = ({ faults, simulated_s }: Result): Band[] =>
  faults
    .flatMap(({ fault, strikes }) =>
      strikes.map(({ from_s, to_s }) => ({ from: from_s, to: to_s ?? simulated_s, label: fault })),
    )
    .filter(({ from, to }) => to > 0 && from < simulated_s)
    .map(({ from, to, label }) => ({ from: Math.max(0, from), to: Math.min(simulated_s, to), label }))

/** Four digits: charts show no more, and pages stay small. */
const short = <T extends number | null>(x: T): T => (x === null ? x : (+x.toPrecision(4) as T))

/** Shares close to one need more. */
export const shortShare = <T extends number | null>(value: T): T =>
  value === null || value < 0.9 || value > 1 ? short(value) : (+value.toPrecision(8) as T)
