import { refsIn } from '../options/walk.js'
import { Constant, type Distribution } from '../random/distribution.js'
import { Sum } from '../random/distributions.js'
import { firstOf } from '../random/first-of.js'
import type { RepairSpec, Scenario } from './scenario.js'

/** Seconds until visitors have complained, and somebody has understood it: an assumption. */
export const COMPLAINTS = 15 * 60

/** How people learn of it where a person repairs and nobody says how: by a monitor that watches it, else by visitors. */
export const USUAL_NOTICE: NonNullable<RepairSpec['notice']> = {
  by: 'monitor',
  after: new Constant(0),
  unwatched: new Constant(COMPLAINTS),
}

/**
 * How long it takes until a repair of `target` can begin, as `repair: { notice: }` says: until the alert of a monitor
 * that watches it (or something on it), of several the one that comes first, or until visitors have complained. Null where that is at once.
 */
export function noticeOf(
  { repair, components, hosts }: Pick<Scenario, 'repair' | 'components' | 'hosts'>,
  target: string,
): Distribution | null {
  const notice = repair?.notice ?? null
  if (notice === null) return null
  if (notice.by === 'visitors') return notice.after
  const machines = hosts.filter(({ name, zone }) => name === target || zone === target)
  const own = components.filter(
    ({ name, host }) => name === target || machines.some((machine) => machine.name === host),
  )
  const alerts = components.flatMap(({ kind, options }) => {
    const watched = refsIn(options).filter(({ role }) => role === 'watches')
    return kind.alertsAfter !== undefined && own.some(({ name }) => watched.some((ref) => ref.name === name))
      ? [kind.alertsAfter(options, machines.length > 0)]
      : []
  })
  return alerts.length === 0 ? notice.unwatched : new Sum([firstOf(alerts), notice.after])
}
