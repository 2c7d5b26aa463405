import type { AccountResult, Report } from '../sim/experiments/result.js'
import { estimate, type Row, table } from './csv.js'
import { pagesOf } from './words/page-rows.js'

/** One row for the pages of each kind of users that load some; without any there is none. */
export function pagesCsv({ results }: Report): string | null {
  const rows = results.flatMap((result) =>
    pagesOf(result).map(({ users, pages }) => ({ scenario: result.scenario, users, ...pageRow(pages) })),
  )
  return rows.length > 0 ? table(rows) : null
}

const pageRow = ({ requests, qps, latency_ms, availability, good }: AccountResult): Row => ({
  offered: requests.offered,
  loaded: requests.ok,
  incomplete: requests.failed,
  in_flight: requests.in_flight,
  ...estimate('loaded_per_s', qps),
  ...Object.assign({}, ...LATENCIES.map((key) => estimate(`latency_${key}_ms`, latency_ms[key]))),
  latency_max_ms: latency_ms.max,
  ...estimate('complete', availability),
  ...estimate('good', good),
})

const LATENCIES = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999'] as const
