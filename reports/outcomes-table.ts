import type { Report, Result } from '../sim/experiments/result.js'
import { estimate, type Row, table } from './csv.js'
import { rows } from './text.js'
import { endings, partOf } from './words/endings.js'
import { digits, plusMinus, whole } from './words/numbers.js'

/** Empty where all were answered: then there is nothing to tell apart. @param head above the outcomes */
export function outcomesText(result: Result, head: string, width: number): string {
  const all = endings(result)
  if (all.every(({ outcome }) => outcome === 'ok')) return ''
  return rows(
    [head, 'requests', 'share', 'mean ms', 'p50 ms', 'max ms'],
    all.map(({ outcome, requests, part, spent: { mean, p50, max } }) => [
      outcome,
      whole(requests),
      partOf({ outcome, part }),
      plusMinus(mean),
      plusMinus(p50),
      max === null ? '–' : digits(max),
    ]),
    [],
    width,
  )
}

/** One row for each way in which requests of each scenario ended. */
export function outcomesCsv({ results }: Report): string {
  const all = results.flatMap((result) =>
    endings(result).map(
      ({ outcome, requests, part, spent: { mean, p50, max } }): Row => ({
        scenario: result.scenario,
        outcome,
        requests,
        share: part,
        ...estimate('latency_mean_ms', mean),
        ...estimate('latency_p50_ms', p50),
        latency_max_ms: max,
      }),
    ),
  )
  return table(all, all.length > 0 ? undefined : ['scenario', 'outcome'])
}
