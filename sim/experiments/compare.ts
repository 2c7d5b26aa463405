import { Outcome } from '../parts/outcome.js'
import type { UsersSpec } from '../scenario/scenario.js'
import { type Estimate, nothing, weightedMeanOf } from '../stats/estimate.js'
import { SparseHistogram } from '../stats/sparse.js'
import { paired, weightOf, weightsOf } from './groups.js'
import type { ReplicationRecord } from './replicate.js'
import type { Comparison, Report, Result } from './result.js'
import type { Ran } from './run.js'
import { QUANTILES } from './summarize/account-result.js'

interface Metric {
  name: string
  /** Whether more is better. */
  more: boolean
  /** Its value in one replication, or a group of them; NaN where it has none. */
  of(record: ReplicationRecord, span: number): number
}

const ok = ({ all }: ReplicationRecord) => all.outcomes[Outcome.ok]!

/** In the order in which they decide: who answers well and at all before who is quick. */
const metrics: readonly Metric[] = [
  { name: 'good', more: true, of: (r) => r.all.good / r.all.offered },
  { name: 'availability', more: true, of: (r) => ok(r) / r.all.offered },
  { name: 'qps_ok', more: true, of: (r, span) => r.all.answered / weightOf(r) / span },
  { name: 'latency_mean_ms', more: false, of: (r) => (r.all.latencySum / ok(r)) * 1000 },
  ...Object.entries(QUANTILES).map(([key, p]) => ({
    name: `latency_${key}_ms`,
    more: false,
    of: (r: ReplicationRecord) => new SparseHistogram(r.all.latency).quantile(p) * 1000,
  })),
]

/** Shares of all requests: what is compared is points of a hundred, and what counts is who goes without. */
export const isShare = (metric: string): boolean => metric === 'good' || metric === 'availability'
const isLatency = (metric: string): boolean => metric.startsWith('latency')

const CONFIDENCE = 0.95
/** A difference below this share matters to nobody, however certain it is. */
const IMPORTANT = 0.05
/** Differences that are smaller, compared with what differs, are the rounding of sums. */
const ROUNDING = 1e-9

/**
 * The differences between all pairs of scenarios, by paired t over the replications: replication by replication
 * both met the same visitors and the same bad luck, so that what is left is what the architecture does. The
 * intervals of several pairs are widened (Bonferroni), so that those of one metric hold together at 95 %.
 *
 * @param important from which share of the value on (of shares: of the larger share of those who go without) a
 * difference is important
 *
 * @example
 * for (const { a, b, metric, verdict } of compare(await run([simple, distributed])))
 *   console.log(`${metric}: ${b} is ${verdict} than ${a}`)
 */
export function compare(ran: readonly Ran[], important = IMPORTANT): Comparison[] {
  const labels = labelsOf(ran.map(({ result }) => result))
  const pairs = ran.flatMap((a, i) =>
    ran.slice(i + 1).map((b, j) => ({ i, j: i + 1 + j, both: paired(a.records, b.records) })),
  )
  const confidence = 1 - (1 - CONFIDENCE) / pairs.length
  const comparisons = metrics.flatMap((metric) =>
    pairs.map(({ i, j, both }): Comparison => {
      const [a, b] = [ran[i]!, ran[j]!]
      const names = { a: labels[i]!, b: labels[j]!, metric: metric.name, confidence }
      const reason = untold(metric, [a, b])
      if (reason !== null)
        return {
          ...names,
          difference: nothing,
          relative: null,
          verdict: 'no significant difference',
          important: false,
          reason,
        }
      const { difference, relative, size } = differenceOf(
        metric,
        both,
        a.result.simulated_s,
        b.result.simulated_s,
        confidence,
      )
      const verdict = verdictOf(difference, metric.more)
      return { ...names, difference, relative, verdict, important: size >= important }
    }),
  )
  return comparisons.map((one) => withSurvivors(one, comparisons))
}

/** The results, and where they were to be compared and are several, their comparisons and what a reader should know of them. */
export function reportOf(ran: readonly Ran[], comparing: boolean, important = IMPORTANT): Report {
  const report: Report = { version: 1, results: ran.map(({ result }) => result) }
  if (!comparing || ran.length < 2) return report
  report.comparisons = compare(ran, important)
  const notes = cautions(ran)
  if (notes.length > 0) report.notes = notes
  return report
}

