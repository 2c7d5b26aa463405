import { Outcome } from '../parts/outcome.js'
import type { UsersSpec } from '../scenario/scenario.js'
import { type Estimate, meanOf, nothing } from '../stats/estimate.js'
import { Histogram } from '../stats/histogram.js'
import type { ReplicationRecord } from './replicate.js'
import type { Comparison, Result } from './result.js'
import type { Ran } from './run.js'

interface Metric {
  name: string
  /** Whether more is better. */
  more: boolean
  /** Its value in one replication; NaN where it has none. */
  of(record: ReplicationRecord, span: number): number
}

const ok = ({ all }: ReplicationRecord) => all.outcomes[Outcome.ok]!

const metrics: readonly Metric[] = [
  { name: 'qps_ok', more: true, of: (r, span) => r.all.answered / span },
  { name: 'latency_mean_ms', more: false, of: (r) => (r.all.latencySum / ok(r)) * 1000 },
  { name: 'latency_p99_ms', more: false, of: (r) => Histogram.unpack(r.all.latency).quantile(0.99) * 1000 },
  { name: 'availability', more: true, of: (r) => ok(r) / r.all.offered },
]

const CONFIDENCE = 0.95
/** Differences that are smaller, compared with what differs, are the rounding of sums. */
const ROUNDING = 1e-9

/**
 * The differences between all pairs of scenarios, by paired t over the replications: replication by replication
 * both met the same visitors and the same bad luck, so that what is left is what the architecture does. The
 * intervals of several pairs are widened (Bonferroni), so that those of one metric hold together at 95 %.
 *
 * @example
 * for (const { a, b, metric, verdict } of compare(await run([simple, distributed])))
 *   console.log(`${metric}: ${b} is ${verdict} than ${a}`)
 */
export function compare(ran: readonly Ran[]): Comparison[] {
  const labels = labelsOf(ran.map(({ result }) => result))
  const pairs = ran.flatMap((_, i) => ran.slice(i + 1).map((_, j) => [i, i + 1 + j] as const))
  const confidence = 1 - (1 - CONFIDENCE) / pairs.length
  return metrics.flatMap((metric) =>
    pairs.map(([i, j]): Comparison => {
      const [a, b] = [ran[i]!, ran[j]!]
      const names = { a: labels[i]!, b: labels[j]!, metric: metric.name, confidence }
      const reason = untold(metric, [a, b])
      if (reason !== null)
        return { ...names, difference: nothing, relative: null, verdict: 'no significant difference', reason }
      const { difference, relative } = differenceOf(metric, a, b, confidence)
      return { ...names, difference, relative, verdict: verdictOf(difference, metric.more) }
    }),
  )
}

/** What scenarios are called beside one another: their names; with the file where names are the same. */
export function labelsOf(results: readonly Pick<Result, 'scenario' | 'file'>[]): string[] {
  const named = results.map(({ scenario, file }) =>
    results.filter((r) => r.scenario === scenario).length > 1 ? `${scenario} (${file})` : scenario,
  )
  return named.map((label, i) => {
    const earlier = named.slice(0, i).filter((other) => other === label).length
    return earlier > 0 ? `${label} again${earlier > 1 ? ` (${earlier})` : ''}` : label
  })
}

/**
 * The scenario that is better than every other in `metric`, at the confidence of the comparisons; if there is none,
 * all that may be it: no other is better than they are, or none of these is.
 */
export function bestOf(comparisons: readonly Comparison[], metric: string): string[] {
  const own = comparisons.filter((c) => c.metric === metric)
  const names = [...new Set(own.flatMap((c) => [c.a, c.b]))]
  const beats = (one: string, other: string) =>
    own.some(
      ({ a, b, verdict }) =>
        (a === other && b === one && verdict === 'better') ||
        (a === one && b === other && verdict === 'worse'),
    )
  const unbeaten = names.filter((one) => !names.some((other) => beats(other, one)))
  return names.filter((one) => unbeaten.some((best) => best === one || !beats(best, one)))
}

