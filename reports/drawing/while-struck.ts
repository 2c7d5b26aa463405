import type { FaultResult, Passing, Result } from '../../sim/experiments/result.js'
import { digits } from '../words/numbers.js'
import { briefly } from './under-load.js'
import { bare, type View } from './view.js'

/** What passed while a fault lasted: where requests went then, who answered them, and who did not any more. */
export function whileStruck(fault: FaultResult, during: Passing, result: Result): View {
  const { sent_per_s, answered_per_s, utilization } = during
  const usual = (name: string) => result.components[name]!.throughput.value ?? 0
  const isSilent = (name: string) => answered_per_s[name] === 0 && usual(name) > 0
  return {
    ...bare,
    state: (name, type) => (type === 'component' && isSilent(name) ? 'silent' : ''),
    // Of what was struck itself, that says it.
    words: (name, type) =>
      type === 'component' && isSilent(name) && !fault.targets.includes(name) ? 'no answers' : '',
    badge: () => 'fault',
    says: (name, type) => (type === 'component' ? [`in the whole run ${digits(usual(name))} answers/s`] : []),
    struck: (name) => (fault.targets.includes(name) ? [briefly(fault)] : []),
    used: (name) => utilization[name] ?? null,
    throughput: (name) => answered_per_s[name] ?? null,
    asked: (name) => askedBy(name, during),
    rate: (from, to) => sent_per_s[`${from} -> ${to}`] ?? null,
    isIdle: (rate) => rate === 0,
  }
}

/** By users, with what they tried again. */
const askedBy = (name: string, { sent_per_s }: Passing): number =>
  Object.entries(sent_per_s).reduce(
    (sum, [wire, rate]) => sum + (wire.startsWith(`${name} -> `) ? rate : 0),
    0,
  )
