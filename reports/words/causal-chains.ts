import type { Result, TimeByBox } from '../../sim/experiments/result.js'

type Cause = Result['causes'][number]

const chainOf = ({ chain }: Cause): string => JSON.stringify(chain)

/** What the failed and late requests of the fault of this name come down to; null if nothing is said. */
export function causeOfFault(name: string, { causes }: Pick<Result, 'causes'>): string | null {
  const own = causes.filter((one) => one.of === 'fault' && one.name === name)
  const found = differently(own.filter((one) => !causes.some((other) => isOthers(one, other))))
  return found.length === 0 ? null : told(found.map(({ says }) => says).join(' '))
}

/** Whether it is more of another fault, which struck at the same time. */
const isOthers = (one: Cause, other: Cause): boolean =>
  other.of === 'fault' &&
  other.name !== one.name &&
  chainOf(other) === chainOf(one) &&
  other.share > one.share

/**
 * The same of the classes: whole sentences, those that say nothing new after those of the faults left out. Classes for
 * which one chain of causes holds are told together, by the one of which most were followed.
 */
export function causesOfClasses({ causes, classes }: Pick<Result, 'causes' | 'classes'>): string[] {
  const known = new Set(causes.filter(({ of }) => of === 'fault').map(chainOf))
  const own = Object.keys(classes).flatMap((name) =>
    differently(
      causes.filter((cause) => cause.of === 'class' && cause.name === name && !known.has(chainOf(cause))),
    ),
  )
  return [...new Set(own.map(chainOf))].map((chain) => {
    const alike = own.filter((cause) => chainOf(cause) === chain)
    const most = alike.reduce((a, b) => (b.sample > a.sample ? b : a))
    if (alike.length === Object.keys(classes).length && alike.length === 1) return told(most.says)
    const others = alike.filter((cause) => cause !== most).map(({ name }) => name)
    const also = others.length > 0 ? ` The same holds for ${others.join(', ')}.` : ''
    return `Of ${most.name}: ${most.says}${also}`
  })
}

/** What takes the time of requests and what has them fail, where the two are not the same. */
const differently = (causes: readonly Cause[]): Cause[] =>
  causes.filter((cause, i) => causes.findIndex((other) => chainOf(other) === chainOf(cause)) === i)

/** Ends of chains that are limits of the load, and no work of a fault. */
const LIMITS: readonly string[] = [
  'CPU full',
  'full by itself',
  'slow by itself',
  'full',
  'limit reached',
  'connection table full',
  'idle connections',
  'no port left',
  'line full',
  'interface full',
  'long',
]

/** Whether it is told what a fault came down to, and that is no limit of the load: what was full beside that matters less. */
export function isExplained({ causes, overloaded }: Pick<Result, 'causes' | 'overloaded'>): boolean {
  return (
    overloaded === undefined &&
    causes.some(({ of, chain }) => of === 'fault' && !LIMITS.includes(chain.at(-1)!.what))
  )
}

/** What to add where the limit is told: that it was full for the sake of something else; empty where that is not known. */
export function symptom(result: Pick<Result, 'causes' | 'overloaded' | 'bottleneck'>): string {
  const { causes, bottleneck } = result
  const within = causes.some(({ chain }) =>
    chain
      .slice(0, -1)
      .some(
        ({ component, what, twins = [] }) =>
          [component, ...twins].includes(bottleneck?.name ?? '') && what === 'full',
      ),
  )
  return isExplained(result) && within
    ? ` More of it would not help: it waited for something else, as told below.`
    : ''
}

const ENDS: Readonly<Record<TimeByBox['group'], string>> = {
  ok: 'good',
  slow: 'late',
  failed: 'failed',
}

/** `read, failed`. */
export const groupOf = ({ class: name, group }: TimeByBox): string => `${name}, ${ENDS[group]}`

/** Rows that are worth a look: boxes with a thousandth of the time of their group, where not all requests were good. */
export function worthTelling({ time_by_box }: Pick<Result, 'time_by_box'>): TimeByBox[] {
  if (time_by_box.every(({ group }) => group === 'ok')) return []
  const total = (row: TimeByBox) => row.waited_ms + row.served_ms + row.wire_ms + row.timed_out_ms
  return time_by_box.filter((row) => {
    const all = time_by_box.filter((other) => groupOf(other) === groupOf(row))
    return total(row) >= 0.001 * all.reduce((sum, other) => sum + total(other), 0)
  })
}

/** A sentence that begins with a name. */
const told = (says: string): string => `The cause: ${says}`
