import { counting, listed } from '../../options/spell.js'
import { coldStartTold } from '../../parts/cold-start.js'
import { inItsPlace } from '../mysql/mysql-told.js'
import type { Telling } from '../telling.js'
import type { postgresql } from './postgresql.js'

/** Primary or standby, who follows whom, what a commit waits for, and what comes when the primary is gone. */
export const postgresqlTold: Telling<typeof postgresql> = ({ name, options }, { all }) => {
  const { replicas = [], promotion, synchronous_commit, synchronous_standby_names: standbys } = options
  const names = replicas.map((one) => one.name)
  const primary = all.find(
    (one) => Array.isArray(one.options.replicas) && one.options.replicas.some((to) => to.name === name),
  )
  const waits = standbys !== undefined && synchronous_commit !== 'local' && synchronous_commit !== 'off'
  return [
    ...(names.length > 0
      ? [
          `is the primary: what is written is written here, and copied to ${listed(names)} ${waits ? 'before' : 'after'} the answer`,
          ...(waits
            ? [
                `lets a write wait for as long as ${standbys[4]} of them ${standbys[4] === '1' ? 'does' : 'do'} not have it`,
              ]
            : []),
          inItsPlace(promotion, undefined),
        ]
      : primary === undefined
        ? ['keeps the data, alone']
        : [`is a standby of ${primary.name}: it replays what was written there, and can be read`]),
    ...(synchronous_commit === 'off'
      ? ['answers a write before it is on its disk: a crash costs the last of them']
      : options.fsync === undefined
        ? []
        : ['answers a write when it is on its disk: those that wait for that at a time have one fsync']),
    `takes ${counting(options.max_connections - options.superuser_reserved_connections, 'connection')} of applications at a time`,
    ...coldStartTold(options.cold_start),
  ]
}