/** What a reader of the comparisons should know: where the scenarios did not meet the same visitors. */
export function cautions(ran: readonly Ran[]): string[] {
  const labels = labelsOf(ran.map(({ result }) => result))
  const first = ran[0]!
  const unlike = (differs: (one: Ran) => boolean) => {
    const others = labels.filter((_, i) => differs(ran[i]!))
    return others.length > 0 ? `${others.join(', ')} and ${labels[0]}` : null
  }
  const notes: string[] = []
  const note = (who: string | null, what: string) => {
    if (who !== null) notes.push(`${who} ${what}`)
  }
  const workload = JSON.stringify(first.scenario.users.map(workloadOf))
  note(
    unlike(({ scenario }) => JSON.stringify(scenario.users.map(workloadOf)) !== workload),
    'do not have the same workload (users:), so a difference may come from the visitors and not from the architecture',
  )
  note(
    unlike(({ result }) => result.seed !== first.result.seed),
    'do not have the same seed: they did not meet the same visitors, and differences are less certain than they could be',
  )
  note(
    unlike(({ result }) => result.simulated_s !== first.result.simulated_s),
    'were not measured for the same time: what happens seldom, or at a time, may be in one of them only',
  )
  note(
    unlike(({ result }) => result.warmup_s !== first.result.warmup_s),
    'did not have the same warm-up: their measured spans do not meet the same visitors',
  )
  note(
    unlike(({ records }) => records.length !== first.records.length),
    `did not have the same number of replications: of any two, only those that both have are compared`,
  )
  return notes
}

/** What visitors ask, whatever the architecture. */
function workloadOf({
  name,
  arriveText,
  profile,
  mix,
  timeout,
  retries,
  backoff,
  growth,
  malicious,
}: UsersSpec) {
  return [name, arriveText, profile, [...mix], `${timeout}`, retries, backoff, growth, malicious]
}

/** Why the difference cannot be told; null if it can. */
function untold(metric: Metric, pair: readonly [Ran, Ran]): string | null {
  const latency = metric.name.startsWith('latency')
  const drifting = latency ? pair.find(({ result }) => result.unstable) : undefined
  if (drifting) {
    const { scenario, unstable } = drifting.result
    return `${unstable!.component} never settles in ${scenario}`
  }
  if (metric.name === 'latency_p99_ms' && pair.some(({ result }) => result.latency_ms.p99.value === null))
    return 'too few requests lie beyond it: a longer run (--lasts) would tell'
  if (pair.some(({ records }) => records.length < 2))
    return 'one replication has no interval: more (--replications) would tell'
  const told = pair.every(({ records, result }) =>
    records.every((record) => Number.isFinite(metric.of(record, result.simulated_s))),
  )
  return told ? null : 'in some replications there was nothing to measure'
}

function differenceOf(
  metric: Metric,
  a: Ran,
  b: Ran,
  confidence: number,
): { difference: Estimate; relative: number | null } {
  const values = ({ records, result }: Ran) => records.map((record) => metric.of(record, result.simulated_s))
  const [as, bs] = [values(a), values(b)]
  const both = Math.min(as.length, bs.length)
  const differences = Array.from({ length: both }, (_, i) => {
    const difference = bs[i]! - as[i]!
    return Math.abs(difference) < ROUNDING * Math.abs(as[i]!) ? 0 : difference
  })
  const difference = meanOf(differences, confidence)
  const base = as.slice(0, both).reduce((sum, value) => sum + value, 0) / both
  return { difference, relative: base === 0 ? null : difference.value! / base }
}

function verdictOf({ low, high }: Estimate, more: boolean): Comparison['verdict'] {
  if (low! <= 0 && high! >= 0) return 'no significant difference'
  return low! > 0 === more ? 'better' : 'worse'
}
