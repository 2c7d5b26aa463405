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

const CONFIDENCE = 0.95

/**
 * The differences between all pairs of scenarios, by paired t over the replications: replication by replication
 * both met the same visitors and the same bad luck, so that what is left is what the architecture does. The
 * intervals of several pairs are widened (Bonferroni), so that they hold together at 95 %.
 */
export function compare(ran: readonly Ran[]): Comparison[] {
  const pairs = ran.flatMap((a, i) => ran.slice(i + 1).map((b) => [a, b] as const))
  const confidence = 1 - (1 - CONFIDENCE) / pairs.length
  return metrics.flatMap((metric) =>
    pairs.map(([a, b]): Comparison => {
      const difference = differenceOf(metric, a, b, confidence)
      const verdict = verdictOf(difference, metric.more)
      return { a: a.result.scenario, b: b.result.scenario, metric: metric.name, difference, verdict }
    }),
  )
}

/** The scenarios that no other is better than, at the confidence of the comparisons: one is the best, several tie. */
export function bestOf(comparisons: readonly Comparison[], metric: string): string[] {
  const own = comparisons.filter((c) => c.metric === metric)
  const names = [...new Set(own.flatMap((c) => [c.a, c.b]))]
  const beaten = new Set(
    own.flatMap((c) => (c.verdict === 'better' ? [c.a] : c.verdict === 'worse' ? [c.b] : [])),
  )
  return names.filter((name) => !beaten.has(name))
}

function differenceOf(metric: Metric, a: Ran, b: Ran, confidence: number): Estimate {
  const steady = !metric.name.startsWith('latency') || (!a.result.unstable && !b.result.unstable)
  if (!steady) return nothing
  const count = Math.min(a.records.length, b.records.length)
  const differences = Array.from({ length: count }, (_, i) => {
    return metric.of(b.records[i]!, b.result.simulated_s) - metric.of(a.records[i]!, a.result.simulated_s)
  })
  return differences.every(Number.isFinite) ? meanOf(differences, confidence) : nothing
}

function verdictOf({ low, high }: Estimate, more: boolean): Comparison['verdict'] {
  if (low === null || high === null || (low <= 0 && high >= 0)) return 'no significant difference'
  return low > 0 === more ? 'better' : 'worse'
}
