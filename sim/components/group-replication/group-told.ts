import { counting, listed, timeSaid } from '../../options/spell.js'
import { coldStartTold } from '../../parts/cold-start.js'
import { clusterOf } from '../cluster/nodes.js'
import type { Telling } from '../telling.js'
import { SUSPECTED } from './group.js'
import type { groupReplication } from './group-replication.js'

/** Who else is in its group, what a write waits for, and what comes when a member falls silent. */
export const groupTold: Telling<typeof groupReplication> = ({ name, options }, { all }) => {
  const [leader, ...named] = clusterOf(name, all)
  const others = [leader!, ...named].filter((member) => member !== name)
  const { group_replication_member_expel_timeout, max_connections } = options
  const first = all.find((one) => one.name === leader)!.options
  const single = first.group_replication_single_primary_mode === true
  return [
    ...(others.length === 0
      ? ['keeps the data, alone']
      : [
          ...(!single
            ? [`takes reads and writes, as ${listed(others)} ${others.length === 1 ? 'does' : 'do'}`]
            : name === leader
              ? [
                  `is the primary to begin with: what is written is written here, and ${listed(others)} can be read`,
                ]
              : [`can be read, and takes the writes when it is elected, as ${leader} does to begin with`]),
          'answers a write when most members of its group have it',
          `expels a member that is silent for about ${timeSaid(SUSPECTED + group_replication_member_expel_timeout)}${single ? ', and if that is the primary another is elected' : ''}; without a majority its writes wait, and its reads are answered`,
        ]),
    `takes ${counting(max_connections, 'connection')} at a time`,
    ...coldStartTold(options.cold_start),
  ]
}
