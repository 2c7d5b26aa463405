import type { Capacity, CapacityWithout, Limit } from '../../sim/experiments/capacity/answer.js'
import { limitWords, perSecond, rateCell } from '../words/capacity-words.js'
import { bare, roughly, type Shown, type View } from './view.js'

/** Without a part that leaves less than this share of the capacity, hardly anything is carried. */
const LEFT = 0.02

/** What is full first at the largest rate, what would be next, and what is carried without each host. */
export function byCapacity({ bottleneck, next, without = [], qps }: Capacity): View {
  const known = new Map(without.map((one) => [one.part, one]))
  const first = (name: string, type: Shown) => bottleneck?.part === name && isOf(bottleneck, type)
  const carries = (name: string): number | null => {
    const value = known.get(name)?.qps.value ?? null
    return value === null || !qps.value ? null : value / qps.value
  }
  const isVital = (name: string) => (carries(name) ?? 1) < LEFT
  return {
    ...bare,
    state: (name, type) => (isVital(name) ? 'hard' : first(name, type) ? 'limit' : ''),
    words: (name, type) => {
      if (first(name, type)) return 'full first'
      return known.has(name) ? `without it ${shortly(known.get(name)!)}` : ''
    },
    badge: (name, type) => (isVital(name) ? 'fault' : first(name, type) ? 'limit' : 'ahead'),
    says: (name, type) => [
      ...(first(name, type)
        ? [`${roughly(bottleneck!.utilization)} of ${limitWords(bottleneck!)} used`]
        : []),
      ...(next?.part === name && isOf(next, type) ? [`the next limit: ${limitWords(next)}`] : []),
      ...(known.has(name) ? [`without it ${rateCell(known.get(name)!.qps)}`] : []),
    ],
    used: (name, type) => {
      const limit = [bottleneck, next].find((one) => one?.part === name && isOf(one, type))
      return limit?.utilization ?? null
    },
  }
}

/** There is no room for how sure that is. */
const shortly = ({ qps }: CapacityWithout): string => (qps.value ? perSecond(qps.value) : rateCell(qps))

const isOf = ({ type }: Limit, shown: Shown): boolean => type === shown
