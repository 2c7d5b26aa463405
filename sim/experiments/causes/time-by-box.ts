import type { Scenario } from '../../scenario/scenario.js'
import type { ReplicationRecord } from '../replicate.js'
import type { TimeByBox } from '../result.js'
import { groups, type Spent, What } from './spent.js'

/** What each part of a request's life is called in results. */
const COLUMNS: Readonly<
  Record<Exclude<What, typeof What.answered>, 'waited_ms' | 'served_ms' | 'wire_ms' | 'timed_out_ms'>
> = {
  [What.waited]: 'waited_ms',
  [What.served]: 'served_ms',
  [What.travelled]: 'wire_ms',
  [What.connecting]: 'wire_ms',
  [What.unanswered]: 'timed_out_ms',
}

/** Where the time of those that were followed went, over all replications; boxes that they passed without any are left out. */
export function timeByBox(
  { classes, users, order }: Scenario,
  records: readonly ReplicationRecord[],
): TimeByBox[] {
  const boxes = [...users.map(({ name }) => name), ...order]
  const all = records.flatMap(({ causes }) => causes?.times ?? [])
  return classes.flatMap((name, kind) =>
    groups.flatMap((group) => {
      const own = all.filter((one) => one.class === kind && one.group === group)
      const requests = own.reduce((sum, one) => sum + one.requests, 0)
      const rows = new Map<string, TimeByBox>()
      for (const spent of own.flatMap((one) => one.spent))
        enter(rows, spent, { class: name, group, requests })
      return [...rows.values()].sort((a, b) => boxes.indexOf(a.component) - boxes.indexOf(b.component))
    }),
  )
}

function enter(
  rows: Map<string, TimeByBox>,
  { box, what, seconds }: Spent,
  of: Pick<TimeByBox, 'class' | 'group' | 'requests'>,
): void {
  const row = rows.get(box) ?? {
    class: of.class,
    group: of.group,
    component: box,
    waited_ms: 0,
    served_ms: 0,
    wire_ms: 0,
    timed_out_ms: 0,
    requests: of.requests,
  }
  row[COLUMNS[what as keyof typeof COLUMNS]] += (seconds * 1000) / of.requests
  rows.set(box, row)
}
