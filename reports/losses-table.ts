import type { Losses } from '../sim/experiments/losses.js'
import type { Result } from '../sim/experiments/result.js'
import { type Row, table } from './csv.js'
import { rows } from './text.js'
import { latencyText } from './words/latency-cell.js'
import { type Bereft, nobody, wellOf } from './words/losses-words.js'
import { digits, nines, percent } from './words/numbers.js'

/** One table: each scenario under its load, and when it loses the machine that it can spare least. */
export function lossesText(all: readonly Bereft[], width: number): string {
  return rows(
    ['', 'good', 'p99 ms', 'full at', 'worst without', 'good', 'nobody for', 'to spare'],
    all.map(({ name, result, lost, unnoticed }) => {
      const [worst] = lost
      return [
        name,
        nines(result.good),
        latencyText(result, 'p99', result),
        fullAt(result),
        worst?.host ?? '–',
        worst === undefined ? '–' : percent(wellOf(worst)),
        worst === undefined ? '–' : nobody(worst),
        `${unnoticed.length} of ${lost.length}`,
      ]
    }),
    [30],
    width,
  )
}

const fullAt = ({ bottleneck }: Result): string =>
  bottleneck?.full_at_per_s == null ? '–' : `${digits(bottleneck.full_at_per_s)}/s`

/** One row for each host of each scenario. */
export function lossesCsv(losses: readonly Losses[]): string {
  return table(
    losses.flatMap(({ scenario, lost }) =>
      lost.map(
        ({ host, components, availability, good, latency_p99_ms, no_answer_s }): Row => ({
          scenario,
          host,
          components: components.join(' '),
          availability: availability.value,
          availability_low: availability.low,
          availability_high: availability.high,
          good: good.value,
          good_low: good.low,
          good_high: good.high,
          latency_p99_ms: latency_p99_ms.value,
          no_answer_s: no_answer_s.value,
          no_answer_s_low: no_answer_s.low,
        }),
      ),
    ),
  )
}
