import { bestOf, isShare, standingOf } from '../../sim/experiments/compare.js'
import type { Comparison } from '../../sim/experiments/result.js'
import { digits, digitsOfError } from './numbers.js'

const NAMES: Record<string, { words: string; show: (x: number) => string }> = {
  qps_ok: { words: 'answers per second', show: digits },
  latency_mean_ms: { words: 'mean latency', show: (x) => `${digits(x)} ms` },
  latency_p50_ms: { words: 'p50 latency', show: (x) => `${digits(x)} ms` },
  latency_p99_ms: { words: 'p99 latency', show: (x) => `${digits(x)} ms` },
  good: { words: 'good answers', show: (x) => `${digits(x * 100)} points` },
  availability: { words: 'availability', show: (x) => `${digits(x * 100)} points` },
}

/** Those that a terminal shows. */
const isShown = ({ metric }: Comparison): boolean => Object.hasOwn(NAMES, metric)

/** One sentence: how b differs from a, metric by metric, and by how much. */
export function verdict(a: string, b: string, comparisons: readonly Comparison[]): string {
  const own = comparisons.filter((c) => c.a === a && c.b === b && isShown(c))
  const words = (some: readonly Comparison[]) => some.map(({ metric }) => NAMES[metric]!.words).join(', ')
  const untold = own.filter((c) => c.reason !== undefined)
  const alike = own.filter(isAlike)
  const same = own.filter(
    (c) => c.reason === undefined && c.verdict === 'no significant difference' && !isAlike(c),
  )
  const of = (...standings: ReturnType<typeof standingOf>[]) =>
    own.filter((c) => standings.includes(standingOf(c)))
  const sized = (some: readonly Comparison[]) =>
    some.map((c) => `${NAMES[c.metric]!.words} (${size(c)})`).join(', ')
  const told = of('better', 'worse').map((c) => `${c.verdict} ${NAMES[c.metric]!.words} (${size(c)})`)
  const [fewer, small] = [of('fewer'), of('small')]
  const parts = [
    ...(told.length > 0 ? [told.join(', ')] : []),
    ...(fewer.length > 0
      ? [`${fewer[0]!.answers_fewer === 'b' ? b : a} answers fewer, and these sooner: ${sized(fewer)}`]
      : []),
    ...(small.length > 0 ? [`next to no difference in ${sized(small)}`] : []),
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
  return !isShare(metric) && reason === undefined && value === 0 && low === 0 && high === 0
}

/** `+0.127 ms ±0.0039, +1.9%` */
function size({ metric, difference, relative }: Comparison): string {
  const { show } = NAMES[metric]!
  const signed = (x: number, text: string) => `${x > 0 ? '+' : '−'}${text}`
  const scale = isShare(metric) ? 100 : 1
  const half = ((difference.high! - difference.low!) / 2) * scale
  const by = signed(difference.value!, show(Math.abs(difference.value!)))
  // Two digits may round up to what the difference is, which would read as none.
  const few = digitsOfError(half)
  const error =
    half > 0
      ? ` ±${Number(few.replaceAll(',', '')) < Math.abs(difference.value!) * scale ? few : digits(half)}`
      : ' in every replication'
  // Points of availability are percent already.
  const share = isShare(metric) ? null : relative
  return `${by}${error}${share === null ? '' : `, ${signed(share, `${digits(Math.abs(share) * 100)}%`)}`}`
}

/** One sentence: who is best in what, at the confidence of the comparisons. */
export function winners(comparisons: readonly Comparison[]): string {
  const told = [...new Set(comparisons.filter(isShown).map((c) => c.metric))].map((metric) => {
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
