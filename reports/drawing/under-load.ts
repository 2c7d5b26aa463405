import type { FaultResult, Result } from '../../sim/experiments/result.js'
import { NEAR } from '../words/limits.js'
import type { Shown, View } from './view.js'

/** How much each box is used, what strikes it and what limits, as it was found in `result`. */
export function underLoad(result: Result): View {
  const seconds = result.replications * result.simulated_s
  const struck = (name: string) => result.faults.filter(({ targets }) => targets.includes(name)).map(briefly)
  return {
    state: (name, type) => stateOf(name, type, result),
    words: (name, type) => SAYS[stateOf(name, type, result)],
    badge: (name, type) => (stateOf(name, type, result) === 'ahead' ? 'ahead' : 'limit'),
    says: () => [],
    struck,
    used: (name, type) =>
      (type === 'host' ? result.hosts[name]! : result.components[name]!).utilization.value,
    throughput: (name) => result.components[name]!.throughput.value,
    asked: (name) => result.users[name]!.requests.offered / seconds,
    rate: (from, to) => {
      const sent = result.users[from]?.requests.offered ?? result.components[from]!.dispatched?.[to]
      return sent === undefined ? null : sent / seconds
    },
    isIdle: (rate) => rate * seconds < 1,
  }
}

/** `limit`: what is used most; `ahead`: the same, while it is far from full; `full`: what cannot keep up. */
function stateOf(name: string, type: Shown, { bottleneck, overloaded }: Result): keyof typeof SAYS {
  if (overloaded?.component === name && overloaded.type === type) return 'full'
  if (bottleneck?.name !== name || bottleneck.type !== type) return ''
  return bottleneck.utilization < NEAR && bottleneck.full === undefined ? 'ahead' : 'limit'
}

const SAYS = { limit: 'bottleneck', full: 'overloaded', ahead: 'next limit', '': '' } as const

export function briefly({ kind, classes }: FaultResult): string {
  if (classes === undefined) return kind
  return `${kind} (${classes.length > 2 ? `${classes.length} classes` : classes.join(', ')})`
}
