import { counting, listed, timeSaid } from '../../options/spell.js'
import type { Telling } from '../telling.js'
import type { mysql } from './mysql.js'

/** Primary or replica, who follows whom, and what comes when the primary is gone. */
export const mysqlTold: Telling<typeof mysql> = ({ name, options }, { all }) => {
  const { replicas = [], promotion, max_connections, rpl_semi_sync_master_enabled } = options
  const primary = all.find((one) => namesIn(one.options.replicas).includes(name))
  const names = replicas.map((one) => one.name)
  const when = rpl_semi_sync_master_enabled ? 'before' : 'after'
  return [
    ...(names.length > 0
      ? [
          `is the primary: what is written is written here, and copied to ${listed(names)} ${when} the answer`,
          inItsPlace(promotion),
        ]
      : primary === undefined
        ? ['keeps the data, alone']
        : [`is a replica of ${primary.name}: it does again what was written there, and can be read`]),
    `takes ${counting(max_connections, 'connection')} at a time`,
  ]
}

function inItsPlace(promotion: Parameters<Telling<typeof mysql>>[0]['options']['promotion']): string {
  if (promotion.mode === 'none')
    return 'has nobody who takes its place: while it is gone nothing can be written'
  const after =
    promotion.mode === 'manual' ? promotion.after.mean : promotion.detect.mean + promotion.promote.mean
  const who =
    promotion.mode === 'manual'
      ? 'somebody makes a replica the primary'
      : 'a replica takes its place by itself'
  return `is replaced when it is gone: ${who} after about ${timeSaid(after)}`
}

const namesIn = (refs: unknown): string[] => (Array.isArray(refs) ? refs.map(({ name }) => name) : [])
