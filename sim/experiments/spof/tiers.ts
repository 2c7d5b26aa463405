import type { Scenario } from '../../scenario/scenario.js'
import { type Limit, limitsOf, loadOf, useOf } from '../fullness.js'
import type { ReplicationRecord } from '../replicate.js'
import type { Structure } from '../structure.js'

/** Components that stand for one another, and how many of them this load needs. */
export interface Tier {
  name: string
  parts: string[]
  /** Of so many. */
  needs: number
  of: number
  /** What of them fills first, and how much of one of them is used, times how many there are. */
  place: string
  used: number
}

/** What is in use more than this is full for those who wait: no queue is short there. */
const FULL = 0.95

/**
 * For each tier of several components how many of them carry this load, by what is in use of them, or of their machines,
 * when all are there: use grows as the load of each. So it is by capacity alone; who waits for whom is not asked.
 * @param records of the scenario without a loss
 */
export function tiersOf(
  scenario: Scenario,
  structure: Structure,
  records: readonly ReplicationRecord[],
): Tier[] {
  // Who is needed beside the others (parts of a page, doors of different users) stands for nobody.
  const isSpared = (name: string) => structure.unserved(new Set([name])).length === 0
  const limits = limitsOf(scenario, records).filter(({ aside }) => !aside)
  const roles = new Map<string, string[]>()
  for (const name of scenario.order) {
    const { role } = scenario.components.find((spec) => spec.name === name)!
    roles.set(role, [...(roles.get(role) ?? []), name])
  }
  const tiers = [...roles].flatMap(([name, parts]) =>
    alike(parts, structure).map((some) => [name, some] as const),
  )
  return tiers.flatMap(([name, parts]): Tier[] => {
    if (parts.length < 2 || !parts.every(isSpared)) return []
    const places = new Map<string, number>()
    for (const { place, load } of parts.flatMap((part) => loadsOf(part, limits)))
      places.set(place, (places.get(place) ?? 0) + load)
    const [place, used] = [...places].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])
    if (place === '') return []
    const needs = Math.max(1, Math.ceil(used / FULL - 1e-9))
    return [{ name, parts, needs, of: parts.length, place, used }]
  })
}

/**
 * Of those that have one role the ones that stand for one another: each alone, without all the others, serves the same
 * users the same classes. Servers behind different doors do not, nor does one that nobody asks.
 */
function alike(parts: readonly string[], structure: Structure): string[][] {
  const groups = new Map<string, string[]>()
  for (const part of parts) {
    const served = [...structure.served(new Set(parts.filter((other) => other !== part)))].sort().join('\n')
    groups.set(served, [...(groups.get(served) ?? []), part])
  }
  return [...groups.values()]
}

/** What of a component, or of the machine that it is on, is in use: of one place each. */
function loadsOf(part: string, limits: readonly Limit[]): { place: string; load: number }[] {
  const own = limits.filter(
    ({ name, type, components }) => name === part || (type === 'host' && components.includes(part)),
  )
  return own.map((limit) => ({ place: limit.place, load: Math.max(useOf(limit), loadOf(limit) ?? 0) }))
}
