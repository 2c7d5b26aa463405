import { counting, listed, timeSaid } from '../../options/spell.js'
import { coldStartTold } from '../../parts/cold-start.js'
import type { Telling } from '../telling.js'
import { alwaysLogs, saysHowDurable, syncBinlog } from './commit-options.js'
import type { mysql } from './mysql.js'
import { mostRows } from './row-options.js'
import { promotes } from './tools.js'

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
          inItsPlace(promotion, all.find((one) => promotes(one, name))?.name),
        ]
      : primary === undefined
        ? ['keeps the data, alone']
        : [`is a replica of ${primary.name}: it does again what was written there, and can be read`]),
    ...(options.innodb_lock_wait_timeout === undefined
      ? []
      : [
          'lets one write at a time have a row: others of that row wait for their turn',
          ...severalTold(options),
        ]),
    ...(saysHowDurable(options) ? [atALoss(options, names.length > 0 || alwaysLogs(options))] : []),
    `takes ${counting(max_connections, 'connection')} at a time`,
    ...coldStartTold(options.cold_start),
  ]
}

const severalTold = (options: Options): string[] =>
  mostRows(options) === 1
    ? []
    : options.rows_in_order
      ? [
          `has writes take up to ${counting(mostRows(options), 'row')}, the lowest first, so that none waits for who waits for it`,
        ]
      : [
          `has writes take up to ${counting(mostRows(options), 'row')}, one after the other: ${options.innodb_deadlock_detect ? 'where two wait for one another, one is rolled back at once' : `two that wait for one another do so for ${timeSaid(options.innodb_lock_wait_timeout!)}`}`,
        ]

type Options = Parameters<Telling<typeof mysql>>[0]['options']

/** @param tool that promotes */
export function inItsPlace(promotion: Options['promotion'], tool: string | undefined): string {
  if (tool !== undefined) return `is replaced when ${tool} takes it for dead: a replica takes its place`
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

/** @param logs whether it writes a binlog */
function atALoss(options: Options, logs: boolean): string {
  const flush = options.innodb_flush_log_at_trx_commit
  if (flush !== 1)
    return `answers a write before it is on its disk: a loss of power${flush === 0 ? ', or a crash,' : ''} costs what was written in up to a second`
  return logs && syncBinlog(options) !== 1
    ? 'answers a write when its redo log is on the disk and its binlog perhaps not: a loss of power can cost the last writes'
    : 'answers a write when it is on its disk: those that wait for that at a time have one fsync'
}

const namesIn = (refs: unknown): string[] => (Array.isArray(refs) ? refs.map(({ name }) => name) : [])
