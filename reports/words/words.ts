import { bestOf } from '../../sim/experiments/compare.js'
import type { Comparison, FaultResult, Judgement, Precision, Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import type { Estimate } from '../../sim/stats/estimate.js'
import { digits, digitsOfError, halfWidth, percent, replicationsIn } from './numbers.js'

/** One sentence: what limits this scenario, how near it is, and what refuses. */
export function limits(result: Result, scenario: Scenario): string {
  const sentences: string[] = []
  if (result.unstable) {
    const { component, reason, growth_per_s } = result.unstable
    sentences.push(
      `Overloaded: ${component} cannot keep up (${reason}; the backlog grows by ${digits(growth_per_s)} requests/s).`,
    )
  }
  if (result.bottleneck) {
    const { name, type, utilization } = result.bottleneck
    const where =
      type === 'host'
        ? `the CPU of ${name}${carried(scenario, name)}`
        : `${name} (${result.components[name]!.kind})`
    const much = Math.round(utilization * 100)
    const { full } = result.bottleneck
    sentences.push(
      much >= 95
        ? `The limit is ${where}: ${much}% used.`
        : full
          ? `The limit is ${where}: full for ${digits(full.seconds)} s, from ${digits(full.from_s)} s to ${digits(full.to_s)} s; ${much}% used on the whole.`
          : `The first limit would be ${where}: ${much}% used${capacity(result)}.`,
    )
  }
  const refusing = Object.entries(result.components).filter(([, c]) => c.refused > 0)
  if (refusing.length > 0) {
    const { replications, requests } = result
    const times = ({ refused }: { refused: number }) => digits(refused / replications)
    // Of one request that failed there can be several: the SYN is sent again, the caller tries again.
    const again = refusing.some(([, c]) => c.refused > requests.failed)
    sentences.push(
      `Refused: ${refusing.map(([name, c]) => `${name} ${times(c)} times`).join(', ')}${replications > 1 ? ' a run' : ''}${again ? ', each try counted' : ''}.`,
    )
  }
  return sentences.join(' ')
}

/** What load would fill the bottleneck, if use grows with load: not where faults take load or boxes away. */
function capacity({ bottleneck, faults, qps, requests }: Result): string {
  const { utilization } = bottleneck!
  const proportional =
    utilization > 0.02 && requests.failed < requests.offered / 100 && faults.every((f) => f.kind === 'surge')
  return proportional ? `, so full at about ${digits((qps.offered.value ?? 0) / utilization)} requests/s` : ''
}

/** One sentence a fault: what it cost, and how long the service was away. */
export function costs(result: Result): string[] {
  return result.faults.map((fault) => {
    const more = [recovered(fault, result), lost(fault)].filter((part) => part !== null)
    return `${[cost(fault, result), ...more].join('; ')}.`
  })
}

function cost({ fault, strikes, cost }: FaultResult, { replications }: Result): string {
  const first = strikes[0]
  const when =
    strikes.length > 1
      ? ` (${strikes.length} times in the first replication)`
      : first
        ? ` (${first.to_s === null ? `from ${digits(first.from_s)} s to the end` : `${digits(first.from_s)} s to ${digits(first.to_s)} s`})`
        : ' (did not happen in the first replication)'
  const subject = `The ${fault}${when}`
  if (cost?.value == null) return `${subject}: cost not told`
  const half = cost.low === null ? '' : ` ±${digitsOfError((cost.high! - cost.low) / 2)}`
  if (cost.low !== null && cost.low <= 0 && cost.high! >= 0)
    return `${subject} cost no requests that could be told from chance`
  const per = replications > 1 ? ' a run' : ''
  return cost.value < 0
    ? `${subject} spared ${digits(-cost.value)}${half} requests${per}`
    : `${subject} cost ${digits(cost.value)}${half} requests${per}`
}

/** How long the service was away; null if it never was. */
export function recovered(
  { recovery_s, recovery_max_s, recovery_class, unrestored }: FaultResult,
  { replications, classes }: Pick<Result, 'replications' | 'classes'>,
): string | null {
  if (recovery_class === null || recovery_max_s === null) return null
  const whom = Object.keys(classes).length > 1 ? ` (${recovery_class})` : ''
  if (unrestored > 0)
    return `the service was not back${whom} by the end in ${unrestored} of ${replications} replications (away for ${digits(recovery_max_s)} s or more)`
  const half = halfWidth(recovery_s)
  const longest = `${digits(recovery_max_s)} s`
  const mean = `${digits(recovery_s.value!)} s`
  return `the service was away${whom} for ${mean}${half !== null && half > 0.0005 * recovery_s.value! ? ` ±${digitsOfError(half)}` : ''}${longest === mean ? '' : `, at worst ${longest}`}`
}

/** What was answered and is lost; null if nothing is. */
export function lost({ lost_writes, rpo_s }: FaultResult): string | null {
  if (!lost_writes.value) return null
  const half = halfWidth(lost_writes)
  return `${digits(lost_writes.value)}${half === null ? '' : ` ±${digitsOfError(half)}`} answered writes were lost, ${digits(rpo_s.value! * 1000)} ms back from the failure`
}

/** What `--precision` asked for, what was reached of it, and what cannot be. */
export function precision(result: Result, precision: Precision): string {
  const { replications, requests, unstable } = result
  const { target, reached, latency_mean, latency_p99, failing } = precision
  const share = (error: number | null) => error !== null && `±${digits(error * 100)}%`
  const [mean, p99, failed] = [share(latency_mean), share(latency_p99), share(failing)]
  const parts = [
    mean && `mean latency ${mean}`,
    p99 && `p99 latency ${p99}`,
    failed && `share that fails ${failed}`,
    reached === null && replications < 2 && 'one has no interval',
    unstable && 'latency never settles',
    mean && !p99 && 'p99 latency not told (a longer run would, not more replications)',
    requests.failed === 0 && 'no failure seen',
  ].filter((part) => part !== false && part !== undefined)
  const met = reached !== null && reached <= target ? 'reached' : 'not reached'
  return `Precision of ${digits(target * 100)}% ${met} after ${replicationsIn(replications)}: ${parts.join(', ')}.`
}

/** What was expected, whether it holds, and what was found, with the interval. */
export function judgement({ text, verdict, unit, value, reason }: Judgement): string {
  const found = measured(value, unit)
  return `${text}: ${verdict}${found && ` (${found})`}${reason ? `: ${reason}` : ''}`
}

/** `40.3 ms, 95% interval 40.1 ms to 40.5 ms` */
export function measured({ value, low, high }: Estimate, unit: Judgement['unit']): string {
  if (value === null) return low === null ? '' : `${inUnit(low, unit)} or more`
  if (unit === 'share' && value === 1 && low !== null && low < 1) return `above ${percent(low)}, none failed`
  if (low === null || high === null || low === high) return inUnit(value, unit)
  // As many digits as it takes to tell the ends of the interval apart.
  let precision = 3
  const ends = () => [low, high].map((x) => inUnit(x, unit, precision))
  while (precision < 9 && ends()[0] === ends()[1]) precision++
  return `${inUnit(value, unit, precision)}, 95% interval ${ends().join(' to ')}`
}

function inUnit(x: number, unit: Judgement['unit'], precision = 3): string {
  const rounded = (y: number) => (precision === 3 ? digits(y) : String(+y.toPrecision(precision)))
  if (unit === 'share') return percent(x)
  if (unit === '/s') return `${rounded(x)}/s`
  if (unit === 's') return x >= 10 ? `${rounded(x)} s` : `${rounded(x * 1000)} ms`
  return rounded(x)
}

const NAMES: Record<string, { words: string; show: (x: number) => string }> = {
  qps_ok: { words: 'answers per second', show: digits },
  latency_mean_ms: { words: 'mean latency', show: (x) => `${digits(x)} ms` },
  latency_p99_ms: { words: 'p99 latency', show: (x) => `${digits(x)} ms` },
  availability: { words: 'availability', show: (x) => `${digits(x * 100)} points` },
}

/** One sentence: how b differs from a, metric by metric, and by how much. */
export function verdict(a: string, b: string, comparisons: readonly Comparison[]): string {
  const own = comparisons.filter((c) => c.a === a && c.b === b)
  const words = (some: readonly Comparison[]) => some.map(({ metric }) => NAMES[metric]!.words).join(', ')
  const untold = own.filter((c) => c.reason !== undefined)
  const alike = own.filter(isAlike)
  const same = own.filter(
    (c) => c.reason === undefined && c.verdict === 'no significant difference' && !isAlike(c),
  )
  const told = own
    .filter((c) => c.verdict !== 'no significant difference')
    .map((c) => `${c.verdict} ${NAMES[c.metric]!.words} (${size(c)})`)
  const parts = [
    ...(told.length > 0 ? [told.join(', ')] : []),
    ...(same.length > 0 ? [`no significant difference in ${words(same)}`] : []),
    ...(alike.length > 0 ? [`in every replication the same ${words(alike)}`] : []),
    ...[...new Set(untold.map((c) => c.reason))].map(
      (reason) => `cannot tell yet about ${words(untold.filter((c) => c.reason === reason))} (${reason})`,
    ),
  ]
  return `${b} against ${a}: ${parts.join('; ')}.`
}

/**
 * Whether there was no difference in any replication: no luck is needed to explain that. But that no request has failed
 * in either says little of how often some would.
 */
export function isAlike({ metric, reason, difference: { value, low, high } }: Comparison): boolean {
  return metric !== 'availability' && reason === undefined && value === 0 && low === 0 && high === 0
}

/** `+0.127 ms ±0.0039, +1.9%` */
function size({ metric, difference, relative }: Comparison): string {
  const { show } = NAMES[metric]!
  const signed = (x: number, text: string) => `${x > 0 ? '+' : '−'}${text}`
  const scale = metric === 'availability' ? 100 : 1
  const half = ((difference.high! - difference.low!) / 2) * scale
  const by = signed(difference.value!, show(Math.abs(difference.value!)))
  // Two digits may round up to what the difference is, which would read as none.
  const few = digitsOfError(half)
  const error =
    half > 0
      ? ` ±${Number(few) < Math.abs(difference.value!) * scale ? few : digits(half)}`
      : ' in every replication'
  // Points of availability are percent already.
  const share = metric === 'availability' ? null : relative
  return `${by}${error}${share === null ? '' : `, ${signed(share, `${digits(Math.abs(share) * 100)}%`)}`}`
}

/** One sentence: who is best in what, at the confidence of the comparisons. */
export function winners(comparisons: readonly Comparison[]): string {
  const told = [...new Set(comparisons.map((c) => c.metric))].map((metric) => {
    const own = comparisons.filter((c) => c.metric === metric)
    const best = bestOf(own, metric)
    const all = new Set(own.flatMap((c) => [c.a, c.b])).size
    const who =
      best.length < all
        ? best.join(' or ')
        : own.some((c) => c.reason !== undefined)
          ? 'cannot tell yet'
          : 'no significant difference'
    return `${NAMES[metric]!.words}: ${who}`
  })
  return `Best at 95% confidence, all pairs compared. ${told.join('; ')}.`
}

function carried(scenario: Scenario, host: string): string {
  const names = scenario.components.filter((c) => c.host === host).map((c) => c.name)
  return names.length > 0 ? ` (${names.reverse().join(', ')})` : ''
}
