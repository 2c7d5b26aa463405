import { Outcome } from '../components/outcome.js'
import { type Estimate, meanOf, nothing } from '../stats/estimate.js'
import { Histogram } from '../stats/histogram.js'
import type { ReplicationRecord } from './replicate.js'
import type { Comparison } from './result.js'
import type { Ran } from './run.js'

interface Metric {
  name: string
  /** Whether more is better. */
  more: boolean
  /** Its value in one replication; NaN where it has none. */
  of(record: ReplicationRecord, span: number): number
}

const ok = ({ all }: ReplicationRecord) => all.outcomes[Outcome.ok]!
const ended = ({ all }: ReplicationRecord) => all.outcomes.reduce((a, b) => a + b, 0)

const metrics: readonly Metric[] = [
  { name: 'qps_ok', more: true, of: (r, span) => r.all.answered / span },
  { name: 'latency_mean_ms', more: false, of: (r) => (r.all.latencySum / ok(r)) * 1000 },
  { name: 'latency_p99_ms', more: false, of: (r) => Histogram.unpack(r.all.latency).quantile(0.99) * 1000 },
  { name: 'availability', more: true, of: (r) => ok(r) / ended(r) },
]

/**
 * The differences of every scenario to the first, by paired t over the replications: replication by replication
 * both met the same visitors and the same bad luck, so that what is left is what the architecture does.
 */
export function compare(ran: readonly Ran[]): Comparison[] {
  const [first, ...others] = ran
  return others.flatMap((other) =>
    metrics.map((metric): Comparison => {
      const difference = differenceOf(metric, first!, other)
      return {
        a: first!.result.scenario,
        b: other.result.scenario,
        metric: metric.name,
        difference,
        verdict: verdictOf(difference, metric.more),
      }
    }),
  )
}

function differenceOf(metric: Metric, a: Ran, b: Ran): Estimate {
  const steady = !metric.name.startsWith('latency') || (!a.result.unstable && !b.result.unstable)
  if (!steady) return nothing
  const pairs = a.records.slice(0, b.records.length).map((record, i) => {
    return metric.of(b.records[i]!, b.result.simulated_s) - metric.of(record, a.result.simulated_s)
  })
  return pairs.every(Number.isFinite) ? meanOf(pairs) : nothing
}

function verdictOf({ low, high }: Estimate, more: boolean): Comparison['verdict'] {
  if (low === null || high === null || (low <= 0 && high >= 0)) return 'no significant difference'
  return low > 0 === more ? 'better' : 'worse'
}
