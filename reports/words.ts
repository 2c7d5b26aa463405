import { bestOf } from '../sim/experiments/compare.js'
import type { Comparison, Result } from '../sim/experiments/result.js'
import type { Scenario } from '../sim/scenario/scenario.js'
import { digits, digitsOfError, whole } from './numbers.js'

/** One sentence: what limits this scenario, how near it is, and what refuses. */
export function limits(result: Result, scenario: Scenario): string {
  const sentences: string[] = []
  if (result.unstable) {
    const { component, reason, growth_per_s } = result.unstable
    sentences.push(
      `Overloaded: ${component} cannot keep up (${reason} by ${digits(growth_per_s)} requests/s).`,
    )
  }
  if (result.bottleneck) {
    const { name, type, utilization } = result.bottleneck
    const where =
      type === 'host'
        ? `the CPU of ${name}${carried(scenario, name)}`
        : `${name} (${result.components[name]!.kind})`
    const much = Math.round(utilization * 100)
    sentences.push(
      much >= 95
        ? `The limit is ${where}: ${much}% used.`
        : `The first limit would be ${where}: ${much}% used${utilization > 0.02 ? `, so full at about ${digits((result.qps.offered.value ?? 0) / utilization)} requests/s` : ''}.`,
    )
  }
  const refusing = Object.entries(result.components).filter(([, c]) => c.refused > 0)
  if (refusing.length > 0)
    sentences.push(`Refused: ${refusing.map(([name, c]) => `${name} ${whole(c.refused)} times`).join(', ')}.`)
  return sentences.join(' ')
}

/** One sentence a fault: what it cost. */
export function costs({ faults, replications }: Result): string[] {
  return faults.map(({ fault, strikes, cost }) => {
    const first = strikes[0]
    const when =
      strikes.length > 1
        ? ` (${strikes.length} times in the first replication)`
        : first
          ? ` (${first.to_s === null ? `from ${digits(first.from_s)} s to the end` : `${digits(first.from_s)} s to ${digits(first.to_s)} s`})`
          : ' (did not happen in the first replication)'
    const subject = `The ${fault}${when}`
    if (cost?.value == null) return `${subject}: cost not told.`
    const half = cost.low === null ? '' : ` ±${digitsOfError((cost.high! - cost.low) / 2)}`
    if (cost.low !== null && cost.low <= 0 && cost.high! >= 0)
      return `${subject} cost no requests that could be told from chance.`
    const per = replications > 1 ? ' a run' : ''
    return cost.value < 0
      ? `${subject} spared ${digits(-cost.value)}${half} requests${per}.`
      : `${subject} cost ${digits(cost.value)}${half} requests${per}.`
  })
}

const NAMES: Record<string, { words: string; show: (x: number) => string }> = {
  qps_ok: { words: 'answers per second', show: digits },
  latency_mean_ms: { words: 'mean latency', show: (x) => `${digits(x)} ms` },
  latency_p99_ms: { words: 'p99 latency', show: (x) => `${digits(x)} ms` },
  availability: { words: 'availability', show: (x) => `${digits(x * 100)} points` },
}

/** One sentence: how b differs from a, metric by metric. */
export function verdict(a: Result, b: Result, comparisons: readonly Comparison[]): string {
  const told = comparisons
    .filter((c) => c.verdict !== 'no significant difference')
    .map(({ metric, verdict, difference }) => {
      const { words, show } = NAMES[metric]!
      const sign = difference.value! > 0 ? '+' : '−'
      const half = digitsOfError(
        ((difference.high! - difference.low!) / 2) * (metric === 'availability' ? 100 : 1),
      )
      return `${verdict} ${words} (${sign}${show(Math.abs(difference.value!))} ±${half})`
    })
  const same = comparisons
    .filter((c) => c.verdict === 'no significant difference')
    .map((c) => NAMES[c.metric]!.words)
  const parts = [
    told.length > 0 ? told.join(', ') : null,
    same.length > 0 ? `no significant difference in ${same.join(', ')}` : null,
  ]
  return `${b.scenario} against ${a.scenario}: ${parts.filter((p) => p !== null).join('; ')}.`
}

/** One sentence: who is best in what, at the confidence of the comparisons. */
export function winners(comparisons: readonly Comparison[]): string {
  const told = [...new Set(comparisons.map((c) => c.metric))].map((metric) => {
    const best = bestOf(comparisons, metric)
    const { words } = NAMES[metric]!
    return best.length === 1 ? `${words}: ${best[0]}` : `${words}: none alone`
  })
  return `Best at 95% confidence, all pairs compared. ${told.join('; ')}.`
}

function carried(scenario: Scenario, host: string): string {
  const names = scenario.components.filter((c) => c.host === host).map((c) => c.name)
  return names.length > 0 ? ` (${names.reverse().join(', ')})` : ''
}
