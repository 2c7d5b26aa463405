import { isTerminating, type Scenario } from '../scenario/scenario.js'
import type { ReplicationRecord } from './replicate.js'
import type { Bottleneck, Result } from './result.js'

/** In use in a window, in the mean over the replications: then it was full, but for what is counted late. */
const FULL = 0.95

/**
 * The station or host that limits: what is used most or, where a load or faults come and go, what was full longest.
 * A full CPU fills the slots of all that waits for it, so it counts double.
 */
export function bottleneckOf(
  scenario: Scenario,
  { components, hosts }: Result,
  records: readonly ReplicationRecord[],
): Bottleneck | null {
  const comesAndGoes = isTerminating(scenario) || scenario.users.some((u) => u.profile !== null)
  const candidates: Bottleneck[] = [
    ...Object.entries(hosts).map(([name, h]) => ({
      name,
      type: 'host' as const,
      utilization: h.utilization.value ?? 0,
    })),
    // Of several in a row that are full, the one lowest down holds up the others: those that are called come first.
    ...scenario.components
      // What only uses CPU of a host is told by the host.
      .filter(({ name, host }) => host === null || components[name]!.wait_ms.value !== null)
      .map(({ name }) => ({
        name,
        type: 'component' as const,
        utilization: components[name]!.utilization.value ?? 0,
      })),
  ].map((one) => {
    const full = comesAndGoes ? fullTime(one.name, records) : undefined
    return full ? { ...one, full } : one
  })
  const weight = ({ type, full }: Bottleneck) => (full?.seconds ?? 0) * (type === 'host' ? 2 : 1)
  return candidates.reduce<Bottleneck | null>((most, one) => {
    if (most === null || weight(one) > weight(most)) return one
    return weight(one) === weight(most) && one.utilization > most.utilization ? one : most
  }, null)
}

function fullTime(name: string, records: readonly ReplicationRecord[]): Bottleneck['full'] {
  const { timeline } = records[0]!
  const length = timeline.length > 1 ? timeline[1]!.start - timeline[0]!.start : 0
  const full = timeline.filter((_, window) => {
    const sum = records.reduce((total, { used }) => total + used[name]![window]!, 0)
    return sum / records.length >= FULL
  })
  if (full.length === 0) return undefined
  return { seconds: full.length * length, from_s: full[0]!.start, to_s: full.at(-1)!.start + length }
}
