import type { Result } from '../../sim/experiments/result.js'
import type { Scenario } from '../../sim/scenario/scenario.js'
import { digits } from './numbers.js'

/**
 * One sentence: what limits this scenario, how near it is, and what refuses.
 * @param short without what the first line of a report has said already
 */
export function limits(result: Result, scenario: Scenario, short = false): string {
  const sentences: string[] = []
  if (result.unstable && !short) {
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
          : `The first limit would be ${where}: ${much}% used${capacity(result, scenario)}.`,
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
function capacity({ bottleneck, qps, requests }: Result, { faults }: Scenario): string {
  const { utilization } = bottleneck!
  const proportional =
    utilization > 0.02 &&
    requests.failed < requests.offered / 100 &&
    faults.every(({ kind }) => kind.changesLoadOnly === true)
  return proportional ? `, so full at about ${digits((qps.offered.value ?? 0) / utilization)} requests/s` : ''
}

function carried(scenario: Scenario, host: string): string {
  const names = scenario.components.filter((c) => c.host === host).map((c) => c.name)
  return names.length > 0 ? ` (${names.reverse().join(', ')})` : ''
}