/** A latency is marked where one of the two answers fewer, by more than luck and by enough to matter. */
function withSurvivors(one: Comparison, all: readonly Comparison[]): Comparison {
  if (!isLatency(one.metric)) return one
  const answered = all.find((c) => c.metric === 'availability' && c.a === one.a && c.b === one.b)!
  if (!answered.important || answered.verdict === 'no significant difference') return one
  return { ...one, answers_fewer: answered.verdict === 'worse' ? 'b' : 'a' }
}

/**
 * What a difference amounts to: b is better or worse; or it is certain, and too small to matter; or the latency is
 * lower of the one that answers fewer, which is no merit; or there is none that is certain; or it cannot be told yet.
 */
export function standingOf({
  verdict,
  important,
  reason,
  answers_fewer,
}: Comparison): 'better' | 'worse' | 'small' | 'fewer' | 'same' | 'untold' {
  if (reason !== undefined) return 'untold'
  if (verdict === 'no significant difference') return 'same'
  if (!important) return 'small'
  return answers_fewer === (verdict === 'better' ? 'b' : 'a') ? 'fewer' : verdict
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
 * The scenario that is better than every other in `metric`, at the confidence of the comparisons and by enough to
 * matter; if there is none, all that may be it: no other is better than they are, or none of these is. In latency it
 * is none that answers fewer than another.
 */
export function bestOf(comparisons: readonly Comparison[], metric: string): string[] {
  const own = comparisons.filter((c) => c.metric === metric)
  const fewer = new Set(own.flatMap((c) => (c.answers_fewer === undefined ? [] : [c[c.answers_fewer]])))
  const names = [...new Set(own.flatMap((c) => [c.a, c.b]))].filter((name) => !fewer.has(name))
  const beats = (one: string, other: string) =>
    own.some(
      (c) =>
        (c.a === other && c.b === one && standingOf(c) === 'better') ||
        (c.a === one && c.b === other && standingOf(c) === 'worse'),
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
    unlike(({ result }) => result.replications !== first.result.replications),
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
  retry_budget,
  objects,
  addresses,
  page,
  bandwidth,
  malicious,
}: UsersSpec) {
  return [
    name,
    arriveText,
    profile,
    [...mix],
    `${timeout}`,
    retries,
    backoff,
    growth,
    retry_budget,
    objects,
    addresses,
    page,
    bandwidth,
    malicious,
  ]
}

/** Why the difference cannot be told; null if it can. */
function untold(metric: Metric, pair: readonly [Ran, Ran]): string | null {
  const drifting = isLatency(metric.name) ? pair.find(({ result }) => result.unstable) : undefined
  if (drifting) {
    const { scenario, unstable } = drifting.result
    return `${unstable!.component} never settles in ${scenario}`
  }
  const percentile = /^latency_(p\d+)_ms$/.exec(metric.name)?.[1] as 'p50' | undefined
  if (percentile && pair.some(({ result }) => result.latency_ms[percentile].value === null))
    return 'too few requests lie beyond it: a longer run (--lasts) would tell'
  if (pair.some(({ records }) => records.length < 2))
    return 'one replication has no interval: more (--replications) would tell'
  const told = pair.every(({ records, result }) =>
    records.every((record) => Number.isFinite(metric.of(record, result.simulated_s))),
  )
  return told ? null : 'in some replications there was nothing to measure'
}

/** @param both records of the same replications in both, in pairs */
function differenceOf(
  metric: Metric,
  both: readonly (readonly ReplicationRecord[])[],
  spanOfA: number,
  spanOfB: number,
  confidence: number,
): { difference: Estimate; relative: number | null; size: number } {
  const as = both[0]!.map((record) => metric.of(record, spanOfA))
  const bs = both[1]!.map((record) => metric.of(record, spanOfB))
  const weights = weightsOf(both[0]!)
  const differences = as.map((a, i) => {
    const difference = bs[i]! - a
    return Math.abs(difference) < ROUNDING * Math.abs(a) ? 0 : difference
  })
  const difference = weightedMeanOf(differences, weights, confidence)
  const mean = (values: readonly number[]) => weightedMeanOf(values, weights).value!
  const base = mean(as)
  const of = isShare(metric.name) ? Math.max(1 - base, 1 - mean(bs)) : base
  return {
    difference,
    relative: base === 0 ? null : difference.value! / base,
    size: difference.value === 0 ? 0 : Math.abs(difference.value! / of),
  }
}

function verdictOf({ low, high }: Estimate, more: boolean): Comparison['verdict'] {
  if (low! <= 0 && high! >= 0) return 'no significant difference'
  return low! > 0 === more ? 'better' : 'worse'
}
