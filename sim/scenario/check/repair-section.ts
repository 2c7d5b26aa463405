import * as z from 'zod'
import { count, law, oneOf } from '../../options/types.js'
import { Constant } from '../../random/distribution.js'
import type { Document } from '../document.js'
import { COMPLAINTS } from '../notice.js'
import type { ComponentSpec, RepairSpec } from '../scenario.js'
import type { Known } from './known.js'
import { parseNaming } from './naming.js'
import type { Given } from './top.js'

const noticeOptions = z.strictObject({
  by: oneOf('monitor', 'visitors').describe(
    'monitor: when its alert has gone out, and somebody has read it, of what it watches; visitors: when they have complained',
  ),
  after: law()
    .optional()
    .describe(
      'by monitor: from the alert until a repair can begin, default 0s; by visitors: from the failure, default 15min (an assumption)',
    ),
  unwatched: law()
    .optional()
    .describe(
      'by monitor, of what none watches: from the failure, by visitors; default 15min (an assumption)',
    ),
})

/** What `repair:` can say: how what breaks by chance (mtbf, mttr) is repaired. */
export const repairOptions = z.strictObject({
  crews: count(1, 1000)
    .optional()
    .describe('repairs at a time, first come first served; default: as many as there are'),
  notice: noticeOptions.optional().describe('how a failure is learned of; default: at once'),
})

/** Null where nothing is said: every repair begins at once. */
export function checkRepair(
  document: Document,
  given: Given,
  known: Known,
  components: readonly ComponentSpec[],
): RepairSpec | null {
  if (given.repair === undefined || given.repair === null) return null
  const options = parseNaming(document, repairOptions, given.repair, ['repair'], known)
  if (options === null) return null
  const { crews = Number.POSITIVE_INFINITY, notice } = options
  if (notice === undefined) return { crews, notice: null }
  const { by, after, unwatched } = notice
  if (by === 'visitors' && unwatched !== undefined)
    document.complain(['repair', 'notice', 'unwatched'], 'is for by: monitor: visitors watch everything')
  if (by === 'monitor' && components.every(({ kind }) => kind.alertsAfter === undefined))
    document.complain(['repair', 'notice', 'by'], 'there is no monitor among the components: say visitors')
  return {
    crews,
    notice: {
      by,
      after: after ?? new Constant(by === 'monitor' ? 0 : COMPLAINTS),
      unwatched: unwatched ?? new Constant(COMPLAINTS),
    },
  }
}
